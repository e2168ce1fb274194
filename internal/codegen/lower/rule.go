package lower

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// named is the rule for a pointer that the document names. One option may lack
// the member: it is the one by default.
func named(u *union, applies bool) *telling {
	if !applies || u.pointer == "" {
		return nil
	}
	values := namedValues(u)
	if t := byValues(u.pointer, values); t != nil {
		return t
	}
	if names := namesAmong(u, values); names != nil {
		return byValues(u.pointer, names)
	}
	return nil
}

// namedValues gives the values of each option at the pointer that the document
// names: those of the mapping, those of the member or, where the document says
// so, the key of the schema.
func namedValues(u *union) [][]string {
	var values [][]string
	for _, o := range u.options {
		v := valuesAt(o.variant.Type, u.pointer)
		if len(o.mapped) > 0 {
			v = o.mapped
		} else if len(v) == 0 && u.byName && fieldAt(o.variant.Type, u.pointer) != nil {
			v = []string{spec.NewString(o.pos, o.key()).JSON()}
		}
		values = append(values, v)
	}
	return values
}

// byValues tells options by their values at a pointer, or gives nil where two
// share one or more than one has none.
func byValues(pointer string, values [][]string) *telling {
	t := &telling{by: ir.Discriminator{Pointer: pointer}, tests: make([]test, len(values))}
	without := 0
	for i, list := range values {
		t.tests[i].values = list
		if len(list) == 0 {
			without++
		}
	}
	if without > 1 || without == len(values) || overlap(values) {
		return nil
	}
	return t
}

// shallowest is the rule for the shallowest pointer whose values are disjoint
// over all options: those that all options require first, then in the order of
// the first option's document.
func shallowest(u *union) *telling {
	if u.pointer != "" {
		return nil
	}
	for _, c := range candidates(u) {
		if disjoint(c.values) {
			return byValues(c.pointer, c.values)
		}
	}
	return nil
}

// maxPaired is how many of the best pointers are tried in pairs.
const maxPaired = 12

// pair is the rule for two pointers whose values are together disjoint. All
// options have the first; one without the second goes by the first alone.
func pair(u *union) *telling {
	if u.pointer != "" || len(u.options) < 2 {
		return nil
	}
	list := candidates(u)
	list = list[:min(len(list), maxPaired)]
	for _, a := range list {
		if a.found < len(u.options) {
			continue
		}
		for _, b := range list {
			if a != b && apartByBoth(a.values, b.values) {
				t := &telling{by: ir.Discriminator{Pointer: a.pointer, Second: b.pointer}}
				for i := range u.options {
					t.tests = append(t.tests, test{values: a.values[i], second: b.values[i]})
				}
				return t
			}
		}
	}
	return nil
}

// apartByBoth reports whether each two options differ in all of their values at
// one of two pointers.
func apartByBoth(a, b [][]string) bool {
	for i := range a {
		for j := range i {
			first := !overlap([][]string{a[i], a[j]})
			second := len(b[i]) > 0 && len(b[j]) > 0 && !overlap([][]string{b[i], b[j]})
			if !first && !second {
				return false
			}
		}
	}
	return true
}

// byDefault is the rule for one option without the member that tells the others.
// It must not declare the member at all.
func byDefault(u *union) *telling {
	if u.pointer != "" || len(u.options) < 2 {
		return nil
	}
	for _, c := range candidates(u) {
		if c.found != len(u.options)-1 {
			continue
		}
		i := slices.IndexFunc(c.values, func(v []string) bool { return len(v) == 0 })
		if declares(u.options[i].variant.Type, c.pointer) {
			continue
		}
		if t := byValues(c.pointer, c.values); t != nil {
			return t
		}
	}
	return nil
}

// declares reports whether a type has, or a choice of it may have, the member.
func declares(t *ir.Type, pointer string) bool {
	switch t.Kind {
	case ir.Box:
		return declares(t.Box, pointer)
	case ir.Union:
		return true
	}
	return fieldAt(t, pointer) != nil
}

