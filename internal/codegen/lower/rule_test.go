package lower_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// read lowers the AsyncAPI document text, which is file a.yaml, and gives what was
// found, in order.
func read(t *testing.T, text string, others ...string) (*ir.Model, []string) {
	t.Helper()
	files := fstest.MapFS{"a.yaml": {Data: []byte(text)}}
	for i := 0; i+1 < len(others); i += 2 {
		files[others[i]] = &fstest.MapFile{Data: []byte(others[i+1])}
	}
	var diags source.Diagnostics
	loader := spec.NewLoader(files, &diags)
	model := lower.Lower(lower.Input{Loader: loader, AsyncAPI: loader.Load("a.yaml")}, &diags).Model
	diags.Sort()
	var found []string
	for _, d := range diags {
		found = append(found, d.String())
	}
	return model, found
}

// withoutWarnings gives the errors among findings.
func withoutWarnings(found []string) []string {
	var out []string
	for _, d := range found {
		if strings.Contains(d, ": error: ") {
			out = append(out, d)
		}
	}
	return out
}

// toClient writes a document whose messages to the client have the payloads, one
// a line: a name, a colon and a schema in flow style. Lines of extra are keys of
// the document.
func toClient(payloads string, extra ...string) string {
	var b strings.Builder
	b.WriteString("asyncapi: 3.0.0\nchannels:\n  feed:\n    address: /feed\n    messages:\n")
	for line := range strings.SplitSeq(strings.TrimSpace(payloads), "\n") {
		name, schema, _ := strings.Cut(strings.TrimSpace(line), ": ")
		fmt.Fprintf(&b, "      %s: {payload: %s}\n", name, schema)
	}
	b.WriteString("operations: {push: {action: send, channel: {$ref: '#/channels/feed'}}}\n")
	b.WriteString(strings.Join(extra, "\n"))
	return b.String()
}

// telling writes how the variants of a union are told apart.
func telling(u *ir.UnionOf) []string {
	if u.By == nil {
		return []string{"tried"}
	}
	out := []string{strings.TrimSpace(fmt.Sprintf("rule %d %s %s", u.By.Rule, u.By.Pointer, u.By.Second))}
	for _, v := range u.Variants {
		text := v.Type.Name
		for _, part := range []struct {
			name   string
			values []string
		}{{"is", v.Values}, {"and", v.Second}, {"kind", v.JSON}} {
			if len(part.values) > 0 {
				text += " " + part.name + " " + strings.Join(part.values, ",")
			}
		}
		if v.Member != "" {
			text += " has " + v.Member
		}
		out = append(out, text)
	}
	return out
}

func obj(properties string, required ...string) string {
	return "{type: object, required: [" + strings.Join(required, ", ") + "], properties: {" + properties + "}}"
}

