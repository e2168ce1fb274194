package lower

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// message is a message of a socket in the making.
type message struct {
	out     *ir.Message
	node    *spec.Node // with its traits
	from    *channelMessage
	channel *channel
	topics  []*ir.Topic  // of the channels that it is on
	also    []*spec.Node // other messages of the same payload, which are this one
}

// on notes that the message travels on a channel.
func (m *message) on(c *channel) {
	if c.topic != nil && !slices.Contains(m.topics, c.topic) {
		m.topics = append(m.topics, c.topic)
	}
}

// covers reports whether m is the message that a node describes.
func (m *message) covers(n *spec.Node) bool { return m.from.node == n || slices.Contains(m.also, n) }

// message gives the message of one direction for an entry of a channel, made
// where the direction does not have it yet. It is nil for a message that can't
// be read.
func (s *sockets) message(sock *socket, c *channel, cm *channelMessage, toServer bool) *message {
	list := &sock.toClient
	if toServer {
		list = &sock.toServer
	}
	for _, m := range *list {
		if m.covers(cm.node) {
			m.on(c)
			return m
		}
	}
	node := s.withTraits(cm.node)
	if m := s.samePayload(*list, node, c); m != nil {
		s.diags.Warnf(cm.entry.Pos, "message-repeated", "give each a payload of its own, with a const that tells them apart", "the message %q has the payload of %q, at %s: they are one message, called %s", cm.key, m.from.key, m.from.entry.Pos, m.out.Name)
		m.also = append(m.also, cm.node)
		m.on(c)
		return m
	}
	name := spec.Pascal(cm.key)
	for _, m := range *list {
		switch {
		case m.out.Name != name:
		case s.sameMessage(m.node, node):
			s.diags.Warnf(cm.entry.Pos, "message-repeated", "let both channels refer to one message", "the message %q is described in the same way at %s: they are one", cm.key, m.from.entry.Pos)
			m.on(c)
			return m
		default:
			name = uniqueName(*list, spec.Pascal(c.key)+name)
			s.diags.Warnf(cm.entry.Pos, "name-collision", "rename one of them", "the messages %q and %q, at %s, would both be called %s; this one is called %s", cm.key, m.out.Key, m.from.entry.Pos, m.out.Name, name)
		}
	}
	m := &message{from: cm, node: node, channel: c}
	m.on(c)
	m.out = &ir.Message{Name: name, Key: cm.key, Doc: doc(node), Pos: cm.node.Pos}
	m.out.Type = s.payload(m)
	if m.out.Type == nil {
		return nil
	}
	s.messageExamples(m)
	s.correlation(m)
	s.extensions(m, toServer)
	*list = append(*list, m)
	return m
}

// samePayload gives the message of a list whose payload is the very schema that
// n refers to too: nothing in a frame tells which of them it is. In an envelope
// their names do.
func (s *sockets) samePayload(list []*message, n *spec.Node, c *channel) *message {
	schema, _ := s.payloadSchema(&message{node: n})
	payload, ok := s.loader.Resolve(schema)
	if !ok || s.envelope(c) != nil {
		return nil
	}
	for _, m := range list {
		schema, _ := s.payloadSchema(m)
		other, ok := s.loader.Resolve(schema)
		if ok && other == payload && m.node.Get("contentType").Str() == n.Get("contentType").Str() {
			return m
		}
	}
	return nil
}

// uniqueName gives the name, with a number where a message of the list has it.
func uniqueName(list []*message, name string) string {
	unique := name
	for i := 2; slices.ContainsFunc(list, func(m *message) bool { return m.out.Name == unique }); i++ {
		unique = name + strconv.Itoa(i)
	}
	return unique
}

// sameMessage reports whether two messages have the same payload, whatever is
// said about it. In two files a reference may be to two things.
func (s *sockets) sameMessage(a, b *spec.Node) bool {
	if !a.Has("payload") || !b.Has("payload") {
		return false
	}
	x, y := unannotated(a.Get("payload")), unannotated(b.Get("payload"))
	return x.JSON() == y.JSON() && slices.Equal(s.targets(x), s.targets(y))
}

// targets gives what the references in a value are to.
func (s *sockets) targets(n *spec.Node) []*spec.Node {
	var out []*spec.Node
	n.Walk(func(n *spec.Node) bool {
		if _, isRef := n.Ref(); isRef {
			target, _ := s.loader.Resolve(n)
			out = append(out, target)
		}
		return true
	})
	return out
}

