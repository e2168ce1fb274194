package sample_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/duet-api/duet/runtime/sample"
)

// TestValues has a JSON Schema library judge what is made.
func TestValues(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"boolean":          `{"type":"boolean"}`,
		"nullable":         `{"type":["string","null"],"minLength":1}`,
		"enum":             `{"enum":["a",1,null]}`,
		"integer":          `{"type":"integer","minimum":-3,"exclusiveMaximum":2}`,
		"multiple":         `{"type":"integer","minimum":1,"maximum":100,"multipleOf":7}`,
		"half":             `{"type":"integer","multipleOf":0.5,"minimum":1}`,
		"wide":             `{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}`,
		"number":           `{"type":"number","exclusiveMinimum":0,"maximum":0.001}`,
		"money":            `{"type":"number","multipleOf":0.01,"minimum":0.05,"maximum":9.99}`,
		"large":            `{"type":"number","minimum":1e300}`,
		"length":           `{"type":"string","minLength":3,"maxLength":3}`,
		"long":             `{"type":"string","minLength":200}`,
		"pattern":          `{"type":"string","pattern":"^[a-z]{2,4}-[0-9]+$","minLength":12}`,
		"unanchored":       `{"type":"string","pattern":"x.?y","minLength":20}`,
		"choice of texts":  `{"type":"string","pattern":"^(GET|PUT|[^a-z]+)$","maxLength":4}`,
		"date-time":        `{"type":"string","format":"date-time"}`,
		"uuid":             `{"type":"string","format":"uuid"}`,
		"array":            `{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":4}`,
		"set":              `{"type":"array","items":{"enum":["a","b","c","d"]},"minItems":2,"uniqueItems":true}`,
		"tuple":            `{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"minItems":2,"maxItems":2}`,
		"object":           `{"type":"object","properties":{"a":{"type":"string"},"b/~":{"type":"integer"}},"required":["b/~"],"additionalProperties":false}`,
		"some members":     `{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},"minProperties":2,"maxProperties":2,"additionalProperties":false}`,
		"map":              `{"type":"object","additionalProperties":{"type":"integer"},"minProperties":1,"maxProperties":2}`,
		"names by pattern": `{"type":"object","patternProperties":{"^x-[a-z]+$":{"type":"integer"}},"additionalProperties":false}`,
		"choice":           `{"oneOf":[{"type":"object","properties":{"k":{"enum":["a"]}},"required":["k"]},{"type":"string"}]}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			types, err := sample.Parse(`{"T":` + text + `}`)
			if err != nil {
				t.Fatal(err)
			}
			values, err := types.Values("T", 200, 1)
			if err != nil || len(values) != 200 {
				t.Fatalf("%d values, %v", len(values), err)
			}
			judge := compile(t, text)
			for _, v := range values {
				if err := judge(v); err != nil {
					t.Fatalf("%s: %v", v, err)
				}
			}
			again, _ := types.Values("T", 200, 1)
			if diff := cmp.Diff(values, again); diff != "" {
				t.Errorf("the same seed gives other values:\n%s", diff)
			}
		})
	}
}

func compile(t *testing.T, text string) func([]byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("t.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("t.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(value []byte) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(value)))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}

func TestImpossible(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, types, want string }{
		{"no such number", `{"T":{"type":"integer","minimum":2,"maximum":1}}`, "no value of type T can be made: no number is within the bounds"},
		{"no such text", `{"T":{"type":"string","pattern":"^a$","minLength":3}}`, "no value of type T can be made: no text was found that matches ^a$"},
		{"too few items", `{"T":{"type":"array","items":{"enum":[1]},"minItems":2,"uniqueItems":true}}`, "no value of type T can be made: there are not enough different items"},
		{"no end", `{"T":{"type":"object","properties":{"a":{"$ref":"T"}},"required":["a"]}}`, "the type holds itself without an end"},
		{"no type", `{}`, `there is no type "T"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			types, err := sample.Parse(tt.types)
			if err != nil {
				t.Fatal(err)
			}
			values, err := types.Values("T", 3, 1)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("%s, %v; want %s", values, err, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `{"T":{"$ref":"U"}}`, `{"T":{"items":{"pattern":"("}}}`, `{"T":{"patternProperties":{"(":{}}}}`, `{"T":{"type":1}}`} {
		if _, err := sample.Parse(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// TestRecursion makes values of types that hold themselves, which end.
func TestRecursion(t *testing.T) {
	t.Parallel()
	types, err := sample.Parse(`{"Tree":{"type":"object","properties":{"left":{"$ref":"Tree"},"list":{"type":"array","items":{"$ref":"Tree"}}}},
		"Or":{"oneOf":[{"$ref":"Or"},{"type":"array","items":{"$ref":"Or"},"minItems":1},{"enum":[1]}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Tree", "Or"} {
		values, err := types.Values(name, 100, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if !json.Valid(v) || len(v) > 1<<16 {
				t.Errorf("%s: %d bytes: %.100s", name, len(v), v)
			}
		}
	}
}

// TestMessages has members say which message it is, at any depth.
func TestMessages(t *testing.T) {
	t.Parallel()
	types, err := sample.Parse(`{"M":{"type":"object","properties":{"type":{"type":"string"},"head":{"$ref":"Head"}}},
		"Head":{"type":"object","properties":{"kind":{"enum":["a","b","c"]}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	values, err := types.Messages("M", `{"/type":["x"],"/head/kind":["b","c"]}`, 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range values {
		var v struct {
			Type string
			Head struct{ Kind string }
		}
		if err := json.Unmarshal(text, &v); err != nil || v.Type != "x" || v.Head.Kind != "b" && v.Head.Kind != "c" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		want, got string
		loose     bool
		text      string
	}{
		{`{"a":1,"b":[true,null]}`, `{"b":[true,null],"a":1.0}`, false, ""},
		{`0.1`, `1e-1`, false, ""},
		{`9007199254740993`, `9007199254740993`, false, ""},
		{`0.1234567891`, `0.12345679`, false, ""},
		{`0.1234567891`, `0.1234567892`, false, ": 0.1234567891 became 0.1234567892"},
		{`"2024-01-01T00:00:00+01:00"`, `"2023-12-31T23:00:00Z"`, false, ""},
		{`"2024-01-01T00:00:00Z"`, `"2024-01-01T00:00:01Z"`, false, ": 2024-01-01T00:00:00Z became 2024-01-01T00:00:01Z"},
		{`{"a":1}`, `{}`, false, "/a: was lost"},
		{`{}`, `{"a":1}`, false, "/a: 1 was added"},
		{`{"a":1,"b":2}`, `{"b":2,"c":3}`, true, ""},
		{`{"a":{"b":1}}`, `{"a":{"b":2}}`, true, "/a/b: 1 became 2"},
		{`[1]`, `[1,2]`, false, ": an array of 1 became something else"},
		{`{}`, `null`, false, ": an object became something else"},
		{`null`, `false`, false, ": <nil> became false"},
	}
	for _, tt := range tests {
		if got := sample.Difference([]byte(tt.want), []byte(tt.got), tt.loose); got != tt.text {
			t.Errorf("%s and %s: %q, want %q", tt.want, tt.got, got, tt.text)
		}
	}
}
