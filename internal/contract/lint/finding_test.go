package lint_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/contract/lint"
)

// TestFindings holds one mistake to one finding, at its place.
func TestFindings(t *testing.T) {
	t.Parallel()
	const (
		chat    = "asyncapi: 3.0.0\ninfo: {title: Demo, version: 1.0.0}\nchannels:\n  chat:\n    address: /chat\n    messages:\n"
		receive = "operations:\n  say: {action: receive, channel: {$ref: '#/channels/chat'}}\n"
		send    = "operations:\n  say: {action: send, channel: {$ref: '#/channels/chat'}}\n"
		payload = "      say: {payload: {type: object, title: Say, properties: {a: {type: string}}, examples: [{}]}}\n"
		rest    = "openapi: 3.1.0\ninfo: {title: Demo, version: 1.0.0}\n"
		deleteA = "paths: {/a: {delete: {operationId: deleteA, responses: {'204': {description: Gone.}}}}}\n"
	)
	tests := map[string]struct {
		asyncapi, openapi string
		files             map[string]string
		want              []string
	}{
		"extensions at the top": {
			asyncapi: "x-enveloppe: {type: /a}\nx-version: 1\n" + chat + payload + receive,
			openapi:  rest + "x-discriminater: /a\n" + deleteA,
			want: []string{
				`asyncapi.yaml:1:1: warning: extension-misspelt: there is no extension "x-enveloppe"; nothing is done about it; write x-envelope`,
				`openapi.yaml:3:1: warning: extension-misspelt: there is no extension "x-discriminater"; nothing is done about it; write x-discriminator`,
			},
		},
		"a tuple in a shared file": {
			asyncapi: chat + "      say: {payload: {$ref: say.yaml}}\n" + receive,
			files:    map[string]string{"say.yaml": "title: Say\ntype: object\nproperties:\n  a: {type: array, items: [{type: string}]}\nexamples: [{}]\n"},
			want: []string{
				`say.yaml:4:20: error: portable-tuple: a list of schemas under items is a tuple for AsyncAPI and an error for OpenAPI 3.1; write an object with a property for each item`,
			},
		},
		"a member that an extension has not": {
			asyncapi: chat + "      say: {x-delivery: {latest: /a}, payload: {type: object, title: Say, properties: {a: {type: string}}, examples: [{}]}}\n" + send,
			want: []string{
				`asyncapi.yaml:7:26: error: x-delivery: x-delivery has no "latest"; its members are class, items, key, flush`,
			},
		},
		"a required key that is misspelt": {
			asyncapi: "asyncapi: 3.0.0\ninfo: {title: Demo, versin: 1.0.0}\n",
			openapi:  "openapi: 3.0.3\ninfo: {title: Demo, versin: 1.0.0}\n" + deleteA,
			want: []string{
				`asyncapi.yaml:2:21: warning: asyncapi-invalid: "info" has no key "versin" (did you mean "version"?)`,
				`openapi.yaml:2:21: warning: openapi-key: the info object has no key "versin" (did you mean "version"?)`,
			},
		},
		"an address that is no text": {
			asyncapi: "asyncapi: 3.0.0\ninfo: {title: Demo, version: 1.0.0}\nchannels:\n  chat:\n    address: 5\n    messages:\n" + payload + receive,
			want:     []string{`asyncapi.yaml:5:14: error: asyncapi-invalid: "address" is of type number and must be of type null or string`},
		},
		"a message of version 2": {
			asyncapi: "asyncapi: 2.6.0\ninfo: {title: Demo, version: 1.0.0}\nchannels:\n  /chat:\n    publish:\n      message: {oneOf: [{$ref: '#/components/messages/say'}]}\n" +
				"components:\n  messages:\n    say: {payload: {type: object, title: Say, properties: {a: {type: string}}}}\n",
			want: []string{`asyncapi.yaml:9:5: note: example-missing: the message "say" has no example; add examples: with a payload, or to the schema of the payload`},
		},
		"credentials of other names": {
			asyncapi: "asyncapi: 3.0.0\ninfo: {title: Demo, version: 1.0.0}\nservers: {a: {host: a, protocol: ws, security: [{$ref: '#/components/securitySchemes/login'}]}}\n" +
				"channels:\n  chat:\n    address: /chat\n    messages:\n" + payload + receive + "components:\n  securitySchemes:\n    login: {type: http, scheme: basic}\n",
			openapi: rest + "security: [{token: []}]\n" + deleteA + "components: {securitySchemes: {token: {type: http, scheme: bearer}}}\n",
			want: []string{
				`asyncapi.yaml:13:5: warning: security-differs: the socket /chat takes HTTP basic, and the REST API HTTP bearer, at openapi.yaml:3:1: who has logged in for one can't speak to the other; let both take one credential`,
			},
		},
		"an operationId that is misspelt": {
			openapi: rest + "paths: {/a: {delete: {operationID: deleteA, responses: {'204': {description: Gone.}}}}}\n",
			want:    []string{`openapi.yaml:3:23: error: openapi-key: the operation object has no key "operationID" (did you mean "operationId"?)`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := codegen.Input{Package: "example.com/demo/gen"}
			fsys := fstest.MapFS{}
			for file, text := range tt.files {
				fsys[file] = &fstest.MapFile{Data: []byte(text)}
			}
			if tt.asyncapi != "" {
				in.AsyncAPI = "asyncapi.yaml"
				fsys[in.AsyncAPI] = &fstest.MapFile{Data: []byte(tt.asyncapi)}
			}
			if tt.openapi != "" {
				in.OpenAPI = "openapi.yaml"
				fsys[in.OpenAPI] = &fstest.MapFile{Data: []byte(tt.openapi)}
			}
			in.FS = fsys
			var got []string
			for _, d := range lint.Run(t.Context(), in, nil).Findings {
				got = append(got, d.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
