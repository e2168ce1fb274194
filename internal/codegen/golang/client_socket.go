package golang

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// socket prints the SDK's side of one socket.
func (f *clientFile) socket(s *ir.Socket) {
	ws, runtime := f.Use(f.opts.WSAPI), f.Use(runtimeSocket)
	union := f.goType(s.ClientUnion)
	f.Comment(docText(f.socketType(s), s.Doc, "is a socket.") + "\n\nIt comes back by itself while its Events are ranged over. Its methods may be called by several goroutines at the same time.")
	f.P("type %s struct {", f.socketType(s))
	f.P("link *%s.Link[*%s.%sClient, %s]", runtime, ws, s.Name, union)
	f.P("}")
	f.P("")
	f.open(s)
	f.P("// Events gives the messages that answer no request, over all connections. After")
	f.P("// one was lost and came back they begin anew. An error that is a *socket.Failure")
	f.P("// is about one message, which could not be decoded; any other is the last pair: why")
	f.P("// coming back is pointless. The end of ctx, or Close, ends them without an error.")
	f.P("func (s *%s) Events(ctx %s.Context) %s.Seq2[%s, error] { return s.link.Events(ctx) }", f.socketType(s), f.Use("context"), f.Use("iter"), union)
	f.P("")
	f.P("// Close leaves and does not come back.")
	f.P("func (s *%s) Close() error { return s.link.Close() }", f.socketType(s))
	for _, m := range s.ToServer {
		f.P("")
		f.send(s, m)
	}
}

// open prints the methods of Client that connect.
func (f *clientFile) open(s *ir.Socket) {
	name, typ := f.openName(s), f.socketType(s)
	args := []string{"ctx"}
	params := []string{"ctx " + f.Use("context") + ".Context"}
	for _, p := range s.Params {
		args = append(args, f.arg(p))
		params = append(params, f.arg(p)+" string")
	}
	given := s.Query != nil || s.Headers != nil
	if given {
		f.paramsType(s)
	}
	f.P("// %s connects, with the access token of the login where there is one. The first", name)
	f.P("// connection must succeed; later ones are made by Events.")
	if given {
		if !asks(s.Query) && !asks(s.Headers) {
			f.P("func (c *Client) %s(%s) (*%s, error) {", name, strings.Join(params, ", "), typ)
			f.P("return c.%sWith(%s, %[1]sParams{})\n}\n", name, strings.Join(args, ", "))
			f.P("// %sWith is %[1]s with parameters of the handshake.", name)
			name += "With"
		}
		params = append(params, "params "+f.openName(s)+"Params")
	}
	f.P("func (c *Client) %s(%s) (*%s, error) {", name, strings.Join(params, ", "), typ)
	f.connect(s)
	f.P("}")
	f.P("")
	if m, path := f.renewal(s); m != nil {
		f.renew(s, m, path)
	}
}

// asks reports whether a part of the handshake, which may be nil, has members
// that must be there.
func asks(t *ir.Type) bool {
	return t != nil && slices.ContainsFunc(t.Object.Fields, func(field *ir.Field) bool { return field.Required })
}

// paramsType prints the struct of the handshake's parameters.
func (f *clientFile) paramsType(s *ir.Socket) {
	name := f.openName(s)
	f.P("// %sParams are parameters of the handshake.", name)
	f.P("type %sParams struct {", name)
	if s.Query != nil {
		f.P("Query %s", f.goType(s.Query))
	}
	if s.Headers != nil {
		f.P("Headers %s", f.goType(s.Headers))
	}
	f.P("}\n")
}

