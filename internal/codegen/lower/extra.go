package lower

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// checksKey is the keyword of schemas that merging makes: a list of schemas that
// hold besides, each with the keywords of one part that belong together, such as
// its if and then.
const checksKey = "\x00checks"

// addExtra has values of t checked at run time by what n asks and the type does
// not say.
func (l *lowering) addExtra(t *ir.Type, n *spec.Node, name string) {
	checks := l.checksOf(n)
	if bounds := exactBounds(t, n); bounds != nil {
		checks = append(slices.Clone(checks), bounds)
	}
	if len(checks) == 0 {
		return
	}
	t.Extra = l.extra(name, checks)
	if t.Kind == ir.Object && !t.Object.Closed && t.Object.Additional == nil {
		t.Object.Additional = &ir.Type{Pos: t.Pos} // what is checked is kept
	}
	if t.Nullable && t.Name != "" && slices.ContainsFunc(checks, asksOfNull) {
		l.diags.Warnf(n.Pos, "unchecked-keyword", "say it of the choices, beside which null stands", "whether null is valid by not, if, oneOf and anyOf is not checked by generated code; it is taken")
	}
}

// asksOfNull reports whether a schema may refuse null, although its type takes it.
func asksOfNull(n *spec.Node) bool {
	return slices.ContainsFunc([]string{"not", "if", "oneOf", "anyOf"}, n.Has)
}

// extra registers the schema of values that pass all checks, and gives its name.
func (l *lowering) extra(name string, checks []*spec.Node) string {
	name = l.reserveExtra(name + " extra") // no name of a type
	texts := make([]string, len(checks))
	for i, c := range checks {
		texts[i] = l.plainText(c)
	}
	l.extras[name] = texts[0]
	if len(texts) > 1 {
		l.extras[name] = `{"allOf":[` + strings.Join(texts, ",") + "]}"
	}
	return name
}

func (l *lowering) reserveExtra(name string) string {
	unique := name
	for i := 2; ; i++ {
		if _, taken := l.extras[unique]; !taken {
			break
		}
		unique = name + strconv.Itoa(i)
	}
	l.extras[unique] = ""
	return unique
}

// orNull gives the name of the schema that takes null besides.
func (l *lowering) orNull(name string) string {
	return l.extra(strings.TrimSuffix(name, " extra")+" or null", []*spec.Node{l.anyOfNull(name)})
}

func (l *lowering) anyOfNull(name string) *spec.Node {
	null := (&spec.Node{Kind: spec.Map}).Set("type", &spec.Node{Kind: spec.String, Text: "null"})
	ref := (&spec.Node{Kind: spec.Map}).Set(extraRef, &spec.Node{Kind: spec.String, Text: name})
	return (&spec.Node{Kind: spec.Map}).Set("anyOf", &spec.Node{Kind: spec.Seq, Items: []*spec.Node{null, ref}})
}

// checksOf gives the schemas of what n asks and no type says.
func (l *lowering) checksOf(n *spec.Node) []*spec.Node {
	if n.Has(checksKey) {
		return n.Get(checksKey).Items
	}
	if c := l.check(n); c != nil {
		return []*spec.Node{c}
	}
	return nil
}

// withCheck gives n with a schema that holds besides.
func (l *lowering) withCheck(n, check *spec.Node) *spec.Node {
	out := *n
	out.Pairs = slices.Clone(n.Pairs)
	checks := append(slices.Clone(l.checksOf(n)), check)
	return out.Set(checksKey, &spec.Node{Kind: spec.Seq, Pos: n.Pos, Items: checks})
}

// check gives the schema of those keywords of n, allOf aside, that no type says;
// nil where there are none.
func (l *lowering) check(n *spec.Node) *spec.Node {
	if n.Has("unevaluatedItems") || n.Has("unevaluatedProperties") && !closable(n) {
		return n // what is evaluated depends on all of it
	}
	out := &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}
	for _, p := range n.Members() {
		if l.isChecked(n, p) {
			out.Pairs = append(out.Pairs, p)
		}
	}
	if n.Has("patternProperties") {
		l.namesBeside(out, n)
	}
	if len(out.Pairs) == 0 {
		return nil
	}
	return out
}

// isChecked reports whether a keyword is checked at run time.
func (l *lowering) isChecked(n *spec.Node, p spec.Pair) bool {
	switch p.Key {
	case "unevaluatedItems", "unevaluatedProperties":
		return false
	case "patternProperties":
		return true
	case "prefixItems", "additionalItems", "items":
		return (n.Has("prefixItems") || n.Get("items").IsKind(spec.Seq)) && !isRow(n)
	case "type":
		return onlyNull(p.Value)
	case "const":
		return !isPlain(p.Value)
	case "enum":
		return !plainEnum(p.Value)
	}
	return l.isCheckedOnly(p.Key)
}

// isRow reports whether a tuple has the same schema everywhere, as arrays have.
func isRow(n *spec.Node) bool {
	items, rest := n.Get("prefixItems").Elems(), n.Get("items")
	if !n.Has("prefixItems") {
		items, rest = n.Get("items").Elems(), n.Get("additionalItems")
	}
	if len(distinctSchemas(items)) != 1 {
		return false
	}
	limit, err := strconv.Atoi(n.Get("maxItems").JSON())
	return err == nil && limit <= len(items) || rest != nil && (rest.JSON() == "false" || rest.JSON() == items[0].JSON())
}

// isCheckedOnly reports whether a keyword is no matter of types at all.
func (l *lowering) isCheckedOnly(key string) bool {
	u := l.keywords[key]
	return u == checked || u == checkedArray || u == checkedObject
}

// namesBeside adds to the patterns of names what tells which other members
// additionalProperties is about.
func (l *lowering) namesBeside(out, n *spec.Node) {
	additional := n.Get("additionalProperties")
	if additional == nil || additional.True() {
		return
	}
	if props := n.Get("properties"); props != nil {
		names := &spec.Node{Kind: spec.Map, Pos: props.Pos}
		for _, p := range props.Members() {
			names.Set(p.Key, &spec.Node{Kind: spec.Bool, Text: "true", Pos: p.KeyPos})
		}
		out.Set("properties", names)
	}
	out.Set("additionalProperties", additional)
}

func onlyNull(v *spec.Node) bool {
	names := []*spec.Node{v}
	if v.Kind == spec.Seq {
		names = v.Items
	}
	return len(names) > 0 && !slices.ContainsFunc(names, func(n *spec.Node) bool { return n.Str() != "null" })
}

// isPlain reports whether a value can be a Go constant.
func isPlain(v *spec.Node) bool {
	switch v.Kind {
	case spec.Null, spec.Seq, spec.Map:
		return false
	case spec.Number:
		return fitsInt64(v.Text)
	}
	return true
}

// plainEnum reports whether the values of an enum, null aside, can be constants.
func plainEnum(v *spec.Node) bool {
	values := 0
	for _, e := range v.Elems() {
		switch {
		case e.Kind == spec.Null:
		case !isPlain(e):
			return false
		default:
			values++
		}
	}
	return values > 0 || len(v.Elems()) == 0
}

// fitsInt64 reports whether a number is a fraction in the range of a float64, or an
// integer of 64 bits.
func fitsInt64(text string) bool {
	r, ok := new(big.Rat).SetString(text)
	if f, err := strconv.ParseFloat(text, 64); err != nil || f == 0 && r.Sign() != 0 {
		return false
	}
	return ok && (!r.IsInt() || r.Num().IsInt64())
}
