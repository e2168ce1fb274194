package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestParseSteps reads each kind of line.
func TestParseSteps(t *testing.T) {
	t.Parallel()
	tests := map[string]any{
		`user ada grace`:                  userStep{[]string{"ada", "grace"}},
		`room arena by ada`:               roomStep{"arena", "ada", 10},
		`room arena by ada capacity 2`:    roomStep{"arena", "ada", 2},
		`open ada $arena`:                 openStep{conn: "ada", room: "$arena"},
		`open a $r bearer $t ticket x`:    openStep{conn: "a", room: "$r", how: []option{{"bearer", "$t"}, {"ticket", "x"}}},
		`open a $r => 404 {"code":"x"}`:   openStep{conn: "a", room: "$r", status: 404, body: `{"code":"x"}`},
		`ada < {"a": 1}`:                  expectStep{conn: "ada", pattern: `{"a": 1}`, times: 1},
		`ada < {"a":" times "}`:           expectStep{conn: "ada", pattern: `{"a":" times "}`, times: 1},
		`ada < 3 times {}`:                expectStep{conn: "ada", pattern: `{}`, times: 3},
		`ada < many {}`:                   expectStep{conn: "ada", pattern: `{}`},
		`ada <~ {}`:                       expectStep{conn: "ada", pattern: `{}`, times: 1, anywhere: true},
		`ada < close 4504`:                closedStep{"ada", 4504},
		`ada silent`:                      silentStep{"ada"},
		`ada skips`:                       skipStep{"ada"},
		`ada > {  "a`:                     sendStep{"ada", `{  "a`},
		`ada sends 3 times {`:             rawStep{conn: "ada", times: 3, data: "{"},
		`ada sends binary {}`:             rawStep{conn: "ada", times: 1, binary: true, data: "{}"},
		`ada sends bytes "\xff"`:          rawStep{conn: "ada", times: 1, data: "\xff"},
		`ada sends padded 4 {}`:           rawStep{conn: "ada", times: 1, data: "{}  "},
		`ada closes 1000`:                 endStep{"ada", 1000},
		`ada drops`:                       endStep{"ada", 0},
		`rest ada GET /v1/x => 200`:       restStep{as: "ada", method: "GET", path: "/v1/x", status: 200},
		`rest ada PUT /x {"a": 1} => 4 ?`: restStep{as: "ada", method: "PUT", path: "/x", body: `{"a": 1}`, status: 4, pattern: "?"},
		`never a secret`:                  neverStep{"a secret"},
	}
	for line, want := range tests {
		steps, err := parseSteps("x", "# comment\n\n"+line+"\n")
		if err != nil || len(steps) != 1 || steps[0].at != "x:3" {
			t.Errorf("%q: %v and %v", line, steps, err)
			continue
		}
		if d := cmp.Diff(want, steps[0].do, cmp.AllowUnexported(userStep{}, roomStep{}, openStep{}, option{}, expectStep{}, closedStep{}, silentStep{}, skipStep{}, sendStep{}, rawStep{}, endStep{}, restStep{}, neverStep{})); d != "" {
			t.Errorf("%q (-want +got):\n%s", line, d)
		}
	}
}

// TestParseErrors names the line that is none.
func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		" goes on":              `x.txtar: a.txt:1: there is no line to go on with`,
		"ada":                   `x.txtar: a.txt:1: "ada": there is no such line`,
		"\nada says {}":         `x.txtar: a.txt:2: "ada says {}": there is no such line`,
		"room arena":            `x.txtar: a.txt:1: "room arena": want room NAME by USER [capacity N]`,
		"open ada":              `x.txtar: a.txt:1: "open ada": want open CONNECTION ROOM, and words with values`,
		"open ada $r cookie x":  `x.txtar: a.txt:1: "open ada $r cookie x": there is no cookie`,
		"rest ada GET /x":       `x.txtar: a.txt:1: "rest ada GET /x": want rest USER METHOD PATH [BODY] => STATUS [BODY]`,
		"ada < close soon":      `x.txtar: a.txt:1: "ada < close soon": strconv.Atoi: parsing "soon": invalid syntax`,
		"ada sends a lot":       `x.txtar: a.txt:1: "ada sends a lot": want N times, binary, bytes or padded`,
		"ada sends bytes \\xff": `x.txtar: a.txt:1: "ada sends bytes \\xff": invalid syntax`,
	}
	for text, want := range tests {
		_, err := parseArchive("x.txtar", txtar.Parse([]byte("comment\n-- a.txt --\n"+text+"\n")))
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := parseArchive("x.txtar", txtar.Parse([]byte("-- a.txt --\nada silent\n"))); err == nil {
		t.Error("an archive without a comment was accepted")
	}
}

