package lower_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// TestAllOf merges the parts of an allOf to what they ask together.
func TestAllOf(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, schema, want string }{
		{"members of both", "{allOf: [" + obj("x: {type: integer}", "x") + ", " + obj("y: {type: string}") + "]}", "x integer required, y string"},
		{"the tighter bounds", "{allOf: [" + obj("x: {type: integer, minimum: 1, maximum: 9}") + ", " + obj("x: {type: integer, minimum: 3, maximum: 12}") + "]}", "x integer 3..9"},
		{"the narrower type", "{allOf: [" + obj("x: {type: [number, 'null']}") + ", " + obj("x: {type: integer}") + "]}", "x integer"},
		{"the values in common", "{allOf: [" + obj("x: {enum: [a, b, c]}") + ", " + obj("x: {enum: [c, b]}") + "]}", "x string b|c"},
		{"a const within an enum", "{allOf: [" + obj("x: {type: string, enum: [a, b]}") + ", " + obj("x: {const: b}") + "]}", "x string b"},
		{"objects within", "{allOf: [" + obj("x: "+obj("a: {type: string}")) + ", " + obj("x: "+obj("b: {type: string}")) + "]}", "x object a+b"},
		{"a part of a part", "{allOf: [{allOf: [" + obj("x: {type: string}") + "]}, " + obj("y: {type: string}") + "]}", "x string, y string"},
		{"bounds that exclude", "{allOf: [" + obj("x: {type: string}") + ", " + obj("x: {type: integer}") + "]}", "error: allof-conflict: type is already given otherwise at a.yaml:6:75"},
		{"a part that is closed", "{allOf: [{type: object, properties: {x: {type: string}}, additionalProperties: false}, " + obj("y: {type: string}") + "]}",
			`error: allof-closed: this part of an allOf refuses the property "y" of another part, at a.yaml:6:149`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			model, found := read(t, toClient("m: "+tt.schema))
			got := ""
			for _, d := range found {
				if _, text, isError := strings.Cut(d, ": error: "); isError {
					text, _, _ = strings.Cut(text, "; ")
					got = "error: " + text
				}
			}
			if got == "" {
				got = members(model.Sockets[0].ToClient[0].Type)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// members writes the members of an object in short.
func members(t *ir.Type) string {
	var out []string
	for _, f := range t.Object.Fields {
		text := f.JSON + " " + [...]string{"any", "boolean", "integer", "number", "string", "array", "map", "object", "union", "box"}[f.Type.Kind]
		if n := f.Type.Number; n.Min != nil && n.Max != nil {
			text += fmt.Sprintf(" %s..%s", n.Min.Value, n.Max.Value)
		}
		var values []string
		for _, v := range f.Type.Enum {
			values = append(values, strings.Trim(v.JSON, `"`))
		}
		if len(values) > 0 {
			text += " " + strings.Join(values, "|")
		}
		if f.Type.Kind == ir.Object {
			var inner []string
			for _, g := range f.Type.Object.Fields {
				inner = append(inner, g.JSON)
			}
			text += " " + strings.Join(inner, "+")
		}
		if f.Required {
			text += " required"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// TestEndlessChoice ends with a common schema that is a choice of schemas which
// include it, as documents with inheritance have it.
func TestEndlessChoice(t *testing.T) {
	t.Parallel()
	_, found := read(t, "asyncapi: 3.0.0\ninfo: {title: D, version: 1.0.0}\nchannels: {c: {address: c, messages: {m: {payload: {$ref: '#/components/schemas/Worker'}}}}}\n"+
		"operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}\ncomponents:\n  schemas:\n"+
		"    Worker: {type: object, discriminator: type, required: [type], properties: {type: {type: string}}, oneOf: [{$ref: '#/components/schemas/Boss'}, {$ref: '#/components/schemas/Clerk'}]}\n"+
		"    Boss: {allOf: [{$ref: '#/components/schemas/Worker'}, {type: object, properties: {all: {type: boolean}}}]}\n"+
		"    Clerk: {allOf: [{$ref: '#/components/schemas/Worker'}, {type: object, properties: {some: {type: boolean}}}]}\n")
	want := "ref-cycle"
	if errs := withoutWarnings(found); len(errs) != 1 || !strings.Contains(errs[0], want) {
		t.Errorf("got %d findings: %.500q, want one of the rule %s", len(errs), errs, want)
	}
}
