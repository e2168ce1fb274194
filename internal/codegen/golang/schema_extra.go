package golang

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// extras renders the schemas of what types can't say.
func (f *schemaFile) extras(extras []ir.Extra) {
	if len(extras) == 0 {
		return
	}
	lines := make([]string, len(extras))
	for i, e := range extras {
		lines[i] = jsonQuote(e.Name) + ": " + e.JSON
	}
	text := strings.NewReplacer("`", `\u0060`, "\ufeff", `\ufeff`).Replace(strings.Join(lines, ",\n"))
	f.Comment("extras are what the schemas ask and the types can't say, which is checked on whole values.")
	f.P("var extras = %s(`{\n%s\n}`)\n", f.wire("MustSchemas"), text)
}

// extraVar gives the definition of the variable for a place.
func (f *schemaFile) extraVar(place rulePlace, t *ir.Type) string {
	return fmt.Sprintf("%s = extras.Get(%q)", f.rules.extras[place], t.Extra)
}

// wholeVar renders the variable of a declared type that has no other rules.
func (f *schemaFile) wholeVar(t *ir.Type) {
	if t.Extra != "" {
		f.P("var %s\n", f.extraVar(rulePlace{owner: t.Name}, t))
	}
}

// markWhole renders, in the decoder of a declared type, what checkWhole needs.
func (f *schemaFile) markWhole(t *ir.Type) {
	if t.Extra != "" {
		f.P("whole := d.Mark()")
	}
}

// checkWhole renders the check of what a decoder has read.
func (f *schemaFile) checkWhole(t *ir.Type) {
	if t.Extra != "" {
		f.P("d.CheckSchema(whole, %s)", f.rules.extras[rulePlace{owner: t.Name}])
	}
}

// hasExtra reports whether something is asked of the value that the methods of its
// type do not check.
func (v value) hasExtra() bool { return v.typ.Extra != "" && v.typ.Name == "" }

func (v value) withoutExtra() value {
	plain := *v.typ
	plain.Extra = ""
	v.typ = &plain
	return v
}

// checkExtra renders the checks of a value, and of its JSON.
func (f *schemaFile) checkExtra(v value) {
	plain := v.withoutExtra()
	f.checkOrDrop(plain)
	f.checkText(plain, f.rules.extras[v.place])
}

// checkText renders the check of the JSON of a value.
func (f *schemaFile) checkText(v value, extra string) {
	f.P("{\nvar dst []byte")
	f.append(v)
	f.code("c.Schema(dst, %s)\n}", extra)
}

// unionWhole renders the decoder of a union that is checked as a whole, around the
// one that finds the variant.
func (f *schemaFile) unionWhole(t *ir.Type) {
	if t.Extra == "" {
		return
	}
	f.Comment("Decode" + t.Name + " reads and checks a value from d. It returns nil where no variant fits.")
	f.P("func Decode%s(d *%s) %s {", t.Name, f.wire("Decoder"), t.Name)
	f.P("whole := d.Mark()\nv := decode%s(d)", t.Name)
	f.checkWhole(t)
	f.P("return v\n}\n")
}

// unionDecoder renders the head of the function that finds the variant.
func (f *schemaFile) unionDecoder(t *ir.Type, does string) {
	name := "Decode"
	if t.Extra != "" {
		name = "decode"
	}
	f.Comment(name + t.Name + " " + does)
	f.P("func %s%s(d *%s) %s {", name, t.Name, f.wire("Decoder"), t.Name)
}
