package lower

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// union is a choice of types, or all messages of one direction, that are still to
// be told apart.
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
	topic      string // the place of the topic that x-topic names
	done       func() // called once values are decided; may be nil
	byName     bool   // without a const, an option's value is the key of its schema
	try        bool   // the document asks to validate against all
	orTry      bool   // validate against all where nothing else tells them apart
	first      bool   // of those that fit the first one counts: anyOf
	items      bool   // the choices are the items of a tuple, which nobody wrote as choices
}

// option is one member of a union.
type option struct {
	label   string
	pos     source.Pos
	variant *ir.Variant
	node    *spec.Node  // the schema, for its key; nil for a message
	name    string      // of a message, for rule 5; empty for a schema
	mapped  []string    // values that a mapping gives it, as JSON
	topics  []*ir.Topic // that a message travels on
}

// validateAll is the value of x-discriminator that asks for rule 8.
const validateAll = "validate"

// telling is a way to tell the options of a union apart: the tests of each, in
// their order.
type telling struct {
	by    ir.Discriminator
	tests []test
}

// test is what tells one option: the tests of an [ir.Variant].
type test struct {
	values, second []string
	member         string
	rank           int
	topics         []*ir.Topic
}

// rule is one way to tell options apart. find gives nil where it does not.
type rule struct {
	number int
	find   func(u *union) *telling
}

// rules lists the rules of DESIGN.md section 5 in the order in which they are
// tried. The JSON kind, of rule 7, is looked at before, and rule 8 is no test.
func rules() []rule {
	return []rule{
		{1, byTopic},
		{1, func(u *union) *telling { return named(u, !u.envelope) }},
		{6, func(u *union) *telling { return named(u, u.envelope) }},
		{2, shallowest},
		{3, pair},
		{4, byDefault},
		{5, messageNames},
		{7, ownMembers},
	}
}

// tellApart decides how the members of u are told apart and reports where they
// can't be.
func (l *lowering) tellApart(u *union) {
	if len(u.options) == 0 || !l.distinct(u) {
		return
	}
	u.typ.Union.First = u.first
	if u.try || l.apply(u) {
		if u.done != nil {
			u.done()
		}
		return
	}
	switch {
	case len(u.options) == 1 && u.pointer == "", u.items:
	case u.orTry && u.pointer == "":
		l.diags.Warnf(u.pos, "choice-tried", u.fixes, "no member tells the choices apart; a value is read as each of them to see which one fits")
	default:
		l.reportCollision(u)
	}
}

// apply tells the options apart by their JSON kinds, and those that share one by
// the first rule that does.
func (l *lowering) apply(u *union) bool {
	groups := byKind(u)
	shared := slices.IndexFunc(groups, func(g []int) bool { return len(g) > 1 })
	by := &ir.Discriminator{Rule: 7}
	if shared >= 0 {
		same := u.only(groups[shared])
		t := same.find()
		if t == nil {
			return false
		}
		by = &t.by
		for i, o := range same.options {
			test := t.tests[i]
			o.variant.Values, o.variant.Second, o.variant.Member, o.variant.Rank = test.values, test.second, test.member, test.rank
			o.variant.Topics = test.topics
		}
	} else if len(groups) == 1 {
		t := u.find()
		if t == nil {
			return false
		}
		by, u.options[0].variant.Values = &t.by, t.tests[0].values
	}
	for i, g := range groups {
		switch {
		case len(groups) == 1, i == shared:
		case len(g) > 1:
			return false
		default:
			v := u.options[g[0]].variant
			v.JSON = jsonKinds(v.Type).names()
		}
	}
	u.typ.Union.By = by
	return true
}

// find gives the telling of the first rule that has one.
func (u *union) find() *telling {
	for _, r := range rules() {
		if t := r.find(u); t != nil {
			t.by.Rule = r.number
			return t
		}
	}
	return nil
}

// only gives u with some of its options.
func (u *union) only(indexes []int) *union {
	out := *u
	out.options = nil
	for _, i := range indexes {
		out.options = append(out.options, u.options[i])
	}
	return &out
}

// distinct reports whether the options are types of their own, which can be read.
func (l *lowering) distinct(u *union) bool {
	ok := true
	for i, o := range u.options {
		if l.broken[o.variant.Type] {
			ok = false
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
