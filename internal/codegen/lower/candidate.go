package lower

import (
	"cmp"
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// candidate is a pointer that may tell options apart.
type candidate struct {
	pointer  string
	values   [][]string // of each option; empty for one without the member
	depth    int
	required bool // in all options
	found    int  // options that have it
}

// candidates gives the pointers to consts and enums that are in any option, the
// best ones first.
func candidates(u *union) []*candidate {
	var list []*candidate
	byPointer := map[string]*candidate{}
	for i, o := range u.options {
		for _, m := range deciding(o.variant.Type, nil) {
			c := byPointer[m.pointer]
			if c == nil {
				c = &candidate{pointer: m.pointer, depth: m.depth, required: true, values: make([][]string, len(u.options))}
				byPointer[m.pointer] = c
				list = append(list, c)
			}
			c.values[i] = m.values
			c.required = c.required && m.required
			c.found++
		}
	}
	slices.SortStableFunc(list, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.found, a.found), cmp.Compare(a.depth, b.depth), boolCompare(b.required, a.required))
	})
	return list
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// member is a member of an object, at depth one or two, with a const or an enum.
type member struct {
	pointer  string
	values   []string
	depth    int
	required bool
}

// deciding gives the members of a type that have values of their own. Those of a
// choice are the ones that all of its choices have; inside holds the choices
// being looked at.
func deciding(t *ir.Type, inside []*ir.Type) []member {
	switch t.Kind {
	case ir.Box:
		if v := enumValues(t.Box); len(v) > 0 {
			return []member{{"", v, 0, true}}
		}
		return deciding(t.Box, inside)
	case ir.Union:
		return common(t, inside)
	case ir.Object:
	default:
		return nil
	}
	if t.Nullable {
		return nil
	}
	var out []member
	for _, f := range t.Object.Fields {
		pointer := "/" + spec.EscapeToken(f.JSON)
		if v := enumValues(f.Type); len(v) > 0 {
			out = append(out, member{pointer, v, 1, f.Required})
		}
		if f.Type.Kind != ir.Object || f.Type.Nullable {
			continue
		}
		for _, g := range f.Type.Object.Fields {
			if v := enumValues(g.Type); len(v) > 0 {
				out = append(out, member{pointer + "/" + spec.EscapeToken(g.JSON), v, 2, f.Required && g.Required})
			}
		}
	}
	return out
}

// maxInside is how deep choices of choices are looked into.
const maxInside = 6

// common gives the deciding members that all choices of a union have, with the
// values of all.
func common(t *ir.Type, inside []*ir.Type) []member {
	if slices.Contains(inside, t) || len(inside) > maxInside || t.Nullable {
		return nil
	}
	var out []member
	for i, v := range t.Union.Variants {
		list := deciding(v.Type, append(inside, t))
		if i == 0 {
			out = list
			continue
		}
		var both []member
		for _, m := range out {
			j := slices.IndexFunc(list, func(o member) bool { return o.pointer == m.pointer })
			if j < 0 {
				continue
			}
			for _, value := range list[j].values {
				if !slices.Contains(m.values, value) {
					m.values = append(m.values[:len(m.values):len(m.values)], value)
				}
			}
			m.required = m.required && list[j].required
			both = append(both, m)
		}
		out = both
	}
	return out
}

// enumValues gives the values of a const or enum of strings or integers.
func enumValues(t *ir.Type) []string {
	if t.Nullable || t.Kind != ir.String && t.Kind != ir.Integer {
		return nil
	}
	var values []string
	for _, v := range t.Enum {
		values = append(values, v.JSON)
	}
	return values
}

// valuesAt gives the values at a pointer that the document names, which may lead
// deeper than those that are looked for.
func valuesAt(t *ir.Type, pointer string) []string {
	for _, m := range deciding(t, nil) {
		if m.pointer == pointer {
			return m.values
		}
	}
	if f := fieldAt(t, pointer); f != nil {
		return enumValues(f.Type)
	}
	return nil
}

// fieldAt gives the field at a pointer, or nil.
func fieldAt(t *ir.Type, pointer string) *ir.Field {
	path := fieldPath(t, pointer)
	if len(path) == 0 {
		return nil
	}
	return path[len(path)-1]
}

// fieldPath gives the fields on the way to a pointer, or nil where it leads to
// no declared field.
func fieldPath(t *ir.Type, pointer string) []*ir.Field {
	tokens, err := spec.SplitPointer(pointer)
	if err != nil {
		return nil
	}
	var path []*ir.Field
	for _, token := range tokens {
		if t.Kind != ir.Object {
			return nil
		}
		i := slices.IndexFunc(t.Object.Fields, func(f *ir.Field) bool { return f.JSON == token })
		if i < 0 {
			return nil
		}
		path = append(path, t.Object.Fields[i])
		t = t.Object.Fields[i].Type
	}
	return path
}

// disjoint reports whether every option has values and no two share one.
func disjoint(values [][]string) bool {
	return !overlap(values) && !slices.ContainsFunc(values, func(list []string) bool { return len(list) == 0 })
}

// overlap reports whether two options share a value.
func overlap(values [][]string) bool {
	seen := map[string]bool{}
	for _, list := range values {
		for _, v := range list {
			if seen[v] {
				return true
			}
			seen[v] = true
		}
	}
	return false
}
