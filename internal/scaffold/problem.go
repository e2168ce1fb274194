package scaffold

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// problem is how the operations answer with an error: the first that the
// contract declares as a JSON object.
type problem struct {
	*filler
	media string
	typ   *ir.Type // nil where none can be filled in
	expr  string   // of its value, in terms of status and detail
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
				if expr, ok := f.object(r.Type); ok && !strings.Contains(r.MediaType, "*") {
					return &problem{f, r.MediaType, r.Type, expr}
				}
			}
		}
	}
	return &problem{}
}

// restCodes are the codes of errors that the server itself answers with.
var restCodes = []struct {
	status string
	names  []string
}{
	{"http.StatusBadRequest", []string{"bad_request", "invalid_request", "validation_error", "validation_failed", "invalid", "400"}},
	{"http.StatusNotFound", []string{"not_found", "404"}},
	{"http.StatusMethodNotAllowed", []string{"method_not_allowed", "bad_request", "invalid_request", "405"}},
	{"http.StatusRequestEntityTooLarge", []string{"payload_too_large", "request_too_large", "too_large", "bad_request", "invalid_request", "413"}},
	{"http.StatusUnsupportedMediaType", []string{"unsupported_media_type", "bad_request", "invalid_request", "415"}},
	{"http.StatusNotImplemented", []string{"not_implemented", "unimplemented", "unsupported", "501"}},
}

func problemFiller() *filler {
	name := text{"http.StatusText(status)", 9, 31}
	id := text{"rand.Text()", 26, 26}
	codes := []string{"internal"}
	for _, c := range restCodes {
		codes = append(codes, c.names[0])
	}
	return &filler{
		reason: "detail", status: "status", code: "codeOf(status)", codes: codes,
		texts: map[string]text{
			"title": name, "name": name, "error": name, "status": name, "code": name,
			"type": {`"about:blank"`, 11, 11}, "instance": {`"about:blank"`, 11, 11},
			"requestid": id, "id": id, "traceid": id, "correlationid": id,
		},
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
	if p.typ == nil {
		body.WriteString("http.Error(w, detail, status)\n}\n")
	} else {
		fmt.Fprintf(&body, "p := %s\nw.Header().Set(\"Content-Type\", %q)\nw.WriteHeader(status)\n_, _ = w.Write(p.AppendJSON(nil)) // the client may be gone\n}\n", p.expr, p.media)
		if p.hasCode() {
			body.WriteString(p.codeFunc())
		}
	}
	text := body.String()
	if strings.Contains(text, "cut(") {
		text += cutFunc
	}
	return "package rest\n\n" + importBlock(imported(text, module, "crypto/rand", "net/http", "time")) + "\n" + text
}

// codeFunc prints the function that gives the code of a status.
func (p *problem) codeFunc() string {
	typ := "string"
	if p.enum != nil {
		typ = "schema." + p.enum.Name
	}
	var cases strings.Builder
	other := p.codeOf()
	for _, c := range restCodes {
		if name := p.codeOf(c.names...); name != other {
			fmt.Fprintf(&cases, "case %s:\nreturn %s\n", c.status, name)
		}
	}
	if cases.Len() == 0 {
		return fmt.Sprintf("\n// codeOf gives the code of an error, which is the same for all.\nfunc codeOf(int) %s { return %s }\n", typ, other)
	}
	return fmt.Sprintf("\n// codeOf gives the code of an error by its HTTP status.\nfunc codeOf(status int) %s {\nswitch status {\n%s}\nreturn %s\n}\n", typ, cases.String(), other)
}
