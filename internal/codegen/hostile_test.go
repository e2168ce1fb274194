package codegen_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/duet-api/duet/internal/codegen"
)

// chain writes schemas S0 to Sn, each made of two references to the one before.
func chain(n int, keyword string) string {
	var b strings.Builder
	b.WriteString("components:\n  schemas:\n    S0: {type: object, properties: {a: {type: string}}}\n")
	for i := 1; i <= n; i++ {
		ref := fmt.Sprintf("{$ref: '#/components/schemas/S%d'}", i-1)
		fmt.Fprintf(&b, "    S%d: "+keyword+"\n", i, ref, ref)
	}
	return b.String()
}

const hostileHead = "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\nchannels:\n  a: {address: /a, messages: {m: {payload: {$ref: '#/components/schemas/S'}}}}\noperations: {o: {action: send, channel: {$ref: '#/channels/a'}}}\n"

// hostile gives hostileHead with the last schema of a chain as the payload.
func hostile(n int, keyword string) string {
	head := strings.Replace(hostileHead, "schemas/S'", fmt.Sprintf("schemas/S%d'", n), 1)
	return head + chain(n, keyword)
}

func utf16Text(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// TestHostile reads documents that were made to cost time, memory or the stack,
// or that are no good text. It ends, and says what is wrong and where; want is
// empty for a document that is fine all the same.
func TestHostile(t *testing.T) {
	t.Parallel()
	minimal := "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\nchannels: {}\n"
	tests := []struct{ name, doc, want string }{
		{"100000 nested lists", "asyncapi: " + strings.Repeat("[", 100000), "document-limit"},
		{"100000 nested lists, closed", "asyncapi: 3.0.0\nx-a: " + strings.Repeat("[", 100000) + strings.Repeat("]", 100000), "document-limit"},
		{"nested block lists", "asyncapi: 3.0.0\nx-a:\n" + strings.Repeat("- ", 50000) + "1\n", "document-limit"},
		{"nested JSON objects", strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000), "document-limit"},
		{"a loop of references", hostileHead + "components: {schemas: {S: {$ref: '#/components/schemas/T'}, T: {$ref: '#/components/schemas/S'}}}", "ref-cycle"},
		{"an allOf of itself", hostileHead + "components: {schemas: {S: {allOf: [{$ref: '#/components/schemas/S'}, {type: object}]}}}", "ref-cycle"},
		{"a oneOf of itself", hostileHead + "components: {schemas: {S: {oneOf: [{$ref: '#/components/schemas/S'}, {type: object}]}}}", ""},
		{"an array of itself", hostileHead + "components: {schemas: {S: {type: array, items: {$ref: '#/components/schemas/S'}}}}", ""},
		{"doubling allOf", hostile(60, "{allOf: [%[2]s, %[3]s]}"), ""},
		{"doubling oneOf", hostile(60, "{oneOf: [%[2]s, {type: array, items: %[3]s}]}"), ""},
		{"doubling anyOf with members", hostile(40, "{type: object, properties: {b: {type: string}}, anyOf: [%[2]s, %[3]s]}"), "document-limit"},
		{"doubling properties", hostile(60, "{type: object, properties: {a: %[2]s, b: %[3]s}}"), ""},
		{"UTF-16", utf16Text(minimal), "encoding"},
		{"BOM and CRLF", "\ufeff" + strings.ReplaceAll(minimal, "\n", "\r\n"), ""},
		{"a tab", "asyncapi: 3.0.0\nchannels:\n\ta: {}\n", "yaml-syntax"},
		{"control characters", "asyncapi: 3.0.0\x00\nchannels: {}\n", "yaml-syntax"},
		{"an anchor and a merge key", minimal + "x-a: &a {b: 1}\nx-c: {<<: *a, d: 2}\n", ""},
		{"a rate beyond all numbers", strings.Replace(hostileHead, "{m: {", "{m: {x-rate-limit: {perSecond: 1e400, burst: 5}, ", 1) + "x-perspective: client\ncomponents: {schemas: {S: {type: object}}}", "x-rate-limit"},
		{"the version as a number", "asyncapi: 2.6\nchannels: {}\n", "asyncapi-version"},
		{"a list", "[1, 2]", "asyncapi-version"},
		{"a scalar", "x", "asyncapi-version"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := codegen.Input{FS: fstest.MapFS{"a.yaml": {Data: []byte(tt.doc)}}, AsyncAPI: "a.yaml", Package: "example.com/gen"}
			_, _, diags := codegen.Generate(context.Background(), in)
			var text strings.Builder
			for _, d := range diags {
				if !d.Pos.IsValid() {
					t.Errorf("no place: %s", d)
				}
				text.WriteString(d.String()[:min(len(d.String()), 300)] + "\n")
			}
			switch {
			case tt.want == "" && diags.HasErrors(), tt.want != "" && !strings.Contains(text.String(), ": error: "+tt.want):
				t.Errorf("want %q, got\n%s", tt.want, text.String())
			}
		})
	}
}

