package golang

import (
	"github.com/duet-api/duet/internal/codegen/ir"
)

// conn renders the server's side of one connection.
func (f *wsapiFile) conn() {
	name := f.s.Name
	f.P("// %sConn is the server's side of one connection. Its methods may be called by any", name)
	f.P("// number of goroutines at the same time and do not wait for the client. An error")
	f.P("// says that the message breaks the contract or that the connection has ended.")
	f.P("type %sConn[S any] struct {", name)
	f.P("*%s", f.runtime("Conn"))
	f.P("// Session is what Upgrade gave. The runtime does not touch it.")
	f.P("Session *S")
	f.P("}\n")
	f.P("// Close sends what waits and closes the connection with the code.")
	f.P("func (c *%[1]sConn[S]) Close(code %[1]sCloseCode, reason string) { c.Conn.Close(%[2]s(code), reason) }", name, f.runtime("CloseCode"))
	for _, m := range f.s.ToClient {
		f.P("")
		f.sendToClient(m)
	}
}

func (f *wsapiFile) sendToClient(m *ir.Message) {
	method := "Send" + m.Name
	f.Comment(docText(method, "", "sends "+wireName(m)+"."))
	if m.Binary {
		f.P("func (c *%sConn[S]) %s(m %s) error { return c.SendBytes(m.%s) }", f.s.Name, method, f.schema(m.Type.Name), boxField)
		return
	}
	if m.Latest == nil {
		f.P("func (c *%sConn[S]) %s(m %s) error { return c.Send(m) }", f.s.Name, method, f.schema(m.Type.Name))
		return
	}
	f.P("func (c *%sConn[S]) %s(m %s) error {", f.s.Name, method, f.schema(m.Type.Name))
	f.P("if err := m.Validate(); err != nil {\nreturn err\n}")
	f.P("return c.Update(%s(&m))\n}", f.private(m.Name+"Items"))
}
