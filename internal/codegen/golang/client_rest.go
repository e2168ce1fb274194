package golang

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// operations prints a method for each REST operation.
func (f *clientFile) operations() {
	for _, op := range f.model.REST.Operations {
		f.paramsAlias(op)
		f.operation(op)
	}
	f.readResponse()
}

// paramsAlias names the parameters of an operation here too, so that callers
// need one import only.
func (f *clientFile) paramsAlias(op *ir.Operation) {
	if hasParams(op) {
		f.P("// %sParams are the parameters of %s besides those in the path.", op.Name, op.Name)
		f.P("type %sParams = %s.%[1]sParams", op.Name, f.Use(f.opts.REST))
		f.P("")
	}
}

func hasParams(op *ir.Operation) bool {
	return slices.ContainsFunc(op.Params, func(p *ir.OpParam) bool { return p.In != "path" })
}

func (f *clientFile) operation(op *ir.Operation) {
	args, params := f.arguments(op)
	client := "open"
	if op.Secured && f.session() != nil {
		client = "secured"
	}
	ok := success(op)
	f.Comment(op.Name + " " + lowerFirst(orElse(op.Doc, "calls "+op.Method+" "+op.Path+".")))
	if ok.Type == nil {
		f.P("func (c *Client) %s(%s) error {", op.Name, params)
		f.P("resp, err := c.%s.%s(%s)", client, op.Name, args)
		f.P("if err != nil { return err }")
		f.sessionEnd(op)
		f.P("return read(resp, %s, nil)", status(f, ok.Status))
	} else {
		f.P("func (c *Client) %s(%s) (out %s, err error) {", op.Name, params, f.goType(ok.Type))
		f.P("resp, err := c.%s.%s(%s)", client, op.Name, args)
		f.P("if err != nil { return out, err }")
		f.P("err = read(resp, %s, &out)", status(f, ok.Status))
		f.sessionStart(op)
		f.P("return out, err")
	}
	f.P("}")
	f.P("")
}

// sessionStart keeps the tokens of an operation that starts or renews a session.
func (f *clientFile) sessionStart(op *ir.Operation) {
	if s := f.session(); s != nil && (s.Create == op || s.Refresh == op) {
		f.P("if err == nil { c.login.Set(tokens(out)) }")
	}
}

// sessionEnd forgets the tokens.
func (f *clientFile) sessionEnd(op *ir.Operation) {
	if s := f.session(); s != nil && s.End == op {
		f.P("if resp.StatusCode == %s { c.login.Clear() }", status(f, success(op).Status))
	}
}

// arguments returns the arguments of the REST client's method and the
// parameters of the SDK's.
func (f *clientFile) arguments(op *ir.Operation) (args, params string) {
	a, p := []string{"ctx"}, []string{"ctx " + f.Use("context") + ".Context"}
	for _, param := range op.Params {
		if param.In == "path" {
			name := lowerFirst(param.Name)
			a, p = append(a, name), append(p, name+" "+f.goType(param.Type))
		}
	}
	if hasParams(op) {
		a, p = append(a, "params"), append(p, "params *"+op.Name+"Params")
	}
	if op.Body != nil {
		a, p = append(a, "body"), append(p, "body "+f.goType(op.Body))
	}
	return strings.Join(a, ", "), strings.Join(p, ", ")
}

// readResponse prints the reading of a response and the Error.
func (f *clientFile) readResponse() {
	problem := problemType(f.model.REST)
	f.P("// maxResponse bounds the body of a response, in bytes.")
	f.P("const maxResponse = 8 << 20")
	f.P("")
	f.P("// Error is a response other than the declared success.")
	f.P("type Error struct {")
	f.P("Status int // HTTP status")
	if problem != nil {
		f.P("// Problem is what the server says of it; zero where it sent none.")
		f.P("Problem %s", f.goType(problem))
	}
	f.P("}")
	f.P("")
	f.P("func (e *Error) Error() string {")
	f.P("text := %s.StatusText(e.Status)", f.Use("net/http"))
	for _, name := range []string{"Code", "Detail"} {
		if field := stringField(problem, name); field != nil {
			f.P(`if more := %s; more != "" { text += ": " + more }`, fieldText(field))
		}
	}
	f.P("return text")
	f.P("}")
	f.P("")
	if len(f.model.Sockets) > 0 {
		f.P("// Permanent reports whether the same request would be refused again, so that a")
		f.P("// socket whose login has ended does not come back.")
		f.P("func (e *Error) Permanent() bool { return %s.PermanentStatus(e.Status) }", f.Use(runtimeSocket))
		f.P("")
	}
	f.P("// read closes the response after it has decoded its body into out.")
	f.P("func read(resp *%s.Response, want int, out interface{ UnmarshalJSON([]byte) error }) error {", f.Use("net/http"))
	f.P("defer resp.Body.Close()")
	f.P("body, err := %[1]s.ReadAll(%[1]s.LimitReader(resp.Body, maxResponse))", f.Use("io"))
	f.P("switch {")
	f.P("case err != nil:")
	f.P("return err")
	f.P("case resp.StatusCode != want:")
	f.P("refused := &Error{Status: resp.StatusCode}")
	if problem != nil {
		f.P("_ = refused.Problem.UnmarshalJSON(body) // another body leaves the status to tell")
	}
	f.P("return refused")
	f.P("case out == nil:")
	f.P("return nil")
	f.P("}")
	f.P("return out.UnmarshalJSON(body)")
	f.P("}")
}

// stringField returns the text member of t by its name, nil without one.
func stringField(t *ir.Type, name string) *ir.Field {
	if t == nil {
		return nil
	}
	for _, field := range t.Object.Fields {
		if field.Name == name && field.Type.Kind == ir.String && !field.Type.IsConst() {
			return field
		}
	}
	return nil
}

// fieldText prints a member of e.Problem as a string.
func fieldText(field *ir.Field) string {
	expr := "e.Problem." + field.Name
	if !field.Required || field.Type.Nullable {
		expr += ".Value"
	}
	if field.Type.Name != "" {
		return "string(" + expr + ")"
	}
	return expr
}

// success returns the first response of 2xx, or an empty 200 where the
// document declares none.
func success(op *ir.Operation) *ir.Response {
	for _, r := range op.Responses {
		if r.Status/100 == 2 {
			return r
		}
	}
	return &ir.Response{Status: http.StatusOK}
}

// problemType returns the object that the operations answer errors with, if
// there is just one.
func problemType(rest *ir.REST) *ir.Type {
	var found *ir.Type
	for _, op := range rest.Operations {
		for _, r := range op.Responses {
			if r.MediaType != "application/problem+json" || r.Type == nil || r.Type.Kind != ir.Object {
				continue
			}
			if found != nil && found != r.Type {
				return nil
			}
			found = r.Type
		}
	}
	return found
}

// status prints an HTTP status by its constant where there is one.
func status(f *clientFile, code int) string {
	switch code {
	case http.StatusOK:
		return f.Use("net/http") + ".StatusOK"
	case http.StatusCreated:
		return f.Use("net/http") + ".StatusCreated"
	case http.StatusAccepted:
		return f.Use("net/http") + ".StatusAccepted"
	case http.StatusNoContent:
		return f.Use("net/http") + ".StatusNoContent"
	}
	return strconv.Itoa(code)
}
