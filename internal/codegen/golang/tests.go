package golang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/ir"
)

// tests renders how the variants of a union are told apart: by their JSON kind,
// by the values at one or two pointers, by a member that one of them alone has.
type tests struct {
	*emit.GoFile
	union *ir.UnionOf
	// peek, kind and has are the functions of runtime/wire, and first what they
	// take before the path.
	peek, kind, has, first string
	chosen                 func(*ir.Variant) // renders what follows a test that is passed
}

// render renders the tests. It gives the variant that is left for everything
// else, or nil where there is none.
func (t *tests) render() (last *ir.Variant) {
	t.byKind()
	if t.byValue() {
		t.values()
	}
	byRank := slices.Clone(t.union.Variants)
	slices.SortStableFunc(byRank, func(a, b *ir.Variant) int { return cmp.Compare(a.Rank, b.Rank) })
	for _, v := range byRank {
		switch {
		case v.Binary:
		case v.Member != "":
			t.P("if %s(%s) {", t.has, t.args(v.Member))
			t.chosen(v)
			t.P("}")
		case len(v.JSON) == 0 && len(v.Values) == 0 && len(v.Topics) == 0 && len(v.Second) == 0:
			last = v
		}
	}
	return last
}

// textVariants gives the variants of a union that are JSON.
func textVariants(u *ir.UnionOf) []*ir.Variant {
	return slices.DeleteFunc(slices.Clone(u.Variants), func(v *ir.Variant) bool { return v.Binary })
}

// byValue reports whether values tell any variant.
func (t *tests) byValue() bool {
	for _, v := range t.union.Variants {
		if len(v.Values)+len(v.Topics)+len(v.Second) > 0 {
			return true
		}
	}
	return false
}

func (t *tests) byKind() {
	any := false
	for _, v := range t.union.Variants {
		if len(v.JSON) == 0 {
			continue
		}
		if !any {
			t.P("switch %s(%s) {", t.kind, t.first)
			any = true
		}
		var kinds []string
		for _, k := range v.JSON {
			kinds = append(kinds, t.Use(runtimeWire)+".Kind"+exported(k))
		}
		t.P("case %s:", strings.Join(kinds, ", "))
		t.chosen(v)
	}
	if any {
		t.P("}")
	}
}

func (t *tests) values() {
	by := t.union.By
	t.P("tag, _ := %s(%s)", t.peek, t.args(by.Pointer))
	plain := by.Second == "" && !slices.ContainsFunc(t.union.Variants, func(v *ir.Variant) bool { return len(v.Topics) > 0 })
	if by.Second != "" {
		t.P("second, _ := %s(%s)", t.peek, t.args(by.Second))
	}
	if plain {
		t.P("switch string(tag) {")
	} else {
		t.P("switch {")
	}
	for _, round := range []func(*ir.Variant) bool{firstTested, templateTested, secondAlone} {
		for _, v := range t.union.Variants {
			if !round(v) {
				continue
			}
			if plain {
				t.P("case %s:", tagList(v.Values))
			} else {
				t.P("case %s:", t.pairTest(v))
			}
			t.chosen(v)
		}
	}
	t.P("}")
}

// Variants with values are tested first, so that a topic without parameters goes
// before a template that it fits, and those without a topic last.
func firstTested(v *ir.Variant) bool    { return len(v.Values) > 0 }
func templateTested(v *ir.Variant) bool { return len(v.Values) == 0 && len(v.Topics) > 0 }
func secondAlone(v *ir.Variant) bool {
	return len(v.Values)+len(v.Topics) == 0 && len(v.Second) > 0
}

// pairTest gives the condition that both values are among those of a variant.
func (t *tests) pairTest(v *ir.Variant) string {
	either := func(name string, values []string, list ...string) string {
		for _, value := range values {
			list = append(list, fmt.Sprintf("string(%s) == %q", name, unquoteJSON(value)))
		}
		if len(list) == 1 {
			return list[0]
		}
		return "(" + strings.Join(list, " || ") + ")"
	}
	var topics []string
	for _, topic := range v.Topics {
		topics = append(topics, t.Use(runtimeWire)+".MatchTopic(tag, "+topicArgs(topic)+")")
	}
	switch {
	case secondAlone(v):
		return either("second", v.Second)
	case len(v.Second) == 0:
		return either("tag", v.Values, topics...)
	}
	return either("tag", v.Values, topics...) + " && " + either("second", v.Second)
}

// args gives the arguments of a function of runtime/wire.
func (t *tests) args(pointer string) string {
	path := quoteList(pointerPath(pointer))
	switch {
	case t.first == "":
		return path
	case path == "":
		return t.first
	}
	return t.first + ", " + path
}
