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
	if in == "header" && slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(name)) {
		r.diags.Warnf(n.Pos, "parameter", "remove it", "the header %s is not a parameter in OpenAPI, and is left out", name)
		return
	}
	p := &ir.OpParam{In: in, Required: r.flag(n, "required")}
	p.Param = ir.Param{Name: paramName(op, name, in), JSON: name, Doc: doc(n), Pos: n.Pos}
	r.paramStyle(p, n)
	schema := r.paramSchema(p, n)
	r.paramType(p, schema, paramHint(op, n, name))
	if v := r.resolved(schema).Get("default"); v != nil && v.Kind != spec.Null {
		p.Default, p.DefaultAt = v.JSON(), v.Pos
	}
	if v := n.Get("example"); v != nil && p.Media == "" {
		r.checks = append(r.checks, Check{Schema: schema, Value: v, What: "example"})
	}
	op.Params = append(op.Params, p)
}

// takenParams are the names, in lower case, that the functions which take the
// parameters of a path have for something else.
func takenParams() []string {
	return strings.Fields("body contenttype params " +
		"bytes context errors fmt http io json mime restapi runtime schema strings url wire " +
		"c ctx err req server serverurl operationpath queryurl bodyreader " +
		"r w sh siw request response data done nil")
}

// paramName gives the name of a parameter in generated code. One that another
// parameter has, or the request beside its parameters, gets the place behind it.
func paramName(op *ir.Operation, name, in string) string {
	first := fieldName(name)
	if in == "path" && slices.Contains(takenParams(), strings.ToLower(first)) {
		first += "Param"
	}
	out := first
	for i := 1; slices.ContainsFunc(op.Params, func(p *ir.OpParam) bool { return p.Name == out }); i++ {
		out = first + spec.Pascal(in)
		if i > 1 {
			out += strconv.Itoa(i)
		}
	}
	return out
}

// paramSchema gives the schema of a parameter. One that has none is text.
func (r *rest) paramSchema(p *ir.OpParam, n *spec.Node) *spec.Node {
	schema := n.Get("schema")
	for i, c := range n.Get("content").Members() {
		if i == 0 && schema == nil {
			schema = c.Value.Get("schema")
			if isJSON(c.Key) {
				p.Media = c.Key
			}
		}
	}
	if schema == nil {
		r.diags.Warnf(n.Pos, "parameter", "describe it by schema", "the parameter %q has no schema; it is read as text", p.JSON)
		schema = spec.NewMap(n.Pos)
	}
	return schema
}

