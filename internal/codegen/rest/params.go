package rest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

// printParams prints, for each operation, the function that reads its
// parameters from a request and the checks of what the contract says about them.
func printParams(rest *ir.REST, opts Options, diags *source.Diagnostics) *paramFile {
	f := &paramFile{GoFile: emit.NewGoFile(opts.Package, opts.Sources...), opts: opts, diags: diags, parts: map[string]string{}}
	f.P("// BasePath comes before the path of every operation: the path of the server in")
	f.P("// the document. It is empty where the document names none.")
	f.P("const BasePath = %q\n", strings.TrimSuffix(rest.BasePath, "/"))
	for _, op := range rest.Operations {
		path, other := splitParams(op)
		f.bind(op, path, other)
		if len(other) > 0 {
			f.validate(op, other)
		}
		if op.Form != nil {
			f.form(op)
		}
	}
	f.patternVars()
	f.shapeVars()
	return f
}

// splitParams gives the path parameters in the order of the path, and the
// others.
func splitParams(op *ir.Operation) (path, other []*ir.OpParam) {
	for _, p := range op.Params {
		if p.In == "path" {
			path = append(path, p)
		} else {
			other = append(other, p)
		}
	}
	slices.SortStableFunc(path, func(a, b *ir.OpParam) int {
		return strings.Index(op.Path, "{"+a.JSON+"}") - strings.Index(op.Path, "{"+b.JSON+"}")
	})
	return path, other
}

type paramFile struct {
	*emit.GoFile
	opts     Options
	diags    *source.Diagnostics
	patterns []string          // by the number of their variable
	forms    bool              // whether there are any
	shapes   []string          // the literal of each, by the number of its variable
	parts    map[string]string // the variables of declared types, by depth and type
}

// bind prints bindListUsers, which gives the path parameters, then the others.
func (f *paramFile) bind(op *ir.Operation, path, other []*ir.OpParam) {
	var results, names string
	for i, p := range path {
		results += fmt.Sprintf("path%d %s, ", i, f.goType(p.Type))
		names += fmt.Sprintf("path%d, ", i)
	}
	if len(other) > 0 {
		results += "params " + op.Name + "Params, "
		names += "params, "
	}
	f.P("// bind%s reads and checks the parameters of %s.", op.Name, op.Name)
	if len(op.Params) == 0 && len(op.QueryKeys) == 0 {
		f.P("func bind%s(r *%s.Request) error { return noQuery(r) }\n", op.Name, f.Use("net/http"))
		return
	}
	f.P("func bind%s(r *%s.Request) (%serr error) {", op.Name, f.Use("net/http"), results)
	f.In()
	f.P("var bad findings")
	f.query(op, other)
	for i, p := range path {
		f.pathValue(p, fmt.Sprintf("path%d", i))
	}
	for i, p := range other {
		f.value(p, fmt.Sprintf("value%d", i))
	}
	if len(other) > 0 {
		f.P("if bad.Err() == nil {\nparams.check(&bad)\n}")
	}
	f.P("return %sbad.Err()", names)
	f.Out()
	f.P("}\n")
}

// query prints the reading of the query string, which is also done where none of
// the parameters is in it, so that others are refused.
func (f *paramFile) query(op *ir.Operation, other []*ir.OpParam) {
	known, used := "", false
	for _, name := range op.QueryKeys {
		known += ", " + strconv.Quote(name)
	}
	for _, p := range other {
		if p.In != "query" {
			continue
		}
		used = used || strings.HasPrefix(values(p), "query[") && !isStructured(p.Type)
		for _, name := range queryNames(p) {
			known += ", " + strconv.Quote(name)
		}
	}
	if !used {
		f.P("bad.query(r%s)", known)
		return
	}
	f.P("query := bad.query(r%s)", known)
}

// queryNames gives the names that a parameter has in the query string, as
// findings.query takes them.
func queryNames(p *ir.OpParam) []string {
	switch {
	case p.Media != "" || !isStructured(p.Type):
		return []string{p.JSON}
	case p.Style == "deepObject":
		return []string{p.JSON, p.JSON + "["}
	}
	members, free := membersOf(p.Type)
	if !p.Explode || len(members) == 0 && !free {
		return []string{p.JSON}
	}
	if free {
		return []string{"*"}
	}
	return members
}

// pathValue prints the reading of a path parameter into the named result.
func (f *paramFile) pathValue(p *ir.OpParam, result string) {
	if isStructured(p.Type) {
		f.P("if text, given := bad.gather(%s, %s, &%s); given {", literal(p), textOf(p), f.shape(p.Type))
		f.P("bad.nest(%s.UnmarshalJSON(text))", result)
		f.P("}")
		return
	}
	call := fmt.Sprintf("bad.bind(%s, %s, &%s)", literal(p), values(p), result)
	if !hasChecks(p.Type) {
		f.P("%s", call)
		return
	}
	f.P("if %s {", call)
	f.In()
	f.check(p.Type, result)
	f.Out()
	f.P("}")
}

// value prints the reading of another parameter into its field.
func (f *paramFile) value(p *ir.OpParam, local string) {
	field := "params." + p.Name
	if isStructured(p.Type) {
		f.structured(p, local)
		return
	}
	if p.Required {
		f.P("bad.bind(%s, %s, &%s)", literal(p), values(p), field)
		return
	}
	if p.Default == "" {
		f.P("var %s %s", local, f.goType(p.Type))
		f.P("if bad.bind(%s, %s, &%s) {", literal(p), values(p), local)
		f.P("\t%s = &%s", field, local)
		f.P("}")
		return
	}
	f.P("%s := %s", local, f.defaultOf(p))
	f.P("bad.bind(%s, %s, &%s)", literal(p), values(p), local)
	f.P("%s = &%s", field, local)
}

