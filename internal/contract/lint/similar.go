package lint

import (
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Two objects are near-duplicates where they share at least so many properties,
// and at least so many of a hundred of all that either has.
const (
	similarProperties = 3
	similarPercent    = 75
	// maxSimilar is how many objects of a contract are compared, each with each.
	maxSimilar = 2000
)

// copies reports objects of different names that are nearly the same: often one
// was copied, and now they drift apart. Two payloads of messages may be alike: they
// share what every message has.
func copies(v *view, diags *source.Diagnostics) {
	var list []*object
	for _, s := range v.schemas {
		if len(list) < maxSimilar && s.standsAlone() && len(s.node.Get("properties").Members()) >= similarProperties && !s.node.Has("allOf") {
			list = append(list, v.object(s))
		}
	}
	for i, b := range list {
		for _, a := range list[:i] {
			if a.payload && b.payload || spec.TypeName(a.node) == spec.TypeName(b.node) || !a.resembles(b) {
				continue
			}
			diags.Warnf(b.node.Pos, "schema-similar", "use one for both, or take the common part out into a schema of its own",
				"%s has nearly the same properties as %s at %s", spec.TypeName(b.node), spec.TypeName(a.node), a.node.Pos)
			break
		}
	}
}

// object is a schema with the meaning of each of its properties.
type object struct {
	*schema
	shapes map[string]string
	tags   map[string]bool // properties with a const or an enum
}

func (v *view) object(s *schema) *object {
	o := &object{schema: s, shapes: map[string]string{}, tags: map[string]bool{}}
	for _, p := range s.node.Get("properties").Members() {
		target := v.resolve(p.Value)
		o.shapes[p.Key] = shape(p.Value, target)
		o.tags[p.Key] = target.Has("const") || target.Has("enum")
	}
	return o
}

// shape gives what a property's schema is: the place that it refers to, or its
// text without annotations.
func shape(n, target *spec.Node) string {
	if _, isRef := n.Ref(); isRef && target != nil {
		return target.Pos.String()
	}
	var b strings.Builder
	for _, p := range target.Members() {
		if !annotates(p.Key) {
			b.WriteString(p.Key + ":" + p.Value.JSON() + ";")
		}
	}
	return b.String()
}

// resembles reports whether two objects are near-duplicates. Two that a const or
// an enum tells apart are meant to be alike.
func (o *object) resembles(p *object) bool {
	common, all := 0, len(p.shapes)
	for name, shape := range o.shapes {
		other, has := p.shapes[name]
		switch {
		case !has:
			all++
		case other == shape:
			common++
		case o.tags[name] && p.tags[name]:
			return false
		}
	}
	return common >= similarProperties && common*100 >= similarPercent*all
}
