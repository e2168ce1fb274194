package lower_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExtras gives, as plain JSON Schema, what is asked of a member and its type
// does not say; or the errors.
func TestExtras(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, schema, want string }{
		{"nothing", "{type: string, minLength: 1}", ""},
		{"not", "{type: string, not: {const: a}, title: X, default: b}", `{"not":{"const":"a"}}`},
		{"two ifs", "{type: object, allOf: [{if: {required: [a]}, then: {required: [b]}}, {if: {required: [c]}, else: {required: [d]}}]}",
			`{"allOf":[{"if":{"required":["a"]},"then":{"required":["b"]}},{"if":{"required":["c"]},"else":{"required":["d"]}}]}`},
		{"dependencies of draft-07", "{type: object, dependencies: {a: [b], c: {required: [d]}}}",
			`{"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"required":["d"]}}}`},
		{"a tuple of draft-07", "{type: array, items: [{type: string}, {type: integer}], additionalItems: false}",
			`{"prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}`},
		{"a row is no tuple", "{type: array, items: [{type: string}, {type: string}], additionalItems: false}", ""},
		{"other members of a part", "{allOf: [{type: object, additionalProperties: {type: integer}}, {type: object, properties: {a: {type: number}}}]}",
			`{"additionalProperties":{"type":"integer"}}`},
		{"unevaluatedProperties that the type says", "{allOf: [{type: object, properties: {a: {type: string}}}], unevaluatedProperties: false}", ""},
		{"other members of a part, by pattern", "{allOf: [{type: object, properties: {a: {type: integer}}, additionalProperties: {type: integer}}, {patternProperties: {'^q': {minimum: 3}}}]}",
			`{"allOf":[{"patternProperties":{"^q":{"minimum":3}}},{"properties":{"a":true},"additionalProperties":{"type":"integer"}}]}`},
		{"other members of a closed part, by pattern", "{allOf: [{type: object, properties: {a: {type: integer}}, additionalProperties: false}, {patternProperties: {'^q': {type: string}}}]}",
			`{"allOf":[{"patternProperties":{"^q":{"type":"string"}}},{"properties":{"a":true},"additionalProperties":false}]}`},
		{"unevaluatedProperties beside a condition that looks at members", "{type: object, unevaluatedProperties: false, anyOf: [{required: [a]}, {dependentSchemas: {b: {properties: {b: {type: integer}}}}}]}",
			`{"type":"object","unevaluatedProperties":false,"anyOf":[{"required":["a"]},{"dependentSchemas":{"b":{"properties":{"b":{"type":"integer"}}}}}]}`},
		{"unevaluatedProperties beside a choice", "{unevaluatedProperties: false, oneOf: [{type: object, properties: {a: {type: integer}}}, {type: object, properties: {a: {type: integer}, b: {type: integer}}}]}",
			`{"unevaluatedProperties":false,"oneOf":[{"type":"object","properties":{"a":{"type":"integer"}}},{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}]}`},
		{"conditions of a choice", "{type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}",
			`{"oneOf":[{"required":["a"]},{"required":["b"]}]}`},
		{"a reference", "{type: array, items: {type: integer}, contains: {$ref: '#/components/schemas/Big'}}", `{"contains":{"$ref":"#/components/schemas/Big"}}`},
		{"a large integer", "{type: integer, maximum: 1e30}", `{"maximum":1e30}`},
		{"a misspelt keyword within", "{type: string, not: {minLenght: 2}}", `error: unknown-keyword: there is no keyword "minLenght" (did you mean "minLength"?)`},
		{"a pattern within", "{type: string, not: {pattern: '(?!a)'}}", "error: pattern: the pattern \"(?!a)\" is not a regular expression that Go has: error parsing regexp: invalid or unsupported Perl syntax: `(?!`"},
		{"what is not supported within", "{type: string, not: {$dynamicRef: '#a'}}", `error: unsupported-keyword: the keyword "$dynamicRef" is not supported`},
		{"too deep", "{type: string, not: " + strings.Repeat("{not: ", 60) + "{}" + strings.Repeat("}", 61), "error: document-limit: the schema, which is checked as a whole, is nested deeper than 56 levels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			model, found := read(t, toClient("m: "+obj("v: "+tt.schema)))
			if strings.Contains(tt.schema, "$ref") {
				model, found = read(t, toClient("m: "+obj("v: "+tt.schema), "", "components: {schemas: {Big: {minimum: 900}}}"))
			}
			got := ""
			for _, d := range withoutWarnings(found) {
				_, text, _ := strings.Cut(d, ": error: ")
				text, _, _ = strings.Cut(text, "; ")
				got = "error: " + text
			}
			if name := model.Sockets[0].ToClient[0].Type.Object.Fields[0].Type.Extra; got == "" && name != "" {
				for _, e := range model.Extras {
					if e.Name == name {
						got = e.JSON
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
