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

// integer decides how the integers of a schema are held: in 32 or 64 bits, or as
// they are written where their bounds or values are beyond.
func (l *lowering) integer(t *ir.Type, n *spec.Node) {
	format := &t.Number.Format
	switch *format {
	case "int8", "int16", "uint8", "uint16", "uint32":
		l.smallInteger(t)
		return
	case "uint64":
		return
	}
	low, high := rat(t.Number.Min), rat(t.Number.Max)
	wide := beyond(low) || beyond(high)
	switch {
	case *format != "" && wide:
		l.diags.Warnf(n.Pos, "integer-range", "leave the format out, or move the bound", "a bound is beyond the format %s; generated code takes integers of the format only", *format)
	case *format != "":
	case wide && low != nil && low.Sign() >= 0 && high != nil && high.IsInt() && high.Num().IsUint64():
		*format = "uint64"
	default:
		t.Number.Exact = wide || listsLarge(n)
	}
}

// listsLarge reports whether const or enum lists a number that is no Go constant.
func listsLarge(n *spec.Node) bool {
	values := n.Get("enum").Elems()
	if c := n.Get("const"); c != nil {
		values = []*spec.Node{c}
	}
	return slices.ContainsFunc(values, func(v *spec.Node) bool { return v.Kind == spec.Number && !isPlain(v) })
}

func rat(b *ir.Bound) *big.Rat {
	if b == nil {
		return nil
	}
	r, _ := new(big.Rat).SetString(b.Value)
	return r
}

func beyond(r *big.Rat) bool {
	return r != nil && (r.Cmp(big.NewRat(math.MaxInt64, 1)) > 0 || r.Cmp(big.NewRat(math.MinInt64, 1)) < 0)
}

// smallInteger reads a format of up to 32 bits as bounds.
func (l *lowering) smallInteger(t *ir.Type) {
	bits, _ := strconv.Atoi(strings.TrimLeft(t.Number.Format, "uint"))
	low, high := -int64(1)<<(bits-1), int64(1)<<(bits-1)-1
	if strings.HasPrefix(t.Number.Format, "u") {
		low, high = 0, int64(1)<<bits-1
	}
	t.Number.Format = "int32"
	if high > math.MaxInt32 {
		t.Number.Format = ""
	}
	if r := rat(t.Number.Min); r == nil || r.Cmp(big.NewRat(low, 1)) < 0 {
		t.Number.Min = &ir.Bound{Value: strconv.FormatInt(low, 10)}
	}
	if r := rat(t.Number.Max); r == nil || r.Cmp(big.NewRat(high, 1)) > 0 {
		t.Number.Max = &ir.Bound{Value: strconv.FormatInt(high, 10)}
	}
}

// exactBounds gives the schema of the bounds of a number that has no rules of its
// own; nil where there are none.
func exactBounds(t *ir.Type, n *spec.Node) *spec.Node {
	if !t.Number.Exact && t.Number.Format != "uint64" {
		return nil
	}
	out := &spec.Node{Kind: spec.Map, Pos: n.Pos, Pointer: n.Pointer}
	for _, p := range n.Members() {
		if slices.Contains(strings.Fields("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"), p.Key) {
			out.Pairs = append(out.Pairs, p)
		}
	}
	if len(out.Pairs) == 0 {
		return nil
	}
	return out
}

// asText gives the type of a number in a parameter, which is held in 64 bits and
// has no checks besides. It warns of what that drops.
func (l *lowering) asText(t *ir.Type, n *spec.Node) *ir.Type {
	switch {
	case t.Kind == ir.Array:
		array, out := *t.Array, *t
		array.Elem = l.asText(t.Array.Elem, n)
		out.Array, t = &array, &out
	case t.Number.Exact || t.Number.Format == "uint64":
		out := *t
		out.Number.Exact, out.Number.Format, out.Extra = false, "", ""
		l.diags.Warnf(n.Pos, "integer-range", "make it a string", "a parameter holds numbers of 64 bits: others are refused")
		return &out
	}
	if t.Extra != "" {
		l.diags.Warnf(n.Pos, "unchecked-keyword", "check it in the handler", "what this schema asks besides its type, length, bounds and pattern is not checked in a parameter")
	}
	return t
}

// integral gives the text of an integer without a fraction or an exponent.
func integral(text string) (string, bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() {
		return text, false
	}
	return r.Num().String(), true
}

// holdsConst reports whether a value fits the format of its type.
func holdsConst(t *ir.Type, text string) bool {
	r, ok := new(big.Rat).SetString(text)
	switch {
	case !ok || t.Kind != ir.Integer && t.Kind != ir.Number:
		return true
	case t.Number.Format == "int32":
		return r.Cmp(big.NewRat(math.MaxInt32, 1)) <= 0 && r.Cmp(big.NewRat(math.MinInt32, 1)) >= 0
	case t.Number.Format == "float":
		f, _ := r.Float32()
		return !math.IsInf(float64(f), 0)
	}
	return true
}
