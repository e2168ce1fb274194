package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/ir"
)

// clientDoc gives the package comment of a generated SDK, which speaks of what it
// has.
func (f *clientFile) clientDoc() string {
	rest, sockets := f.model.REST != nil, len(f.model.Sockets) > 0
	var of, text string
	switch {
	case rest && sockets:
		of = "REST and sockets with one login"
	case rest:
		of = "REST"
	case sockets:
		of = "sockets"
	}
	if f.session() != nil {
		text = "Log in with [Login], or make a [Client] with [New] for what needs no login."
	} else {
		text = "Make a [Client] with [New]."
	}
	if rest {
		text += " REST operations are methods of Client; they return an [Error] where the server refuses."
	}
	if sockets {
		text += " Sockets reconnect by themselves, honour the declared close codes, and hand out typed events."
	}
	return "Package " + orElse(f.opts.Client, "client") + " is the SDK of " + orElse(f.model.Title, "a contract") + ": " + of + ".\n\n" + text
}

// Client renders package client: the SDK for both protocols.
func Client(m *ir.Model, opts Options) (map[string][]byte, error) {
	files := map[string]func(*clientFile){"client.gen.go": (*clientFile).base}
	if m.REST != nil {
		files["rest.gen.go"] = (*clientFile).operations
	}
	for _, socket := range m.Sockets {
		files[socketFile(socket)] = func(f *clientFile) { f.socket(socket) }
	}
	out := make(map[string][]byte, len(files))
	for name, render := range files {
		f := &clientFile{GoFile: emit.NewGoFile(orElse(opts.Client, "client"), opts.Sources...), model: m, opts: opts}
		render(f)
		text, err := f.Bytes()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = text
	}
	return out, nil
}

// socketFile names the file of a socket, unlike those of the package itself.
func socketFile(s *ir.Socket) string {
	name := strings.ToLower(s.Name)
	if name == "client" || name == "rest" {
		name += "socket"
	}
	return name + ".gen.go"
}

// clientFile is one file of package client.
type clientFile struct {
	*emit.GoFile
	model *ir.Model
	opts  Options
}

// goType prints a type as this package refers to it.
func (f *clientFile) goType(t *ir.Type) string {
	switch {
	case t.Name != "":
		return f.Use(f.opts.Schema) + "." + t.Name
	case t.Kind == ir.Array:
		return "[]" + f.goType(t.Array.Elem)
	case t.Kind == ir.Map:
		return "map[string]" + f.goType(mapValue(t))
	case isTime(t):
		return f.Use("time") + ".Time"
	}
	return scalarType(t)
}

// base prints the Client, its options and its login.
func (f *clientFile) base() {
	f.PackageDoc(f.clientDoc())
	session := f.session()
	http, url := f.Use("net/http"), f.Use("net/url")
	f.P("// Options tells a Client how to reach the server. The zero value is ready for use.")
	f.P("type Options struct {")
	f.P("// HTTP sends REST requests. Nil means http.DefaultClient.")
	f.P("HTTP *%s.Client", http)
	if len(f.model.Sockets) > 0 {
		if session != nil {
			f.P("// Dial tells how sockets connect; its Bearer is set to the access token. Nil means")
			f.P("// the defaults.")
		} else {
			f.P("// Dial tells how sockets connect. Nil means the defaults.")
		}
		f.P("Dial *%s.DialOptions", f.Use(runtimeSocket))
		f.P("// Reconnect tells how sockets come back. Nil means the defaults.")
		f.P("Reconnect *%s.ReconnectOptions", f.Use(runtimeSocket))
	}
	if f.authorizes() {
		f.P("// Authorize adds a credential to a request that asks for one, or to the handshake of")
		f.P("// a socket that does: a header, a cookie or a parameter of the query. Nil adds none.")
		f.P("Authorize func(req *%s.Request) error", http)
	}
	f.P("}")
	f.P("")
	f.P("// Client talks to one server. Its methods may be called by several goroutines at")
	f.P("// the same time.")
	f.P("type Client struct {")
	f.P("base *%s.URL", url)
	f.P("opts Options")
	if f.model.REST != nil {
		f.P("open *%s.Client // sends no credential", f.Use(f.opts.REST))
	}
	if f.secured() && session == nil {
		f.P("secured *%s.Client // sends what Authorize adds", f.Use(f.opts.REST))
	}
	if session != nil {
		f.P("secured *%s.Client // sends the token of login", f.Use(f.opts.REST))
		f.P("login *%s.Source", f.Use(runtimeToken))
	}
	f.P("}")
	f.P("")
	f.newClient(session)
	if session != nil {
		f.login(session)
	}
}

// session returns what x-session declares, nil where the SDK can't log in.
func (f *clientFile) session() *ir.Session {
	if f.model.REST == nil {
		return nil
	}
	return f.model.REST.Session
}

