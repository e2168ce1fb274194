package lower

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// formats gives the formats that generated code knows for values of a kind. In
// a string they are checked, apart from those that only describe it: byte,
// binary, password.
func formats(kind ir.Kind) []string {
	switch kind {
	case ir.Integer:
		return []string{"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
	case ir.Number:
		return []string{"float", "double", "decimal", "decimal128"}
	}
	return []string{
		"date-time", "date", "time", "duration", "uuid", "email", "hostname", "ipv4", "ipv6",
		"uri", "uri-reference", "regex", "json-pointer", "byte", "binary", "password",
	}
}

// format gives the format of a schema, or "" for none that is known.
func (l *lowering) format(n *spec.Node, kind ir.Kind) string {
	v := n.Get("format")
	if v == nil || slices.Contains(formats(kind), v.Str()) {
		return v.Str()
	}
	l.diags.Warnf(v.Pos, "unknown-format", "use one of the formats of the documentation, or a pattern",
		"the format %s of a value of type %s is not checked%s", v.JSON(), kindName(kind), spec.DidYouMean(v.Str(), formats(kind)))
	return ""
}

func (l *lowering) numeric(t *ir.Type, n *spec.Node) {
	t.Number.Format = l.format(n, t.Kind)
	t.Number.Min = l.bound(n, "minimum", "exclusiveMinimum", 1)
	t.Number.Max = l.bound(n, "maximum", "exclusiveMaximum", -1)
	if r, ok := l.number(n, "multipleOf"); ok {
		if r.Sign() <= 0 {
			l.diags.Errorf(n.Get("multipleOf").Pos, "keyword-value", "", "multipleOf must be above 0")
			return
		}
		t.Number.MultipleOf = n.Get("multipleOf").Text
	}
	l.checkBounds(t, n)
	switch {
	case t.Kind == ir.Integer:
		l.integer(t, n)
	case strings.HasPrefix(t.Number.Format, "decimal"):
		t.Number.Format, t.Number.Exact = "", true
	case t.Number.Format == "":
		t.Number.Exact = listsLarge(n)
	}
}

// bound gives the tighter one of an inclusive and an exclusive bound; sign is 1
// for a lower bound and -1 for an upper one.
func (l *lowering) bound(n *spec.Node, inclusive, exclusive string, sign int) *ir.Bound {
	in, hasIn := l.number(n, inclusive)
	if v := n.Get(exclusive); v.IsKind(spec.Bool) {
		if !l.isOAS30(n) {
			l.diags.Errorf(v.Pos, "keyword-value", "write the bound itself", "%s must be a number", exclusive)
			return nil
		}
		if !hasIn {
			return nil
		}
		return &ir.Bound{Value: n.Get(inclusive).Text, Exclusive: v.True()}
	}
	ex, hasEx := l.number(n, exclusive)
	switch {
	case hasEx && (!hasIn || ex.Cmp(in)*sign >= 0):
		return &ir.Bound{Value: n.Get(exclusive).Text, Exclusive: true}
	case hasIn:
		return &ir.Bound{Value: n.Get(inclusive).Text}
	}
	return nil
}

func (l *lowering) checkBounds(t *ir.Type, n *spec.Node) {
	lo, hi := t.Number.Min, t.Number.Max
	if lo == nil || hi == nil {
		return
	}
	a, _ := new(big.Rat).SetString(lo.Value)
	b, _ := new(big.Rat).SetString(hi.Value)
	if c := a.Cmp(b); c > 0 || c == 0 && (lo.Exclusive || hi.Exclusive) {
		l.diags.Errorf(n.Pos, "bounds-empty", "swap the bounds", "the minimum %s is above the maximum %s, so no value is valid", lo.Value, hi.Value)
	}
}

func (l *lowering) text(t *ir.Type, n *spec.Node) {
	t.String.MaxLength = l.count(n, "maxLength")
	t.String.MinLength = l.atLeast(n, "minLength", t.String.MaxLength)
	t.String.Format = l.format(n, t.Kind)
	if v := n.Get("pattern"); v != nil {
		t.String.Pattern = l.pattern(v)
	}
}

// enum reads enum and const. Several values make a declared type, unless they
// are all there are.
func (l *lowering) enum(t *ir.Type, n *spec.Node, name string) {
	key, values := "enum", n.Get("enum").Elems()
	if c := n.Get("const"); c != nil {
		key, values = "const", []*spec.Node{c}
	}
	if !n.Has(key) {
		return
	}
	if len(values) == 0 {
		l.diags.Errorf(n.KeyPos(key), "keyword-value", "", "enum must be a list of at least one value")
		return
	}
	if key == "const" && !isPlain(values[0]) || key == "enum" && !plainEnum(n.Get(key)) {
		return // it is checked as a whole
	}
	if !isScalar(t.Kind) {
		l.diags.Errorf(n.KeyPos(key), "enum-type", "change the values or the type", "%s has no value of type %s", key, kindName(t.Kind))
		return
	}
	null := false
	for _, v := range values {
		if v.Kind == spec.Null {
			null = true
			continue
		}
		l.enumValue(t, v)
	}
	t.Nullable = t.Nullable && null
	if t.Number.Exact || t.Number.Format == "uint64" {
		t.Number.Exact, t.Number.Format = false, ""
	}
	if t.Kind == ir.Boolean && len(t.Enum) == 2 {
		t.Enum = nil
	}
	l.nameEnum(t, n)
	if len(t.Enum) > 1 {
		l.declare(t, name)
	}
}

func isScalar(k ir.Kind) bool {
	return k == ir.Boolean || k == ir.Integer || k == ir.Number || k == ir.String
}

func (l *lowering) enumValue(t *ir.Type, v *spec.Node) {
	text := v.JSON()
	if t.Kind == ir.Integer && v.Kind == spec.Number {
		if whole, ok := integral(v.Text); ok {
			text = whole
			v = &spec.Node{Kind: spec.Number, Text: whole, Pos: v.Pos}
		}
	}
	if k := kindOfValue(v); k != t.Kind && (k != ir.Integer || t.Kind != ir.Number) {
		l.diags.Errorf(v.Pos, "enum-type", "change the value or the type", "the value %s is not of type %s", v.JSON(), kindName(t.Kind))
		return
	}
	if !holdsConst(t, text) {
		l.diags.Errorf(v.Pos, "enum-type", "change the value or the format", "the value %s is beyond the format %s", text, t.Number.Format)
		return
	}
	if slices.ContainsFunc(t.Enum, func(e ir.EnumValue) bool { return sameConst(e.JSON, text) }) {
		if l.loader.Load(v.Pos.File).Has("openapi") {
			l.diags.Warnf(v.Pos, "enum-duplicate", "remove one of them", "the value %s is listed twice", text)
			return
		}
		// The official schema of AsyncAPI refuses it.
		l.diags.Errorf(v.Pos, "enum-duplicate", "remove one of them", "the value %s is listed twice", text)
		return
	}
	t.Enum = append(t.Enum, ir.EnumValue{JSON: text, Name: enumName(v)})
}

// sameConst reports whether two values are one Go constant.
func sameConst(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil || a[0] == '"' || b[0] == '"' {
		return a == b
	}
	exactA, _ := integral(a)
	exactB, _ := integral(b)
	return x == y && (exactA == exactB || math.Abs(x) < 1<<53)
}

// enumName makes the identifier of a value: user_not_found is UserNotFound, 3 is
// N3, -1 is Minus1.
func enumName(v *spec.Node) string {
	switch {
	case v.Kind == spec.String && v.Text == "":
		return "Empty"
	case v.Kind == spec.Number && v.Text[0] == '-':
		return "Minus" + spec.Pascal(v.Text[1:])[1:]
	case v.Kind == spec.Number:
		return "N" + spec.Pascal(v.Text)[1:]
	}
	return spec.Pascal(v.Text)
}

// nameEnum documents the values and makes their names unique.
func (l *lowering) nameEnum(t *ir.Type, n *spec.Node) {
	docs := n.Get("x-enum-descriptions")
	taken := map[string]bool{}
	for i := range t.Enum {
		v := &t.Enum[i]
		if docs.IsKind(spec.Seq) && i < len(docs.Items) {
			v.Doc = docs.Items[i].Str()
		}
		name := v.Name
		for k := 2; taken[v.Name]; k++ {
			v.Name = name + strconv.Itoa(k)
		}
		if v.Name != name {
			l.diags.Warnf(n.KeyPos("enum"), "name-collision", "", "the values named %s differ only in case or signs; %s is called %s", name, v.JSON, v.Name)
		}
		taken[v.Name] = true
	}
	if docs.IsKind(spec.Map) {
		l.enumDocs(t, docs)
	}
}

func (l *lowering) enumDocs(t *ir.Type, docs *spec.Node) {
	for _, p := range docs.Pairs {
		var known []string
		found := false
		for i := range t.Enum {
			value := t.Enum[i].JSON
			if s, err := strconv.Unquote(value); err == nil {
				value = s
			}
			known = append(known, value)
			if value == p.Key {
				t.Enum[i].Doc, found = p.Value.Str(), true
			}
		}
		if !found {
			l.diags.Errorf(p.KeyPos, "enum-description", "", "the enum has no value %q%s", p.Key, spec.DidYouMean(p.Key, known))
		}
	}
}
