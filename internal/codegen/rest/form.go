package rest

import (
	"fmt"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// form prints the type of a form, and how it is read and written.
func (f *paramFile) form(op *ir.Operation) {
	f.forms = true
	f.formType(op)
	if len(op.Form.Files) > 0 {
		f.readParts(op)
	} else {
		f.readFields(op)
	}
	f.encode(op)
}

func (f *paramFile) formType(op *ir.Operation) {
	f.P("// %sForm is the body of %s.", op.Name, op.Name)
	if len(op.Form.Files) == 0 {
		f.P("type %sForm = %s\n", op.Name, f.goType(op.Body))
		return
	}
	f.P("type %sForm struct {", op.Name)
	if op.Body != nil {
		f.P("// Fields are the fields that are no files.")
		f.P("Fields %s", f.goType(op.Body))
	}
	for _, file := range op.Form.Files {
		f.Comment(file.Doc)
		kind := "*File"
		if file.List {
			kind = "[]*File"
		}
		f.P("%s %s", file.Name, kind)
	}
	f.P("}\n")
}

// readFields prints the reading of a form without files, which may come as JSON.
func (f *paramFile) readFields(op *ir.Operation) {
	f.P("// read%sForm reads and checks the body of %s.", op.Name, op.Name)
	f.P("func read%sForm(w %s.ResponseWriter, r *%[2]s.Request, options *StrictServerOptions) (body *%[1]sForm, done func(), err error) {", op.Name, f.Use("net/http"))
	if op.BodyMedia != op.Form.MediaType {
		f.P("if json := (media{name: %q, required: %t}); json.is(r.Header.Get(\"Content-Type\")) {", op.BodyMedia, op.BodyRequired)
		f.P("data, err := readBody(w, r, options.MaxBodyBytes, json)")
		f.P("if err != nil || data == nil { return nil, nothing, err }")
		f.P("body = new(%sForm)", op.Name)
		f.P("return body, nothing, body.UnmarshalJSON(data)")
		f.P("}")
	}
	f.P("form, err := readForm(w, r, options, media{name: %q, required: %t})", op.Form.MediaType, op.BodyRequired)
	f.P("if err != nil || form == nil { return nil, nothing, err }")
	f.P("body = new(%sForm)", op.Name)
	f.P("return body, form.close, body.UnmarshalJSON(form.json(&%s))", f.formShape(op))
	f.P("}\n")
}

// readParts prints the reading of a form with files.
func (f *paramFile) readParts(op *ir.Operation) {
	f.P("// read%sForm reads and checks the body of %s. done closes its files.", op.Name, op.Name)
	f.P("func read%sForm(w %s.ResponseWriter, r *%[2]s.Request, options *StrictServerOptions) (body *%[1]sForm, done func(), err error) {", op.Name, f.Use("net/http"))
	f.P("form, err := readForm(w, r, options, media{name: %q, required: %t})", op.Form.MediaType, op.BodyRequired)
	f.P("if err != nil || form == nil { return nil, nothing, err }")
	f.P("body = new(%sForm)", op.Name)
	f.P("var bad findings")
	for _, file := range op.Form.Files {
		method := "file"
		if file.List {
			method = "files"
		}
		f.P("body.%s = form.%s(&bad, %q, %t)", file.Name, method, file.JSON, file.Required)
	}
	if op.Body != nil {
		f.P("bad.nest(body.Fields.UnmarshalJSON(form.json(&%s)))", f.formShape(op))
	}
	f.P("return body, form.close, bad.Err()")
	f.P("}\n")
}

// encode prints the writing of a form, for clients.
func (f *paramFile) encode(op *ir.Operation) {
	f.P("// Encode%sForm gives the Content-Type and the text of a body for %[1]sWithBody.", op.Name)
	if len(op.Form.Files) > 0 {
		f.P("// Files are read while the text is.")
	}
	f.P("func Encode%sForm(body %[1]sForm) (contentType string, text %s.Reader) {", op.Name, f.Use("io"))
	kind := "urlForm"
	if op.Form.Multipart() {
		kind = "partForm"
	}
	f.P("form := new%s()", kind)
	if op.Body != nil {
		fields := "body"
		if len(op.Form.Files) > 0 {
			fields = "body.Fields"
		}
		f.P("%s.addAll(form, %s.AppendJSON(nil))", f.formShape(op), fields)
	}
	for _, file := range op.Form.Files {
		arg := fmt.Sprintf("body.%s", file.Name)
		if file.List {
			arg += "..."
		}
		f.P("form.addFiles(%q, %s)", file.JSON, arg)
	}
	f.P("return form.end()")
	f.P("}\n")
}
