package lower

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// params reads the parameters of an operation: its own, and those of its path
// that it does not replace.
func (r *rest) params(op *ir.Operation, item, n *spec.Node) {
	for _, list := range []*spec.Node{n.Get("parameters"), item.Get("parameters")} {
		for _, entry := range list.Elems() {
			p, ok := r.loader.Resolve(entry)
			if !ok {
				continue
			}
			replaced := slices.ContainsFunc(op.Params, func(o *ir.OpParam) bool {
				return o.JSON == p.Get("name").Str() && o.In == p.Get("in").Str()
			})
			if !replaced {
				r.param(op, p)
			}
		}
	}
	r.checkPath(op)
}

func (r *rest) param(op *ir.Operation, n *spec.Node) {
	name, in := n.Get("name").Str(), n.Get("in").Str()
	places := []string{"path", "query", "header", "cookie"}
	if name == "" || !slices.Contains(places, in) {
		r.diags.Errorf(n.Get("in").Place(n.Pos), "parameter", "", "a parameter wants a name, and an in of %s", strings.Join(places, ", "))
		return
	}
	if n.Has("content") || n.Get("schema") == nil {
		r.diags.Errorf(n.Pos, "parameter", "describe it by schema", "the parameter %q has no schema", name)
		return
	}
	r.style(n, name, in)
	p := &ir.OpParam{In: in, Required: r.flag(n, "required")}
	p.Param = ir.Param{Name: fieldName(name), JSON: name, Doc: doc(n), Pos: n.Pos}
	p.Type = r.asText(r.schema(n.Get("schema"), paramHint(op, n, name)), n)
	if v := r.resolved(n.Get("schema")).Get("default"); v != nil {
		p.Default = v.JSON()
	}
	if !paramKind(p.Type) && !r.broken[p.Type] {
		r.diags.Errorf(n.Pos, "parameter", "make it a scalar or a list of scalars", "the parameter %q is of type %s", name, kindName(p.Type.Kind))
	}
	if v := n.Get("example"); v != nil {
		r.checks = append(r.checks, Check{Schema: n.Get("schema"), Value: v, What: "example"})
	}
	for _, other := range op.Params {
		if other.Name == p.Name {
			r.diags.Errorf(n.Pos, "name-collision", "rename one of them", "the parameter %q, at %s, is called %s in generated code too", other.JSON, other.Pos, p.Name)
		}
	}
	op.Params = append(op.Params, p)
}

func (r *rest) resolved(n *spec.Node) *spec.Node {
	target, _ := r.loader.Resolve(n)
	return target
}

// paramHint names an enum that a parameter declares in place: after the
// component, where it is one, so that all operations share it.
func paramHint(op *ir.Operation, n *spec.Node, name string) string {
	if tokens, err := spec.SplitPointer(n.Pointer); err == nil && len(tokens) == 3 && tokens[1] == "parameters" {
		return spec.Pascal(tokens[2])
	}
	return op.Name + spec.Pascal(name)
}

func paramKind(t *ir.Type) bool {
	if t.Kind == ir.Array {
		return isScalar(t.Array.Elem.Kind)
	}
	return isScalar(t.Kind)
}

// style reports a serialization other than the default of its place.
func (r *rest) style(n *spec.Node, name, in string) {
	byPlace := map[string]string{"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
	if v := n.Get("style"); v != nil && v.Str() != byPlace[in] {
		r.diags.Errorf(v.Pos, "parameter", "write "+byPlace[in], "the parameter %q has a style that is not supported", name)
	}
}

// checkPath compares the parameters with the path template.
func (r *rest) checkPath(op *ir.Operation) {
	var inPath []string
	for _, m := range addressParam.FindAllStringSubmatch(op.Path, -1) {
		inPath = append(inPath, m[1])
		if !slices.ContainsFunc(op.Params, func(p *ir.OpParam) bool { return p.In == "path" && p.JSON == m[1] }) {
			r.diags.Errorf(op.Pos, "path-parameter", "declare it under parameters", "%s %s does not declare the parameter {%s} of its path", op.Method, op.Path, m[1])
		}
	}
	for _, p := range op.Params {
		if p.In == "path" && !slices.Contains(inPath, p.JSON) {
			r.diags.Errorf(p.Pos, "path-parameter", "write {"+p.JSON+"} in the path, or remove it", "the path %s has no {%s}%s", op.Path, p.JSON, spec.DidYouMean(p.JSON, inPath))
		}
	}
}

// responses reads the responses of an operation, by status, the default one
// last.
func (r *rest) responses(op *ir.Operation, n *spec.Node) {
	for _, p := range n.Get("responses").Members() {
		if strings.HasPrefix(p.Key, "x-") {
			continue
		}
		node, ok := r.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		status, isRange, ok := readStatus(p.Key)
		if !ok {
			r.diags.Errorf(p.KeyPos, "response-status", "write a status such as 404, a range such as 4XX, or default", "%q is not an HTTP status", p.Key)
			continue
		}
		out := r.response(op, status, node, p.KeyPos)
		out.Range = isRange
		op.Responses = append(op.Responses, out)
	}
	slices.SortStableFunc(op.Responses, func(a, b *ir.Response) int {
		return cmp.Or(boolCompare(a.Status == 0, b.Status == 0), boolCompare(a.Range, b.Range), cmp.Compare(a.Status, b.Status))
	})
}

// readStatus reads the key of a response: a status, a range, or default, which is
// 0.
func readStatus(key string) (status int, isRange, ok bool) {
	if key == "default" {
		return 0, false, true
	}
	digits, isRange := strings.CutSuffix(key, "XX")
	if isRange {
		digits += "00"
	}
	status, err := strconv.Atoi(digits)
	return status, isRange, err == nil && len(digits) == 3 && status >= 100 && status <= 599
}

func (r *rest) response(op *ir.Operation, status int, n *spec.Node, pos source.Pos) *ir.Response {
	out := &ir.Response{Status: status}
	hint := op.Name + "Response"
	if status/100 != 2 {
		hint = op.Name + spec.Pascal(cmp.Or(http.StatusText(status), "default"))
	}
	var schema *spec.Node
	if out.MediaType, schema = r.content(n, "the response of "+op.Name); schema != nil {
		out.Type = r.whole(schema, hint)
	}
	for _, h := range n.Get("headers").Members() {
		node, ok := r.loader.Resolve(h.Value)
		if !ok {
			continue
		}
		p := &ir.Param{Name: fieldName(h.Key), JSON: h.Key, Doc: doc(node), Pos: h.KeyPos, Type: &ir.Type{Kind: ir.String, Pos: pos}}
		if s := node.Get("schema"); s != nil {
			p.Type = r.asText(r.schema(s, op.Name+spec.Pascal(h.Key)), s)
		}
		out.Headers = append(out.Headers, p)
	}
	return out
}