// paramType reads the type of a parameter. A scalar or a list of scalars is kept
// as it is; anything else is an Object or a Box, which has a codec.
func (r *rest) paramType(p *ir.OpParam, schema *spec.Node, hint string) {
	p.Type = r.asText(r.schema(schema, hint), schema)
	switch {
	case r.broken[p.Type] || p.Media == "" && paramKind(p.Type):
	case p.Media == "" && p.Type.Kind == ir.Any:
		p.Type = &ir.Type{Kind: ir.String, Pos: p.Type.Pos}
	default:
		p.Type = r.whole(schema, hint)
	}
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

// paramStyle reads how a parameter is spelled.
// https://spec.openapis.org/oas/v3.1.0#style-values
func (r *rest) paramStyle(p *ir.OpParam, n *spec.Node) {
	byPlace := map[string][]string{
		"path": {"simple", "label", "matrix"}, "header": {"simple"}, "cookie": {"form"},
		"query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
	}
	p.Style = byPlace[p.In][0]
	if v := n.Get("style"); v != nil {
		if slices.Contains(byPlace[p.In], v.Str()) {
			p.Style = v.Str()
		} else {
			r.diags.Warnf(v.Pos, "parameter", "write one of "+strings.Join(byPlace[p.In], ", "), "the %s parameter %q can't have the style %s; it is read as %s", p.In, p.JSON, v.JSON(), p.Style)
		}
	}
	p.Explode = p.Style == "form" || p.Style == "deepObject"
	if n.Has("explode") && p.Style != "deepObject" {
		p.Explode = n.Get("explode").True()
	}
}

// checkPath compares the parameters with the path template. One that is not
// declared is text; where another one is declared that is not in the path, the
// name is wrong in one of the places.
func (r *rest) checkPath(op *ir.Operation) {
	var inPath []string
	for _, m := range addressParam.FindAllStringSubmatch(op.Path, -1) {
		inPath = append(inPath, m[1])
	}
	var missing []string
	for _, name := range inPath {
		if !slices.ContainsFunc(op.Params, func(p *ir.OpParam) bool { return p.In == "path" && p.JSON == name }) {
			missing = append(missing, name)
		}
	}
	strays := 0
	for _, p := range op.Params {
		if p.In == "path" && !slices.Contains(inPath, p.JSON) {
			strays++
			r.diags.Errorf(p.Pos, "path-parameter", "write {"+p.JSON+"} in the path, or remove it", "the path %s has no {%s}%s", op.Path, p.JSON, spec.DidYouMean(p.JSON, missing))
		}
	}
	for _, name := range missing {
		if strays > 0 {
			r.diags.Errorf(op.Pos, "path-parameter", "declare it under parameters", "%s %s does not declare the parameter {%s} of its path", op.Method, op.Path, name)
			continue
		}
		r.diags.Warnf(op.Pos, "path-parameter", "declare it under parameters", "%s %s does not declare the parameter {%s} of its path; it is read as text", op.Method, op.Path, name)
		p := &ir.OpParam{In: "path", Required: true, Style: "simple"}
		p.Param = ir.Param{Name: paramName(op, name, "path"), JSON: name, Pos: op.Pos, Type: &ir.Type{Kind: ir.String, Pos: op.Pos}}
		op.Params = append(op.Params, p)
	}
	slices.SortStableFunc(op.Params, func(a, b *ir.OpParam) int {
		if a.In != "path" || b.In != "path" {
			return boolCompare(a.In != "path", b.In != "path")
		}
		return slices.Index(inPath, a.JSON) - slices.Index(inPath, b.JSON)
	})
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
		for _, out := range r.response(op, status, node, p.KeyPos) {
			out.Range = isRange
			op.Responses = append(op.Responses, out)
		}
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
	digits, isRange := strings.CutSuffix(strings.ToUpper(key), "XX")
	if isRange {
		digits += "00"
	}
	status, err := strconv.Atoi(digits)
	return status, isRange, err == nil && len(digits) == 3 && status >= 100 && status <= 599
}

// response reads a response: one for each media type, that which is preferred
// first. JSON types of one schema count as one.
func (r *rest) response(op *ir.Operation, status int, n *spec.Node, pos source.Pos) []*ir.Response {
	headers := r.headers(op, n, pos)
	members := slices.Clone(n.Get("content").Members())
	if len(members) == 0 {
		return []*ir.Response{{Status: status, Headers: headers}}
	}
	hint := op.Name + "Response"
	if status/100 != 2 {
		hint = op.Name + spec.Pascal(cmp.Or(http.StatusText(status), "default"))
	}
	taken := members[preferred(members)]
	members = slices.DeleteFunc(members, func(p spec.Pair) bool { return p.Key == taken.Key || r.sameJSON(p, taken) })
	var out []*ir.Response
	for _, p := range append([]spec.Pair{taken}, members...) {
		one := &ir.Response{Status: status, Headers: headers}
		var schema *spec.Node
		if one.MediaType, schema = r.mediaSchema(p, "the response of "+op.Name); schema != nil {
			one.Type = r.whole(schema, hint)
		}
		out = append(out, one)
	}
	return out
}

func (r *rest) headers(op *ir.Operation, n *spec.Node, pos source.Pos) (out []*ir.Param) {
	for _, h := range n.Get("headers").Members() {
		node, ok := r.loader.Resolve(h.Value)
		if !ok || strings.EqualFold(h.Key, "Content-Type") { // which the media type is
			continue
		}
		name := fieldName(h.Key)
		if slices.ContainsFunc(out, func(p *ir.Param) bool { return p.Name == name }) {
			r.diags.Warnf(h.KeyPos, "name-collision", "rename one of them", "the header %q is called %s in generated code as another one is, and is left out", h.Key, name)
			continue
		}
		p := &ir.Param{Name: name, JSON: h.Key, Doc: doc(node), Pos: h.KeyPos, Type: &ir.Type{Kind: ir.String, Pos: pos}}
		if s := node.Get("schema"); s != nil {
			p.Type = r.asText(r.schema(s, op.Name+spec.Pascal(h.Key)), s)
		}
		out = append(out, p)
	}
	return out
}
