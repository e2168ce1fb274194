package lower

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// topicPointer gives what x-topic of the servers, or else of the document, says:
// the pointer to the member of each frame that holds the channel's address. The
// channels then share one socket. It is empty where there is none.
func (s *sockets) topicPointer(servers []*server) (pointer string, at *spec.Node) {
	at = s.doc.Get("x-topic")
	for _, sv := range servers {
		if v := sv.node.Get("x-topic"); v != nil {
			at = v
		}
	}
	if at == nil {
		return "", nil
	}
	tokens, err := spec.SplitPointer(at.Str())
	if err != nil || len(tokens) == 0 {
		s.diags.Errorf(at.Pos, "x-topic", "write /channel", "x-topic must be a pointer into the frame, not %s", at.JSON())
		return "", nil
	}
	return at.Str(), at
}

// joinTopic puts a channel into the socket that all channels of its servers
// share. One without an address has messages that belong to no topic.
func (s *sockets) joinTopic(c *channel, servers []*server, pointer string, at *spec.Node) {
	path := cmp.Or(s.pathname(servers, c.node.Pos), "/")
	if i := slices.IndexFunc(s.sockets, func(sock *socket) bool { return sock.out.Path == path && sock.topic != nil }); i >= 0 {
		c.socket = s.sockets[i]
		c.socket.channels = append(c.socket.channels, c)
	} else {
		c.socket = &socket{topic: at, channels: []*channel{c}, out: &ir.Socket{Name: "Socket", Path: path, Pos: at.Pos, TopicPointer: pointer}}
		if len(servers) > 0 {
			c.socket.out.Name, c.socket.out.Doc = spec.Pascal(servers[0].name), doc(servers[0].node)
		}
		for _, sv := range servers {
			c.socket.secured = append(c.socket.secured, sv.node.Get("security"))
		}
		s.sockets = append(s.sockets, c.socket)
	}
	address := c.node.Get("address")
	var params []*ir.Param
	for _, p := range s.params(c, path+" "+address.Str()) {
		socket := &c.socket.out.Params
		if strings.Contains(address.Str(), "{"+p.JSON+"}") {
			params = append(params, p)
		} else if !slices.ContainsFunc(*socket, func(o *ir.Param) bool { return o.JSON == p.JSON }) {
			*socket = append(*socket, p)
		}
	}
	if address.IsKind(spec.String) {
		s.topic(c, address, params)
	}
}

// topic makes the topic of a channel with an address.
func (s *sockets) topic(c *channel, address *spec.Node, params []*ir.Param) {
	c.topic = &ir.Topic{
		Name: c.socket.out.Name + spec.Pascal(addressParam.ReplaceAllString(c.key, " ")), Address: address.Text, Doc: doc(c.node), Params: params,
	}
	rest := address.Text
	for _, m := range addressParam.FindAllString(address.Text, -1) {
		before, after, _ := strings.Cut(rest, m)
		if before == "" && len(c.topic.Parts) > 0 {
			s.diags.Errorf(address.Pos, "x-topic", "write something between them", "two parameters of the topic %q stand side by side, and nothing tells where the one ends", address.Text)
		}
		c.topic.Parts, rest = append(c.topic.Parts, before), after
	}
	c.topic.Parts = append(c.topic.Parts, rest)
	c.socket.out.Topics = append(c.socket.out.Topics, c.topic)
}

// topicSeparators are the signs that addresses are divided by.
const topicSeparators = "./:@#|"

// finishTopics decides which signs the parameters of a socket's topics can't have:
// those of topicSeparators that stand in any of its addresses. It reports topics
// that can't be told apart.
func (s *sockets) finishTopics(sock *socket) {
	separators := ""
	for _, sign := range topicSeparators {
		if slices.ContainsFunc(sock.out.Topics, func(t *ir.Topic) bool {
			return slices.ContainsFunc(t.Parts, func(part string) bool { return strings.ContainsRune(part, sign) })
		}) {
			separators += string(sign)
		}
	}
	seen := map[string]bool{}
	for i, t := range sock.out.Topics {
		t.Separators = separators
		for name, j := t.Name, 2; seen[t.Name]; j++ {
			t.Name = name + strconv.Itoa(j)
		}
		seen[t.Name] = true
		for _, other := range sock.out.Topics[:i] {
			if t.Address == other.Address || len(t.Params) > 0 && len(other.Params) > 0 && alike(t, other) {
				s.diags.Errorf(sock.topic.Pos, "x-topic", "begin each with a text of its own", "the topics %q and %q can't be told apart", other.Address, t.Address)
			}
		}
	}
	for _, list := range [][]*message{sock.toServer, sock.toClient} {
		for _, m := range list {
			s.checkTopic(sock, m)
		}
	}
}

// alike reports whether one topic may fit two addresses with parameters.
func alike(a, b *ir.Topic) bool {
	x, y := segments(a), segments(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		xBefore, xAfter, xOpen := ends(x[i])
		yBefore, yAfter, yOpen := ends(y[i])
		var apart bool
		switch {
		case xOpen && yOpen:
			apart = !strings.HasPrefix(xBefore, yBefore) && !strings.HasPrefix(yBefore, xBefore) || !strings.HasSuffix(xAfter, yAfter) && !strings.HasSuffix(yAfter, xAfter)
		case xOpen:
			apart = !strings.HasPrefix(y[i], xBefore) || !strings.HasSuffix(y[i], xAfter)
		case yOpen:
			apart = !strings.HasPrefix(x[i], yBefore) || !strings.HasSuffix(x[i], yAfter)
		default:
			apart = x[i] != y[i]
		}
		if apart {
			return false
		}
	}
	return true
}