// formHead is an OpenAPI document whose form has the schema S.
const formHead = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /f:\n    post:\n      operationId: send\n      requestBody: {content: {multipart/form-data: {schema: {$ref: '#/components/schemas/S'}}}}\n      responses: {'204': {description: Done.}}\n"

// TestHostileForms reads forms that include themselves, or many others.
func TestHostileForms(t *testing.T) {
	t.Parallel()
	file := "properties: {file: {type: string, format: binary}}"
	doubling := strings.Replace(formHead, "schemas/S'", "schemas/S40'", 1) +
		strings.Replace(chain(40, "{allOf: [%[2]s, %[3]s]}"), "{type: object, properties: {a: {type: string}}}", "{type: object, "+file+"}", 1)
	var members strings.Builder
	for i := range 60 {
		fmt.Fprintf(&members, "p%d: {$ref: '#/components/schemas/S'}, ", i)
	}
	tests := []struct{ name, doc, want string }{
		{"a form of itself", formHead + "components: {schemas: {S: {allOf: [{$ref: '#/components/schemas/S'}]}}}\n", "ref-cycle"},
		{"a form of itself and a file", formHead + "components: {schemas: {S: {" + file + ", allOf: [{$ref: '#/components/schemas/S'}]}}}\n", "ref-cycle"},
		{"doubling allOf", doubling, ""},
		{"many references to itself", formHead + "components: {schemas: {S: {type: object, properties: {" + members.String() + "}}}}\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := codegen.Input{FS: fstest.MapFS{"a.yaml": {Data: []byte(tt.doc)}}, OpenAPI: "a.yaml", Package: "example.com/gen"}
			files, _, diags := codegen.Generate(context.Background(), in)
			size := 0
			for _, text := range files {
				size += len(text)
			}
			if size > 1<<20 {
				t.Errorf("%d bytes are generated", size)
			}
			got := fmt.Sprint(diags)
			if diags.HasErrors() != (tt.want != "") || !strings.Contains(got, tt.want) {
				t.Errorf("want %q, got %.1000s", tt.want, got)
			}
		})
	}
}

// TestHostileBundle reads a document that is small, and large once what it refers to
// is copied to where it has no components for it.
func TestHostileBundle(t *testing.T) {
	t.Parallel()
	var other strings.Builder
	other.WriteString("l0: {a: 1}\n")
	for i := 1; i <= 30; i++ {
		fmt.Fprintf(&other, "l%[1]d: {a: {$ref: '#/l%[2]d'}, b: {$ref: '#/l%[2]d'}}\n", i, i-1)
	}
	in := codegen.Input{AsyncAPI: "a.yaml", Package: "example.com/gen", FS: fstest.MapFS{
		"a.yaml": {Data: []byte("asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\nchannels: {}\nmore: {$ref: 'b.yaml#/l30'}\n")},
		"b.yaml": {Data: []byte(other.String())},
	}}
	_, _, diags := codegen.Generate(context.Background(), in)
	if got := fmt.Sprint(diags); !strings.Contains(got, "document-limit: with what it refers to") {
		t.Errorf("got %.1000s", got)
	}
}