// connect prints the body of what connects.
func (f *clientFile) connect(s *ir.Socket) {
	ws, runtime := f.Use(f.opts.WSAPI), f.Use(runtimeSocket)
	for _, p := range s.Params {
		f.P(`if %[1]s == "" || %[1]s == "." || %[1]s == ".." { return nil, %[2]s.Errorf("%[1]s %%q is no element of a path", %[1]s) }`, f.arg(p), f.Use("fmt"))
	}
	f.P("target := c.base.JoinPath(%s)", f.path(s))
	f.P(`target.Scheme = %s.Replace(target.Scheme, "http", "ws", 1)`, f.Use("strings"))
	if s.Query != nil {
		f.P("if err := params.Query.Validate(); err != nil { return nil, err }")
		f.P("target.RawQuery = %s.%sQueryOf(params.Query).Encode()", ws, s.Name)
	}
	if s.Headers != nil {
		f.P("if err := params.Headers.Validate(); err != nil { return nil, err }")
	}
	f.P("dial := func(ctx %s.Context) (*%s.%sClient, error) {", f.Use("context"), ws, s.Name)
	at := "target"
	f.P("var opts %s.DialOptions", runtime)
	f.P("if c.opts.Dial != nil { opts = *c.opts.Dial }")
	if s.Headers != nil {
		f.P("opts.AddHeader(%s.%sHeadersOf(params.Headers))", ws, s.Name)
	}
	if f.session() != nil {
		f.P("switch access, err := c.login.Token(ctx); {")
		f.P("case err == nil: opts.Bearer = access")
		f.P("case !%s.Is(err, %s.ErrNoLogin): return nil, err", f.Use("errors"), f.Use(runtimeToken))
		f.P("}")
	}
	if f.session() == nil && len(s.Security) > 0 {
		http := f.Use("net/http")
		f.P("at := *target")
		f.P("req := (&%[1]s.Request{Method: %[1]s.MethodGet, URL: &at, Host: at.Host, Header: %[1]s.Header{}}).WithContext(ctx)", http)
		f.P("if err := c.authorize(req); err != nil { return nil, err }")
		f.P("opts.AddHeader(req.Header)")
		at = "req.URL"
	}
	if m, _ := f.renewal(s); m == nil {
		f.P("return %s.Dial%s(ctx, %s.String(), &opts)", ws, s.Name, at)
	} else {
		f.P("conn, err := %s.Dial%s(ctx, %s.String(), &opts)", ws, s.Name, at)
		f.P("if err != nil { return nil, err }")
		f.P("go c.renew%s(conn)", s.Name)
		f.P("return conn, nil")
	}
	f.P("}")
	f.P("link, err := %s.NewLink[*%s.%sClient, %s](ctx, c.opts.Reconnect, dial)", runtime, ws, s.Name, f.goType(s.ClientUnion))
	f.P("if err != nil { return nil, err }")
	f.P("return &%s{link}, nil", f.socketType(s))
}

// arg names an address parameter where the names of connect are used.
func (f *clientFile) arg(p *ir.Param) string {
	return argument(p.Name,
		"c", "conn", "context", "ctx", "dial", "err", "errors", "fmt", "iter", "link", "nil", "opts", "params", "schema", "socket", "string",
		"strings", "target", "token", "url", "wire", "wsapi", path.Base(f.opts.Schema), path.Base(f.opts.WSAPI))
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

// renewal is renewal of a socket whose SDK can log in.
func (f *clientFile) renewal(s *ir.Socket) (*ir.Message, []*ir.Field) {
	if f.session() == nil {
		return nil, nil
	}
	return renewal(s)
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
// REST operation or the Client has it.
func (f *clientFile) openName(s *ir.Socket) string {
	taken := s.Name == "Token" || s.Name == "Logout"
	if f.model.REST != nil {
		taken = taken || slices.ContainsFunc(f.model.REST.Operations, func(op *ir.Operation) bool { return op.Name == s.Name })
	}
	if taken {
		return s.Name + "Socket"
	}
	return s.Name
}

// socketType is the name of a socket's type: the socket's, unless the package
// declares it otherwise.
func (f *clientFile) socketType(s *ir.Socket) string {
	switch s.Name {
	case "Client", "Options", "Error", "New", "Login":
		return s.Name + "Socket"
	}
	return s.Name
}

// linkNames are the methods of a socket in the SDK that are no message.
var linkNames = map[string]bool{"Events": true, "Close": true}

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
		value := fmt.Sprintf(`" + %s.PathEscape(%s) + "`, f.Use("net/url"), f.arg(p))
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
	method := methodName(m, linkNames, "Send")
	f.Comment(docText(method, m.Doc, "sends "+m.Key+"."))
	f.P("//")
	f.P("// It waits while there is no connection.")
	f.P("func (s *%s) %s(ctx %s.Context, m %s) %s {", f.socketType(s), method, f.Use("context"), f.goType(m.Type), results)
	f.P("conn, err := s.link.Conn(ctx)")
	f.P("if err != nil { return %s }", none)
	f.P("return conn.%s(ctx, m)", clientMethod(m))
	f.P("}")
}