// messageNames is the rule for an enum that all messages share, with their names
// for values.
func messageNames(u *union) *telling {
	if u.pointer != "" {
		return nil
	}
	for _, c := range candidates(u) {
		if c.found < len(u.options) {
			continue
		}
		if names := namesAmong(u, c.values); names != nil {
			return byValues(c.pointer, names)
		}
	}
	return nil
}

// namesAmong gives, for each option, the one of its values that is its name, or
// nil where one has none. An only value needs no name.
func namesAmong(u *union, values [][]string) [][]string {
	var out [][]string
	for i, o := range u.options {
		if len(values[i]) == 1 {
			out = append(out, values[i])
			continue
		}
		j := slices.IndexFunc(values[i], func(v string) bool { return o.name != "" && sameName(o, strings.Trim(v, `"`)) })
		if j < 0 {
			return nil
		}
		out = append(out, values[i][j:j+1])
	}
	if overlap(out) {
		return nil
	}
	return out
}

// sameName compares a message's names with a value, whatever the case, the signs,
// words before, and a last word such as Message.
func sameName(o option, value string) bool {
	want := spec.Pascal(value)
	for _, name := range []string{o.name, o.label} {
		name = spec.Pascal(name)
		if name == want {
			return true
		}
		for _, suffix := range []string{"Message", "Msg", "Event", "Payload"} {
			if strings.TrimSuffix(name, suffix) == strings.TrimSuffix(want, suffix) {
				return true
			}
		}
		if strings.HasSuffix(name, want) {
			return true
		}
	}
	return false
}

// ownMembers is the rule for required members that no other option declares. One
// option may have none: it is the one by default. Options with values of their
// own at one pointer go by those.
func ownMembers(u *union) *telling {
	if u.pointer != "" {
		return nil
	}
	plain := &candidate{values: make([][]string, len(u.options))}
	for _, c := range append(candidates(u), plain) {
		if t := ownMembersBeside(u, c); t != nil {
			return t
		}
	}
	return nil
}

// ownMembersBeside tells the options without values at the pointer of c by members
// of their own. They must not declare the pointer. What was told by a member is
// left out of the search for the members of the others, which are looked for after
// it.
func ownMembersBeside(u *union, c *candidate) *telling {
	if len(u.options) < 2 || overlap(c.values) {
		return nil
	}
	t := &telling{by: ir.Discriminator{Pointer: c.pointer}, tests: make([]test, len(u.options))}
	var left []int
	for i, o := range u.options {
		t.tests[i].values = c.values[i]
		if len(c.values[i]) > 0 {
			continue
		}
		if c.found > 0 && declares(o.variant.Type, c.pointer) {
			return nil
		}
		left = append(left, i)
	}
	told := map[int]bool{}
	for rank := 0; len(left) > 1; rank++ {
		var rest []int
		for _, i := range left {
			if t.tests[i].member = ownMember(u, i, told); t.tests[i].member == "" {
				rest = append(rest, i)
			}
			t.tests[i].rank = rank
		}
		if len(rest) == len(left) {
			return nil
		}
		for _, i := range left {
			told[i] = t.tests[i].member != ""
		}
		left = rest
	}
	for _, i := range left {
		t.tests[i].member, t.tests[i].rank = ownMember(u, i, told), len(u.options)
	}
	return t
}

// ownMember gives the pointer to a member that an option requires and no other
// one declares, or "". Those that were told before are no others.
func ownMember(u *union, i int, told map[int]bool) string {
	t := u.options[i].variant.Type
	if t.Kind != ir.Object {
		return ""
	}
	for _, f := range t.Object.Fields {
		pointer := "/" + spec.EscapeToken(f.JSON)
		others := false
		for j, o := range u.options {
			others = others || !told[j] && o.variant.Type != t && declares(o.variant.Type, pointer)
		}
		if f.Required && !others {
			return pointer
		}
	}
	return ""
}
