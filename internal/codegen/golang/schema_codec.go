package golang

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// objectDecode renders UnmarshalJSON and DecodeJSON of a struct.
func (f *schemaFile) objectDecode(t *ir.Type) {
	f.unmarshal(t)
	f.P("// DecodeJSON reads and checks the %s that comes next in d.", t.Name)
	f.P("func (v *%s) DecodeJSON(d *%s) {", t.Name, f.wire("Decoder"))
	f.P("*v = %s{}", t.Name)
	f.markWhole(t)
	f.P("if !d.Object() {\nreturn\n}")
	bits := newBitmap(t)
	bits.declare(f)
	counted := t.Object.MinProps > 0 || t.Object.MaxProps != nil
	if counted {
		f.P("members := 0")
	}
	f.P("for d.NextMember() {")
	if counted {
		f.P("members++")
	}
	if len(t.Object.Fields) == 0 {
		f.undeclared(t)
	} else {
		f.P("switch string(d.Key()) {")
		for _, field := range t.Object.Fields {
			f.P("case %s:", strconv.Quote(field.JSON))
			f.P("%s", bits.mark(field))
			f.decodeField(t, field)
		}
		f.P("default:")
		f.undeclared(t)
		f.P("}")
	}
	f.P("}")
	bits.require(f)
	if counted {
		f.P("d.CheckProperties(members, %s)", f.size(t.Object.MinProps, t.Object.MaxProps))
	}
	f.checkWhole(t)
	f.P("}\n")
}

// unmarshal renders UnmarshalJSON of a type that has DecodeJSON.
func (f *schemaFile) unmarshal(t *ir.Type) {
	f.Comment("UnmarshalJSON reads and checks one " + t.Name + ". It returns nil, a *wire.SyntaxError or a *wire.ValidationError with all findings; after an error v is not to be used.")
	f.P("func (v *%s) UnmarshalJSON(b []byte) error {", t.Name)
	f.P("var d %s\nd.Reset(b)\nv.DecodeJSON(&d)\nreturn d.End()\n}\n", f.wire("Decoder"))
}

// undeclared renders what is done with a member that the schema does not
// declare.
func (f *schemaFile) undeclared(t *ir.Type) {
	switch {
	case t.Object.Additional != nil:
		f.P("if v.Additional == nil {\nv.Additional = map[string]%s{}\n}", f.valueType(t.Object.Additional))
		f.decodeEntry(value{expr: "v." + additionalField, place: rulePlace{t.Name, additionalField, ""}}, t.Object.Additional)
	case t.Object.Closed:
		f.P("d.Refuse()")
	default:
		f.P("d.Unknown()")
	}
}

// decodeField renders the reading of a member into its field.
func (f *schemaFile) decodeField(t *ir.Type, field *ir.Field) {
	v := value{typ: field.Type, place: rulePlace{t.Name, field.Name, ""}, pointer: field.Recursive}
	if field.Type.IsConst() {
		f.decodeConst(v)
		return
	}
	v.expr = "v." + field.Name
	if presenceOf(field) == byOpt {
		if read := f.read(v); read != "" {
			f.P("%s = %s(%s)", v.expr, f.wire("Some"), read)
			return
		}
		f.P("%s.Set = true", v.expr)
		v.expr += ".Value"
	}
	f.decode(v)
}

// value is a place in Go that holds a value of a type.
type value struct {
	expr    string // of the place
	typ     *ir.Type
	place   rulePlace
	pointer bool // it is held by reference
	present bool // the code around it has made sure that it is not nil
	depth   int  // of arrays and maps around it, to name variables
}

// notNull gives the expression by which v says that it is not null, or "" where
// null is no value.
func (v value) notNull() string {
	switch {
	case !v.typ.Nullable || v.typ.Kind == ir.Any:
		return ""
	case v.present && nullIsNil(v.typ, v.pointer):
		return ""
	case nullIsNil(v.typ, v.pointer):
		return v.expr + " != nil"
	}
	return v.expr + ".Valid"
}

// bare gives v without null.
func (v value) bare() value {
	if v.notNull() != "" && !nullIsNil(v.typ, v.pointer) {
		v.expr += ".Value"
	}
	plain := *v.typ
	plain.Nullable = v.typ.Nullable && v.typ.Kind == ir.Any
	v.typ, v.present = &plain, true
	return v
}