// structured prints the reading of a parameter that has a codec: its parts are
// put together as JSON, which the codec decodes and checks.
func (f *paramFile) structured(p *ir.OpParam, local string) {
	target, field := "params."+p.Name, "params."+p.Name
	if !p.Required {
		target = local
		f.P("var %s %s", local, f.goType(p.Type))
	}
	f.P("if text, given := bad.gather(%s, %s, &%s); given {", literal(p), textOf(p), f.shape(p.Type))
	f.P("bad.nest(%s.UnmarshalJSON(text))", target)
	if !p.Required {
		f.P("%s = &%s", field, local)
	}
	if p.Default != "" && !p.Required {
		f.P("} else if %s.UnmarshalJSON([]byte(%q)) == nil {", local, p.Default)
		f.P("%s = &%s", field, local)
	}
	f.P("}")
}

// values gives the expression of what the request has for a parameter: the raw
// query where it has a style.
func values(p *ir.OpParam) string {
	if p.In == "query" && p.Style == "form" && (p.Explode || p.Type.Kind != ir.Array) {
		return fmt.Sprintf("query[%q]", p.JSON)
	}
	return textOf(p)
}

// textOf gives the expression of the text that a parameter is read from: the raw
// query where the text is yet to be taken apart.
func textOf(p *ir.OpParam) string {
	switch p.In {
	case "header":
		return fmt.Sprintf("r.Header.Values(%q)", p.JSON)
	case "cookie":
		return fmt.Sprintf("cookieValues(r, %q)", p.JSON)
	case "path":
		return fmt.Sprintf("[]string{r.PathValue(%q)}", pathValueName(p.JSON))
	}
	return "[]string{r.URL.RawQuery}"
}

// literal gives the description of a parameter that findings.bind needs.
func literal(p *ir.OpParam) string {
	text := fmt.Sprintf("param{in: %q, name: %q", p.In, p.JSON)
	elem := p.Type
	if elem.Kind == ir.Array {
		elem = elem.Array.Elem
	}
	if kind := textKind(elem); kind != "" {
		text += ", kind: " + kind
	}
	if p.Required || p.In == "path" {
		text += ", required: true"
	}
	if p.Type.Kind == ir.Array {
		text += ", list: true"
	}
	plain := p.Style == "form" && p.Explode || p.Style == "simple" && !p.Explode ||
		p.In != "query" && p.In != "path" || p.Style == "form" && p.Type.Kind != ir.Array
	switch {
	case p.Media != "":
		text += `, style: "json"`
	case !plain || isStructured(p.Type):
		text += fmt.Sprintf(", style: %q", p.Style)
		if p.Explode {
			text += ", explode: true"
		}
	}
	return text + "}"
}

// textKind names the constant of the support file, empty for its zero value.
func textKind(t *ir.Type) string {
	switch {
	case t.Kind == ir.Integer:
		return "integerText"
	case t.Kind == ir.Number:
		return "numberText"
	case t.Kind == ir.Boolean:
		return "booleanText"
	case t.Kind == ir.String && t.String.Format == "date-time" && len(t.Enum) == 0:
		return "timeText"
	}
	return ""
}

// goType gives the Go type of a parameter, without the pointer of an optional
// one. It is what oapi-codegen makes of the schema that annotator.plain gives.
func (f *paramFile) goType(t *ir.Type) string {
	switch {
	case t.Name != "" && (len(t.Enum) > 1 || isStructured(t)):
		return f.Use(f.opts.Schema) + "." + t.Name
	case t.Kind == ir.Array:
		return "[]" + f.goType(t.Array.Elem)
	case textKind(t) == "timeText":
		return f.Use("time") + ".Time"
	case t.Name == "":
		return f.opts.goType(t)
	}
	plain := *t // a declared type that is no enum is an alias of a plain one
	plain.Name = ""
	return f.opts.goType(&plain)
}

// defaultOf gives the Go expression of a parameter's default.
func (f *paramFile) defaultOf(p *ir.OpParam) string {
	text, ok := f.literalOf(p.Type, p.Default)
	if !ok {
		f.diags.Errorf(p.Pos, "rest-default", "leave it out and describe it", "the default of %s parameter %s is not text, a number, a boolean, or a list of those", p.In, p.JSON)
	}
	return text
}

// literalOf gives the Go expression of a JSON value of a type.
func (f *paramFile) literalOf(t *ir.Type, value string) (expr string, ok bool) {
	name := f.goType(t)
	switch t.Kind {
	case ir.Integer, ir.Number, ir.Boolean:
		return name + "(" + value + ")", t.Kind == ir.Boolean || holds(name, value)
	case ir.String:
		var text string
		if textKind(t) == "" && json.Unmarshal([]byte(value), &text) == nil {
			return name + "(" + strconv.Quote(text) + ")", true
		}
	case ir.Array:
		var list []json.RawMessage
		if json.Unmarshal([]byte(value), &list) != nil {
			break
		}
		items := make([]string, len(list))
		for i, item := range list {
			if items[i], ok = f.literalOf(t.Array.Elem, string(item)); !ok {
				return name + "{}", false
			}
		}
		return name + "{" + strings.Join(items, ", ") + "}", true
	}
	return name + "{}", false
}

// holds reports whether a Go type of numbers has a value.
func holds(goType, value string) bool {
	v, ok := new(big.Float).SetString(value)
	if !ok {
		return false
	}
	switch goType {
	case "int32":
		i, exact := v.Int64()
		return exact == big.Exact && i == int64(int32(i))
	case "int64":
		_, exact := v.Int64()
		return exact == big.Exact
	case "float32":
		f, _ := v.Float32()
		return !math.IsInf(float64(f), 0)
	}
	f, _ := v.Float64()
	return !math.IsInf(f, 0)
}
