package golang

import (
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// sampleType prints a declared type as package sample reads it: as JSON Schema
// with references by name.
func sampleType(t *ir.Type, examples []ir.Example) string {
	s := sampleSchema(t)
	if len(examples) == 0 {
		return s
	}
	var list []string
	for _, e := range examples {
		if !slices.Contains(list, e.JSON) {
			list = append(list, e.JSON)
		}
	}
	text := `"examples":[` + strings.Join(list, ",") + "]}"
	if s == "{}" {
		return "{" + text
	}
	return strings.TrimSuffix(s, "}") + "," + text
}

// sampleUse prints a type where it is used.
func sampleUse(t *ir.Type) string {
	switch {
	case t == nil:
		return "{}"
	case t.Name == "":
		return sampleSchema(t)
	case t.Nullable:
		return `{"oneOf":[{"$ref":` + jsonQuote(t.Name) + `},{"type":"null"}]}`
	}
	return `{"$ref":` + jsonQuote(t.Name) + "}"
}

// sampleSchema prints a type in full, with what is checked of it as a whole.
func sampleSchema(t *ir.Type) string {
	s := sampleBare(t)
	if t.Extra == "" {
		return s
	}
	m := members{}
	if s != "{}" {
		m = append(m, strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}"))
	}
	m.add("allOf", `[{"$ref":`+jsonQuote(t.Extra)+"}]")
	return m.String()
}

func sampleBare(t *ir.Type) string {
	switch {
	case len(t.Enum) > 0:
		return sampleEnum(t)
	case t.Kind == ir.Union:
		return sampleUnion(t)
	case t.Kind == ir.Box:
		return sampleUse(t.Box)
	}
	var m members
	if t.Kind != ir.Any {
		m.add("type", sampleKind(t))
	}
	switch t.Kind {
	case ir.Integer, ir.Number:
		m.number(t)
	case ir.String:
		m.text(t)
	case ir.Array:
		m.array(t)
	case ir.Object, ir.Map:
		m.object(t)
	}
	return m.String()
}

func sampleEnum(t *ir.Type) string {
	var values []string
	for _, v := range t.Enum {
		values = append(values, v.JSON)
	}
	if t.Nullable {
		values = append(values, "null")
	}
	return `{"enum":[` + strings.Join(values, ",") + "]}"
}

func sampleKind(t *ir.Type) string {
	name := map[ir.Kind]string{
		ir.Boolean: "boolean", ir.Integer: "integer", ir.Number: "number", ir.String: "string",
		ir.Array: "array", ir.Map: "object", ir.Object: "object",
	}[t.Kind]
	if t.Nullable {
		return `["` + name + `","null"]`
	}
	return jsonQuote(name)
}

// sampleUnion prints a choice, with what tells each variant.
func sampleUnion(t *ir.Type) string {
	var choices []string
	for _, v := range textVariants(t.Union) {
		text := `{"$ref":` + jsonQuote(v.Type.Name)
		if t.Union.By != nil && sampleValues(t.Union.By, v) != "" {
			text += `,"x-values":{` + sampleValues(t.Union.By, v) + "}"
		}
		choices = append(choices, text+"}")
	}
	if t.Nullable {
		choices = append(choices, `{"type":"null"}`)
	}
	text := `{"anyOf":[` + strings.Join(choices, ",") + "]"
	if t.Union.By == nil && !t.Union.First {
		text = `{"oneOf":[` + strings.Join(choices, ",") + "]"
	}
	if t.Union.By == nil && len(t.Union.Variants) > 1 {
		text += `,"x-trial":true`
	}
	return text + "}"
}

// sampleValues prints the values that tell a variant, by their pointer.
func sampleValues(by *ir.Discriminator, v *ir.Variant) string {
	values := v.Values
	for _, t := range v.Topics {
		values = append(values[:len(values):len(values)], jsonQuote(t.Sample()))
	}
	var list []string
	if len(values) > 0 {
		list = append(list, jsonQuote(by.Pointer)+":["+strings.Join(values, ",")+"]")
	}
	if by.Second != "" && len(v.Second) > 0 {
		list = append(list, jsonQuote(by.Second)+":["+strings.Join(v.Second, ",")+"]")
	}
	return strings.Join(list, ",")
}

// members collects the members of a JSON object.
type members []string

func (m *members) add(name, value string) { *m = append(*m, jsonQuote(name)+":"+value) }

func (m *members) count(name string, n int) {
	if n > 0 {
		m.add(name, strconv.Itoa(n))
	}
}

func (m *members) limit(name string, n *int) {
	if n != nil {
		m.add(name, strconv.Itoa(*n))
	}
}

func (m *members) String() string { return "{" + strings.Join(*m, ",") + "}" }

func (m *members) number(t *ir.Type) {
	n := t.Number
	switch {
	case n.Exact:
		m.add("format", `"decimal"`)
	case n.Format != "":
		m.add("format", jsonQuote(n.Format))
	}
	m.bound(n.Min, "minimum", "exclusiveMinimum")
	m.bound(n.Max, "maximum", "exclusiveMaximum")
	if n.MultipleOf != "" {
		m.add("multipleOf", n.MultipleOf)
	}
}

func (m *members) bound(b *ir.Bound, inclusive, exclusive string) {
	switch {
	case b == nil:
	case b.Exclusive:
		m.add(exclusive, b.Value)
	default:
		m.add(inclusive, b.Value)
	}
}

func (m *members) text(t *ir.Type) {
	s := t.String
	switch {
	case s.Bytes:
		m.add("format", `"byte"`)
	case s.Format != "":
		m.add("format", jsonQuote(s.Format))
	}
	m.count("minLength", s.MinLength)
	m.limit("maxLength", s.MaxLength)
	if s.Pattern != "" {
		m.add("pattern", jsonQuote(s.Pattern))
	}
}

func (m *members) array(t *ir.Type) {
	a := t.Array
	m.add("items", sampleUse(a.Elem))
	m.count("minItems", a.MinItems)
	m.limit("maxItems", a.MaxItems)
	if a.Unique {
		m.add("uniqueItems", "true")
	}
}

func (m *members) object(t *ir.Type) {
	var required []string
	var properties members
	for _, field := range t.Object.Fields {
		properties.add(field.JSON, sampleUse(field.Type))
		if field.Required || field.Type.IsConst() { // a const is always written
			required = append(required, jsonQuote(field.JSON))
		}
	}
	if len(properties) > 0 {
		m.add("properties", properties.String())
	}
	if len(required) > 0 {
		m.add("required", "["+strings.Join(required, ",")+"]")
	}
	if extra := t.Object.Additional; extra != nil || t.Kind == ir.Map {
		m.add("additionalProperties", sampleUse(extra))
	}
	m.count("minProperties", t.Object.MinProps)
	m.limit("maxProperties", t.Object.MaxProps)
}

// escapeToken writes a name as a token of an RFC 6901 pointer.
func escapeToken(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