// unannotated gives a copy of a schema without its annotations.
func unannotated(n *spec.Node) *spec.Node {
	table := keywordTable()
	c := n.Clone()
	c.Walk(func(n *spec.Node) bool {
		for _, p := range append([]spec.Pair(nil), n.Members()...) {
			switch {
			case p.Key == "properties" || p.Key == "enum" || p.Key == "const" || p.Key == "required":
			case table[p.Key] == annotation && p.Value.Kind != spec.Map && p.Key != "$id":
				n.Delete(p.Key)
			}
		}
		return true
	})
	return c
}

// payload gives the type of a message's payload, inside the channel's envelope
// where it has one.
func (s *sockets) payload(m *message) *ir.Type {
	n, format := s.payloadSchema(m)
	if format != nil {
		s.diags.Errorf(format.Pos, "schema-format", "write it as JSON Schema", "the payload of %q is described in %s, which is not supported", m.out.Key, format.JSON())
		return nil
	}
	if s.isBinary(m, n) {
		return s.binaryPayload(m)
	}
	s.checkContentType(m)
	envelope := s.envelope(m.channel)
	if n == nil && envelope == nil {
		s.diags.Warnf(m.node.Pos, "payload-missing", "describe the payload by a schema", "the message %q has no payload: it may be any JSON value", m.out.Key)
		return s.boxedPayload(m, &ir.Type{Kind: ir.Any, Pos: m.node.Pos})
	}
	if h := m.node.Get("headers"); h != nil {
		s.diags.Warnf(m.node.KeyPos("headers"), "message-headers", "put them into the payload", "a WebSocket message has no headers; those of %q are left out", m.out.Key)
	}
	if envelope != nil {
		return s.enclose(m, n, envelope)
	}
	t := s.schema(n, s.payloadName(m))
	if s.broken[t] {
		return nil
	}
	if t.Kind != ir.Object || t.Nullable {
		return s.boxedPayload(m, t)
	}
	return t
}

// boxedPayload makes the message of a payload that is no object: a scalar, an
// array, a map, a choice. Where the payload has a name of its own that is the
// message's, the message is called so with Message at the end.
func (s *sockets) boxedPayload(m *message, payload *ir.Type) *ir.Type {
	name := s.payloadName(m)
	if payload.Name == name {
		name = m.out.Name + "Message"
	}
	t := s.box(payload, name, m.node.Pos)
	t.Doc = cmp.Or(m.out.Doc, payload.Doc)
	return t
}

// payloadName names a payload that is written in place: after the message, or,
// where a schema among the components is called so, with Message at the end.
func (s *sockets) payloadName(m *message) string {
	if s.schemaNames(s.doc)[m.out.Name] {
		return m.out.Name + "Message"
	}
	return m.out.Name
}

// payloadSchema gives the payload's schema, which may be wrapped in an object
// that names its format, and nil for a message without one. Where the format is
// not one that is read it gives the format.
func (s *sockets) payloadSchema(m *message) (n, unread *spec.Node) {
	n = m.node.Get("payload")
	wrapped, _ := s.loader.Resolve(n)
	plain := wrapped.Has("schema") && len(wrapped.Keys()) == 1
	if n == nil || !plain && !wrapped.Has("schemaFormat") {
		return n, nil
	}
	if plain {
		return wrapped.Get("schema"), nil
	}
	format := wrapped.Get("schemaFormat")
	n = wrapped.Get("schema")
	base, params, _ := strings.Cut(format.Str(), ";")
	base = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(base), "+json"), "+yaml")
	switch base {
	case "application/vnd.aai.asyncapi", "application/schema":
		return n, nil
	case "application/vnd.oai.openapi":
		target, ok := s.loader.Resolve(n)
		if ok && strings.Contains(params, "version=3.0") {
			s.oas30Roots = append(s.oas30Roots, target)
		}
		return n, nil
	}
	return nil, format
}

func (s *sockets) messageExamples(m *message) {
	schema, _ := s.payloadSchema(m)
	for _, e := range m.node.Get("examples").Elems() {
		e, ok := s.loader.Resolve(e)
		if !ok || !e.Has("payload") {
			continue
		}
		v := e.Get("payload")
		if m.out.Binary && !isBase64(v.Str()) {
			s.diags.Warnf(v.Pos, "example-invalid", "write the bytes in base64", "the example of the binary message %q is not base64, and is left out", m.out.Key)
			continue
		}
		m.out.Examples = append(m.out.Examples, ir.Example{Name: e.Get("name").Str(), JSON: v.JSON(), Pos: v.Pos})
		if schema != nil {
			s.checks = append(s.checks, Check{Schema: schema, Value: v, What: "example"})
		}
	}
}

// payloadLocation starts the location of a correlation id in the payload.
const payloadLocation = "$message.payload#"

