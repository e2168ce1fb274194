package lint

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// operation is one OpenAPI operation.
type operation struct {
	spec.Pair        // the method and the operation
	path      string // /users/{userId}
}

// label names the operation for people: POST /users.
func (o operation) label() string { return strings.ToUpper(o.Key) + " " + o.path }

func (v *view) operations() []operation {
	methods := []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
	var out []operation
	for _, p := range v.OpenAPI.Get("paths").Members() {
		for _, m := range v.resolve(p.Value).Members() {
			if slices.Contains(methods, m.Key) {
				out = append(out, operation{m, p.Key})
			}
		}
	}
	return out
}

// operations reports operations without a name.
func operations(v *view, diags *source.Diagnostics) {
	for _, op := range v.operations() {
		misspelt := spec.Within("operationId", op.Value.Keys(), 2) != "" // which is reported
		if op.Value.Get("operationId").Str() == "" && !misspelt {
			name := spec.Pascal(op.Key + " " + op.path)
			diags.Warnf(op.KeyPos, "operation-id-missing", "add operationId: "+strings.ToLower(name[:1])+name[1:],
				"%s has no operationId: it is called %s in generated code, until its path changes", op.label(), name)
		}
	}
}

// responses gives the responses of an operation, references resolved, each with
// its status.
func (v *view) responses(op operation) []spec.Pair {
	var out []spec.Pair
	for _, p := range op.Value.Get("responses").Members() {
		if n := v.resolve(p.Value); n != nil {
			out = append(out, spec.Pair{Key: p.Key, KeyPos: p.KeyPos, Value: n})
		}
	}
	return out
}

// isErrorStatus reports whether a key of responses stands for errors.
func isErrorStatus(key string) bool {
	return key == "default" || strings.HasPrefix(key, "4") || strings.HasPrefix(key, "5")
}

// errorResponses reports errors that are no problem details (RFC 9457), each
// description once.
func errorResponses(v *view, diags *source.Diagnostics) {
	seen := map[*spec.Node]bool{}
	for _, op := range v.operations() {
		for _, r := range v.responses(op) {
			if !isErrorStatus(r.Key) || seen[r.Value] || r.Value.Get("content").Has("application/problem+json") {
				continue
			}
			seen[r.Value] = true
			what := "has no body"
			if keys := r.Value.Get("content").Keys(); len(keys) > 0 {
				what = "is " + strings.Join(keys, " or ")
			}
			diags.Warnf(r.Value.Pos, "error-not-problem", "describe it as application/problem+json (RFC 9457)",
				"the response %s of %s %s; clients want one form of error everywhere", r.Key, op.label(), what)
		}
	}
}

// media calls f for every JSON media type of an operation's body and of its
// responses.
func (v *view) media(op operation, f func(what string, media *spec.Node, at source.Pos)) {
	content := func(what string, n *spec.Node) {
		for _, p := range n.Get("content").Members() {
			base, _, _ := strings.Cut(p.Key, ";")
			if base == "application/json" || strings.HasSuffix(strings.TrimSpace(base), "+json") {
				f(what, p.Value, p.KeyPos)
			}
		}
	}
	content("the body of "+op.label(), v.resolve(op.Value.Get("requestBody")))
	for _, r := range v.responses(op) {
		content("the response "+r.Key+" of "+op.label(), r.Value)
	}
}

// inlineSchemas reports objects that are described in place, whose types are
// named after the place.
func inlineSchemas(v *view, diags *source.Diagnostics) {
	seen := map[*spec.Node]bool{}
	for _, op := range v.operations() {
		v.media(op, func(what string, media *spec.Node, _ source.Pos) {
			n := media.Get("schema")
			if _, isRef := n.Ref(); isRef || seen[n] || !n.Has("properties") || n.Get("title").Str() != "" {
				return
			}
			seen[n] = true
			diags.Warnf(n.Pos, "inline-schema", "move it to a file of api/schemas or to components, or give it a title",
				"%s is described in place: its type is named after the operation", what)
		})
	}
}
