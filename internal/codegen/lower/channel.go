package lower

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// channel is a channel of a document and the socket that it is part of.
type channel struct {
	key      string
	node     *spec.Node // resolved
	socket   *socket    // nil for a channel without an address, until one replies on it
	messages []*channelMessage
	other    bool // on servers that do not speak WebSocket: types alone are read
}

// channelMessage is one entry of a channel's messages.
type channelMessage struct {
	key   string
	entry *spec.Node // as written: a message or a reference
	node  *spec.Node // resolved
}

// socket is a socket in the making.
type socket struct {
	out                *ir.Socket
	channels           []*channel
	toServer, toClient []*message
	secured            []*spec.Node // the lists of security requirements
	operations         []*operation
}

func (s *sockets) readChannels() {
	for _, p := range s.doc.Get("channels").Members() {
		node, ok := s.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		c := &channel{key: p.Key, node: node}
		s.channels[node] = c
		for _, m := range node.Get("messages").Members() {
			if target, ok := s.loader.Resolve(m.Value); ok {
				c.messages = append(c.messages, &channelMessage{key: m.Key, entry: m.Value, node: target})
			}
		}
		if s.speaks(c) {
			s.join(c)
		}
	}
	s.checkSocketNames()
}

// speaks reports whether the channel is a WebSocket one with an address.
func (s *sockets) speaks(c *channel) bool {
	if s.doc.Has("servers") && len(s.serversOf(c.node)) == 0 {
		if len(s.servers) > 0 { // otherwise it was said of all channels
			s.diags.Warnf(c.node.Pos, "protocol-skipped", "", "the channel %q is on no server that speaks WebSocket: types and codecs are generated for it, and no connections", c.key)
		}
		c.other = true
		return false
	}
	return c.node.Get("address").IsKind(spec.String)
}

// join puts a channel into the socket of its address. The socket takes the name
// and the description of the first one.
func (s *sockets) join(c *channel) {
	servers := s.serversOf(c.node)
	address := c.key
	if a := c.node.Get("address"); a.IsKind(spec.String) {
		address = a.Text
	}
	path := s.place(c, s.pathname(servers, c.node.Pos), address)
	i := slices.IndexFunc(s.sockets, func(sock *socket) bool { return sock.out.Path == path })
	if i >= 0 {
		c.socket = s.sockets[i]
		if name := "Root"; strings.Trim(address, "/") == "" && !s.named(name) {
			c.socket.out.Name = name // no channel's more than another's
		}
		c.socket.channels = append(c.socket.channels, c)
		return
	}
	c.socket = &socket{channels: []*channel{c}, out: &ir.Socket{
		Name: s.socketName(c.key), Doc: doc(c.node), Path: path, Pos: c.node.Pos,
	}}
	c.socket.out.Params = s.params(c, path)
	for _, sv := range servers {
		c.socket.secured = append(c.socket.secured, sv.node.Get("security"))
	}
	s.sockets = append(s.sockets, c.socket)
}

// socketName names a socket after its channel: without the parameters, where the
// key is an address.
func (s *sockets) socketName(key string) string {
	full := spec.Pascal(key)
	short := spec.Pascal(addressParam.ReplaceAllString(key, " "))
	switch {
	case !strings.ContainsFunc(key, unicode.IsLetter):
		full, short = "Root", "Root"
	case short == "X":
		short = full
	}
	if !s.named(short) {
		return short
	}
	return full
}

// named reports whether a socket has the name.
func (s *sockets) named(name string) bool {
	return slices.ContainsFunc(s.sockets, func(o *socket) bool { return o.out.Name == name })
}

// joinByKey puts a channel into a socket that has no address but operations of
// its own: its key is taken for the address.
func (s *sockets) joinByKey(c *channel) {
	if a := c.node.Get("address"); a == nil || a.Kind == spec.Null { // otherwise it was told of its kind
		s.diags.Warnf(c.node.Pos, "channel-address", "write address: "+c.key, "the channel %q has no address; its key is taken for it", c.key)
	}
	s.join(c)
}

// otherChannels reads the messages of the channels that are no part of a socket,
// for their types.
func (s *sockets) otherChannels() {
	for _, p := range s.doc.Get("channels").Members() {
		node, ok := s.loader.Resolve(p.Value)
		c := s.channels[node]
		if !ok || c == nil || !c.other {
			continue
		}
		for _, cm := range c.messages {
			s.typeAlone(c, cm)
		}
	}
}

