package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// findTwins notes the schemas among the components of one document that the other
// one has under the same name and in the same words: they are one type. That they
// were better written once is said by the linter.
func (l *lowering) findTwins(doc, other *spec.Node) {
	l.twins = map[*spec.Node]*spec.Node{}
	there := other.Get("components", "schemas")
	for _, p := range doc.Get("components", "schemas").Members() {
		q, has := there.Lookup(p.Key)
		if !has || p.Value == q.Value || !p.Value.IsKind(spec.Map) {
			continue
		}
		s := &sameness{lowering: l, seen: map[[2]*spec.Node]bool{}}
		if _, isRef := p.Value.Ref(); !isRef && s.same(p.Value, q.Value) {
			l.twins[p.Value] = q.Value
		}
	}
}

// sameness compares schemas word by word, those that they refer to included.
type sameness struct {
	*lowering
	seen map[[2]*spec.Node]bool // pairs under comparison, to end cycles
}

func (s *sameness) same(a, b *spec.Node) bool {
	a, okA := s.loader.Resolve(a)
	b, okB := s.loader.Resolve(b)
	pair := [2]*spec.Node{a, b}
	switch {
	case !okA || !okB || a == nil || b == nil:
		return false
	case a == b || s.seen[pair]:
		return true
	case a.Kind != b.Kind || len(a.Pairs) != len(b.Pairs) || len(a.Items) != len(b.Items):
		return false
	case a.Kind != spec.Map && a.Kind != spec.Seq:
		return a.JSON() == b.JSON()
	}
	s.seen[pair] = true
	for i := range a.Items {
		if !s.same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return !slices.ContainsFunc(a.Pairs, func(p spec.Pair) bool {
		q, has := b.Lookup(p.Key)
		return !has || ofDialect(a, p) || !s.same(p.Value, q.Value)
	})
}

// ofDialect reports whether a keyword means something else to another version of
// OpenAPI or to AsyncAPI.
func ofDialect(n *spec.Node, p spec.Pair) bool {
	if strings.HasSuffix(n.Pointer, "/properties") {
		return false
	}
	return p.Key == "nullable" || p.Key == "discriminator" || strings.HasPrefix(p.Key, "exclusive") && p.Value.Kind == spec.Bool
}
