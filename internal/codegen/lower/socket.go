package lower

import (
	"cmp"
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// finishSocket completes a socket once all operations were read.
func (s *sockets) finishSocket(sock *socket) {
	out := sock.out
	for _, c := range sock.channels {
		out.MaxBytes = max(out.MaxBytes, s.maxBytes(c.node))
		out.FlushInterval = max(out.FlushInterval, s.flushInterval(c.node))
		out.Subprotocol = cmp.Or(out.Subprotocol, c.node.Get("x-subprotocol").Str())
		s.closeCodes(sock, c.node)
		s.unused(sock, c)
	}
	out.MaxBytes = cmp.Or(out.MaxBytes, defaultMaxBytes)
	sock.order()
	s.oneKindOfID(sock)
	s.addressType(sock)
	s.handshake(sock)
	s.security(sock)
	s.finishTopics(sock)
	out.ServerUnion = s.direction(sock, sock.toServer, out.Name+"ClientMessage", "messages to the server")
	out.ClientUnion = s.direction(sock, sock.toClient, out.Name+"ServerMessage", "messages to the client")
	out.ToServer, out.ToClient = outs(sock.toServer), outs(sock.toClient)
	for _, m := range sock.toServer {
		if m.out.MaxBytes > out.MaxBytes {
			s.diags.Errorf(m.node.Get("x-max-bytes").Pos, "x-max-bytes", "raise that of the channel", "%q may have %d bytes, but the server reads at most %d", m.out.Key, m.out.MaxBytes, out.MaxBytes)
		}
		m.out.MaxBytes = cmp.Or(m.out.MaxBytes, out.MaxBytes)
	}
}

// oneKindOfID leaves integer correlation ids unused on a socket that has strings
// too: the ids of one connection are told apart by their text.
func (s *sockets) oneKindOfID(sock *socket) {
	all := append(sock.toServer[:len(sock.toServer):len(sock.toServer)], sock.toClient...)
	isString := func(m *message) bool { return m.out.Correlation != nil && m.out.Correlation.Type.Kind == ir.String }
	if !slices.ContainsFunc(all, isString) {
		return
	}
	for _, m := range all {
		if m.out.Correlation != nil && !isString(m) {
			s.diags.Warnf(m.node.Pos, "correlation", "make the id a string", "the correlation id of %q is an integer, and others of this socket are strings: it is a plain message", m.out.Key)
			m.out.Correlation, m.out.Reply, m.out.ReplyError = nil, nil, nil
			m.out.IsPush = true
		}
	}
}

// order puts the messages of each direction into the order of the channels.
func (sock *socket) order() {
	place := map[*channelMessage]int{}
	for _, c := range sock.channels {
		for _, cm := range c.messages {
			place[cm] = len(place)
		}
	}
	for _, list := range [][]*message{sock.toServer, sock.toClient} {
		slices.SortStableFunc(list, func(a, b *message) int { return cmp.Compare(place[a.from], place[b.from]) })
	}
}

func outs(list []*message) []*ir.Message {
	var out []*ir.Message
	for _, m := range list {
		out = append(out, m.out)
	}
	return out
}

// unused warns of the messages of a channel that no operation sends or receives.
// Where there are errors an operation may just not have been understood.
func (s *sockets) unused(sock *socket, c *channel) {
	if s.diags.HasErrors() {
		return
	}
	for _, cm := range c.messages {
		used := false
		for _, m := range append(sock.toServer[:len(sock.toServer):len(sock.toServer)], sock.toClient...) {
			used = used || m.covers(cm.node)
		}
		if !used {
			s.diags.Warnf(cm.entry.Pos, "message-unused", "name it in an operation", "no operation of channel %q sends or receives the message %q", c.key, cm.key)
		}
	}
}

// messageFixes are the ways out where messages can't be told apart.
const messageFixes = "give each payload a required property of the same name with a const of its own, name the deciding member by x-discriminator, or say by x-envelope where each frame carries its message's name"

// direction declares the union of all messages of one direction and has them
// told apart. In a direction without messages it is empty.
func (s *sockets) direction(sock *socket, list []*message, name, what string) *ir.Type {
	t := &ir.Type{Kind: ir.Union, Pos: sock.out.Pos, Union: &ir.UnionOf{}, Doc: name + " is one of the " + what + " of " + sock.out.Path + "."}
	s.declare(t, name)
	s.oneBinary(list, what)
	u := &union{typ: t, pos: sock.out.Pos, what: what, fixes: messageFixes, topic: sock.out.TopicPointer}
	for _, m := range list {
		v := &ir.Variant{Type: m.out.Type, Binary: m.out.Binary}
		t.Union.Variants = append(t.Union.Variants, v)
		if v.Binary {
			continue
		}
		u.options = append(u.options, option{label: m.out.Key, pos: m.out.Pos, variant: v, name: cmp.Or(m.node.Get("name").Str(), m.out.Key), topics: m.topics})
	}
	u.done = func() {
		for i, m := range list {
			if values := t.Union.Variants[i].Values; len(values) > 0 {
				m.out.Tag = values[0]
			}
		}
	}
	s.decider(u, sock)
	s.unions = append(s.unions, u)
	return t
}

// decider notes the member that the document names as the deciding one.
func (s *sockets) decider(u *union, sock *socket) {
	if pointer, at := s.discriminatorOf(sock); at != nil {
		u.pointer, u.pointerPos = pointer, at.Pos
		if at.Text == validateAll {
			u.try, u.pointer = true, ""
		}
		return
	}
	if e := s.envelope(sock.channels[0]); e != nil {
		u.pointer, u.pointerPos, u.envelope = "/"+spec.EscapeToken(e.typ), e.node.Pos, true
		return
	}
	s.payloadDiscriminator(u, sock)
}

// payloadDiscriminator takes over the keyword discriminator of the payloads,
// where all of them have it and it is the same.
func (s *sockets) payloadDiscriminator(u *union, sock *socket) {
	var pointer string
	var pos source.Pos
	for _, m := range append(sock.toServer[:len(sock.toServer):len(sock.toServer)], sock.toClient...) {
		schema, ok := s.loader.Resolve(m.node.Get("payload"))
		d := schema.Get("discriminator")
		if !ok || d.Str() == "" || pointer != "" && pointer != d.Str() {
			return
		}
		pointer, pos = d.Str(), d.Pos
	}
	if pointer != "" {
		u.pointer, u.pointerPos = "/"+spec.EscapeToken(pointer), pos
	}
}