// ends gives what a segment begins and ends with, around its parameters. open says
// that it has any.
func ends(segment string) (before, after string, open bool) {
	before, after, open = strings.Cut(segment, "{}")
	return before, after[strings.LastIndex(after, "}")+1:], open
}

// segments gives what stands between the separators of an address, and the
// separators, with {} for a parameter.
func segments(t *ir.Topic) []string {
	out := []string{""}
	for _, sign := range strings.Join(t.Parts, "{}") {
		if strings.ContainsRune(t.Separators, sign) {
			out = append(out, string(sign), "")
			continue
		}
		out[len(out)-1] += string(sign)
	}
	return out
}

// checkTopic reports a message of a topic whose payload has no place for it.
func (s *sockets) checkTopic(sock *socket, m *message) {
	pointer := sock.out.TopicPointer
	if len(m.topics) == 0 {
		return
	}
	f := fieldAt(m.out.Type, pointer)
	switch {
	case m.out.Binary:
		s.diags.Errorf(m.out.Pos, "x-topic", "describe it as JSON, or give its channel no address", "the message %q is a binary frame, which can't hold its topic", m.out.Key)
	case f == nil:
		s.diags.Errorf(m.out.Pos, "x-topic", "declare a required string there", "the payload of %q, at %s, has no property at %q, where x-topic wants its topic%s",
			m.out.Key, m.out.Type.Pos, pointer, spec.DidYouMean(pointer, pointers(m.out.Type, "", 2)))
	case f.Type.Kind != ir.String || f.Type.Nullable || !allRequired(m.out.Type, pointer):
		s.diags.Errorf(f.Pos, "x-topic", "make it a required string", "%s of %q holds the topic, so it must be a string that is always there", pointer, m.out.Key)
	case len(m.topics) == 1 && len(m.topics[0].Params) > 0:
		m.out.Topic = m.topics[0]
	case slices.ContainsFunc(m.topics, func(t *ir.Topic) bool { return len(t.Params) > 0 }):
		s.diags.Warnf(m.out.Pos, "x-topic", "describe a message for each", "the message %q travels on several topics: handlers read the topic from the message", m.out.Key)
	}
}

func allRequired(t *ir.Type, pointer string) bool {
	return !slices.ContainsFunc(fieldPath(t, pointer), func(f *ir.Field) bool { return !f.Required })
}

// byTopic is the rule for x-topic. Messages of one topic, and those of none, are
// told apart by the values at a second pointer.
func byTopic(u *union) *telling {
	if u.topic == "" || !slices.ContainsFunc(u.options, func(o option) bool { return len(o.topics) > 0 }) {
		return nil
	}
	t := &telling{by: ir.Discriminator{Pointer: u.topic}, tests: make([]test, len(u.options))}
	crowded := make([]bool, len(u.options)) // options that share a topic, or have none
	for i, o := range u.options {
		for _, topic := range o.topics {
			if len(topic.Params) > 0 {
				t.tests[i].topics = append(t.tests[i].topics, topic)
			} else {
				t.tests[i].values = append(t.tests[i].values, spec.NewString(source.Pos{}, topic.Address).JSON())
			}
		}
		for j, other := range u.options {
			crowded[i] = crowded[i] || i != j && sharesTopic(o, other)
		}
	}
	if !slices.Contains(crowded, true) {
		return t
	}
	for _, c := range seconds(u) {
		if apartInTopic(u, crowded, c.values) {
			t.by.Second = c.pointer
			for i := range u.options {
				if crowded[i] {
					t.tests[i].second = c.values[i]
				}
			}
			return t
		}
	}
	return nil
}

// seconds gives the pointers that may tell the messages of one topic apart.
func seconds(u *union) []*candidate {
	if u.pointer != "" {
		return []*candidate{{pointer: u.pointer, values: namedValues(u)}}
	}
	return slices.DeleteFunc(candidates(u), func(c *candidate) bool { return c.pointer == u.topic })
}

func sharesTopic(a, b option) bool {
	if len(a.topics) == 0 && len(b.topics) == 0 {
		return true
	}
	return slices.ContainsFunc(a.topics, func(t *ir.Topic) bool { return slices.Contains(b.topics, t) })
}

// apartInTopic reports whether values tell all crowded options apart that share a
// topic. One of those without a topic may have no value.
func apartInTopic(u *union, crowded []bool, values [][]string) bool {
	without := 0
	for i, o := range u.options {
		if !crowded[i] {
			continue
		}
		if len(values[i]) == 0 {
			if without++; len(o.topics) > 0 || without > 1 {
				return false
			}
		}
		for j := range i {
			if sharesTopic(o, u.options[j]) && overlap([][]string{values[i], values[j]}) {
				return false
			}
		}
	}
	return true
}
