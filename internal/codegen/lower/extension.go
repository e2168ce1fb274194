package lower

import (
	"math"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// defaultMaxBytes is the limit of a message to the server where no x-max-bytes
// is given.
const defaultMaxBytes = 16 << 10

// extensions reads what the contract says about the handling of a message.
func (s *sockets) extensions(m *message, toServer bool) {
	m.out.MaxBytes = s.maxBytes(m.node)
	if v := m.node.Get("x-rate-limit"); v != nil {
		if !toServer {
			s.diags.Errorf(m.node.KeyPos("x-rate-limit"), "x-rate-limit", "remove it", "the message %q goes to the client; only messages to the server are limited", m.out.Key)
			return
		}
		m.out.Rate = s.rate(v)
	}
	if v := m.node.Get("x-delivery"); v != nil {
		if toServer {
			s.diags.Errorf(m.node.KeyPos("x-delivery"), "x-delivery", "remove it", "the message %q goes to the server; x-delivery is for messages to the client", m.out.Key)
			return
		}
		m.out.Latest = s.delivery(m, v)
		m.out.FlushNow = s.flushNow(v.Get("flush"))
	}
	if v := m.node.Get("x-reconnect-after"); v != nil {
		if toServer {
			s.diags.Errorf(m.node.KeyPos("x-reconnect-after"), "x-reconnect-after", "remove it", "the message %q goes to the server; x-reconnect-after is for messages to the client", m.out.Key)
			return
		}
		m.out.ReconnectAfter = s.reconnectAfter(m, v)
	}
}

// reconnectAfter reads x-reconnect-after: the pointer to how many milliseconds
// the message asks to stay away.
func (s *sockets) reconnectAfter(m *message, v *spec.Node) []*ir.Field {
	const fix = "point at a required number of milliseconds"
	path := fieldPath(m.out.Type, v.Str())
	if len(path) == 0 {
		s.diags.Errorf(v.Pos, "x-reconnect-after", fix, "x-reconnect-after %s of %q leads to no property of %s, at %s%s",
			v.JSON(), m.out.Key, m.out.Type.Name, m.out.Type.Pos, spec.DidYouMean(v.Str(), pointers(m.out.Type, "", 2)))
		return nil
	}
	for i, f := range path {
		number := f.Type.Kind == ir.Integer || f.Type.Kind == ir.Number
		if !f.Required || f.Type.Nullable || i == len(path)-1 && (!number || len(f.Type.Enum) > 0) {
			s.diags.Errorf(v.Pos, "x-reconnect-after", fix, "%s of %q, at %s, is not a number that is always there", v.Str(), m.out.Key, f.Pos)
			return nil
		}
	}
	return path
}

// maxBytes reads x-max-bytes; 0 means that there is none.
func (s *sockets) maxBytes(n *spec.Node) int {
	c := s.count(n, "x-max-bytes")
	if c == nil {
		return 0
	}
	if *c == 0 {
		s.diags.Errorf(n.Get("x-max-bytes").Pos, "x-max-bytes", "", "x-max-bytes must be above 0")
	}
	return *c
}

// maxFlushInterval is the longest x-flush-interval, in milliseconds.
const maxFlushInterval = 10_000

// flushInterval reads x-flush-interval in milliseconds; 0 means that there is none.
func (s *sockets) flushInterval(n *spec.Node) int {
	ms := s.count(n, "x-flush-interval")
	if ms == nil {
		return 0
	}
	if *ms > maxFlushInterval {
		s.diags.Errorf(n.Get("x-flush-interval").Pos, "x-flush-interval", "write milliseconds, such as 16", "x-flush-interval must be at most %d", maxFlushInterval)
	}
	return *ms
}

func (s *sockets) rate(v *spec.Node) *ir.Rate {
	if !s.onlyKeys(v, "x-rate-limit", "perSecond", "burst") {
		return nil
	}
	perSecond, ok := s.number(v, "perSecond")
	burst := s.count(v, "burst")
	var f float64
	if ok {
		f, _ = perSecond.Float64()
	}
	if f <= 0 || math.IsInf(f, 0) || burst == nil || *burst == 0 {
		s.diags.Errorf(v.Pos, "x-rate-limit", "write {perSecond: 10, burst: 20}", "x-rate-limit wants perSecond above 0 and burst of at least 1")
		return nil
	}
	return &ir.Rate{PerSecond: f, Burst: *burst}
}

// onlyKeys reports the members of an extension that it does not have, and whether
// there are none.
func (s *sockets) onlyKeys(n *spec.Node, what string, keys ...string) bool {
	ok := true
	known := map[string]bool{}
	for _, k := range keys {
		known[k] = true
	}
	for _, p := range n.Members() {
		if !known[p.Key] {
			ok = false
			near, fix := spec.DidYouMean(p.Key, keys), ""
			if near == "" {
				fix = "its members are " + strings.Join(keys, ", ")
			}
			s.diags.Errorf(p.KeyPos, what, fix, "%s has no %q%s", what, p.Key, near)
		}
	}
	return ok
}

// delivery reads x-delivery: reliable, or {class: latest, items: /data/players,
// key: /id}, either with flush: now. It gives nil for reliable.
func (s *sockets) delivery(m *message, v *spec.Node) *ir.Latest {
	class := v
	if v.Kind == spec.Map {
		if !s.onlyKeys(v, "x-delivery", "class", "items", "key", "flush") {
			return nil
		}
		class = v.Get("class")
	}
	switch {
	case class.Str() == "reliable", class == nil && v.Has("flush") && !v.Has("items"):
		return nil
	case class == nil && v.Has("items"), class.Str() == "latest" && v.Kind == spec.Map:
		return s.latest(m, v)
	}
	s.diags.Errorf(v.Pos, "x-delivery", "write reliable, or {class: latest, items: /data/players, key: /id}", "the delivery %s of %q is not known%s",
		v.JSON(), m.out.Key, spec.DidYouMean(class.Str(), []string{"reliable", "latest"}))
	return nil
}

// flushNow reads flush of x-delivery, which may be nil.
func (s *sockets) flushNow(v *spec.Node) bool {
	if v != nil && v.Str() != "now" {
		s.diags.Errorf(v.Pos, "x-delivery", "write flush: now, or leave it out to wait for x-flush-interval", "flush of x-delivery can't be %s", v.JSON())
	}
	return v != nil
}

// latest resolves the pointers of the class latest in the payload's type.
func (s *sockets) latest(m *message, v *spec.Node) *ir.Latest {
	items, key := v.Get("items"), v.Get("key")
	path := s.pathTo(m.out.Type, items, v, "items", m)
	if path == nil {
		return nil
	}
	list := path[len(path)-1]
	if list.Type.Kind != ir.Array || list.Type.Nullable || list.Type.Array.Elem.Kind != ir.Object {
		s.diags.Errorf(items.Pos, "x-delivery", "point at a list of objects", "%s of %q, at %s, is not an array of objects", items.Str(), m.out.Key, list.Pos)
		return nil
	}
	keyPath := s.pathTo(list.Type.Array.Elem, key, v, "key", m)
	if keyPath == nil {
		return nil
	}
	k := keyPath[0]
	if len(keyPath) > 1 || !k.Required || k.Type.Kind != ir.String || k.Type.Nullable {
		s.diags.Errorf(key.Pos, "x-delivery", "name a required string of the item itself", "%s of an item of %q, at %s, can't name its slot", key.Str(), m.out.Key, k.Pos)
		return nil
	}
	return &ir.Latest{Items: path, Key: k}
}

// pathTo resolves one pointer of x-delivery.
func (s *sockets) pathTo(t *ir.Type, pointer, at *spec.Node, name string, m *message) []*ir.Field {
	path := fieldPath(t, pointer.Str())
	if len(path) == 0 {
		s.diags.Errorf(pointer.Place(at.Pos), "x-delivery", "point at a declared property", "%s %s of %q leads to no property of %s, at %s%s",
			name, pointer.JSON(), m.out.Key, t.Name, t.Pos, spec.DidYouMean(pointer.Str(), pointers(t, "", 2)))
		return nil
	}
	return path
}

// pointers gives the pointers to the fields of t, down to a depth.
func pointers(t *ir.Type, prefix string, depth int) []string {
	if depth == 0 || t.Kind != ir.Object {
		return nil
	}
	var out []string
	for _, f := range t.Object.Fields {
		p := prefix + "/" + spec.EscapeToken(f.JSON)
		out = append(append(out, p), pointers(f.Type, p, depth-1)...)
	}
	return out
}

// closeCodes reads x-close-codes of a channel.
func (s *sockets) closeCodes(sock *socket, n *spec.Node) {
	for _, c := range n.Get("x-close-codes").Elems() {
		s.onlyKeys(c, "x-close-codes", "code", "name", "reconnect", "description")
		code, name := s.count(c, "code"), c.Get("name")
		if code == nil || name.Str() == "" || !sendable(*code) {
			s.diags.Errorf(c.Pos, "x-close-codes", "write {code: 4001, name: slow, reconnect: true}", "a close code wants a name and a code that an endpoint may send: 1000 to 1014 without 1004 to 1006, or 3000 to 4999")
			continue
		}
		cc := ir.CloseCode{Code: *code, Name: spec.Pascal(name.Text), Doc: c.Get("description").Str(), Reconnect: s.flag(c, "reconnect")}
		for _, other := range sock.out.CloseCodes {
			if other.Code == cc.Code || other.Name == cc.Name {
				s.diags.Errorf(c.Pos, "x-close-codes", "remove one of them", "the close code %d %s is there twice", cc.Code, name.Text)
			}
		}
		sock.out.CloseCodes = append(sock.out.CloseCodes, cc)
	}
}

// sendable reports whether a close frame may carry the code (RFC 6455 section
// 7.4 and the registry that it sets up).
func sendable(code int) bool {
	return code >= 3000 && code <= 4999 || code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)
}

// discriminatorOf gives the pointer that x-discriminator of a channel, or else
// of the document, names: /type or type.
func (s *sockets) discriminatorOf(sock *socket) (pointer string, at *spec.Node) {
	for _, c := range sock.channels {
		if v := c.node.Get("x-discriminator"); v != nil && at == nil {
			at = v
		}
	}
	if at == nil {
		at = s.doc.Get("x-discriminator")
	}
	if at == nil {
		return "", nil
	}
	pointer = at.Str()
	if pointer == "" {
		s.diags.Errorf(at.Pos, "x-discriminator", "write /type", "x-discriminator must be a pointer into the message, not %s", at.JSON())
		return "", nil
	}
	if pointer[0] != '/' {
		pointer = "/" + spec.EscapeToken(pointer)
	}
	return pointer, at
}
