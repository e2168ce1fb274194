package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/ir"
)

// wsapiDoc is the package comment of generated sockets.
const wsapiDoc = `Package %s is the sockets of %s, for servers and clients.

A server implements a socket's Handler and Events and serves it with its Server; its Group sends to many connections at once. A client dials and has a method for each message to the server. Messages are decoded and checked before they reach anybody, and checked before they leave.`

// WSAPI renders package wsapi: servers, groups and clients of the sockets.
func WSAPI(m *ir.Model, opts Options) (map[string][]byte, error) {
	out := map[string][]byte{}
	add := func(name string, render func(*wsapiFile), s *ir.Socket) error {
		f := &wsapiFile{GoFile: emit.NewGoFile(packageOf(opts.WSAPI, "wsapi"), opts.Sources...), opts: opts, s: s}
		render(f)
		text, err := f.Bytes()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out[name] = text
		return nil
	}
	doc := func(f *wsapiFile) {
		f.PackageDoc(fmt.Sprintf(wsapiDoc, packageOf(opts.WSAPI, "wsapi"), orElse(m.SocketTitle, orElse(m.Title, "a contract"))))
	}
	if err := add(docFile, doc, nil); err != nil {
		return nil, err
	}
	for _, s := range m.Sockets {
		name := strings.ToLower(s.Name)
		if s.Address != nil || s.Query != nil || s.Headers != nil {
			if err := add(name+"_handshake.gen.go", (*wsapiFile).handshake, s); err != nil {
				return nil, err
			}
		}
		if len(withParams(s.Topics)) > 0 {
			if err := add(name+"_topic.gen.go", (*wsapiFile).topics, s); err != nil {
				return nil, err
			}
		}
		for _, file := range []struct {
			suffix string
			render func(*wsapiFile)
		}{
			{"_protocol", (*wsapiFile).protocols},
			{"_server", (*wsapiFile).server},
			{"_conn", (*wsapiFile).conn},
			{"_group", (*wsapiFile).group},
			{"_client", (*wsapiFile).client},
		} {
			if err := add(name+file.suffix+".gen.go", file.render, s); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// wsapiFile is one file of package wsapi.
type wsapiFile struct {
	*emit.GoFile
	opts Options
	s    *ir.Socket
}

func (f *wsapiFile) runtime(ident string) string { return f.Use(runtimeSocket) + "." + ident }

// schema gives the qualified name of an identifier of the schema package.
func (f *wsapiFile) schema(ident string) string { return f.Use(f.opts.Schema) + "." + ident }

func (f *wsapiFile) ctx() string { return f.Use("context") + ".Context" }

// private gives an unexported identifier of the socket.
func (f *wsapiFile) private(suffix string) string { return lowerFirst(f.s.Name) + suffix }

// direction is one way of a socket.
type direction struct {
	name     string // of whoever receives: Server or Client
	messages []*ir.Message
	union    *ir.Type
}

func (f *wsapiFile) toServer() direction {
	return direction{"Server", f.s.ToServer, f.s.ServerUnion}
}

func (f *wsapiFile) toClient() direction {
	return direction{"Client", f.s.ToClient, f.s.ClientUnion}
}

// index gives the constant for a message's place in Protocol.Incoming.
func (f *wsapiFile) index(d direction, m *ir.Message) string {
	return f.private(d.name + m.Name)
}

// isCall reports whether a message to the server is a request whose reply a
// client can wait for: both carry an id, a string or an integer.
func isCall(m *ir.Message) bool {
	return m.Reply != nil && hasID(m) && hasID(m.Reply)
}

func hasID(m *ir.Message) bool {
	if m.Correlation == nil {
		return false
	}
	t := m.Correlation.Type
	return (t.Kind == ir.String || t.Kind == ir.Integer) && t.Name == "" && !t.Nullable && !isTime(t) && !t.IsConst()
}

// idPaths gives the names of the members that hold correlation ids.
func idPaths(messages []*ir.Message) []string {
	var names []string
	for _, m := range messages {
		if m.Correlation != nil && !slices.Contains(names, m.Correlation.JSON) {
			names = append(names, m.Correlation.JSON)
		}
	}
	return names
}

// Names that a generated type has already, so that a message of such a name
// gets a verb in front.
var (
	handlerNames = map[string]bool{"Upgrade": true, "Open": true, "Fail": true, "Closed": true, "Goodbye": true}
	groupNames   = map[string]bool{"Join": true, "Leave": true, "Len": true, "Flush": true, "Close": true}
	clientNames  = map[string]bool{"Client": true, "Context": true, "Next": true, "Close": true, "Done": true, "Err": true, "RTT": true, "NewID": true, "NewNumber": true, "SetRetryAfter": true, "Subprotocol": true, "Send": true, "SendBytes": true, "NextFrame": true}
)

// methodName gives the name of a message's method.
func methodName(m *ir.Message, taken map[string]bool, verb string) string {
	if taken[m.Name] {
		return verb + m.Name
	}
	return m.Name
}

func handlerMethod(m *ir.Message) string { return methodName(m, handlerNames, "Handle") }
func groupMethod(m *ir.Message) string   { return methodName(m, groupNames, "Publish") }
func clientMethod(m *ir.Message) string  { return methodName(m, clientNames, "Send") }
