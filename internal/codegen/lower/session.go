package lower

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// session reads x-session of the security schemes: the operations that start,
// refresh and end a session.
func (r *rest) session() {
	for _, p := range r.doc.Get("components", "securitySchemes").Members() {
		n := p.Value.Get("x-session")
		if n == nil {
			continue
		}
		s := &ir.Session{}
		for _, m := range n.Members() {
			switch m.Key {
			case "create":
				s.Create = r.sessionOperation(m.Value)
			case "refresh":
				s.Refresh = r.sessionOperation(m.Value)
			case "end":
				s.End = r.sessionEnds(m.Value)
			default:
				r.diags.Errorf(m.KeyPos, "x-session", "", "x-session has no %q%s", m.Key, spec.DidYouMean(m.Key, []string{"create", "refresh", "end"}))
			}
		}
		if !n.Has("create") {
			r.diags.Errorf(n.Pos, "x-session", "add create: and an operationId", "x-session must name the operation that starts a session")
		}
		if s.Create != nil && r.sessionShape(s, n) {
			r.out.Session = s
		}
	}
}

// sessionEnds reads one operation or a list of them.
func (r *rest) sessionEnds(v *spec.Node) []*ir.Operation {
	named := []*spec.Node{v}
	if v.IsKind(spec.Seq) {
		named = v.Elems()
	}
	var ends []*ir.Operation
	for _, n := range named {
		if op := r.sessionOperation(n); op != nil {
			ends = append(ends, op)
		}
	}
	return ends
}

func (r *rest) sessionOperation(v *spec.Node) *ir.Operation {
	var ids []string
	for _, p := range r.doc.Get("paths").Members() {
		for _, m := range p.Value.Members() {
			if id := m.Value.Get("operationId").Str(); id != "" {
				ids = append(ids, id)
			}
		}
	}
	op := r.names[spec.Pascal(v.Str())]
	if op == nil || !slices.Contains(ids, v.Str()) {
		r.diags.Errorf(v.Pos, "x-session", "", "there is no operation %s%s", v.JSON(), spec.DidYouMean(v.Str(), ids))
		return nil
	}
	return op
}

// sessionShape checks that a client can log in by the operations: they take a
// body, and starting and refreshing give a session of one type with an access
// token, a refresh token and its time in seconds.
func (r *rest) sessionShape(s *ir.Session, n *spec.Node) bool {
	before := len(*r.diags)
	started := r.tokens(s.Create, n.Get("create").Pos)
	if s.Refresh != nil {
		at := n.Get("refresh").Pos
		if renewed := r.tokens(s.Refresh, at); renewed != started {
			r.diags.Errorf(at, "x-session", "refer to one schema", "the responses of %s and %s are of different types", s.Create.Name, s.Refresh.Name)
		}
		r.sessionField(s.Refresh.Body, "refreshToken", ir.String, "the body of "+s.Refresh.Name, at)
	}
	if s.Create.Body == nil || s.Create.Body.Kind != ir.Object {
		r.diags.Errorf(n.Get("create").Pos, "x-session", "describe the credentials as an object", "%s takes no JSON object", s.Create.Name)
	}
	return !(*r.diags)[before:].HasErrors()
}

// tokens gives the type of the session that an operation answers with.
func (r *rest) tokens(op *ir.Operation, pos source.Pos) *ir.Type {
	i := slices.IndexFunc(op.Responses, func(o *ir.Response) bool { return o.Status/100 == 2 && o.Type != nil })
	if i < 0 {
		r.diags.Errorf(pos, "x-session", "describe the session in a response of status 200 or 201", "%s answers with no session", op.Name)
		return nil
	}
	t := op.Responses[i].Type
	what := "the response of " + op.Name
	r.sessionField(t, "accessToken", ir.String, what, pos)
	r.sessionField(t, "refreshToken", ir.String, what, pos)
	r.sessionField(t, "expiresIn", ir.Integer, what, pos)
	return t
}

func (r *rest) sessionField(t *ir.Type, name string, kind ir.Kind, what string, pos source.Pos) {
	if t != nil && r.broken[t] {
		return
	}
	if t != nil {
		f := fieldAt(t, "/"+name)
		if f != nil && f.Required && f.Type.Kind == kind && !f.Type.Nullable && len(f.Type.Enum) == 0 {
			return
		}
	}
	r.diags.Errorf(pos, "x-session", "add it, or remove x-session", "%s has no required property %q of type %s", what, name, kindName(kind))
}