// elem gives an element of the array or map v.
func (v value) elem(expr string, typ *ir.Type, step string) value {
	v.place.inner += step
	return value{expr: expr, typ: typ, place: v.place, depth: v.depth + 1}
}

// local names a variable for the depth of v.
func (v value) local(name string) string {
	if v.depth == 0 {
		return name
	}
	return name + strconv.Itoa(v.depth+1)
}

// decode renders the reading of a value.
func (f *schemaFile) decode(v value) {
	if v.hasExtra() {
		from := v.local("from")
		f.P("%s := d.Mark()", from)
		f.decode(v.withoutExtra())
		f.P("d.CheckSchema(%s, %s)", from, f.rules.extras[v.place])
		return
	}
	if v.notNull() != "" {
		f.P("if !d.Null() {")
		if !nullIsNil(v.typ, v.pointer) {
			f.P("%s.Valid = true", v.expr)
		}
		f.decode(v.bare())
		f.P("}")
		return
	}
	if read := f.read(v); read != "" {
		f.P("%s = %s", v.expr, read)
		return
	}
	switch {
	case v.typ.IsConst():
		f.P("%s", readConst(v.typ))
		f.P("%s = %s", v.expr, literal(v.typ.Enum[0].JSON))
	case v.typ.Name != "":
		if v.pointer {
			f.P("%s = new(%s)", v.expr, v.typ.Name)
		}
		f.P("%s.DecodeJSON(d)", v.expr)
	case v.typ.Kind == ir.Array:
		f.decodeArray(v)
	default:
		f.decodeMap(v)
	}
}

// read gives the one expression that reads a value, or "" where it takes more.
func (f *schemaFile) read(v value) string {
	t := v.typ
	rule := "nil"
	if hasRule(t) {
		rule = "&" + f.rules.rules[v.place]
	}
	switch {
	case v.notNull() != "", v.hasExtra():
		return ""
	case t.Kind == ir.Any:
		return "d.Raw()"
	case t.Kind == ir.Union:
		return "Decode" + t.Name + "(d)"
	case t.Name != "", t.IsConst(), t.Kind == ir.Array, t.Kind == ir.Map:
		return ""
	case t.Kind == ir.Boolean:
		return "d.Bool()"
	case t.Number.Exact && t.Kind == ir.Integer:
		return "d.DecimalInteger()"
	case t.Number.Exact:
		return "d.Decimal()"
	case isWide(t):
		return "d.Uint64()"
	case t.Kind == ir.String && t.String.Bytes:
		return "d.Bytes()"
	case isTime(t):
		return "d.Time()"
	case t.Kind == ir.String:
		return "d.String(" + rule + ")"
	}
	return readScalar(t, rule)
}

func (f *schemaFile) decodeArray(v value) {
	a := v.typ.Array
	if a.Unique {
		f.P("%s := d.Mark()", v.local("start"))
	}
	f.P("if d.Array() {")
	f.P("%s = []%s{}", v.expr, f.valueType(a.Elem))
	f.P("for d.NextElem() {")
	elem := v.elem("", a.Elem, "Item")
	read := f.read(elem)
	switch {
	case read != "":
		f.P("%s = append(%s, %s)", v.expr, v.expr, read)
	case a.Elem.Kind == ir.Object && !a.Elem.Nullable:
		f.P("%s = append(%s, %s{})", v.expr, v.expr, a.Elem.Name)
		f.P("%s[len(%s)-1].DecodeJSON(d)", v.expr, v.expr)
	default:
		elem.expr = v.local("item")
		f.P("var %s %s", elem.expr, f.valueType(a.Elem))
		f.decode(elem)
		f.P("%s = append(%s, %s)", v.expr, v.expr, elem.expr)
	}
	f.P("}")
	if a.MinItems > 0 || a.MaxItems != nil {
		f.P("d.CheckItems(len(%s), %s)", v.expr, f.size(a.MinItems, a.MaxItems))
	}
	if a.Unique {
		f.P("d.CheckUnique%s(%s)", exactSuffix(a.Elem), v.local("start"))
	}
	f.P("}")
}

func (f *schemaFile) decodeMap(v value) {
	t := v.typ
	f.P("if d.Object() {")
	f.P("%s = %s{}", v.expr, f.baseType(t))
	f.P("for d.NextMember() {")
	if t.Object.Closed {
		f.P("d.Refuse()")
	} else {
		f.decodeEntry(v, mapValue(t))
	}
	f.P("}")
	if t.Object.MinProps > 0 || t.Object.MaxProps != nil {
		f.P("d.CheckProperties(len(%s), %s)", v.expr, f.size(t.Object.MinProps, t.Object.MaxProps))
	}
	f.P("}")
}

