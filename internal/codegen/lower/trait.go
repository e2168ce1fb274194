package lower

import "github.com/duet-api/duet/internal/codegen/spec"

// withTraits gives n with its traits applied. What n says itself wins, then the
// first trait that says it; objects are merged member by member. A node without
// traits is given back as it is.
func (s *sockets) withTraits(n *spec.Node) *spec.Node {
	traits := n.Get("traits").Elems()
	if len(traits) == 0 {
		return n
	}
	if merged := s.messages[n]; merged != nil {
		return merged
	}
	merged := n
	for _, t := range traits {
		if t, ok := s.loader.Resolve(t); ok {
			merged = mergeUnder(merged, t)
		}
	}
	s.messages[n] = merged
	return merged
}

// mergeUnder adds to a the members of b that it lacks. Neither is changed.
func mergeUnder(a, b *spec.Node) *spec.Node {
	if a.Kind != spec.Map || b.Kind != spec.Map || a.Has("$ref") || b.Has("$ref") {
		return a
	}
	out := *a
	out.Pairs = nil
	for _, p := range a.Pairs {
		if q, has := b.Lookup(p.Key); has {
			p.Value = mergeUnder(p.Value, q.Value)
		}
		out.Pairs = append(out.Pairs, p)
	}
	for _, q := range b.Pairs {
		if !a.Has(q.Key) {
			out.Pairs = append(out.Pairs, q)
		}
	}
	return &out
}