// bindings are names of a test.
type bindings map[string]string

func (b bindings) value(name string) (string, error) { return b[name], nil }
func (b bindings) set(name, value string)            { b[name] = value }

// TestMatch compares values with patterns.
func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, got string
		want         []string // differences
		bound        bindings
	}{
		{pattern: `{"a":1,"b":[true,null]}`, got: `{"b":[true,null],"a":1.0}`},
		{pattern: `{"a":1}`, got: `{"a":2}`, want: []string{"/a: got 2, want 1"}},
		{pattern: `{"a":1}`, got: `{"a":"1"}`, want: []string{`/a: got "1", want 1`}},
		{pattern: `{"a":1}`, got: `{}`, want: []string{"/a: missing"}},
		{pattern: `{"a":1}`, got: `{"a":1,"b":2}`, want: []string{"/b: not expected: 2"}},
		{pattern: `{"a":1}`, got: `[]`, want: []string{": got [], want an object"}},
		{pattern: `{"a":1,...}`, got: `{"a":1,"b":2}`},
		{pattern: `{...}`, got: `{"b":2}`},
		{pattern: `{"a":{...},"b":1}`, got: `{"a":{"x":1},"b":1,"c":1}`, want: []string{"/c: not expected: 1"}},
		{pattern: `[1,2]`, got: `[1]`, want: []string{": got [1], want 2 items"}},
		{pattern: `[1,{...}]`, got: `[1,2]`, want: []string{"/1: got 2, want an object"}},
		{pattern: `{"a":"... ?x \"? "}`, got: `{"a":"... ?x \"? "}`},
		{pattern: `{"a":?,"b":?b}`, got: `{"a":1,"b":"text"}`, bound: bindings{"b": "text"}},
		{pattern: `[?n,{"o":?o}]`, got: `[1.5,{"o":{"k":[1]}}]`, bound: bindings{"n": "1.5", "o": `{"k":[1]}`}},
	}
	for _, tt := range tests {
		bound := bindings{}
		if d := cmp.Diff(tt.want, matchText(tt.pattern, tt.got, bound)); d != "" {
			t.Errorf("%s against %s (-want +got):\n%s", tt.pattern, tt.got, d)
		}
		if len(tt.bound) > 0 || len(bound) > 0 {
			if d := cmp.Diff(tt.bound, bound); d != "" {
				t.Errorf("%s against %s: names (-want +got):\n%s", tt.pattern, tt.got, d)
			}
		}
	}
}

// TestFill makes values that match patterns.
func TestFill(t *testing.T) {
	t.Parallel()
	example := `{"a":1,"b":{"c":"x","d":2},"list":[{"k":1,"l":2}]}`
	for pattern, want := range map[string]string{
		`{"a":2}`:                      `{"a":2}`,
		`{"a":?}`:                      `{"a":1}`,
		`{"b":?b}`:                     `{"b":{"c":"x","d":2}}`,
		`{"b":{"c":"y",...},...}`:      `{"a":1,"b":{"c":"y","d":2},"list":[{"k":1,"l":2}]}`,
		`{"list":[{"k":5,...},{...}]}`: `{"list":[{"k":5,"l":2},{"k":1,"l":2}]}`,
		`{"list":[]}`:                  `{"list":[]}`,
		`{"none":?}`:                   `/none: the document has no example for this`,
	} {
		p, err := parsePattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		var e any
		if err := json.Unmarshal([]byte(example), &e); err != nil {
			t.Fatal(err)
		}
		got, err := fill(p, e, "", bindings{})
		text := show(got)
		if err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("%s: %s, want %s", pattern, text, want)
		}
	}
}

// TestJudge refuses what the document does not declare.
func TestJudge(t *testing.T) {
	t.Parallel()
	j := newSpecJudge(t)
	tests := map[string]string{
		`{"type":"pong","id":"1","data":{"serverTime":"2026-01-15T09:30:00.125Z"}}`: "",
		`{"type":"pong","id":"1","data":{"serverTime":"yesterday"}}`:                "date-time",
		`{"type":"pong","data":{"serverTime":"2026-01-15T09:30:00.125Z"}}`:          "missing property 'id'",
		`{"type":"ping","id":"1"}`: `declares no message of type "ping" to the client`,
		`{"type":"error","data":{"code":"made_up","message":"","retryable":false}}`: "value must be one of",
		`{"type":"goodbye"`: "unexpected EOF",
	}
	for text, want := range tests {
		err := j.message(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