// decodeEntry renders the reading of a free member into a map.
func (f *schemaFile) decodeEntry(m value, typ *ir.Type) {
	key := m.local("key")
	f.P("%s := d.FreeKey()", key)
	f.P("if _, twice := %s[%s]; twice {\nd.Duplicate()\n}", m.expr, key)
	v := m.elem(m.local("item"), typ, "Value")
	if read := f.read(v); read != "" {
		f.P("%s[%s] = %s", m.expr, key, read)
		return
	}
	f.P("var %s %s", v.expr, f.valueType(typ))
	f.decode(v)
	f.P("%s[%s] = %s", m.expr, key, v.expr)
}

// decodeConst renders the reading of a constant, which is kept nowhere.
func (f *schemaFile) decodeConst(v value) {
	if !v.hasExtra() {
		f.P("%s", readConst(v.typ))
		return
	}
	from := v.local("from")
	f.P("%s := d.Mark()", from)
	f.P("%s", readConst(v.typ))
	f.P("d.CheckSchema(%s, %s)", from, f.rules.extras[v.place])
}

// readConst gives the statement that reads a constant.
func readConst(t *ir.Type) string {
	kind := map[ir.Kind]string{ir.Boolean: "Bool", ir.Integer: "Int64", ir.Number: "Float64", ir.String: "String"}[t.Kind]
	return fmt.Sprintf("d.Const%s(%s)", kind, literal(t.Enum[0].JSON))
}

// literal gives a scalar JSON text as a Go literal.
func literal(text string) string {
	if strings.HasPrefix(text, `"`) {
		return strconv.Quote(unquoteJSON(text))
	}
	return text
}

// unquoteJSON gives the text of a JSON string, and other scalars as they are.
func unquoteJSON(text string) string {
	var s string
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return text
	}
	return s
}

// size gives a wire.Size, where 0 is no maximum.
func (f *schemaFile) size(low int, high *int) string {
	var parts []string
	if low > 0 {
		parts = append(parts, "Min: "+strconv.Itoa(low))
	}
	if high != nil {
		parts = append(parts, "Max: "+maxText(*high))
	}
	return f.wire("Size{" + strings.Join(parts, ", ") + "}")
}

// maxText gives a maximum as runtime/wire has it: one of none is negative.
func maxText(n int) string {
	if n == 0 {
		return "-1"
	}
	return strconv.Itoa(n)
}

// bitmap assigns a bit to each declared member, to the required ones first.
type bitmap struct {
	required int
	fields   []*ir.Field // by bit
}

func newBitmap(t *ir.Type) bitmap {
	var b bitmap
	var optional []*ir.Field
	for _, field := range t.Object.Fields {
		if field.Required {
			b.fields = append(b.fields, field)
		} else {
			optional = append(optional, field)
		}
	}
	b.required = len(b.fields)
	b.fields = append(b.fields, optional...)
	return b
}

// words is how many wire.Seen the members take.
func (b bitmap) words() int { return (len(b.fields) + 63) / 64 }

// seen gives the wire.Seen of a word.
func (b bitmap) seen(word int) string {
	if b.words() == 1 {
		return "seen"
	}
	return fmt.Sprintf("seen[%d]", word)
}

func (b bitmap) declare(f *schemaFile) {
	switch n := b.words(); n {
	case 0:
	case 1:
		f.P("var seen %s", f.wire("Seen"))
	default:
		f.P("var seen [%d]%s", n, f.wire("Seen"))
	}
}

func (b bitmap) mark(field *ir.Field) string {
	bit := slices.Index(b.fields, field)
	return fmt.Sprintf("%s.Mark(d, %d)", b.seen(bit/64), bit%64)
}

func (b bitmap) require(f *schemaFile) {
	for low := 0; low < b.required; low += 64 {
		high := min(low+64, b.required)
		var names []string
		for _, field := range b.fields[low:high] {
			names = append(names, field.JSON)
		}
		seen := b.seen(low / 64)
		f.P("if !%s.All(%d) {\nd.Missing(%s, %s)\n}", seen, high-low, seen, quoteList(names))
	}
}