// correlation finds the field that the message's correlationId names.
func (s *sockets) correlation(m *message) {
	c, ok := s.loader.Resolve(m.node.Get("correlationId"))
	if !ok {
		return
	}
	location := c.Get("location")
	pointer, inPayload := strings.CutPrefix(location.Str(), payloadLocation)
	if !inPayload {
		s.diags.Warnf(location.Place(c.Pos), "correlation", "write "+payloadLocation+"/id", "the correlation id of %q is not in the payload, and a WebSocket message has no headers: requests and replies are plain messages", m.out.Key)
		return
	}
	if m.out.Type.Kind == ir.Box {
		s.diags.Warnf(location.Pos, "correlation", "describe the payload by one object", "the payload of %q, at %s, is no single object, so its correlation id is not used: requests and replies are plain messages", m.out.Key, m.out.Type.Pos)
		return
	}
	path := fieldPath(m.out.Type, pointer)
	switch {
	case len(path) == 0:
		names := pointers(m.out.Type, "", 2)
		s.diags.Errorf(location.Pos, "correlation", "", "the payload of %q, at %s, has no property at %q%s", m.out.Key, m.out.Type.Pos, pointer, spec.DidYouMean(pointer, names))
	case len(path) > 1:
		s.diags.Warnf(location.Pos, "correlation", "put the id at the top of the payload", "the correlation id of %q is inside %q: requests and replies are plain messages", m.out.Key, path[0].JSON)
	case !isID(path[0].Type):
		s.diags.Warnf(location.Pos, "correlation", "make the id a string", "the correlation id of %q, at %s, is neither any string nor any positive integer: requests and replies are plain messages", m.out.Key, path[0].Pos)
	default:
		m.out.Correlation = path[0]
	}
}

// isID reports whether the values of a type can be correlation ids: strings, or
// the integers from 1 on.
func isID(t *ir.Type) bool {
	if t.Nullable || len(t.Enum) > 0 {
		return false
	}
	n := t.Number
	from1 := (n.Min == nil || slices.Contains([]string{"0", "1"}, n.Min.Value)) && n.MultipleOf == ""
	return t.Kind == ir.String || t.Kind == ir.Integer && from1 && n.Max == nil && !n.Exact
}

// sameID reports whether an id of one type can be sent back as the other.
func sameID(a, b *ir.Type) bool {
	return a.Kind == b.Kind && a.Number.Format == b.Number.Format && a.Number.Exact == b.Number.Exact
}

// expect notes the reply of a request, and the error that may come instead.
// Requests and replies are matched by the correlation id; without one they stay
// plain messages.
func (s *sockets) expect(m *message, replies []*message, op *operation) {
	if m.out.Correlation == nil {
		if !m.node.Has("correlationId") { // of one that can't be used something was said
			s.diags.Warnf(m.node.Pos, "reply-uncorrelated", "add a correlationId with a location in the payload", "the request %q has no correlation id: it and its replies are plain messages", m.out.Key)
		}
		return
	}
	var reply, failure *ir.Message
	for _, r := range replies {
		isError := isErrorName(r.out.Key) && len(replies) > 1
		switch {
		case r.out.Correlation != nil && !sameID(r.out.Correlation.Type, m.out.Correlation.Type):
			s.diags.Warnf(r.node.Pos, "correlation", "give both ids one type", "the correlation id of the reply %q is of another type than that of %q: both are plain messages", r.out.Key, m.out.Key)
			r.out.IsPush = true
		case r.out.Correlation == nil:
			s.diags.Warnf(r.node.Pos, "reply-uncorrelated", "add a correlationId with a location in the payload", "the reply %q of %q has no correlation id: it is a plain message", r.out.Key, m.out.Key)
			r.out.IsPush = true
		case isError && failure == nil:
			failure = r.out
		case !isError && reply == nil:
			reply = r.out
		default:
			s.diags.Warnf(op.node.Pos, "reply-choice", "write one reply, and one whose name ends in error", "operation %q has several replies of a kind: %q and its replies are plain messages", op.key, m.out.Key)
			return
		}
	}
	if m.out.Reply != nil && m.out.Reply != reply {
		s.diags.Warnf(op.node.Pos, "reply-choice", "give each request a payload of its own", "the request %q has another reply in operation %q: it and its replies are plain messages", m.out.Key, op.key)
		m.out.Reply, m.out.ReplyError = nil, nil
		return
	}
	if reply != nil {
		m.out.Reply, m.out.ReplyError = reply, failure
	}
}

// isErrorName reports whether a message is called an error: error, authError.
func isErrorName(key string) bool { return strings.HasSuffix(spec.Pascal(key), "Error") }
