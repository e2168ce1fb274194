package lower_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const liftHead = "asyncapi: 2.6.0\ninfo: {title: T, version: '1'}\n"

// TestLift reads documents of AsyncAPI 2 as sockets: their paths, and the messages
// of each direction.
func TestLift(t *testing.T) {
	t.Parallel()
	say := "{name: say, payload: {type: object, properties: {t: {const: say}}}}"
	tests := []struct {
		name, doc string
		want      []string // path, messages to the server, messages to the client; then findings
	}{
		{"publish is what clients send", liftHead + "channels: {/a: {publish: {message: " + say + "}}}\n", []string{"/a", "[Say]", "[]"}},
		{"subscribe is what they get", liftHead + "channels: {/a: {subscribe: {message: " + say + "}}}\n", []string{"/a", "[]", "[Say]"}},
		{"the client's view", liftHead + "x-perspective: client\nchannels: {/a: {publish: {message: " + say + "}}}\n", []string{"/a", "[]", "[Say]"}},
		{"a URL with a path and variables", liftHead + "servers: {s: {url: 'ws://{h}/{base}/x', protocol: ws, variables: {base: {default: v1}}}}\nchannels: {a: {subscribe: {message: " + say + "}}}\n",
			[]string{"/v1/x/a", "[]", "[Say]"}},
		{"messages by reference and by id", liftHead + "channels: {/: {publish: {message: {oneOf: [{$ref: '#/components/messages/one'}, {messageId: two, payload: {type: object, properties: {t: {const: two}}}}]}}}}\n" +
			"components: {messages: {one: {payload: {type: object, properties: {t: {const: one}}}}}}\n", []string{"/", "[One Two]", "[]"}},
		{"a trait over the message", liftHead + "channels: {/a: {publish: {operationId: op, message: {payload: {type: object, properties: {}}, traits: [{name: trait}]}}}}\n", []string{"/a", "[Trait]", "[]"}},
		{"no such scheme", liftHead + "servers: {s: {url: 'ws://h', protocol: ws, security: [{tokn: []}]}}\nchannels: {/a: {publish: {message: " + say + "}}}\ncomponents: {securitySchemes: {token: {type: http, scheme: bearer}}}\n",
			[]string{"/a", "[Say]", "[]", `a.yaml:3:56: error: security-scheme: there is no security scheme "tokn" (did you mean "token"?)`}},
		{"no such server", liftHead + "servers: {s: {url: 'ws://h', protocol: ws}}\nchannels: {/a: {servers: [t], publish: {message: " + say + "}}}\n",
			[]string{"/a", "[Say]", "[]", `a.yaml:4:27: error: channel-server: there is no server "t" (did you mean "s"?)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			model, found := read(t, tt.doc)
			if len(model.Sockets) != 1 {
				t.Fatalf("%d sockets: %v", len(model.Sockets), found)
			}
			s := model.Sockets[0]
			var in, out []string
			for _, m := range s.ToServer {
				in = append(in, m.Name)
			}
			for _, m := range s.ToClient {
				out = append(out, m.Name)
			}
			got := append([]string{s.Path, fmt.Sprint(in), fmt.Sprint(out)}, withoutWarnings(found)...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
