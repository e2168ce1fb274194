package golang

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// operations prints a method for each REST operation.
func (f *clientFile) operations() {
	for _, op := range f.model.REST.Operations {
		f.paramsAlias(op)
		f.formAlias(op)
		f.operation(op)
	}
	if f.files() {
		f.P("// File is a file in a form.")
		f.P("type File = %s.File", f.Use(f.opts.REST))
		f.P("")
	}
	if slices.ContainsFunc(f.model.REST.Operations, several) {
		f.P("// accepting has a request say which media type it wants.")
		f.P("func accepting(media string) %s.RequestEditorFn {", f.Use(f.opts.REST))
		f.P("return func(_ %s.Context, req *%s.Request) error {", f.Use("context"), f.Use("net/http"))
		f.P("req.Header.Set(\"Accept\", media)")
		f.P("return nil")
		f.P("}")
		f.P("}")
		f.P("")
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

// formAlias does so for a form with files.
func (f *clientFile) formAlias(op *ir.Operation) {
	if op.Form == nil || len(op.Form.Files) == 0 {
		return
	}
	f.P("// %sForm is the body of %s. Its files are read while it is sent.", op.Name, op.Name)
	f.P("type %sForm = %s.%[1]sForm", op.Name, f.Use(f.opts.REST))
	f.P("")
}

// several reports whether an operation succeeds in several media types, so that a
// client must say which one it wants.
func several(op *ir.Operation) bool {
	ok := success(op)
	return slices.ContainsFunc(op.Responses, func(r *ir.Response) bool { return r != ok && r.Status == ok.Status && r.Range == ok.Range })
}

// files reports whether any operation takes files.
func (f *clientFile) files() bool {
	return slices.ContainsFunc(f.model.REST.Operations, func(op *ir.Operation) bool { return op.Form != nil && len(op.Form.Files) > 0 })
}

func hasParams(op *ir.Operation) bool {
	return slices.ContainsFunc(op.Params, func(p *ir.OpParam) bool { return p.In != "path" })
}

func (f *clientFile) operation(op *ir.Operation) {
	args, params := f.arguments(op)
	client := "open"
	if op.Secured {
		client = "secured"
	}
	call := fmt.Sprintf("c.%s.%s(%s)", client, f.method(op), args)
	if several(op) {
		call = strings.TrimSuffix(call, ")") + fmt.Sprintf(", accepting(%q))", success(op).MediaType)
	}
	encoded := op.Form != nil && op.BodyMedia == op.Form.MediaType
	f.Comment(op.Name + " " + lowerFirst(orElse(op.Doc, "calls "+op.Method+" "+op.Path+".")))
	f.note(op)
	f.P("func (c *Client) %s(%s) %s {", op.Name, params, f.results(success(op)))
	if encoded {
		f.P("contentType, form := %s.Encode%sForm(%s)", f.Use(f.opts.REST), op.Name, f.formValue(op))
	}
	f.P("resp, err := %s", call)
	f.answer(op, success(op))
	f.P("}")
	f.P("")
}

// note prints what the signature does not tell.
func (f *clientFile) note(op *ir.Operation) {
	ok := success(op)
	if ok.Type == nil && ok.MediaType != "" && !isText(ok.MediaType) {
		f.P("//")
		f.Comment("The result is the body, of type " + ok.MediaType + ", which the caller closes.")
	}
}

// results prints the results of an operation.
func (f *clientFile) results(ok *ir.Response) string {
	switch {
	case ok.Type != nil:
		return "(out " + f.bodyType(ok.Type) + ", err error)"
	case ok.MediaType == "":
		return "error"
	case isText(ok.MediaType):
		return "(string, error)"
	}
	return "(" + f.Use("io") + ".ReadCloser, error)"
}

// answer prints what becomes of the response.
func (f *clientFile) answer(op *ir.Operation, ok *ir.Response) {
	want := status(f, ok)
	switch {
	case ok.Type == nil && ok.MediaType == "":
		f.P("if err != nil { return err }")
		f.sessionEnd(op)
		f.P("return read(resp, %s, nil)", want)
	case ok.Type == nil && isText(ok.MediaType):
		f.P(`if err != nil { return "", err }`)
		f.P("text, err := accept(resp, %s)", want)
		f.P("return string(text), err")
	case ok.Type == nil:
		f.P("if err != nil { return nil, err }")
		f.P("if !answers(resp.StatusCode, %s) { return nil, read(resp, %s, nil) }", want, want)
		f.P("return resp.Body, nil")
	case ok.Type.Kind == ir.Box:
		f.P("if err != nil { return out, err }")
		f.P("var whole %s", f.goType(ok.Type))
		f.P("err = read(resp, %s, &whole)", want)
		f.P("return whole.%s, err", boxField)
	default:
		f.P("if err != nil { return out, err }")
		f.P("err = read(resp, %s, &out)", want)
		f.sessionStart(op)
		f.P("return out, err")
	}
}

// bodyType prints the type of a body for callers: of a Box what is in it.
func (f *clientFile) bodyType(t *ir.Type) string {
	if t.Kind == ir.Box {
		return f.valueType(t.Box)
	}
	return f.goType(t)
}

// valueType prints a type, null included.
func (f *clientFile) valueType(t *ir.Type) string {
	switch {
	case t.Kind == ir.Any:
		return f.Use("encoding/json") + ".RawMessage"
	case t.Nullable && t.Kind != ir.Union:
		plain := *t
		plain.Nullable = false
		return f.Use(runtimeWire) + ".Null[" + f.valueType(&plain) + "]"
	case t.Name == "" && t.Kind == ir.Array:
		return "[]" + f.valueType(t.Array.Elem)
	case t.Name == "" && t.Kind == ir.Map:
		return "map[string]" + f.valueType(mapValue(t))
	}
	return f.goType(t)
}

// isText reports whether a body that is no JSON is text. It is so where the REST
// client has it so.
func isText(media string) bool { return media == "text/plain" }

// method is the REST client's method for an operation: the one that takes the
// body's type, or the one that takes bytes.
func (f *clientFile) method(op *ir.Operation) string {
	if op.BodyMedia == "" || op.Body != nil && op.BodyMedia == "application/json" {
		return op.Name
	}
	return op.Name + "WithBody"
}

// sessionStart keeps the tokens of an operation that starts or renews a session.
func (f *clientFile) sessionStart(op *ir.Operation) {
	if s := f.session(); s != nil && (s.Create == op || s.Refresh == op) {
		f.P("if err == nil { c.login.Set(tokens(out)) }")
	}
}

// sessionEnd forgets the tokens.
func (f *clientFile) sessionEnd(op *ir.Operation) {
	if s := f.session(); s != nil && slices.Contains(s.End, op) {
		f.P("if resp.StatusCode == %s { c.login.Clear() }", status(f, success(op)))
	}
}

// formValue prints the body of a form as its encoder takes it.
func (f *clientFile) formValue(op *ir.Operation) string {
	if len(op.Form.Files) == 0 && op.Body.Kind == ir.Box {
		return fmt.Sprintf("%s{%s: body}", f.goType(op.Body), boxField)
	}
	return "body"
}

// arguments returns the arguments of the REST client's method and the
// parameters of the SDK's.
func (f *clientFile) arguments(op *ir.Operation) (args, params string) {
	a, p := []string{"ctx"}, []string{"ctx " + f.Use("context") + ".Context"}
	for _, param := range op.Params {
		if param.In == "path" {
			name := f.argName(param.Name)
			a, p = append(a, name), append(p, name+" "+f.goType(param.Type))
		}
	}
	if hasParams(op) {
		a, p = append(a, "params"), append(p, "params *"+op.Name+"Params")
	}
	switch media := strconv.Quote(op.BodyMedia); {
	case op.BodyMedia == "":
	case op.Form != nil && op.BodyMedia == op.Form.MediaType:
		body := op.Name + "Form"
		if len(op.Form.Files) == 0 {
			body = f.bodyType(op.Body)
		}
		a, p = append(a, "contentType", "form"), append(p, "body "+body)
	case op.Body != nil:
		p = append(p, "body "+f.bodyType(op.Body))
		value := "body"
		if op.Body.Kind == ir.Box {
			value = fmt.Sprintf("%s{%s: body}", f.goType(op.Body), boxField)
		}
		if f.method(op) != op.Name {
			value = fmt.Sprintf("%s, %s.NewReader(%s.AppendJSON(nil))", media, f.Use("bytes"), value)
		}
		a = append(a, value)
	case isText(op.BodyMedia):
		a, p = append(a, media, f.Use("strings")+".NewReader(body)"), append(p, "body string")
	case strings.HasPrefix(op.BodyMedia, "multipart/"), strings.Contains(op.BodyMedia, "*"):
		a, p = append(a, "contentType", "body"), append(p, "contentType string", "body "+f.Use("io")+".Reader")
	default:
		a, p = append(a, media, "body"), append(p, "body "+f.Use("io")+".Reader")
	}
	return strings.Join(a, ", "), strings.Join(p, ", ")
}

// argName names an argument where the names of an operation are used.
func (f *clientFile) argName(name string) string {
	return argument(name, "c", "ctx", "params", "body", "contentType", "out", "err", "resp", "read", "text", "accepting", "form", "accept", "answers",
		"string", "whole", "tokens", path.Base(f.opts.Schema), path.Base(f.opts.REST))
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
	f.P("Header %s.Header", f.Use("net/http"))
	f.P("Body []byte // as it came")
	if problem != nil {
		f.P("// Problem is what the server says of it; zero where it sent none.")
		f.P("Problem %s", f.goType(problem))
	}
	f.P("}")
	f.P("")
	f.P("func (e *Error) Error() string {")
	f.P("text := %s.StatusText(e.Status)", f.Use("net/http"))
	for _, name := range []string{"Code", "Detail", "Message", "Text", "Reason"} {
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
	http := f.Use("net/http")
	f.P("// read closes the response after it has decoded its body into out.")
	f.P("func read(resp *%s.Response, want int, out interface{ UnmarshalJSON([]byte) error }) error {", http)
	f.P("body, err := accept(resp, want)")
	f.P("if err != nil || out == nil { return err }")
	f.P("return out.UnmarshalJSON(body)")
	f.P("}")
	f.P("")
	f.P("// accept closes the response after it has read its body. Any but the wanted one is")
	f.P("// an Error.")
	f.P("func accept(resp *%s.Response, want int) ([]byte, error) {", http)
	f.P("defer resp.Body.Close()")
	f.P("body, err := %[1]s.ReadAll(%[1]s.LimitReader(resp.Body, maxResponse))", f.Use("io"))
	f.P("if err != nil { return nil, err }")
	f.P("if !answers(resp.StatusCode, want) {")
	f.P("refused := &Error{Status: resp.StatusCode, Header: resp.Header, Body: body}")
	if problem != nil {
		f.P("_ = refused.Problem.UnmarshalJSON(body) // another body leaves the status to tell")
	}
	f.P("return nil, refused")
	f.P("}")
	f.P("return body, nil")
	f.P("}")
	f.P("")
	f.P("// answers reports whether a status is the wanted one, or of the wanted hundred,")
	f.P("// which is below 10.")
	f.P("func answers(status, want int) bool { return status == want || status/100 == want }")
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
// there is just one: of problem+json, or else of any JSON.
func problemType(rest *ir.REST) *ir.Type {
	if t, some := errorType(rest, "application/problem+json"); some {
		return t
	}
	t, _ := errorType(rest, "")
	return t
}

// errorType returns the only object of the responses of a media type that are no
// success, and whether there are any. An empty media type is any.
func errorType(rest *ir.REST, media string) (found *ir.Type, some bool) {
	for _, op := range rest.Operations {
		for _, r := range op.Responses {
			if r.Status != 0 && r.Status/100 < 4 || r.Type == nil || media != "" && r.MediaType != media {
				continue
			}
			if r.Type.Kind != ir.Object || some && found != r.Type {
				return nil, true
			}
			found, some = r.Type, true
		}
	}
	return found, some
}

// status prints an HTTP status, by its constant where there is one. A range is its
// hundred.
func status(f *clientFile, r *ir.Response) string {
	if r.Range {
		return strconv.Itoa(r.Status / 100)
	}
	switch r.Status {
	case http.StatusOK:
		return f.Use("net/http") + ".StatusOK"
	case http.StatusCreated:
		return f.Use("net/http") + ".StatusCreated"
	case http.StatusAccepted:
		return f.Use("net/http") + ".StatusAccepted"
	case http.StatusNoContent:
		return f.Use("net/http") + ".StatusNoContent"
	}
	return strconv.Itoa(r.Status)
}
