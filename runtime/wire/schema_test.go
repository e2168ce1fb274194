package wire_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/runtime/wire"
)

// TestSchemaFindings tells where a value breaks its schema, and by which rule.
func TestSchemaFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, schema, text string
		want               []string
	}{
		{"not", `{"not":{"required":["a"]}}`, `{"a":1}`, []string{" not"}},
		{"then", `{"if":{"properties":{"k":{"const":1}}},"then":{"required":["a"]}}`, `{"k":1}`, []string{"/a required"}},
		{"else", `{"if":{"properties":{"k":{"const":1}}},"else":{"properties":{"k":{"minimum":5}}}}`, `{"k":2}`, []string{"/k minimum"}},
		{"contains", `{"contains":{"const":1}}`, `[2]`, []string{" contains"}},
		{"minContains", `{"contains":{"const":1},"minContains":2}`, `[1]`, []string{" minContains"}},
		{"maxContains", `{"contains":{"const":1},"maxContains":1}`, `[1,1.0]`, []string{" maxContains"}},
		{"propertyNames", `{"propertyNames":{"maxLength":1}}`, `{"ab":1,"abc":2}`, []string{" propertyNames"}},
		{"dependentRequired", `{"dependentRequired":{"a":["b"]}}`, `{"a":1}`, []string{"/b required"}},
		{"dependentSchemas", `{"dependentSchemas":{"a":{"properties":{"b":{"type":"string"}}}}}`, `{"a":1,"b":2}`, []string{"/b type"}},
		{"a free name is not told", `{"patternProperties":{"^x":{"items":{"type":"integer"}}}}`, `{"x-secret":[1,"b"]}`, []string{" type"}},
		{"nor one of several patterns", `{"patternProperties":{"^x":true,"t$":{"type":"integer"}}}`, `{"x-secret":"a"}`, []string{" type"}},
		{"equal items", `{"uniqueItems":true}`, `[[1,{"a":1,"b":2}],"a",[1.0,{"b":2,"a":1}]]`, []string{" uniqueItems"}},
		{"items that differ little", `{"uniqueItems":true}`, `[1,"1",[1],true,12345678901234567890,12345678901234567891,null,{}]`, nil},
		{"an array in an enum", `{"enum":[[1,[2]]]}`, `[1.0, [2]]`, nil},
		{"nor what is missing below", `{"additionalProperties":{"required":["a"]}}`, `{"secret":{}}`, []string{" required"}},
		{"closed", `{"patternProperties":{"^x":true},"additionalProperties":false}`, `{"x":1,"y":2}`, []string{" additionalProperties"}},
		{"a tuple", `{"prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}`, `[1,2,3]`, []string{"/0 type", "/2 false"}},
		{"unevaluatedProperties", `{"anyOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}`, `{"a":1,"b":2}`, []string{" unevaluatedProperties"}},
		{"a decimal step", `{"multipleOf":0.01}`, `0.07`, nil},
		{"beyond a float", `{"multipleOf":0.01}`, `123456789012345678.905`, []string{" multipleOf"}},
		{"a large exponent", `{"multipleOf":7}`, `1e999999999`, []string{" multipleOf"}},
		{"a schema by name", `{"items":{"$ref":"Name"}}`, `["a","bc"]`, []string{"/1 maxLength"}},
		{"a schema that is only itself", `{"$ref":"S"}`, `1`, []string{" depth"}},
		{"a schema that multiplies", `{"anyOf":[{"items":{"$ref":"S"},"minItems":1},{"items":{"$ref":"S"},"minItems":1}]}`, strings.Repeat("[", 60) + strings.Repeat("]", 60), []string{" anyOf", " depth"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			schemas, err := wire.ParseSchemas(`{"S":` + tt.schema + `,"Name":{"maxLength":1}}`)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			var invalid *wire.ValidationError
			if errors.As(schemas.Get("S").Check([]byte(tt.text)), &invalid) {
				for _, e := range invalid.Errors {
					got = append(got, e.Pointer+" "+e.Rule)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSchemaWorkIsBounded checks what would take minutes if the work grew with the
// square of a text, or if each of many schemas looked at all of it.
func TestSchemaWorkIsBounded(t *testing.T) {
	t.Parallel()
	schemas := wire.MustSchemas(`{"Unique":{"uniqueItems":true},` +
		`"Twice":{"anyOf":[{"items":{"$ref":"Twice"},"minItems":1,"pattern":"^[ab]*$"},{"items":{"$ref":"Twice"},"minItems":1,"pattern":"^[ab]*$"}]}}`)
	var numbers []byte
	for i := range int64(1 << 17) {
		numbers = append(wire.AppendInt64(numbers, i), ',')
	}
	if err := schemas.Get("Unique").Check([]byte("[" + string(numbers) + "0.5]")); err != nil {
		t.Errorf("different items: %v", err)
	}
	long := strings.Repeat("[", 40) + `"` + strings.Repeat("ab", 1<<17) + `c"` + strings.Repeat("]", 40)
	var invalid *wire.ValidationError
	if err := schemas.Get("Twice").Check([]byte(long)); !errors.As(err, &invalid) || invalid.Errors[len(invalid.Errors)-1].Rule != "depth" {
		t.Errorf("error = %v, want the rule depth", err)
	}
}

func TestParseSchemasErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`[]`, `{`, `{"S":1}`, `{"S":{"$ref":"T"}}`, `{"S":{"pattern":"("}}`, `{"S":{"minimum":"1"}}`, `{"S":{"minItems":1.5}}`, `{"S":{"multipleOf":0}}`,
		`{"S":{"type":"int"}}`, `{"S":{"type":["null","text"]}}`, `{"S":{"properties":[]}}`, `{"S":{"allOf":{}}}`, `{"S":{"required":[1]}}`, `{"S":{"not":{"then":{},"items":2}}}`,
	} {
		if _, err := wire.ParseSchemas(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
