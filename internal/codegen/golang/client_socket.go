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
	f.P("// one was lost and came back they begin anew. An error that is a *socket.Failure")
	f.P("// is about one message, which could not be decoded; any other is the last pair: why")
	f.P("// coming back is pointless. The end of ctx, or Close, ends them without an error.")
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
	for _, p := range s.Params {
		f.P(`if %[1]s == "" || %[1]s == "." || %[1]s == ".." { return nil, %[2]s.Errorf("%[1]s %%q is no element of a path", %[1]s) }`, lowerFirst(p.Name), f.Use("fmt"))
	}
	f.P("target := c.base.JoinPath(%s)", f.path(s))
	f.P(`target.Scheme = %s.Replace(target.Scheme, "http", "ws", 1)`, f.Use("strings"))
	f.P("dial := func(ctx %s.Context) (*%s.%sClient, error) {", f.Use("context"), ws, s.Name)
	f.P("var opts %s.DialOptions", runtime)
	f.P("if c.opts.Dial != nil { opts = *c.opts.Dial }")
	if f.session() != nil {
		f.P("var err error")
		f.P("if opts.Bearer, err = c.login.Token(ctx); err != nil && !%s.Is(err, %s.ErrNoLogin) { return nil, err }", f.Use("errors"), f.Use(runtimeToken))
	}
	m, path := renewal(s)
	if f.session() == nil || m == nil {
		f.P("return %s.Dial%s(ctx, target.String(), &opts)", ws, s.Name)
	} else {
		f.P("conn, err := %s.Dial%s(ctx, target.String(), &opts)", ws, s.Name)
		f.P("if err != nil { return nil, err }")
		f.P("go c.renew%s(conn)", s.Name)
		f.P("return conn, nil")
		defer f.renew(s, m, path)
	}
	f.P("}")
	f.P("link, err := %s.NewLink[*%s.%sClient, %s](ctx, c.opts.Reconnect, dial)", runtime, ws, s.Name, f.goType(s.ClientUnion))
	f.P("if err != nil { return nil, err }")
	f.P("return &%s{link}, nil", s.Name)
	f.P("}")
	f.P("")
}

// renew prints the method that keeps a connection authenticated.
func (f *clientFile) renew(s *ir.Socket, m *ir.Message, path []*ir.Field) {
	member, value := "m", "access"
	for _, field := range path {
		member += "." + field.Name
	}
	if last := path[len(path)-1]; !last.Required {
		value = f.Use(runtimeWire) + ".Some(access)"
	}
	ctx := f.Use("context")
	f.P("// renew%s gives a connection each new access token, by %s. One that can't be", s.Name, m.Key)
	f.P("// renewed ends with its token, and Events open another.")
	f.P("func (c *Client) renew%s(conn *%s.%[1]sClient) {", s.Name, f.Use(f.opts.WSAPI))
	f.P("_ = c.login.Follow(conn.Context(), func(ctx %s.Context, access string) error {", ctx)
	f.P("var m %s", f.goType(m.Type))
	f.P("%s = %s", member, value)
	f.P("_, err := conn.%s(ctx, m)", clientMethod(m))
	f.P("return err")
	f.P("})")
	f.P("}")
	f.P("")
}

// renewal finds the request that gives a connection a new access token: the
// message of a security scheme (x-message) with a text member accessToken, in
// the payload or in an object of it. The path leads to that member.
func renewal(s *ir.Socket) (*ir.Message, []*ir.Field) {
	for _, scheme := range s.Security {
		for _, m := range s.ToServer {
			if scheme.Kind == "message" && m.Key == scheme.Name && m.Reply != nil {
				if path := textMember(m.Type, "accessToken", 2); path != nil {
					return m, path
				}
			}
		}
	}
	return nil, nil
}

// textMember returns the path to a text member at most depth objects deep, of
// which the outer ones are required. Nil without one.
func textMember(t *ir.Type, name string, depth int) []*ir.Field {
	if depth == 0 || t.Kind != ir.Object {
		return nil
	}
	for _, field := range t.Object.Fields {
		if field.JSON == name && field.Type.Kind == ir.String && field.Type.Name == "" && !field.Type.Nullable && !field.Type.IsConst() {
			return []*ir.Field{field}
		}
		if field.Required && !field.Type.Nullable {
			if path := textMember(field.Type, name, depth-1); path != nil {
				return append([]*ir.Field{field}, path...)
			}
		}
	}
	return nil
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
	f.P("return conn.%s(ctx, m)", clientMethod(m))
	f.P("}")
}
