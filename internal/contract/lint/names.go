package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// names reports schemas that have one name and are written more than once.
func names(v *view, diags *source.Diagnostics) {
	byName := map[string][]*schema{}
	for _, s := range v.schemas {
		if s.standsAlone() {
			name := spec.TypeName(s.node)
			byName[name] = append(byName[name], s)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		list := byName[name]
		slices.SortStableFunc(list, func(a, b *schema) int { return a.node.Pos.Compare(b.node.Pos) })
		for _, s := range list[1:] {
			first := list[0].node
			d := &differ{view: v, seen: map[[2]*spec.Node]bool{}}
			if d.differ("", first, s.node) {
				diags.Errorf(s.node.Pos, "schema-conflict", "let both refer to one file of api/schemas, or rename one",
					"%s means something else at %s: %s", name, first.Pos, d.what)
				continue
			}
			diags.Warnf(s.node.Pos, "schema-copy", "let both refer to one file of api/schemas", "%s is written at %s already, in the same words", name, first.Pos)
		}
	}
}

// differ compares what two schemas say about validity.
type differ struct {
	*view
	seen map[[2]*spec.Node]bool // pairs under comparison, to end cycles
	what string                 // the first difference
}

// differ reports whether a and b differ, and notes how.
func (d *differ) differ(at string, a, b *spec.Node) bool {
	a, b = d.resolve(a), d.resolve(b)
	pair := [2]*spec.Node{a, b}
	if a == b || a == nil || b == nil || d.seen[pair] {
		return false
	}
	d.seen[pair] = true
	switch {
	case a.Kind != b.Kind:
		return d.note(at, a, b)
	case a.Kind == spec.Map:
		return d.members(at, a, b)
	case a.Kind == spec.Seq:
		if len(a.Items) != len(b.Items) {
			return d.note(at, a, b)
		}
		for i := range a.Items {
			if d.differ(at, a.Items[i], b.Items[i]) {
				return true
			}
		}
		return false
	}
	if a.JSON() != b.JSON() {
		return d.note(at, a, b)
	}
	return false
}

// members compares two maps. Below properties every member counts; elsewhere
// annotations do not.
func (d *differ) members(at string, a, b *spec.Node) bool {
	keys := a.Keys()
	for _, k := range b.Keys() {
		if !a.Has(k) {
			keys = append(keys, k)
		}
	}
	byName := strings.HasSuffix(at, "/properties")
	for _, key := range keys {
		if !byName && annotates(key) {
			continue
		}
		p, q := a.Get(key), b.Get(key)
		place := at + "/" + spec.EscapeToken(key)
		switch {
		case p == nil || q == nil:
			return d.note(place, p, q)
		case key == "required" && !byName:
			if !sameSet(p, q) {
				return d.note(place, p, q)
			}
		case d.differ(place, p, q):
			return true
		}
	}
	return false
}

func annotates(key string) bool {
	list := []string{"title", "description", "summary", "example", "examples", "$schema", "$id", "$comment", "externalDocs", "deprecated"}
	return strings.HasPrefix(key, "x-") || slices.Contains(list, key)
}

func sameSet(a, b *spec.Node) bool {
	set := func(n *spec.Node) []string {
		var out []string
		for _, item := range n.Elems() {
			out = append(out, item.JSON())
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(set(a), set(b))
}

// maxShown is how much of a value a finding shows, in bytes.
const maxShown = 40

func (d *differ) note(at string, a, b *spec.Node) bool {
	show := func(n *spec.Node) string {
		if n == nil {
			return "absent"
		}
		text := n.JSON()
		if len(text) > maxShown {
			text = strings.ToValidUTF8(text[:maxShown], "") + "…"
		}
		return text
	}
	d.what = fmt.Sprintf("%s is %s there and %s here", cmp.Or(at, "it"), show(a), show(b))
	return true
}
