package lower

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// kinds is a set of JSON kinds, by their place in kindNames.
type kinds uint8

func kindNames() []string {
	return []string{"null", "boolean", "number", "string", "array", "object"}
}

func kindSet(names ...string) kinds {
	var k kinds
	for _, n := range names {
		k |= 1 << slices.Index(kindNames(), n)
	}
	return k
}

// names lists the kinds of a set.
func (k kinds) names() []string {
	var out []string
	for i, name := range kindNames() {
		if k&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// jsonKinds gives the JSON kinds of the values of a type.
func jsonKinds(t *ir.Type) kinds { return jsonKindsOf(t, nil) }

// jsonKindsOf does the work of jsonKinds; inside holds the choices being looked at.
func jsonKindsOf(t *ir.Type, inside []*ir.Type) kinds {
	var k kinds
	switch t.Kind {
	case ir.Any:
		return kindSet(kindNames()...)
	case ir.Boolean:
		k = kindSet("boolean")
	case ir.Integer, ir.Number:
		k = kindSet("number")
	case ir.String:
		k = kindSet("string")
	case ir.Array:
		k = kindSet("array")
	case ir.Map, ir.Object:
		k = kindSet("object")
	case ir.Box:
		k = jsonKindsOf(t.Box, inside)
	case ir.Union:
		switch {
		case slices.Contains(inside, t):
			return 0
		case len(inside) > maxInside:
			return kindSet(kindNames()...)
		}
		for _, v := range t.Union.Variants {
			k |= jsonKindsOf(v.Type, append(inside, t))
		}
	}
	if t.Nullable {
		k |= kindSet("null")
	}
	return k
}

// byKind groups the options of a union, by index, so that those of different
// groups have no JSON kind in common.
func byKind(u *union) [][]int {
	type group struct {
		kinds   kinds
		indexes []int
	}
	var groups []group
	for i, o := range u.options {
		g := group{jsonKinds(o.variant.Type), []int{i}}
		groups = slices.DeleteFunc(groups, func(other group) bool {
			if other.kinds&g.kinds == 0 {
				return false
			}
			g.kinds |= other.kinds
			g.indexes = append(g.indexes, other.indexes...)
			return true
		})
		slices.Sort(g.indexes)
		groups = append(groups, g)
	}
	var out [][]int
	for _, g := range groups {
		out = append(out, g.indexes)
	}
	return out
}
