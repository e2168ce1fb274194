package golang

import (
	"fmt"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// server renders what a server implements, and what serves it.
func (f *wsapiFile) server() {
	f.handler()
	f.events()
	f.serverType()
	f.glue()
	f.receive()
}

func (f *wsapiFile) handler() {
	name := f.s.Name
	f.Comment(docText(name+"Handler", "", "handles the messages to the server. For one connection its methods are called one after the other, in the order of the messages; for different ones at the same time. An error goes to Fail, but a *socket.CloseError closes the connection."))
	f.P("type %sHandler[S any] interface {", name)
	for _, m := range f.s.ToServer {
		f.Comment(docText(handlerMethod(m), m.Doc, "handles "+wireName(m)+"."))
		result := "error"
		if isCall(m) {
			result = "(" + f.schema(m.Reply.Type.Name) + ", error)"
		}
		f.P("%s(ctx %s, c *%sConn[S], m %s%s) %s", handlerMethod(m), f.ctx(), name, f.schema(m.Type.Name), topicParam(m), result)
	}
	f.P("}\n")
}

func (f *wsapiFile) events() {
	name := f.s.Name
	f.P("// %sEvents is what a server does with connections, whatever their messages. A", name)
	f.P("// server that also has a method Goodbye(c *%sConn[S]) is asked to say goodbye", name)
	f.P("// when Shutdown closes its connections.")
	f.P("type %sEvents[S any] interface {", name)
	f.P("// Upgrade decides on a handshake and gives the connection's session. A")
	f.P("// *socket.Rejection is the HTTP answer; a *socket.CloseError opens the")
	f.P("// connection only to close it with that code.")
	f.P("Upgrade(ctx %s, h *%s) (S, error)", f.ctx(), f.runtime("Handshake"))
	f.P("// Open is called once, before the first message. An error closes the connection.")
	f.P("Open(ctx %s, c *%sConn[S]) error", f.ctx(), name)
	f.P("// Fail answers a message that was refused.")
	f.P("Fail(ctx %s, c *%sConn[S], failure *%s)", f.ctx(), name, f.runtime("Failure"))
	f.P("// Closed is called once, after everything else.")
	f.P("Closed(c *%sConn[S], info %s)", name, f.runtime("CloseInfo"))
	f.P("}\n")
}

func (f *wsapiFile) serverType() {
	name := f.s.Name
	f.P("// %sServer serves %s. It is an http.Handler.", name, orElse(f.s.Path, "the socket"))
	f.P("type %sServer[S any] struct {", name)
	f.P("*%s[*%sConn[S]]", f.runtime("Server"), name)
	f.P("}\n")
	f.P("// New%sServer makes a %sServer. Nil options are the defaults.", name, name)
	f.P("func New%[1]sServer[S any](h interface {\n%[1]sHandler[S]\n%[1]sEvents[S]\n}, o *%[2]s) *%[1]sServer[S] {", name, f.runtime("ServerOptions"))
	f.P("return &%sServer[S]{%s(%sProtocol(), %s[S]{h, h}, o)}", name, f.runtime("NewServer"), name, f.private("Glue"))
	f.P("}\n")
}

// glue renders the runtime's handler on top of the generated interfaces.
func (f *wsapiFile) glue() {
	name, glue := f.s.Name, f.private("Glue")
	f.P("// %s implements socket.Handler.", glue)
	f.P("type %s[S any] struct {\nmessages %sHandler[S]\nevents %sEvents[S]\n}\n", glue, name, name)
	f.P("func (g %s[S]) Upgrade(ctx %s, h *%s, c *%s) (*%sConn[S], error) {", glue, f.ctx(), f.runtime("Handshake"), f.runtime("Conn"), name)
	f.P("session, err := g.events.Upgrade(ctx, h)")
	f.P("if err != nil {\nreturn nil, err\n}")
	f.P("return &%sConn[S]{c, &session}, nil\n}\n", name)
	f.P("func (g %s[S]) Open(ctx %s, c *%sConn[S]) error { return g.events.Open(ctx, c) }\n", glue, f.ctx(), name)
	f.P("func (g %s[S]) Fail(ctx %s, c *%sConn[S], failure *%s) { g.events.Fail(ctx, c, failure) }\n", glue, f.ctx(), name, f.runtime("Failure"))
	f.P("func (g %s[S]) Closed(c *%sConn[S], info %s) { g.events.Closed(c, info) }\n", glue, name, f.runtime("CloseInfo"))
	f.P("func (g %s[S]) Goodbye(c *%sConn[S]) {", glue, name)
	f.P("if h, ok := g.events.(%s[*%sConn[S]]); ok {\nh.Goodbye(c)\n}\n}\n", f.runtime("Goodbyer"), name)
}

// receive renders the dispatch. It is a flat switch with a case a message.
func (f *wsapiFile) receive() {
	name := f.s.Name
	f.P("// Receive decodes, checks and handles one message.")
	f.P("func (g %s[S]) Receive(ctx %s, c *%sConn[S], index int, frame []byte) error {", f.private("Glue"), f.ctx(), name)
	f.P("switch index {")
	for _, m := range f.s.ToServer {
		f.P("case %s:", f.index(f.toServer(), m))
		if m.Binary {
			f.P("return g.messages.%s(ctx, c, %s{%s: %s.Clone(frame)})", handlerMethod(m), f.schema(m.Type.Name), boxField, f.Use("bytes"))
			continue
		}
		f.P("var m %s", f.schema(m.Type.Name))
		f.P("if err := m.UnmarshalJSON(frame); err != nil {\nreturn %s(err)\n}", f.runtime("BadFrame"))
		if !isCall(m) {
			f.P("return %s", f.handle(m))
			continue
		}
		f.P("reply, err := %s", f.handle(m))
		f.P("if err != nil {\nreturn err\n}")
		f.P("reply.%s = %s", m.Reply.Correlation.Name, f.replyID(m))
		f.P("return c.Send(reply)")
	}
	f.P("}")
	f.P("return %s(index)\n}", f.runtime("NoMessage"))
}

// replyID prints the request's id as the reply has it.
func (f *wsapiFile) replyID(m *ir.Message) string {
	id := "m." + m.Correlation.Name
	from, to := presenceOf(m.Correlation), presenceOf(m.Reply.Correlation)
	switch {
	case from == to:
		return id
	case to == byOpt:
		return fmt.Sprintf("%s.Some(%s)", f.Use(runtimeWire), id)
	}
	return id + ".Value"
}