// TestRules tells messages apart by each rule of DESIGN.md section 5.
func TestRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		doc  string
		want []string
	}{
		{"1: x-discriminator", toClient("a: "+obj("k: {const: 1}, t: {const: x}")+"\nb: "+obj("k: {const: 2}, t: {const: y}"), "x-discriminator: t"),
			[]string{"rule 1 /t", `A is "x"`, `B is "y"`}},
		{"1: x-discriminator with one by default", toClient("a: "+obj("t: {const: x}")+"\nb: "+obj("n: {type: integer}"), "x-discriminator: /t"),
			[]string{"rule 1 /t", `A is "x"`, `B`}},
		{"1: deep x-discriminator", toClient("a: "+obj("h: "+obj("i: "+obj("t: {const: x}")))+"\nb: "+obj("h: "+obj("i: "+obj("t: {const: y}"))), "x-discriminator: /h/i/t"),
			[]string{"rule 1 /h/i/t", `A is "x"`, `B is "y"`}},
		{"2: shallowest", toClient("a: " + obj("h: "+obj("deep: {const: 1}")+", Kind: {enum: [x, z]}") + "\nb: " + obj("h: "+obj("deep: {const: 2}")+", Kind: {const: y}")),
			[]string{"rule 2 /Kind", `A is "x","z"`, `B is "y"`}},
		{"2: required first", toClient("a: " + obj("u: {const: 1}, v: {const: 1}", "v") + "\nb: " + obj("u: {const: 2}, v: {const: 2}", "v")),
			[]string{"rule 2 /v", "A is 1", "B is 2"}},
		{"2: at depth two", toClient("a: " + obj("h: "+obj("e: {const: x}")) + "\nb: " + obj("h: "+obj("e: {const: y}"))),
			[]string{"rule 2 /h/e", `A is "x"`, `B is "y"`}},
		{"2: through a choice", toClient("a: {oneOf: [" + obj("t: {const: x}, s: {const: 1}") + ", " + obj("t: {const: x}, s: {const: 2}") + "]}\nb: " + obj("t: {const: y}")),
			[]string{"rule 2 /t", `AMessage is "x"`, `B is "y"`}},
		{"3: a pair", toClient("a: " + obj("ch: {const: book}, ev: {const: add}") + "\nb: " + obj("ch: {const: book}, ev: {const: del}") + "\nc: " + obj("ch: {const: tape}, ev: {const: add}")),
			[]string{"rule 3 /ch /ev", `A is "book" and "add"`, `B is "book" and "del"`, `C is "tape" and "add"`}},
		{"3: a pair, the second for some", toClient("a: " + obj("ch: {const: book}, ev: {const: add}") + "\nb: " + obj("ch: {const: book}, ev: {const: del}") + "\nc: " + obj("ch: {const: tape}")),
			[]string{"rule 3 /ch /ev", `A is "book" and "add"`, `B is "book" and "del"`, `C is "tape"`}},
		{"4: one by default", toClient("a: " + obj("t: {const: x}") + "\nb: " + obj("t: {const: y}") + "\nc: " + obj("n: {type: integer}")),
			[]string{"rule 4 /t", `A is "x"`, `B is "y"`, "C"}},
		{"5: an enum of the names", toClient("userJoined: " + obj("e: {enum: [user_joined, user_left]}") + "\nuserLeftEvent: " + obj("e: {enum: [user_joined, user_left]}")),
			[]string{"rule 5 /e", `UserJoined is "user_joined"`, `UserLeftEvent is "user_left"`}},
		{"6: x-envelope", toClient("a: {type: string}\nb: {type: string}", "x-envelope: {type: /ev, payload: /d}"),
			[]string{"rule 6 /ev", `AMessage is "a"`, `BMessage is "b"`}},
		{"7: a member of its own", toClient("a: " + obj("x: {type: integer}", "x") + "\nb: " + obj("y: {type: integer}", "y") + "\nc: " + obj("z: {type: integer}")),
			[]string{"rule 7", "A has /x", "B has /y", "C"}},
		{"7: members one after the other", toClient("a: " + obj("x: {type: integer}, y: {type: integer}", "x", "y") + "\nb: " + obj("x: {type: integer}", "x") + "\nc: " + obj("x: {type: integer}, y: {type: integer}, z: {type: integer}", "x", "y", "z") + "\nd: " + obj("w: {type: integer}")),
			[]string{"rule 7", "A has /y", "B has /x", "C has /z", "D"}},
		{"one payload is one message", toClient("a: {$ref: '#/components/schemas/S'}\nb: {$ref: '#/components/schemas/S'}", "components: {schemas: {S: {type: object, properties: {}}}}"),
			[]string{"tried"}},
		{"7: members beside values", toClient("a: " + obj("t: {const: x}") + "\nb: " + obj("y: {type: integer}", "y") + "\nc: " + obj("z: {type: integer}")),
			[]string{"rule 7 /t", `A is "x"`, "B has /y", "C"}},
		{"7: the JSON kind", toClient("a: {type: array, items: {type: number}}\nb: {type: [string, 'null']}\nc: " + obj("t: {const: x}")),
			[]string{"rule 7", "A kind array", "B kind null,string", "C kind object"}},
		{"7: the JSON kind and values", toClient("a: {type: array, items: {type: number}}\nb: " + obj("t: {const: x}") + "\nc: " + obj("t: {const: y}")),
			[]string{"rule 2 /t", "A kind array", `B is "x"`, `C is "y"`}},
		{"7: scalars by their values", toClient("a: {type: string, const: on}\nb: {type: string, enum: [off, out]}"),
			[]string{"rule 2", `A is "on"`, `BMessage is "off","out"`}},
		{"8: validate against all", toClient("a: "+obj("x: {type: integer}")+"\nb: "+obj("y: {type: integer}"), "x-discriminator: validate"),
			[]string{"tried"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			model, found := read(t, tt.doc)
			for _, d := range withoutWarnings(found) {
				t.Fatal(d)
			}
			if diff := cmp.Diff(tt.want, telling(model.Sockets[0].ClientUnion.Union)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRulesFail shows the findings about messages that can't be told apart: the
// pair, its places and the ways out.
func TestRulesFail(t *testing.T) {
	t.Parallel()
	const fixes = "; give each payload a required property of the same name with a const of its own, name the deciding member by x-discriminator, or say by x-envelope where each frame carries its message's name"
	tests := []struct {
		name, doc string
		want      []string
	}{
		{"nothing differs", toClient("a: " + obj("x: {type: integer}") + "\nb: " + obj("y: {type: integer}")), []string{
			`a.yaml:4:5: error: messages-collide: the messages to the client can't be told apart: nothing in them differs for sure, such as a const: "a" (a.yaml:6:10), "b" (a.yaml:7:10)` + fixes}},
		{"a value in common", toClient("a: " + obj("t: {const: x}") + "\nb: " + obj("t: {const: y}") + "\nc: " + obj("t: {enum: [x, z]}")), []string{
			`a.yaml:4:5: error: messages-collide: the messages to the client can't be told apart: /t may be "x" in each of "a" (a.yaml:6:10), "c" (a.yaml:8:10)` + fixes}},
		{"two without the member", toClient("a: " + obj("t: {const: x}") + "\nb: " + obj("n: {type: integer}") + "\nc: " + obj("n: {type: integer}")), []string{
			`a.yaml:4:5: error: messages-collide: the messages to the client can't be told apart by /t: it has no const or enum in "b" (a.yaml:7:10), "c" (a.yaml:8:10)` + fixes}},
		{"a default that may have the value", toClient("a: " + obj("t: {const: x}") + "\nb: " + obj("t: {type: string}")), []string{
			`a.yaml:4:5: error: messages-collide: the messages to the client can't be told apart by /t: it has no const or enum in "b" (a.yaml:7:10)` + fixes}},
		{"the named member does not tell", toClient("a: "+obj("t: {const: x}")+"\nb: "+obj("t: {const: x}"), "x-discriminator: /t"), []string{
			`a.yaml:9:18: error: messages-collide: the messages to the client can't be told apart: /t may be "x" in each of "a" (a.yaml:6:10), "b" (a.yaml:7:10)` + fixes}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, found := read(t, tt.doc)
			if diff := cmp.Diff(tt.want, withoutWarnings(found)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSameWords gives two channels whose messages are described in the same words,
// which name different files.
func TestSameWords(t *testing.T) {
	t.Parallel()
	const channel = "address: /x\nmessages: {say: {payload: {$ref: say.yaml}}}\n"
	const say = "title: %s\ntype: object\nrequired: [type]\nproperties: {type: {type: string, const: %s}}\n"
	model, found := read(t, "asyncapi: 3.0.0\nchannels: {a: {$ref: one/c.yaml}, b: {$ref: two/c.yaml}}\n"+
		"operations:\n  a: {action: send, channel: {$ref: '#/channels/a'}}\n  b: {action: send, channel: {$ref: '#/channels/b'}}\n",
		"one/c.yaml", channel, "two/c.yaml", channel, "one/say.yaml", fmt.Sprintf(say, "One", "one"), "two/say.yaml", fmt.Sprintf(say, "Two", "two"))
	if got := len(model.Sockets[0].ToClient); got != 2 || len(withoutWarnings(found)) > 0 {
		t.Errorf("%d messages, %v", got, found)
	}
}

// TestReplyElsewhere gives a request whose reply comes by another protocol.
func TestReplyElsewhere(t *testing.T) {
	t.Parallel()
	model, found := read(t, `asyncapi: 3.0.0
servers: {ws: {host: h, protocol: ws}, kafka: {host: k, protocol: kafka}}
channels:
  chat: {address: /chat, servers: [{$ref: '#/servers/ws'}], messages: {ask: {payload: {title: Ask, type: object}}}}
  log: {address: log, servers: [{$ref: '#/servers/kafka'}], messages: {told: {payload: {title: Told, type: object}}}}
operations:
  ask: {action: receive, channel: {$ref: '#/channels/chat'}, reply: {channel: {$ref: '#/channels/log'}}}
`)
	warned := slices.ContainsFunc(found, func(d string) bool { return strings.Contains(d, "warning: reply-channel: ") })
	if sock := model.Sockets[0]; len(sock.ToServer) != 1 || len(sock.ToClient) != 0 || !warned {
		t.Errorf("%d messages to the client, %v", len(sock.ToClient), found)
	}
}

// TestWholeURL gives addresses that are URLs, of which the path is taken.
func TestWholeURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"wss://example.com/ws/{id}": "/ws/{id}", "/ws://h:80/ws": "/ws", "HTTPS://example.com": "/", "http://example.com/a://b": "/a://b", "/proxy/http://b": "/proxy/http://b",
	} {
		model, found := read(t, "asyncapi: 3.0.0\nchannels: {a: {address: '"+address+"', parameters: {id: {}}, messages: {m: {payload: {type: object}}}}}\noperations: {o: {action: send, channel: {$ref: '#/channels/a'}}}\n")
		if got := model.Sockets[0].Path; got != want {
			t.Errorf("%s is at %s, want %s: %v", address, got, want, found)
		}
	}
}
