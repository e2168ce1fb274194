package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// security reads the security schemes of a socket: those of its servers, then
// those of its operations, each once, in document order.
func (s *sockets) security(sock *socket) {
	var seen []*spec.Node
	for _, list := range sock.secured {
		for _, requirement := range list.Elems() {
			scheme, ok := s.loader.Resolve(requirement)
			if !ok || slices.Contains(seen, scheme) {
				continue
			}
			seen = append(seen, scheme)
			if sec, ok := s.scheme(sock, scheme); ok {
				sock.out.Security = append(sock.out.Security, sec)
			}
		}
	}
}

// scheme expresses a security scheme in the handshake or in the first message.
func (s *sockets) scheme(sock *socket, n *spec.Node) (ir.Security, bool) {
	tokens, _ := spec.SplitPointer(n.Pointer)
	sec := ir.Security{Doc: doc(n)}
	if len(tokens) > 0 {
		sec.Scheme = tokens[len(tokens)-1]
	}
	name := n.Get("name").Str()
	switch typ := n.Get("type").Str(); {
	case typ == "http" && strings.EqualFold(n.Get("scheme").Str(), "bearer"), typ == "oauth2", typ == "openIdConnect":
		sec.Kind, sec.Name = "http-bearer", "Authorization"
	case typ == "httpApiKey" && n.Has("x-subprotocol-prefix"):
		sec.Kind, sec.Name = "subprotocol", n.Get("x-subprotocol-prefix").Str()
	case typ == "httpApiKey" && n.Get("in").Str() == "query":
		sec.Kind, sec.Name = "api-key-query", name
	case typ == "httpApiKey" && n.Get("in").Str() == "header":
		sec.Kind, sec.Name = "api-key-header", name
	case n.Has("x-message"):
		sec.Kind, sec.Name = "message", n.Get("x-message").Str()
		return sec, s.messageScheme(sock, n.Get("x-message"))
	case typ == "httpApiKey" && n.Get("in").Str() == "cookie":
		sec.Kind, sec.Name = "api-key-cookie", name
	case typ == "http" && strings.EqualFold(n.Get("scheme").Str(), "basic"), typ == "userPassword":
		sec.Kind, sec.Name = "http-basic", "Authorization"
	case typ == "X509":
		sec.Kind, sec.Name = "mutual-tls", "TLS"
	default:
		s.diags.Warnf(n.Pos, "security-scheme", "use http, httpApiKey or X509, or name the message that logs in by x-message",
			"a security scheme of type %q can't be expressed in a WebSocket handshake; it is left to the program", typ)
		return sec, false
	}
	if sec.Name == "" {
		s.diags.Errorf(n.Pos, "security-scheme", "add a name", "the security scheme has no name")
	}
	return sec, true
}

// messageScheme checks that x-message names a message to the server.
func (s *sockets) messageScheme(sock *socket, v *spec.Node) bool {
	var keys []string
	for _, m := range sock.toServer {
		if m.out.Key == v.Str() {
			return true
		}
		keys = append(keys, m.out.Key)
	}
	s.diags.Errorf(v.Pos, "security-scheme", "", "x-message names %s, which is no message to the server%s", v.JSON(), spec.DidYouMean(v.Str(), keys))
	return false
}
