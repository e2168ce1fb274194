package golang

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// client renders the client's side of a connection.
func (f *wsapiFile) client() {
	name := f.s.Name
	f.P("// %sClient is the client's side of one connection. Its methods may be called by any", name)
	f.P("// number of goroutines at the same time, except Next, which belongs to one. After")
	f.P("// the end they give a *socket.CloseError.")
	f.P("type %sClient struct{ *%s }\n", name, f.runtime("Client"))
	f.P("// Dial%s connects to a ws or wss URL. Nil options are the defaults.", name)
	f.P("func Dial%[1]s(ctx %[2]s, url string, o *%[3]s) (*%[1]sClient, error) {", name, f.ctx(), f.runtime("DialOptions"))
	f.P("c, err := %s(ctx, url, %s(), o)", f.runtime("Dial"), f.private("ClientProtocol"))
	f.P("if err != nil {\nreturn nil, err\n}")
	f.P("return &%sClient{c}, nil\n}\n", name)
	f.nextMessage()
	for _, m := range f.s.ToServer {
		f.P("")
		f.sendToServer(m)
	}
}

func (f *wsapiFile) nextMessage() {
	union := f.s.ClientUnion
	if union == nil {
		return
	}
	f.P("// Next waits for the next message that is no reply to a call. A *socket.Failure is")
	f.P("// about one message that breaks the contract; the connection lives on.")
	f.P("func (c *%sClient) Next(ctx %s) (%s, error) {", f.s.Name, f.ctx(), f.schema(union.Name))
	if i := slices.IndexFunc(f.s.ToClient, func(m *ir.Message) bool { return m.Binary }); i >= 0 {
		f.P("frame, binary, err := c.NextFrame(ctx)")
		f.P("if err != nil {\nreturn nil, err\n}")
		f.P("if binary {\nreturn %s{%s: %s.Clone(frame)}, nil\n}", f.schema(f.s.ToClient[i].Type.Name), boxField, f.Use("bytes"))
	} else {
		f.P("frame, err := c.Client.Next(ctx)")
		f.P("if err != nil {\nreturn nil, err\n}")
	}
	f.P("m, err := %s(frame)", f.schema("Unmarshal"+union.Name))
	f.P("if err != nil {\nreturn nil, %s(err)\n}", f.runtime("BadFrame"))
	f.P("return m, nil\n}")
}

func (f *wsapiFile) sendToServer(m *ir.Message) {
	name, method := f.s.Name, clientMethod(m)
	if m.Binary {
		f.Comment(docText(method, m.Doc, "sends "+wireName(m)+" as a binary frame."))
		f.P("func (c *%sClient) %s(ctx %s, m %s) error { return c.SendBytes(ctx, m.%s) }", name, method, f.ctx(), f.schema(m.Type.Name), boxField)
		return
	}
	if !isCall(m) {
		f.Comment(docText(method, m.Doc, "sends "+wireName(m)+"."))
		f.P("func (c *%sClient) %s(ctx %s, m %s) error { return c.Client.Send(ctx, m) }", name, method, f.ctx(), f.schema(m.Type.Name))
		return
	}
	reply, failed, index := f.schema(m.Reply.Type.Name), f.runtime("NoReplyError"), "-1"
	if m.ReplyError != nil {
		failed, index = f.schema(m.ReplyError.Type.Name), f.index(f.toClient(), m.ReplyError)
	}
	f.Comment(docText(method, m.Doc, "sends "+wireName(m)+"."))
	f.P("//")
	f.Comment("It sets the id and waits for the reply, " + wireName(m.Reply) + ". An error in its place is a *socket.ReplyError.")
	f.P("func (c *%sClient) %s(ctx %s, m %s) (%s, error) {", name, method, f.ctx(), f.schema(m.Type.Name), reply)
	id := "id"
	if t := m.Correlation.Type; t.Kind == ir.Integer {
		f.P("number := c.NewNumber()")
		f.P("id := %s.FormatInt(number, 10)", f.Use("strconv"))
		id = "number"
		if name := scalarType(t); name != "int64" {
			id = name + "(number)"
		}
	} else {
		f.P("id := c.NewID()")
	}
	if presenceOf(m.Correlation) == byOpt {
		f.P("m.%s = %s.Some(%s)", m.Correlation.Name, f.Use(runtimeWire), id)
	} else {
		f.P("m.%s = %s", m.Correlation.Name, id)
	}
	f.P("return %s[%s, %s](ctx, c.Client, id, m, %s{OK: %s, Failed: %s})\n}",
		f.runtime("Call"), reply, failed, f.runtime("Replies"), f.index(f.toClient(), m.Reply), index)
}
