package sample_test

import (
	"testing"

	"github.com/duet-api/duet/runtime/sample"
	"github.com/duet-api/duet/runtime/wire"
)

// TestChecked makes values that pass what is asked besides their type, and have
// something to pass.
func TestChecked(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, typ, extra string }{
		{"not", `"type":"string","minLength":1`, `{"not":{"pattern":"^[a-m]"}}`},
		{"then", `"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}`, `{"if":{"required":["a"]},"then":{"required":["b"],"properties":{"b":{"minimum":900}}}}`},
		{"contains", `"type":"array","items":{"type":"integer"}`, `{"contains":{"const":123456},"minContains":2}`},
		{"a tuple", `"type":"array","items":{}`, `{"prefixItems":[{"type":"string"},{"type":"boolean"}],"items":false,"minItems":2}`},
		{"patterns", `"type":"object","additionalProperties":{}`, `{"patternProperties":{"^n[0-9]+$":{"type":"integer"}},"additionalProperties":false,"minProperties":1}`},
		{"names", `"type":"object","additionalProperties":{"type":"integer"}`, `{"propertyNames":{"pattern":"^[xyz]{2}$"},"minProperties":1}`},
		{"dependencies", `"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a"]`, `{"dependentRequired":{"a":["b"]},"dependentSchemas":{"b":{"required":["a"]}}}`},
		{"values", `"type":"array","items":{}`, `{"enum":[[1,"a"],[{"b":null}]]}`},
		{"two at once", `"type":"integer"`, `{"allOf":[{"minimum":5000},{"multipleOf":7}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := `{"T":{` + tt.typ + `,"allOf":[{"$ref":"T extra"}]},"T extra":` + tt.extra + `}`
			types, err := sample.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			values, err := types.Values("T", 50, 3)
			if err != nil || len(values) < 50 {
				t.Fatalf("%d values, %v", len(values), err)
			}
			schema := wire.MustSchemas(text).Get("T")
			for _, v := range values {
				if err := schema.Check(v); err != nil {
					t.Errorf("%s: %v", v, err)
				}
			}
		})
	}
	types, err := sample.Parse(`{"T":{"type":"string","allOf":[{"not":{}}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	if values, err := types.Values("T", 1, 1); err == nil {
		t.Errorf("%s is made of nothing", values)
	}
}