// typeAlone reads the payload of a message that is not carried by a WebSocket.
// One that is described otherwise than by JSON Schema is left out.
func (s *sockets) typeAlone(c *channel, cm *channelMessage) {
	if s.typed[cm.node] {
		return
	}
	s.typed[cm.node] = true
	m := &message{from: cm, node: s.withTraits(cm.node), on: c}
	m.out = &ir.Message{Name: spec.Pascal(cm.key), Key: cm.key, Doc: doc(m.node), Pos: cm.node.Pos}
	n, format := s.payloadSchema(m)
	switch {
	case format != nil:
		s.diags.Warnf(format.Pos, "schema-format", "write it as JSON Schema", "the payload of %q is described in %s, which is not read: no type is generated for it", cm.key, format.JSON())
	case n != nil:
		t := s.schema(n, s.payloadName(m))
		if t.Name == "" && !s.broken[t] {
			s.boxedPayload(m, t)
		}
		s.messageExamples(m)
	}
}

// doc gives the description of a node, or else its summary or title.
func doc(n *spec.Node) string {
	return strings.TrimSpace(cmp.Or(n.Get("description").Str(), n.Get("summary").Str(), n.Get("title").Str()))
}

func (s *sockets) checkSocketNames() {
	seen := map[string]*socket{}
	for _, sock := range s.sockets {
		if first, taken := seen[sock.out.Name]; taken {
			s.diags.Errorf(sock.out.Pos, "name-collision", "rename one of the channels", "the channel at %s is called %s in generated code too", first.out.Pos, sock.out.Name)
		}
		seen[sock.out.Name] = sock
	}
}

var addressParam = regexp.MustCompile(`\{([^{}]*)\}`)

// params reads the parameters of a channel, in the order of its address.
func (s *sockets) params(c *channel, path string) []*ir.Param {
	declared := s.declaredParams(c)
	var out []*ir.Param
	var names []string
	for _, m := range addressParam.FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
		p, ok := declared.Lookup(m[1])
		if !ok {
			s.diags.Errorf(c.node.Get("address").Place(c.node.Pos), "address-parameter", "declare it under parameters",
				"the address has {%s}, which the channel %q does not declare%s", m[1], c.key, spec.DidYouMean(m[1], declared.Keys()))
			continue
		}
		node, ok := s.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		t := &ir.Type{Kind: ir.String, Pos: node.Pos}
		s.enum(t, node, c.socket.out.Name+spec.Pascal(m[1]))
		out = append(out, &ir.Param{Name: spec.Pascal(m[1]), JSON: m[1], Type: t, Doc: doc(node), Pos: p.KeyPos})
	}
	for _, p := range declared.Members() {
		if !slices.Contains(names, p.Key) {
			s.diags.Errorf(p.KeyPos, "address-parameter", "write {"+p.Key+"} in the address, or remove it",
				"the address of the channel %q has no {%s}%s", c.key, p.Key, spec.DidYouMean(p.Key, names))
		}
	}
	return out
}

// declaredParams gives the parameters of a channel and those variables of its
// server that have no default.
func (s *sockets) declaredParams(c *channel) *spec.Node {
	own := c.node.Get("parameters")
	servers := s.serversOf(c.node)
	if len(servers) == 0 || !strings.Contains(servers[0].pathname, "{") {
		return own
	}
	out := &spec.Node{Kind: spec.Map, Pos: c.node.Pos, Pairs: slices.Clone(own.Members())}
	for _, p := range servers[0].node.Get("variables").Members() {
		if strings.Contains(servers[0].pathname, "{"+p.Key+"}") && !out.Has(p.Key) {
			out.Pairs = append(out.Pairs, p)
		}
	}
	return out
}

// handshake reads the WebSocket bindings of a socket's channels.
func (s *sockets) handshake(sock *socket) {
	for _, c := range sock.channels {
		bindings, ok := s.loader.Resolve(c.node.Get("bindings"))
		if !ok || !bindings.Has("ws") {
			continue
		}
		ws, ok := s.loader.Resolve(bindings.Get("ws"))
		if !ok {
			continue
		}
		if m := ws.Get("method"); m != nil && m.Str() != "GET" {
			s.diags.Errorf(m.Pos, "ws-method", "write GET", "a WebSocket handshake is a GET request (RFC 6455 section 4.1)")
		}
		s.handshakePart(&sock.out.Query, ws.Get("query"), sock.out.Name+"Query")
		s.handshakePart(&sock.out.Headers, ws.Get("headers"), sock.out.Name+"Headers")
	}
}

func (s *sockets) handshakePart(dst **ir.Type, n *spec.Node, name string) {
	if n == nil {
		return
	}
	t := s.schema(n, name)
	switch {
	case *dst != nil && *dst != t:
		s.diags.Errorf(n.Pos, "ws-binding", "declare it on one of the channels", "another channel of the same address declares this too, at %s", (*dst).Pos)
	case s.broken[t]:
	case t.Kind != ir.Object && t.Kind != ir.Map:
		s.diags.Errorf(n.Pos, "ws-binding", "write an object with properties", "the handshake's query and headers are objects, not of type %s", kindName(t.Kind))
	case t.Kind == ir.Object:
		*dst = t
	}
}
