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
	other    bool      // on servers that do not speak WebSocket: types alone are read
	query    []query   // that the address is written with
	topic    *ir.Topic // where it shares a socket by x-topic, and has an address
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
	topic              *spec.Node   // x-topic, where channels share the socket by it
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
	if others := s.boundElsewhere(c); others != "" {
		s.diags.Warnf(c.node.KeyPos("bindings"), "protocol-skipped", "list a server that speaks WebSocket, or add a binding ws", "the channel %q is bound to %s alone: types and codecs are generated for it, and no connections", c.key, others)
		c.other = true
		return false
	}
	_, topic := s.topicPointer(s.serversOf(c.node))
	return topic != nil || c.node.Get("address").IsKind(spec.String)
}

// boundElsewhere names the protocols that a channel has bindings for, where
// WebSocket is none of them and the servers leave open what it is on.
func (s *sockets) boundElsewhere(c *channel) string {
	bindings, ok := s.loader.Resolve(c.node.Get("bindings"))
	open := len(s.servers) == 0 || len(s.servers) < len(s.doc.Get("servers").Members())
	if !ok || bindings.Has("ws") || c.node.Has("servers") || !open {
		return ""
	}
	return strings.Join(bindings.Keys(), ", ")
}

// join puts a channel into the socket of its address. The socket takes the name
// and the description of the first one.
func (s *sockets) join(c *channel) {
	servers := s.serversOf(c.node)
	if pointer, at := s.topicPointer(servers); at != nil {
		s.joinTopic(c, servers, pointer, at)
		return
	}
	address := c.key
	if a := c.node.Get("address"); a.IsKind(spec.String) {
		address = a.Text
	}
	address, c.query = splitAddress(address, c.node.Get("address").Place(c.node.Pos))
	path := s.place(c, s.pathname(servers, c.node.Pos), address)
	i := slices.IndexFunc(s.sockets, func(sock *socket) bool { return sock.out.Path == path })
	if i >= 0 {
		c.socket = s.sockets[i]
		if name := "Root"; strings.Trim(address, "/") == "" && !s.socketNamed(name) {
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
	if !s.socketNamed(short) {
		return short
	}
	return full
}

// socketNamed reports whether a socket has the name.
func (s *sockets) socketNamed(name string) bool {
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
		if !ok || c == nil || c.socket != nil {
			continue
		}
		if !c.other && !s.diags.HasErrors() {
			s.diags.Warnf(c.node.Pos, "channel-address", "write its address, and operations", "the channel %q has no address, and no operation is on it: types and codecs are generated for it, and no connections", c.key)
		}
		for _, cm := range c.messages {
			s.typeAlone(c, cm)
		}
	}
}

// componentsAlone reads the messages and the schemas of the components of a document
// without channels, for their types: it is there for others to refer to.
func (s *sockets) componentsAlone() {
	if len(s.doc.Get("channels").Members()) > 0 {
		return
	}
	components := s.doc.Get("components")
	for _, p := range components.Get("messages").Members() {
		if target, ok := s.loader.Resolve(p.Value); ok {
			s.typeAlone(&channel{}, &channelMessage{key: p.Key, entry: p.Value, node: target})
		}
	}
	for _, p := range components.Get("schemas").Members() {
		if _, ok := s.loader.Resolve(p.Value); ok {
			s.schema(p.Value, spec.TypeName(p.Value))
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
	m := &message{from: cm, node: s.withTraits(cm.node), channel: c}
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
		if slices.Contains(names, m[1]) {
			s.diags.Errorf(c.node.Get("address").Place(c.node.Pos), "address-parameter", "give each its own name", "the address of the channel %q has {%s} more than once", c.key, m[1])
			continue
		}
		names = append(names, m[1])
		p, ok := declared.Lookup(m[1])
		if !ok {
			s.undeclared(c, m[1], declared.Keys())
			out = append(out, &ir.Param{Name: spec.Pascal(m[1]), JSON: m[1], Type: &ir.Type{Kind: ir.String, Pos: c.node.Pos}, Pos: c.node.Pos})
			continue
		}
		node, ok := s.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		t := &ir.Type{Kind: ir.String, Pos: node.Pos}
		s.enum(t, node, c.socket.out.Name+spec.Pascal(m[1]))
		if enum := node.Get("enum"); enum != nil && !plainEnum(enum) {
			s.diags.Errorf(enum.Pos, "enum-type", "list strings", "the values of an address parameter are strings")
		}
		out = append(out, &ir.Param{Name: spec.Pascal(m[1]), JSON: m[1], Type: t, Doc: doc(node), Pos: p.KeyPos})
	}
	s.strayParams(c, declared, names)
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
		ws := s.binding(c)
		if m := ws.Get("method"); m != nil && m.Str() != "GET" {
			s.diags.Warnf(m.Pos, "ws-method", "write GET", "a WebSocket handshake is a GET request (RFC 6455 section 4.1), not %s: it is taken for GET", m.JSON())
		}
		s.handshakePart(&sock.out.Query, s.addressQuery(c, ws.Get("query")), sock.out.Name+"Query")
		s.handshakePart(&sock.out.Headers, ws.Get("headers"), sock.out.Name+"Headers")
	}
}

// binding gives the WebSocket binding of a channel, or nil.
func (s *sockets) binding(c *channel) *spec.Node {
	bindings, ok := s.loader.Resolve(c.node.Get("bindings"))
	if !ok || !bindings.Has("ws") {
		return nil
	}
	ws, _ := s.loader.Resolve(bindings.Get("ws"))
	return ws
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
