package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// query is one member of the query that an address is written with, as in
// /ws?token={token}: a parameter of the address, or a fixed text.
type query struct {
	name, value string
	pos         source.Pos
}

// splitAddress takes the query off an address.
func splitAddress(address string, pos source.Pos) (path string, list []query) {
	path, text, found := strings.Cut(address, "?")
	if !found {
		return address, nil
	}
	for item := range strings.SplitSeq(text, "&") {
		if name, value, _ := strings.Cut(item, "="); name != "" {
			list = append(list, query{name, value, pos})
		}
	}
	return path, list
}

// parameter gives the name of the parameter that a member of the query stands
// for, or "".
func (q query) parameter() string {
	if m := addressParam.FindStringSubmatch(q.value); m != nil && m[0] == q.value {
		return m[1]
	}
	return ""
}

// addressQuery adds what the address of a channel says about the query of the
// handshake to what the binding says, which may be nil.
func (s *sockets) addressQuery(c *channel, binding *spec.Node) *spec.Node {
	if len(c.query) == 0 {
		return binding
	}
	pos := c.query[0].pos
	out := spec.NewMap(pos)
	if resolved, ok := s.loader.Resolve(binding); ok && binding != nil {
		out = resolved.Clone()
	} else {
		put(out, "type", pos, spec.NewString(pos, "object"))
		out.Pointer = c.node.Pointer + "/bindings/ws/query"
	}
	properties, required := out.Get("properties"), out.Get("required")
	if properties == nil {
		properties = spec.NewMap(pos)
		put(out, "properties", pos, properties)
	}
	if required == nil {
		required = seq(pos)
		put(out, "required", pos, required)
	}
	for _, q := range c.query {
		if properties.Has(q.name) {
			continue
		}
		put(properties, q.name, q.pos, s.queryMember(c, q))
		required.Items = append(required.Items, spec.NewString(q.pos, q.name))
	}
	return out
}

// queryMember gives the schema of one member of an address's query.
func (s *sockets) queryMember(c *channel, q query) *spec.Node {
	n := spec.NewMap(q.pos)
	n.Pointer = c.node.Pointer + "/bindings/ws/query/properties/" + spec.EscapeToken(q.name)
	put(n, "type", q.pos, spec.NewString(q.pos, "string"))
	name := q.parameter()
	if name == "" {
		return n.Set("const", spec.NewString(q.pos, q.value))
	}
	p, declared := c.node.Get("parameters").Lookup(name)
	if !declared {
		s.undeclared(c, name, nil)
		return n
	}
	if node, ok := s.loader.Resolve(p.Value); ok {
		for _, key := range []string{"description", "enum"} {
			if member, has := node.Lookup(key); has {
				n.Pairs = append(n.Pairs, member)
			}
		}
	}
	return n
}

// undeclared reports a parameter of an address that the channel does not declare.
// It is one for any text, unless one of nearly that name is declared.
func (s *sockets) undeclared(c *channel, name string, declared []string) {
	pos := c.node.Get("address").Place(c.node.Pos)
	if near := spec.DidYouMean(name, declared); near != "" {
		s.diags.Errorf(pos, "address-parameter", "declare it under parameters", "the address has {%s}, which the channel %q does not declare%s", name, c.key, near)
		return
	}
	s.diags.Warnf(pos, "address-parameter", "declare it under parameters", "the address has {%s}, which the channel %q does not declare; any text is taken for it", name, c.key)
}

// strayParams reports the parameters of a channel that its address does not have.
// They are left out, unless the address has one of nearly that name.
func (s *sockets) strayParams(c *channel, declared *spec.Node, names []string) {
	for _, q := range c.query {
		names = append(names, q.parameter())
	}
	for _, p := range declared.Members() {
		if slices.Contains(names, p.Key) {
			continue
		}
		if near := spec.DidYouMean(p.Key, names); near != "" {
			s.diags.Errorf(p.KeyPos, "address-parameter", "write {"+p.Key+"} in the address, or remove it", "the address of the channel %q has no {%s}%s", c.key, p.Key, near)
			continue
		}
		s.diags.Warnf(p.KeyPos, "address-parameter", "write {"+p.Key+"} in the address, or declare it as a query parameter under bindings.ws.query", "the address of the channel %q has no {%s}: the parameter is left out", c.key, p.Key)
	}
}
