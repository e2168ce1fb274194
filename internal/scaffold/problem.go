package scaffold

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// problem is how the operations answer with an error: the first that the
// contract declares as a JSON object.
type problem struct {
	media string
	typ   *ir.Type // nil where none can be filled in
	expr  string   // of its value, in terms of status and detail
	enum  *ir.Type // of its code; nil for none
}

// problemOf finds the error of the operations. Problem details (RFC 9457) are
// preferred.
func problemOf(m *ir.Model) *problem {
	if m.REST == nil {
		return &problem{}
	}
	for _, media := range []string{"application/problem+json", ""} {
		for _, op := range m.REST.Operations {
			for _, r := range op.Responses {
				isError := r.Status == 0 || r.Status >= 400
				if !isError || r.Type == nil || media != "" && r.MediaType != media {
					continue
				}
				f := problemFiller()
				if expr, ok := f.object(r.Type); ok {
					return &problem{r.MediaType, r.Type, expr, f.enum}
				}
			}
		}
	}
	return &problem{}
}

func problemFiller() *filler {
	return &filler{
		texts: map[string]string{
			"title": "http.StatusText(status)", "name": "http.StatusText(status)", "code": "http.StatusText(status)", "error": "http.StatusText(status)",
			"detail": "detail", "message": "detail", "description": "detail", "reason": "detail", "details": "detail",
			"type": `"about:blank"`, "requestid": "rand.Text()", "id": "rand.Text()", "traceid": "rand.Text()", "instance": `"about:blank"`,
			"status": "http.StatusText(status)",
		},
		numbers: map[string]string{"status": "status", "code": "status", "statuscode": "status"},
		code:    "codeOf(status)",
	}
}

// contentType is that of an error.
func (p *problem) contentType() string {
	if p.typ == nil {
		return "text/plain; charset=utf-8"
	}
	return p.media
}

// restFile prints the file that writes errors.
func (p *problem) restFile(module string) string {
	var body strings.Builder
	body.WriteString("// write answers with an error.\nfunc write(w http.ResponseWriter, status int, detail string) {\n")
	if p.typ != nil {
		fmt.Fprintf(&body, "p := %s\n", p.expr)
		body.WriteString(p.optional())
		fmt.Fprintf(&body, "if p.Validate() == nil {\nw.Header().Set(\"Content-Type\", %q)\nw.WriteHeader(status)\n_, _ = w.Write(p.AppendJSON(nil)) // the client may be gone\nreturn\n}\n", p.media)
	}
	body.WriteString("http.Error(w, detail, status)\n}\n")
	if p.enum != nil {
		body.WriteString(codeOf(p.enum))
	}
	text := body.String()
	var imports []string
	if strings.Contains(text, "rand.") {
		imports = append(imports, "crypto/rand")
	}
	imports = append(imports, "net/http")
	if strings.Contains(text, "time.") {
		imports = append(imports, "time")
	}
	imports = append(imports, "")
	if strings.Contains(text, "schema.") {
		imports = append(imports, module+"/gen/schema")
	}
	if strings.Contains(text, "wire.") {
		imports = append(imports, "github.com/duet-api/duet/runtime/wire")
	}
	return "package rest\n\n" + importBlock(imports) + "\n" + text
}

// optional fills an optional detail in.
func (p *problem) optional() string {
	for _, f := range p.typ.Object.Fields {
		plain := f.Type.Kind == ir.String && !f.Type.Nullable && len(f.Type.Enum) == 0 && f.Type.String.Format == ""
		if f.JSON == "detail" && !f.Required && plain {
			return "p." + f.Name + " = wire.Some(detail)\n"
		}
	}
	return ""
}

// codeOf prints the function that gives the code of a status.
func codeOf(t *ir.Type) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n// codeOf gives the code of an error by its HTTP status.\nfunc codeOf(status int) schema.%s {\nswitch status {\n", t.Name)
	other := pick(t, general()...)
	for _, c := range []struct {
		status string
		names  []string
	}{
		{"http.StatusBadRequest", general("invalid_request", "bad_request", "validation_error", "validation_failed", "invalid")},
		{"http.StatusRequestEntityTooLarge", general("payload_too_large", "request_too_large", "too_large", "bad_request", "invalid_request")},
		{"http.StatusUnsupportedMediaType", general("unsupported_media_type", "bad_request", "invalid_request")},
		{"http.StatusNotImplemented", general("not_implemented", "unimplemented", "unsupported")},
	} {
		if name := pick(t, c.names...); name != other {
			fmt.Fprintf(&b, "case %s:\nreturn %s\n", c.status, name)
		}
	}
	fmt.Fprintf(&b, "}\nreturn %s\n}\n", other)
	return strings.Replace(b.String(), "switch status {\n}\n", "", 1)
}
