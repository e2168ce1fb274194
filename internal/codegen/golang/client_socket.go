package golang

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// socket prints the SDK's side of one socket.
func (f *clientFile) socket(s *ir.Socket) {
	ws, runtime := f.Use(f.opts.WSAPI), f.Use(runtimeSocket)
	union := f.goType(s.ClientUnion)
	f.Comment(docText(s.Name, s.Doc, "is a socket.") + "\n\nIt comes back by itself while its Events are ranged over. Its methods may be called by several goroutines at the same time.")
	f.P("type %s struct {", s.Name)
	f.P("link *%s.Link[*%s.%sClient, %s]", runtime, ws, s.Name, union)
	f.P("}")
	f.P("")
	f.open(s)
	f.P("// Events gives the messages that answer no request, over all connections. After")
	f.P("// one was lost and came back they begin anew. The pair's error is not nil once at")
	f.P("// most, at the end: why coming back is pointless. The end of ctx, or Close, ends")
	f.P("// them without an error.")
	f.P("func (s *%s) Events(ctx %s.Context) %s.Seq2[%s, error] { return s.link.Events(ctx) }", s.Name, f.Use("context"), f.Use("iter"), union)
	f.P("")
	f.P("// Close leaves and does not come back.")
	f.P("func (s *%s) Close() error { return s.link.Close() }", s.Name)
	for _, m := range s.ToServer {
		f.P("")
		f.send(s, m)
	}
}

// open prints the method of Client that connects.
func (f *clientFile) open(s *ir.Socket) {
	ws, runtime := f.Use(f.opts.WSAPI), f.Use(runtimeSocket)
	params := []string{"ctx " + f.Use("context") + ".Context"}
	for _, p := range s.Params {
		params = append(params, lowerFirst(p.Name)+" string")
	}
	name := f.openName(s)
	f.P("// %s connects, with the access token of the login where there is one. The first", name)
	f.P("// connection must succeed; later ones are made by Events.")
	f.P("func (c *Client) %s(%s) (*%s, error) {", name, strings.Join(params, ", "), s.Name)
	f.P("target := c.base.JoinPath(%s)", f.path(s))
	f.P(`target.Scheme = %s.Replace(target.Scheme, "http", "ws", 1)`, f.Use("strings"))
	f.P("dial := func(ctx %s.Context) (*%s.%sClient, error) {", f.Use("context"), ws, s.Name)
	f.P("var opts %s.DialOptions", runtime)
	f.P("if c.opts.Dial != nil { opts = *c.opts.Dial }")
	if f.session() != nil {
		f.P("var err error")
		f.P("if opts.Bearer, err = c.login.Token(ctx); err != nil && !%s.Is(err, %s.ErrNoLogin) { return nil, err }", f.Use("errors"), f.Use(runtimeToken))
	}
	f.P("return %s.Dial%s(ctx, target.String(), &opts)", ws, s.Name)
	f.P("}")
	f.P("link, err := %s.NewLink[*%s.%sClient, %s](ctx, c.opts.Reconnect, dial)", runtime, ws, s.Name, f.goType(s.ClientUnion))
	f.P("if err != nil { return nil, err }")
	f.P("return &%s{link}, nil", s.Name)
	f.P("}")
	f.P("")
}

// openName is the name of the method that connects: the socket's, unless a
// REST operation has it.
func (f *clientFile) openName(s *ir.Socket) string {
	if f.model.REST != nil {
		for _, op := range f.model.REST.Operations {
			if op.Name == s.Name {
				return s.Name + "Socket"
			}
		}
	}
	return s.Name
}

// path prints the elements of the socket's path, parameters escaped.
func (f *clientFile) path(s *ir.Socket) string {
	var elements []string
	for element := range strings.SplitSeq(strings.Trim(s.Path, "/"), "/") {
		elements = append(elements, f.pathElement(s, element))
	}
	return strings.Join(elements, ", ")
}

func (f *clientFile) pathElement(s *ir.Socket, element string) string {
	expr := fmt.Sprintf("%q", element)
	for _, p := range s.Params {
		value := fmt.Sprintf(`" + %s.PathEscape(%s) + "`, f.Use("net/url"), lowerFirst(p.Name))
		expr = strings.ReplaceAll(expr, "{"+p.JSON+"}", value)
	}
	expr = strings.TrimPrefix(expr, `"" + `)
	return strings.TrimSuffix(expr, ` + ""`)
}

// send prints the method that sends a message, and waits for the reply to a
// request.
func (f *clientFile) send(s *ir.Socket, m *ir.Message) {
	results, none := "error", "err"
	if m.Reply != nil {
		results, none = fmt.Sprintf("(reply %s, err error)", f.goType(m.Reply.Type)), "reply, err"
	}
	f.Comment(docText(m.Name, m.Doc, "sends "+m.Key+"."))
	f.P("//")
	f.P("// It waits while there is no connection.")
	f.P("func (s *%s) %s(ctx %s.Context, m %s) %s {", s.Name, m.Name, f.Use("context"), f.goType(m.Type), results)
	f.P("conn, err := s.link.Conn(ctx)")
	f.P("if err != nil { return %s }", none)
	f.P("return conn.%s(ctx, m)", m.Name)
	f.P("}")
}