func (f *clientFile) newClient(session *ir.Session) {
	f.P("// New returns a Client for the server at baseURL, such as http://localhost:8080,")
	f.P("// that is not logged in.")
	f.P("func New(baseURL string, opts *Options) (*Client, error) {")
	f.P("base, err := %s.Parse(baseURL)", f.Use("net/url"))
	f.P("if err != nil { return nil, err }")
	f.P(`if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {`)
	f.P("return nil, %s.Errorf(%q, baseURL)", f.Use("fmt"), "base URL %q: want http://HOST or https://HOST")
	f.P("}")
	f.P(`if base.Path == "" { base.Path = "/" }`)
	f.P("c := &Client{base: base}")
	f.P("if opts != nil { c.opts = *opts }")
	f.P("if c.opts.HTTP == nil { c.opts.HTTP = %s.DefaultClient }", f.Use("net/http"))
	if f.model.REST != nil {
		rest := f.Use(f.opts.REST)
		f.P("server := base.JoinPath(%q).String()", f.model.REST.BasePath)
		f.P("if c.open, err = %[1]s.NewClient(server, %[1]s.WithHTTPClient(c.opts.HTTP)); err != nil { return nil, err }", rest)
		if session != nil {
			f.P("c.login = %s.NewSource(c.renew)", f.Use(runtimeToken))
			f.P("doer := &%s.Doer{Source: c.login, HTTP: c.opts.HTTP}", f.Use(runtimeToken))
			f.P("if c.secured, err = %[1]s.NewClient(server, %[1]s.WithHTTPClient(doer)); err != nil { return nil, err }", rest)
		} else if f.secured() {
			f.P("authorize := %s.WithRequestEditorFn(func(_ %s.Context, req *%s.Request) error { return c.authorize(req) })", rest, f.Use("context"), f.Use("net/http"))
			f.P("if c.secured, err = %[1]s.NewClient(server, %[1]s.WithHTTPClient(c.opts.HTTP), authorize); err != nil { return nil, err }", rest)
		}
	}
	f.P("return c, nil")
	f.P("}")
	f.P("")
	if f.authorizes() {
		f.P("func (c *Client) authorize(req *%s.Request) error {", f.Use("net/http"))
		f.P("if c.opts.Authorize == nil { return nil }")
		f.P("return c.opts.Authorize(req)")
		f.P("}")
		f.P("")
	}
}

// secured reports whether an operation asks for a credential.
func (f *clientFile) secured() bool {
	return f.model.REST != nil && slices.ContainsFunc(f.model.REST.Operations, func(op *ir.Operation) bool { return op.Secured })
}

// authorizes reports whether credentials are the user's to add: something asks for
// them, and the contract does not say how to log in.
func (f *clientFile) authorizes() bool {
	return f.session() == nil && (f.secured() || slices.ContainsFunc(f.model.Sockets, func(s *ir.Socket) bool { return len(s.Security) > 0 }))
}

// login prints Login, Logout and the renewal of the token.
func (f *clientFile) login(s *ir.Session) {
	ctx, token := f.Use("context"), f.Use(runtimeToken)
	f.P("// Login returns a Client that is logged in to the server at baseURL. It renews")
	f.P("// its access token by itself.")
	f.P("func Login(ctx %s.Context, baseURL string, body %s, opts *Options) (*Client, error) {", ctx, f.goType(s.Create.Body))
	f.P("c, err := New(baseURL, opts)")
	f.P("if err != nil { return nil, err }")
	f.P("_, err = c.%s(ctx, body)", s.Create.Name)
	f.P("return c, err")
	f.P("}")
	f.P("")
	f.P("// Token returns a valid access token, renewed first where that is due, or")
	f.P("// token.ErrNoLogin.")
	f.P("func (c *Client) Token(ctx %s.Context) (string, error) { return c.login.Token(ctx) }", ctx)
	f.P("")
	f.P("// renew exchanges the refresh token for new tokens.")
	f.P("func (c *Client) renew(ctx %s.Context, refresh string) (%s.Pair, error) {", ctx, token)
	if s.Refresh != nil {
		f.P("out, err := c.%s(ctx, %s{RefreshToken: refresh})", s.Refresh.Name, f.goType(s.Refresh.Body))
		f.P("return tokens(out), err")
	} else {
		f.P("return %[1]s.Pair{}, %[1]s.ErrNoLogin", token)
	}
	f.P("}")
	f.P("")
	f.P("// tokens reads the tokens of a session.")
	f.P("func tokens(s %s) %s.Pair {", f.goType(success(s.Create).Type), token)
	f.P("return %s.Pair{Access: s.AccessToken, Refresh: s.RefreshToken, ExpiresIn: %[2]s.Duration(s.ExpiresIn) * %[2]s.Second}", token, f.Use("time"))
	f.P("}")
}
