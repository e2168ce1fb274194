package difftest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/duet-api/duet/runtime/wire"
)

// TestSchemaDifferential compares package wire's checks of schemas made at random,
// which use every keyword, with the library's.
func TestSchemaDifferential(t *testing.T) {
	t.Parallel()
	rounds := 4000
	if testing.Short() {
		rounds = 500
	}
	valid := 0
	for round := range rounds {
		m := &schemaMaker{Rand: rand.New(rand.NewPCG(11, uint64(round)))}
		text := m.schema()
		ours, err := wire.ParseSchemas(`{"S":` + text + `,"R":` + m.schema() + `}`)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		theirs := compiled(t, text)
		for range 20 {
			value := m.value(0)
			got, want := ours.Get("S").Check([]byte(value)), judgedExactly(t, theirs, value)
			if (got == nil) != (want == nil) {
				t.Fatalf("round %d: schema %s, value %s\nours: %v\nlibrary: %v", round, text, value, got, want)
			}
			if got == nil {
				valid++
			}
		}
	}
	if valid < rounds || valid > 19*rounds {
		t.Errorf("%d of %d values are valid: the comparison says little", valid, 20*rounds)
	}
}

func compiled(t testing.TB, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(root+"s", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(root + "s")
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func judgedExactly(t testing.TB, s *jsonschema.Schema, text string) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s.Validate(v)
}

// schemaMaker makes schemas and values of few names and numbers, so that they meet.
type schemaMaker struct {
	*rand.Rand
	depth int
}

func (m *schemaMaker) pick(texts ...string) string { return texts[m.IntN(len(texts))] }

func (m *schemaMaker) schema() string {
	m.depth++
	defer func() { m.depth-- }()
	if m.depth > 4 || m.IntN(12) == 0 {
		return m.pick("true", "false", "{}", `{"type":"integer"}`, `{"const":1}`, `{"minLength":1}`)
	}
	parts := map[string]string{}
	for range 1 + m.IntN(3) {
		m.keyword(parts)
	}
	var out []string
	for key, value := range parts {
		out = append(out, fmt.Sprintf("%q:%s", key, value))
	}
	return "{" + strings.Join(out, ",") + "}"
}

func (m *schemaMaker) name() string { return m.pick(`"a"`, `"b"`, `"c"`, `"ab"`) }

func (m *schemaMaker) named(name func() string) string {
	return "{" + name() + ":" + m.schema() + "}"
}

func (m *schemaMaker) list() string { return "[" + m.schema() + "," + m.schema() + "]" }

// keyword adds a keyword, or several that belong together.
func (m *schemaMaker) keyword(parts map[string]string) {
	switch m.IntN(26) {
	case 0:
		parts["type"] = m.pick(`"object"`, `"array"`, `"integer"`, `["string","null"]`, `["number","object"]`, `"boolean"`)
	case 1:
		parts["enum"] = "[" + m.value(2) + "," + m.value(2) + ",3]"
	case 2:
		parts["const"] = m.value(2)
	case 3:
		parts[m.pick("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")] = m.pick("1", "0.1", "2.0", "-1e1", "9007199254740993", "1e30")
	case 4:
		parts["multipleOf"] = m.pick("0.1", "3", "1e2", "0.25", "1.5")
	case 5:
		parts[m.pick("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")] = m.pick("0", "1", "2")
	case 6:
		parts["pattern"] = m.pick(`"^a"`, `"b$"`, `"^[0-9]+$"`)
	case 7:
		parts["format"] = m.pick(`"date"`, `"uuid"`, `"ipv4"`)
	case 8, 9:
		parts[m.pick("allOf", "anyOf", "oneOf")] = m.list()
	case 10:
		parts["not"] = m.schema()
	case 11, 12:
		parts["if"] = m.schema()
		parts[m.pick("then", "else")] = m.schema()
	case 13, 14:
		parts["properties"] = m.named(m.name)
	case 15:
		parts["patternProperties"] = m.named(func() string { return m.pick(`"^a"`, `"b"`) })
	case 16:
		parts["additionalProperties"] = m.schema()
	case 17:
		parts["required"] = "[" + m.name() + "]"
	case 18:
		parts["propertyNames"] = m.schema()
	case 19:
		parts["dependentRequired"] = "{" + m.name() + ":[" + m.name() + "]}"
	case 20:
		parts["dependentSchemas"] = m.named(m.name)
	case 21:
		parts["prefixItems"] = m.list()
	case 22:
		parts["items"] = m.schema()
	case 23:
		parts["contains"] = m.schema()
		parts[m.pick("minContains", "maxContains")] = m.pick("0", "1", "2")
	case 24:
		parts["uniqueItems"] = "true"
	default:
		parts[m.pick("unevaluatedProperties", "unevaluatedItems")] = m.schema()
	}
}

func (m *schemaMaker) value(depth int) string {
	kind := m.IntN(8)
	if depth > 2 {
		kind = m.IntN(6)
	}
	var parts []string
	switch kind {
	case 0:
		return m.pick("null", "true", "false")
	case 1, 2:
		return m.pick("0", "1", "1.0", "3", "0.3", "-10", "1e2", "9007199254740993", "9007199254740992", "1000000000000000000000000000000", "0.30000000000000001")
	case 3, 4:
		return m.pick(`""`, `"a"`, `"ab"`, `"b"`, `"12"`, `"2024-02-29"`, `"127.0.0.1"`)
	case 5, 6:
		for _, name := range []string{`"a"`, `"b"`, `"c"`, `"ab"`} {
			if m.IntN(2) == 0 {
				parts = append(parts, name+":"+m.value(depth+1))
			}
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	for range m.IntN(4) {
		parts = append(parts, m.value(depth+1))
	}
	return "[" + strings.Join(parts, ",") + "]"
}
