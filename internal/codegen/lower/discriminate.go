package lower

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// union is a choice of objects, or all messages of one direction, whose members
// are still to be told apart.
type union struct {
	typ     *ir.Type
	pos     source.Pos
	what    string // choices, or messages to the server
	fixes   string // what to do where they can't be told apart
	options []option
	// pointer is the place of the deciding value where the document names it.
	pointer    string
	pointerPos source.Pos
	envelope   bool   // the pointer was named by x-envelope
	done       func() // called once values are decided; may be nil
	byName     bool   // without a const, an option's value is the key of its schema
}

// option is one member of a union.
type option struct {
	label   string
	pos     source.Pos
	variant *ir.Variant
	node    *spec.Node // the schema, for its key; nil for a message
	mapped  []string   // values that a mapping gives it, as JSON
}

// rule is one way to tell the members of a union apart. find gives the values of
// each option at the deciding pointer.
type rule struct {
	number int
	find   func(u *union) (pointer string, values [][]string, ok bool)
}

// rules lists the rules of DESIGN.md section 5 in the order in which they are
// tried. Rules 3 (a pair of fields), 4 (one message without the field), 5 (an
// enum of the messages' names), 7 (a property or kind that one message alone
// has) and 8 (validate against all) have their places here too.
func rules() []rule {
	return []rule{
		{number: 1, find: func(u *union) (string, [][]string, bool) { return named(u, !u.envelope) }},
		{number: 6, find: func(u *union) (string, [][]string, bool) { return named(u, u.envelope) }},
		{number: 2, find: shallowest},
	}
}

// tellApart decides how the members of u are told apart and reports where they
// can't be.
func (l *lowering) tellApart(u *union) {
	if len(u.options) == 0 || !l.allObjects(u) {
		return
	}
	for _, r := range rules() {
		pointer, values, ok := r.find(u)
		if !ok {
			continue
		}
		u.typ.Union.By = &ir.Discriminator{Pointer: pointer, Rule: r.number}
		for i, o := range u.options {
			o.variant.Values = values[i]
		}
		if u.done != nil {
			u.done()
		}
		return
	}
	if len(u.options) > 1 || u.pointer != "" {
		l.reportCollision(u)
	}
}

func (l *lowering) allObjects(u *union) bool {
	ok := true
	for i, o := range u.options {
		if l.broken[o.variant.Type] {
			ok = false
			continue
		}
		if o.variant.Type.Kind != ir.Object {
			ok = false
			l.diags.Errorf(o.pos, "union-kind", "make it an object with declared properties", "one of the %s is of type %s; only objects can be told apart", u.what, kindName(o.variant.Type.Kind))
			continue
		}
		for _, other := range u.options[:i] {
			if other.variant.Type.Name == o.variant.Type.Name {
				ok = false
				l.diags.Errorf(o.pos, "messages-collide", u.fixes, "%q and %q, at %s, are of the same type %s", o.label, other.label, other.pos, o.variant.Type.Name)
			}
		}
	}
	return ok
}

// named is the rule for a pointer that the document names.
func named(u *union, applies bool) (pointer string, values [][]string, ok bool) {
	if !applies || u.pointer == "" {
		return "", nil, false
	}
	for _, o := range u.options {
		v := valuesAt(o.variant.Type, u.pointer)
		if len(o.mapped) > 0 {
			v = o.mapped
		} else if len(v) == 0 && u.byName && fieldAt(o.variant.Type, u.pointer) != nil {
			v = []string{spec.NewString(o.pos, o.key()).JSON()}
		}
		values = append(values, v)
	}
	return u.pointer, values, disjoint(values)
}

// shallowest is the rule for the shallowest pointer whose values are disjoint
// over all options: those that all options require first, then in the order of
// the first option's document.
func shallowest(u *union) (pointer string, values [][]string, ok bool) {
	if u.pointer != "" {
		return "", nil, false
	}
	for _, c := range candidates(u) {
		if disjoint(c.values) {
			return c.pointer, c.values, true
		}
	}
	return "", nil, false
}

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
		for _, m := range deciding(o.variant.Type) {
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

func deciding(t *ir.Type) []member {
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

func valuesAt(t *ir.Type, pointer string) []string {
	if f := fieldAt(t, pointer); f != nil {
		return enumValues(f.Type)
	}
	return nil
}

// fieldAt gives the field at a pointer of at most two tokens, or nil.
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
	seen := map[string]bool{}
	for _, list := range values {
		if len(list) == 0 {
			return false
		}
		for _, v := range list {
			if seen[v] {
				return false
			}
			seen[v] = true
		}
	}
	return true
}

// reportCollision names the options that can't be told apart at the best
// candidate, with their positions.
func (l *lowering) reportCollision(u *union) {
	best := u.best()
	if best == nil {
		l.diags.Errorf(u.pos, "messages-collide", u.fixes, "the %s can't be told apart: no member has a const or an enum: %s", u.what, u.list(u.all()))
		return
	}
	pos := u.pos
	if u.pointer != "" {
		pos = u.pointerPos
	}
	var missing []int
	for i, list := range best.values {
		if len(list) == 0 {
			missing = append(missing, i)
		}
	}
	for _, s := range sharings(best.values) {
		l.diags.Errorf(pos, "messages-collide", u.fixes, "the %s can't be told apart: %s may be %s in each of %s", u.what, best.pointer, strings.Join(s.values, ", "), u.list(s.holders))
	}
	if len(missing) > 0 {
		l.diags.Errorf(pos, "messages-collide", u.fixes, "the %s can't be told apart by %s: it has no const or enum in %s", u.what, best.pointer, u.list(missing))
	}
}

// sharing is a set of options that share values.
type sharing struct {
	values  []string
	holders []int
}

// sharings gives the values that more than one option has, those of the same
// options together.
func sharings(values [][]string) []*sharing {
	holders := map[string][]int{}
	var order []string
	for i, list := range values {
		for _, v := range list {
			if holders[v] = append(holders[v], i); len(holders[v]) == 2 {
				order = append(order, v)
			}
		}
	}
	var out []*sharing
	for _, v := range order {
		i := slices.IndexFunc(out, func(s *sharing) bool { return slices.Equal(s.holders, holders[v]) })
		if i < 0 {
			out = append(out, &sharing{holders: holders[v]})
			i = len(out) - 1
		}
		if len(out[i].values) < maxListed {
			out[i].values = append(out[i].values, v)
		}
	}
	return out
}

// maxListed is how many options or values a finding lists.
const maxListed = 6

// best gives the candidate that nearly tells the options apart.
func (u *union) best() *candidate {
	if u.pointer != "" {
		_, values, _ := named(u, true)
		return &candidate{pointer: u.pointer, values: values}
	}
	if list := candidates(u); len(list) > 0 {
		return list[0]
	}
	return nil
}

func (u *union) all() []int {
	all := make([]int, len(u.options))
	for i := range all {
		all[i] = i
	}
	return all
}

// list names options with their positions, the first few where there are many.
func (u *union) list(indexes []int) string {
	var out []string
	for _, i := range indexes[:min(len(indexes), maxListed)] {
		out = append(out, fmt.Sprintf("%q (%s)", u.options[i].label, u.options[i].pos))
	}
	if len(indexes) > maxListed {
		out = append(out, fmt.Sprintf("%d more", len(indexes)-maxListed))
	}
	return strings.Join(out, ", ")
}
