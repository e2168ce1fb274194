package describe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/contract/describe"
)

// socket makes a model of one socket whose messages to the server are told apart
// in a given way.
func socket(by *ir.Discriminator, variants ...*ir.Variant) *ir.Model {
	s := &ir.Socket{Name: "Chat", Path: "/chat", MaxBytes: 100}
	s.ServerUnion = &ir.Type{Kind: ir.Union, Union: &ir.UnionOf{By: by, Variants: variants}}
	s.ClientUnion = &ir.Type{Kind: ir.Union, Union: &ir.UnionOf{}}
	for i := range variants {
		s.ToServer = append(s.ToServer, &ir.Message{Key: string(rune('a' + i)), Type: &ir.Type{Name: "T"}, IsPush: true})
	}
	return &ir.Model{Title: "Demo", Version: "1", Perspective: "server", Sockets: []*ir.Socket{s}}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		by       *ir.Discriminator
		variants []*ir.Variant
		told     string
		when     []string
	}{
		"constants": {
			&ir.Discriminator{Pointer: "/type", Rule: 2},
			[]*ir.Variant{{Values: []string{`"a"`}}, {Values: []string{`"b"`, `"c"`}}},
			"/type, the shallowest member whose constant values differ",
			[]string{`/type is "a"`, `/type is "b" or "c"`},
		},
		"a pair": {
			&ir.Discriminator{Pointer: "/type", Second: "/op", Rule: 3},
			[]*ir.Variant{{Values: []string{`"a"`}, Second: []string{"1"}}, {Values: []string{`"a"`}, Second: []string{"2"}}},
			"/type and /op, a pair of members",
			[]string{`/type is "a" and /op is 1`, `/type is "a" and /op is 2`},
		},
		"a default": {
			&ir.Discriminator{Pointer: "/type", Rule: 4},
			[]*ir.Variant{{Values: []string{`"a"`}}, {}},
			"/type, which one message lacks",
			[]string{`/type is "a"`, "nothing else fits"},
		},
		"a member or a kind": {
			&ir.Discriminator{Rule: 7},
			[]*ir.Variant{{JSON: []string{"array"}}, {Member: "/price"}},
			"a member or a kind of JSON that one message alone has",
			[]string{"the frame is of JSON type array", "there is a member /price"},
		},
		"by trying": {
			nil,
			[]*ir.Variant{{}, {}},
			"reading the frame as each of them to see which one fits",
			[]string{"the frame fits its schema", "the frame fits its schema"},
		},
		"one message": {nil, []*ir.Variant{{}}, "", []string{"the frame fits its schema"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := describe.Of(socket(tt.by, tt.variants...), nil).Sockets[0].ToServer
			var when []string
			for _, m := range got.Messages {
				when = append(when, m.When)
			}
			if got.ToldBy != tt.told {
				t.Errorf("told by %q, want %q", got.ToldBy, tt.told)
			}
			if diff := cmp.Diff(tt.when, when); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestText describes everything that a socket and an operation can have.
func TestText(t *testing.T) {
	t.Parallel()
	m := socket(&ir.Discriminator{Pointer: "/type", Rule: 2}, &ir.Variant{Values: []string{`"ask"`}})
	s := m.Sockets[0]
	id, items := &ir.Field{JSON: "id"}, &ir.Field{JSON: "items"}
	answer := &ir.Message{Key: "answer", Type: &ir.Type{Name: "Answer"}, IsReply: true, Correlation: id}
	s.ToServer[0] = &ir.Message{Key: "ask", Tag: `"ask"`, Type: &ir.Type{Name: "Ask"}, Reply: answer, Correlation: id, MaxBytes: 50, Rate: &ir.Rate{PerSecond: 0.5, Burst: 3}}
	s.ToClient = []*ir.Message{answer, {Key: "moved", Type: &ir.Type{Name: "Moved"}, IsPush: true, ReconnectAfter: []*ir.Field{items}, Latest: &ir.Latest{Items: []*ir.Field{items}, Key: id}}}
	s.Security = []ir.Security{{Scheme: "ticket", Kind: "api-key-query", Name: "t"}, {Scheme: "login", Kind: "message", Name: "ask"}}
	s.CloseCodes = []ir.CloseCode{{Code: 4001, Name: "Slow", Doc: "Too slow. Read faster.", Reconnect: true}}
	m.REST = &ir.REST{BasePath: "/v1", Operations: []*ir.Operation{{
		Name: "AddThing", Method: "POST", Path: "/things", Body: &ir.Type{Name: "Thing"}, Secured: true,
		Pos:       source.Pos{File: "o.yaml", Line: 9},
		Responses: []*ir.Response{{Status: 201, Type: &ir.Type{Kind: ir.Array, Array: &ir.ArrayOf{Elem: &ir.Type{Name: "Thing"}}}}, {Status: 300, Range: true, MediaType: "image/png"}, {Status: 404}},
	}, {
		Name: "ListThings", Method: "GET", Path: "/things", Pos: source.Pos{File: "o.yaml", Line: 5},
		Params: []*ir.OpParam{{In: "query", Param: ir.Param{JSON: "limit"}}},
		Responses: []*ir.Response{{Status: 200, Type: &ir.Type{Kind: ir.Box, Name: "ListThingsResponse", Box: &ir.Type{
			Kind: ir.Array, Array: &ir.ArrayOf{Elem: &ir.Type{Name: "Thing"}},
		}}}},
	}}}
	diags := source.Diagnostics{{Rule: "perspective", Message: "the names contradict", Fix: "turn it"}}
	var b strings.Builder
	describe.Of(m, diags).Text(&b)
	want := `Demo 1

Socket Chat  /chat
  A message to the server has at most 100 bytes, where nothing else is said.

  The client sends (told by /type, the shallowest member whose constant values differ; rule 2):
    ask  Ask  and gets answer  0.5 a second, 3 at once; at most 50 bytes; id at /id

  The server sends:
    answer  Answer  as a reply   reliable; id at /id
    moved   Moved   latest only  newest of /items by /id; stay away for the milliseconds at /items

  A client says who it is by one of:
    ticket  the query parameter t
    login   the message ask

  Close codes:
    4001  Slow  reconnect  Too slow.

The AsyncAPI document takes the server's view: receive is what clients send. If that is wrong,
write x-perspective: client at its top, or give -perspective client.
warning: the names contradict; turn it

REST /v1
  GET /things   ListThings  query limit?         200 [Thing]
  POST /things  AddThing                  Thing  201 [Thing], 3XX image/png, 404  needs a login
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestOddities describes what is not as it should be: messages that can't be told
// apart, frames that are called otherwise than their messages, no socket.
func TestOddities(t *testing.T) {
	t.Parallel()
	collide := source.Diagnostic{Rule: "messages-collide", Message: "the messages to the server can't be told apart"}
	skipped := source.Diagnostic{Severity: source.Warning, Rule: "protocol-skipped", Message: "no server speaks WebSocket, but http"}
	quote := socket(&ir.Discriminator{Pointer: "/T", Rule: 2}, &ir.Variant{Values: []string{`"q"`}}, &ir.Variant{Values: []string{`"ok"`, `"bad"`}})
	quote.Version2, quote.SocketTitle = true, "Ticks"
	quote.Sockets[0].ToServer[0].Tag = `"q"`
	tests := map[string]struct {
		model *ir.Model
		found source.Diagnostic
		want  []string
	}{
		"a collision": {socket(nil, &ir.Variant{}, &ir.Variant{}), collide, []string{"(told by nothing: they can't be told apart):"}},
		"tried":       {socket(nil, &ir.Variant{}, &ir.Variant{}), skipped, []string{"to see which one fits; rule 8):"}},
		"other words": {quote, skipped, []string{"Demo and Ticks 1\n", "    a (q)       T\n", "    b (ok|bad)  T ", "publish is what clients send"}},
		"no socket": {
			&ir.Model{Title: "Demo", Version: "1", Perspective: "server", Types: []*ir.Type{{Name: "A"}, {Name: "B"}}}, skipped,
			[]string{"There is no socket.\n  no server speaks WebSocket, but http\n  Types: A, B.\n"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			describe.Of(tt.model, source.Diagnostics{tt.found}).Text(&b)
			for _, want := range tt.want {
				if !strings.Contains(b.String(), want) {
					t.Errorf("there is no %q in:\n%s", want, b.String())
				}
			}
		})
	}
}
