package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// readOperations puts the messages of every operation into the direction that
// they take.
func (s *sockets) readOperations() {
	for _, p := range s.doc.Get("operations").Members() {
		node, ok := s.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		op := &operation{key: p.Key, node: s.withTraits(node)}
		if s.readOperation(op) {
			op.apply(s)
		}
	}
}

// operation is one operation of a document.
type operation struct {
	key      string
	node     *spec.Node
	socket   *socket
	toServer bool
	messages []*channelMessage
	channel  *channel
	replies  []*channelMessage
	replyOn  *channel
	replyTo  *spec.Node // where in the request the reply's address is; nil for nowhere
}

func (s *sockets) readOperation(op *operation) bool {
	action := op.node.Get("action")
	if action.Str() != "send" && action.Str() != "receive" {
		s.diags.Errorf(action.Place(op.node.Pos), "operation-action", "", "the action of operation %q must be send or receive", op.key)
		return false
	}
	op.toServer = (action.Text == "receive") != s.swapped
	op.channel = s.channelAt(op.node.Get("channel"), op.key, op.node.Pos)
	if op.channel == nil || op.channel.other {
		return false
	}
	if op.channel.socket == nil {
		s.joinByKey(op.channel)
	}
	op.socket = op.channel.socket
	op.messages = s.messagesOf(op.node.Get("messages"), op.channel, op.key)
	s.readReply(op)
	return true
}

// readReply reads the reply of an operation. Its channel is the operation's own
// where it names none; one without an address is on the same socket.
func (s *sockets) readReply(op *operation) {
	reply, ok := s.loader.Resolve(op.node.Get("reply"))
	if !ok {
		return
	}
	op.replyOn = op.channel
	if ref := reply.Get("channel"); ref != nil {
		if op.replyOn = s.channelAt(ref, op.key, reply.Pos); op.replyOn == nil {
			return
		}
	}
	if op.replyOn.other {
		s.diags.Warnf(reply.Pos, "reply-channel", "give it a server that speaks WebSocket", "the reply of operation %q comes on the channel %q, which is no part of a socket: it is not waited for", op.key, op.replyOn.key)
		return
	}
	if op.replyOn.socket == nil {
		op.replyOn.socket = op.socket
		op.socket.channels = append(op.socket.channels, op.replyOn)
	}
	op.replies = s.messagesOf(reply.Get("messages"), op.replyOn, op.key)
	s.replyAddress(op, reply)
	if op.replyOn.socket != op.socket {
		s.diags.Warnf(reply.Pos, "reply-channel", "give both channels one address", "the reply of operation %q comes on another socket, of path %s: requests and replies are plain messages", op.key, op.replyOn.socket.out.Path)
	}
}

// replyAddress checks where a request says that its reply is to go.
func (s *sockets) replyAddress(op *operation, reply *spec.Node) {
	address, ok := s.loader.Resolve(reply.Get("address"))
	if !ok {
		return
	}
	location := address.Get("location")
	if _, inPayload := strings.CutPrefix(location.Str(), payloadLocation); !inPayload {
		s.diags.Warnf(location.Place(address.Pos), "reply-address", "write "+payloadLocation+"/replyTo, or remove it", "a WebSocket message has no headers: the reply of operation %q comes on %s", op.key, op.replyOn.socket.out.Path)
		return
	}
	op.replyTo = location
}

// channelAt gives the channel that an operation refers to.
func (s *sockets) channelAt(ref *spec.Node, key string, pos source.Pos) *channel {
	if ref == nil {
		s.diags.Errorf(pos, "operation-channel", "add channel: {$ref: '#/channels/…'}", "operation %q names no channel", key)
		return nil
	}
	target, ok := s.loader.Resolve(ref)
	if !ok {
		return nil
	}
	c := s.channels[target]
	if c == nil {
		s.diags.Errorf(ref.Pos, "operation-channel", "refer to #/channels/…", "operation %q refers to something that is not a channel of this document", key)
	}
	return c
}

// messagesOf gives the messages that a list of references names: all of the
// channel's where there is no list.
func (s *sockets) messagesOf(list *spec.Node, c *channel, key string) []*channelMessage {
	if list == nil {
		return c.messages
	}
	var out []*channelMessage
	for _, ref := range list.Elems() {
		if m := s.messageAt(ref, c, key); m != nil && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// messageAt finds the message that an operation refers to among those of its
// channel. A reference to the components instead is common, and accepted.
func (s *sockets) messageAt(ref *spec.Node, c *channel, key string) *channelMessage {
	step := ref
	if _, isRef := ref.Ref(); isRef {
		var ok bool
		if step, ok = s.loader.Follow(ref); !ok {
			return nil
		}
	}
	for _, m := range c.messages {
		if m.entry == step {
			return m
		}
	}
	target, ok := s.loader.Resolve(step)
	if !ok {
		return nil
	}
	for _, m := range c.messages {
		if m.node == target {
			s.diags.Warnf(ref.Pos, "operation-message", "refer to #/channels/"+c.key+"/messages/"+m.key, "operation %q refers to a message beside its channel", key)
			return m
		}
	}
	text, isRef := ref.Ref()
	name := text[strings.LastIndexByte(text, '/')+1:]
	taken := slices.ContainsFunc(c.messages, func(m *channelMessage) bool { return m.key == name })
	if !isRef || taken || !target.IsKind(spec.Map) {
		s.diags.Errorf(ref.Pos, "operation-message", "add the message to the channel "+c.key, "operation %q refers to a message that its channel %q does not have", key, c.key)
		return nil
	}
	s.diags.Warnf(ref.Pos, "operation-message", "add the message to the channel "+c.key, "operation %q refers to a message that its channel %q does not have; it is taken for one of them", key, c.key)
	m := &channelMessage{key: name, entry: ref, node: target}
	c.messages = append(c.messages, m)
	return m
}

// apply adds the operation's messages and replies to its socket.
func (op *operation) apply(s *sockets) {
	op.socket.operations = append(op.socket.operations, op)
	op.socket.secured = append(op.socket.secured, op.node.Get("security"))
	var replies []*message
	for _, cm := range op.replies {
		m := s.message(op.replyOn.socket, op.replyOn, cm, !op.toServer)
		switch {
		case m == nil:
		case op.replyOn.socket != op.socket:
			m.out.IsPush = true
		default:
			m.out.IsReply = true
			replies = append(replies, m)
		}
	}
	for _, cm := range op.messages {
		m := s.message(op.socket, op.channel, cm, op.toServer)
		if m == nil {
			continue
		}
		m.out.IsPush = true
		s.checkReplyTo(op, m)
		if len(replies) > 0 {
			s.expect(m, replies, op)
		}
	}
}

// checkReplyTo reports a request without the member that names the address of its
// reply. It is a plain member: the program reads it.
func (s *sockets) checkReplyTo(op *operation, m *message) {
	if op.replyTo == nil {
		return
	}
	pointer := strings.TrimPrefix(op.replyTo.Text, payloadLocation)
	if fieldAt(m.out.Type, pointer) == nil {
		s.diags.Errorf(op.replyTo.Pos, "reply-address", "", "the payload of %q, at %s, has no property at %q%s", m.out.Key, m.out.Type.Pos, pointer, spec.DidYouMean(pointer, pointers(m.out.Type, "", 2)))
	}
}
