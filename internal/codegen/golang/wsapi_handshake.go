package golang

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// handshake renders the parameters of a socket's handshake: how a server reads
// them from the request and a client writes them.
func (f *wsapiFile) handshake() {
	if f.s.Address != nil {
		f.handshakePart(part{
			typ: f.s.Address, name: "Address", what: "address's parameters", from: fmt.Sprintf("h.Address(%q)", f.s.Path),
		})
	}
	if f.s.Query != nil {
		f.handshakePart(part{
			typ: f.s.Query, name: "Query", what: "query", from: "h.Request.URL.Query()",
			result: f.Use("net/url") + ".Values", give: "add them to the URL for Dial" + f.s.Name,
		})
	}
	if f.s.Headers != nil {
		f.handshakePart(part{
			typ: f.s.Headers, name: "Headers", what: "headers", from: "h.Request.Header", header: true,
			result: f.Use("net/http") + ".Header", give: "they are for socket.DialOptions",
		})
	}
}

// part is the address, the query or the headers.
type part struct {
	typ                *ir.Type
	name, what         string
	from, result, give string // Go: the values of a request, their type; what a client does with them, or nothing
	header             bool
}

func (f *wsapiFile) handshakePart(p part) {
	table := f.private(p.name + "Params")
	typ, wire := f.schema(p.typ.Name), f.Use(runtimeWire)
	f.P("// %s are the members of %s as text. They are never changed.", table, p.typ.Name)
	f.P("var %s = []%s.Param{", table, wire)
	for _, field := range p.typ.Object.Fields {
		f.P("%s,", f.param(p, field))
	}
	f.P("}\n")
	f.Comment(fmt.Sprintf("%[1]s%[2]s reads and checks the %[3]s of a handshake, for Upgrade. It returns nil or a *wire.ValidationError.", f.s.Name, p.name, p.what))
	f.P("func %s%s(h *%s) (v %s, err error) {", f.s.Name, p.name, f.runtime("Handshake"), typ)
	rest := p.what == "query" && (p.typ.Object.Closed || p.typ.Object.Additional != nil)
	f.P("err = v.UnmarshalJSON(%s.AppendParams(nil, %s, %s, %t))", wire, table, p.from, rest)
	f.P("return v, err\n}\n")
	if p.give == "" {
		return
	}
	f.Comment(fmt.Sprintf("%s%sOf gives the %s of a handshake: %s.", f.s.Name, p.name, p.what, p.give))
	f.P("func %s%sOf(v %s) %s {", f.s.Name, p.name, typ, p.result)
	if p.header {
		f.P("out := %s{}", p.result)
		f.P("for name, texts := range %s.Texts(v.AppendJSON(nil)) {", wire)
		f.P("out[%s.CanonicalHeaderKey(name)] = texts", f.Use("net/http"))
		f.P("}\nreturn out\n}\n")
		return
	}
	f.P("return %s.Texts(v.AppendJSON(nil))\n}\n", wire)
}

// param prints the wire.Param of a member.
func (f *wsapiFile) param(p part, field *ir.Field) string {
	parts := []string{fmt.Sprintf("Name: %q", field.JSON)}
	if key := http.CanonicalHeaderKey(field.JSON); p.header && key != field.JSON {
		parts = append(parts, fmt.Sprintf("Key: %q", key))
	}
	t := field.Type
	if t.Kind == ir.Array {
		parts = append(parts, "List: true")
		t = t.Array.Elem
	}
	kind := map[ir.Kind]string{ir.Boolean: "KindBoolean", ir.Integer: "KindNumber", ir.Number: "KindNumber", ir.String: "KindString"}[t.Kind]
	if kind != "" {
		parts = append(parts, "Kind: "+f.Use(runtimeWire)+"."+kind)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
