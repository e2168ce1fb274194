package golang

import "github.com/duet-api/duet/internal/codegen/ir"

// box renders a struct that stands for one value of another type, so that the
// value can be a message or a variant of a union.
func (f *schemaFile) box(t *ir.Type) {
	f.typeDoc(t, "is a value of the contract.")
	if t.Box.IsConst() {
		f.P("type %s struct{}\n", t.Name)
	} else {
		f.P("type %s struct {", t.Name)
		f.P("// %s is the value, which is written as it is.", boxField)
		f.P("%s %s", boxField, f.valueType(t.Box))
		f.P("}\n")
	}
	f.ruleVars(t)
	f.variantOf(t)
	v := value{expr: "v." + boxField, typ: t.Box, place: rulePlace{t.Name, boxField, ""}}
	f.boxDecode(t, v)
	f.boxAppend(t, v)
	f.boxCheck(t, v)
	if f.secret[t.Name] {
		f.boxRedaction(t)
	}
}

func (f *schemaFile) boxDecode(t *ir.Type, v value) {
	f.unmarshal(t)
	f.P("// DecodeJSON reads and checks the %s that comes next in d.", t.Name)
	f.P("func (v *%s) DecodeJSON(d *%s) {", t.Name, f.wire("Decoder"))
	f.P("*v = %s{}", t.Name)
	f.markWhole(t)
	if t.Box.IsConst() {
		f.decodeConst(v)
	} else {
		f.decode(v)
	}
	f.checkWhole(t)
	f.P("}\n")
}

func (f *schemaFile) boxAppend(t *ir.Type, v value) {
	f.P("// MarshalJSON returns v as JSON. The error is always nil.")
	f.P("func (v %s) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }\n", t.Name)
	f.P("// AppendJSON appends v as JSON to dst. What JSON can't hold becomes null.")
	f.P("func (v %s) AppendJSON(dst []byte) []byte {", t.Name)
	f.append(v)
	f.code("return dst\n}\n")
}

func (f *schemaFile) boxCheck(t *ir.Type, v value) {
	f.validate(t)
	f.P("func (v *%s) check(c *%s) {", t.Name, f.wire("Checker"))
	if !t.Box.IsConst() {
		f.checkOrDrop(v)
	}
	f.P("}\n")
}

// boxRedaction renders the methods that keep a secret out of logs.
func (f *schemaFile) boxRedaction(t *ir.Type) {
	f.P("// LogValue returns nothing of v, which is a secret, for package log/slog.")
	f.P("func (v %s) LogValue() %s.Value { return slog.GroupValue() }\n", t.Name, f.Use("log/slog"))
	f.P("// String returns nothing of v, which is a secret.")
	f.P("func (v %s) String() string { return %q }\n", t.Name, t.Name)
	f.P("// GoString returns nothing of v, which is a secret.")
	f.P("func (v %s) GoString() string { return %q }\n", t.Name, t.Name)
}
