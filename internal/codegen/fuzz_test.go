package codegen

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// FuzzLower feeds any text to the loader and the lowering, as each of the
// documents: they end, and what they report has a place.
func FuzzLower(f *testing.F) {
	f.Add("asyncapi: 3.0.0\nchannels:\n  a: {address: /a, messages: {m: {payload: {$ref: '#/components/schemas/M'}}}}\n" +
		"operations:\n  o: {action: send, channel: {$ref: '#/channels/a'}}\n" +
		"components: {schemas: {M: {allOf: [{$ref: '#/components/schemas/M'}], oneOf: [{$ref: '#/components/schemas/M'}]}}}\n")
	f.Add("openapi: 3.1.0\npaths: {'/a/{b}': {get: {parameters: [{name: b, in: path, required: true, schema: {type: string, enum: [a, b]}}], responses: {'200': {$ref: '#/paths'}}}}}\n")
	f.Add("openapi: 3.0.3\ncomponents: {securitySchemes: {a: {x-session: {create: {}}}}}\npaths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object, nullable: true, properties: {a: {$ref: 'x.yaml'}}}}}}}}}\n")
	f.Add("a: &a [*a, {<<: *a}]\n")
	f.Add("{\"asyncapi\":\"3.1.0\",\"channels\":{\"\":{\"address\":\"{x}\",\"x-envelope\":[],\"messages\":{\"\":{\"payload\":{}}}}},\"operations\":{\"\":{\"action\":\"send\",\"channel\":{\"$ref\":\"#/channels/\"}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 || strings.Count(text, "*") > 100 {
			t.Skip("long inputs make slow runs and find nothing new")
		}
		files := fstest.MapFS{"x.yaml": {Data: []byte(text)}}
		var diags source.Diagnostics
		loader := spec.NewLoader(files, &diags)
		if doc := loader.Load("x.yaml"); doc != nil {
			result := lower.Lower(lower.Input{Loader: loader, OpenAPI: doc, AsyncAPI: doc}, &diags)
			loader.Bundle(doc, func([]string) string { return "schemas" })
			if result.Model == nil {
				t.Error("no model")
			}
		}
		for _, d := range diags {
			if !d.Pos.IsValid() {
				t.Errorf("a finding without a place: %s", d)
			}
		}
	})
}
