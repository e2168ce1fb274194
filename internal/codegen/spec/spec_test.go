package spec_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
	"github.com/google/go-cmp/cmp"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, in string
		json           string // of the document
		diags          []string
	}{
		{name: "strings of YAML 1.1", in: "{a: y, b: yes, c: on, d: 2026-01-02, e: 1:30, f: 1_000, g: 0b1}", json: `{"a":"y","b":"yes","c":"on","d":"2026-01-02","e":"1:30","f":"1_000","g":"0b1"}`},
		{name: "core scalars", in: "[true, Null, ~, 0777, 0o17, 0x1F, +1, .5, 1., 1e3, -0.10]", json: `[true,null,null,777,15,31,1,0.5,1,1e3,-0.10]`},
		{name: "exact numbers", in: "[123456789012345678901234567890, 0.1000]", json: `[123456789012345678901234567890,0.1000]`},
		{name: "explicit tags", in: "[!!str 1, !!float 1, !!int 7]", json: `["1",1,7]`},
		{name: "BOM and CRLF", in: "\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n", json: `{"a":1,"b":"x\ny\n"}`},
		{name: "JSON with surrogates", file: "a.json", in: "{\"a\":\t\"\\ud83d\\ude00\\/\"}", json: `{"a":"😀/"}`},
		{name: "aliases", in: "a: &x {k: 1}\nb: *x\nc: {<<: *x, j: 2}", json: `{"a":{"k":1},"b":{"k":1},"c":{"j":2,"k":1}}`},
		{name: "duplicate key", in: "a: 1\nb:\n  c: 1\n  \"c\": 2\n", diags: []string{`a.yaml:4:3: error: duplicate-key: key "c" is already at a.yaml:3:3; remove one of them`}},
		{name: "tab", in: "a:\n\tb: 1\n", diags: []string{`a.yaml:2:1: error: yaml-syntax: a tab indents this line: found character that cannot start any token; indent with spaces`}},
		{name: "bad YAML", in: "a: [1\nb: 2\n", diags: []string{"a.yaml:2:1: error: yaml-syntax: did not find expected ',' or ']'"}},
		{name: "bad key", in: "a:\n  b: 1\n  c: 2\n c: 3\nd: 1\n", diags: []string{"a.yaml:4:2: error: yaml-syntax: did not find expected key"}},
		{name: "infinity", in: "a: .inf", diags: []string{"a.yaml:1:4: error: number-not-json: .inf is not a JSON number; leave the bound out, or write a finite number"}},
		{name: "custom tag", in: "a: !!int x", diags: []string{`a.yaml:1:4: error: yaml-tag: tag !!int does not fit "x"; remove the tag`}},
		{name: "empty", in: "# nothing\n", diags: []string{"a.yaml:1:1: error: empty-document: the file holds no document"}},
		{name: "two documents", in: "a: 1\n---\nb: 1\n", diags: []string{"a.yaml:2:1: error: yaml-syntax: a second document starts here; a file holds one"}},
		{name: "not UTF-8", in: "a: 1\nb: \xff", diags: []string{"a.yaml:2:4: error: encoding: the file is not valid UTF-8; save the file as UTF-8"}},
		{name: "column counts bytes", in: "{é: {a: 1, a: 2}}", diags: []string{`a.yaml:1:13: error: duplicate-key: key "a" is already at a.yaml:1:7; remove one of them`}},
		{name: "alias of itself", in: "a: &x [*x]", diags: []string{`a.yaml:1:8: error: yaml-alias: alias "*x" holds itself; use $ref, which may be recursive`}},
		{name: "billion laughs", in: laughs, diags: []string{"a.yaml:1:32: error: document-limit: aliases repeat more than 65536 values; split the document"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.file == "" {
				tt.file = "a.yaml"
			}
			var diags source.Diagnostics
			l := spec.NewLoader(fstest.MapFS{tt.file: {Data: []byte(tt.in)}}, &diags)
			n := l.Load(tt.file)
			if got := text(diags); !cmp.Equal(got, tt.diags) {
				t.Fatalf("diagnostics (-want +got):\n%s", cmp.Diff(tt.diags, got))
			}
			if tt.json != "" && n.JSON() != tt.json {
				t.Errorf("got %s, want %s", n.JSON(), tt.json)
			}
		})
	}
}

const laughs = `a: &a [x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
`

func text(diags source.Diagnostics) []string {
	diags.Sort()
	var out []string
	for _, d := range diags {
		out = append(out, d.String())
	}
	return out
}

func TestResolve(t *testing.T) {
	t.Parallel()
	const other = "root: true\ndefs: {x: {title: X, back: {$ref: '../a.yaml#/ok'}}}\n"
	tests := []struct {
		name, ref string
		want      string // position of the target
		diags     []string
	}{
		{name: "same file", ref: "#/ok", want: "a.yaml:2:5"},
		{name: "escapes", ref: "#/paths/~1a~1%7Bid%7D/m~0n", want: "a.yaml:3:26"},
		{name: "array index", ref: "#/list/1", want: "a.yaml:4:11"},
		{name: "file", ref: "s/b.yaml", want: "s/b.yaml:1:1"},
		{name: "file and pointer", ref: "./s/b.yaml#/defs/x", want: "s/b.yaml:2:11"},
		{name: "chain through files", ref: "s/b.yaml#/defs/x/back", want: "a.yaml:2:5"},
		{name: "through a reference", ref: "#/via/defs/x", want: "s/b.yaml:2:11"},
		{name: "near miss", ref: "#/paths/~1a~1%7Bid%7D/m~0m", diags: []string{`a.yaml:1:11: error: ref-unresolved: $ref "#/paths/~1a~1%7Bid%7D/m~0m": there is no "m~m" (did you mean "m~n"?)`}},
		{name: "missing file", ref: "s/c.yaml", diags: []string{`a.yaml:1:11: error: file-missing: there is no file "s/c.yaml" (did you mean "b.yaml"?)`}},
		{name: "outside", ref: "../x.yaml", diags: []string{`a.yaml:1:11: error: ref-outside: $ref "../x.yaml" leaves the project's folder; move the file below the folder of duet.yaml`}},
		{name: "remote", ref: "https://example.com/x.yaml", diags: []string{`a.yaml:1:11: error: ref-remote: $ref "https://example.com/x.yaml" is remote, and nothing is read from the network; save a copy beside the document and refer to that, or allow it by -allow-remote-refs`}},
		{name: "anchor", ref: "#foo", diags: []string{`a.yaml:1:11: error: ref-syntax: $ref "#foo" has a fragment that is not a JSON pointer; write a JSON pointer, such as #/components/schemas/User`}},
		{name: "itself", ref: "#/r", diags: []string{`a.yaml:1:11: error: ref-cycle: $ref "#/r" leads back to itself; let one of them name a value`}},
		{name: "through itself", ref: "#/r/x", diags: []string{`a.yaml:1:11: error: ref-unresolved: $ref "#/r/x": there is no "x"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc := "r: {$ref: '" + tt.ref + "'}\nok: {title: Ok}\npaths: {'/a/{id}': {m~n: {title: P}}}\nlist: [1, {title: L}]\nvia: {$ref: s/b.yaml}\n"
			var diags source.Diagnostics
			l := spec.NewLoader(fstest.MapFS{"a.yaml": {Data: []byte(doc)}, "s/b.yaml": {Data: []byte(other)}}, &diags)
			n, ok := l.Resolve(l.Load("a.yaml").Get("r"))
			if diff := cmp.Diff(tt.diags, text(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if ok != (tt.want != "") || ok && n.Pos.String() != tt.want {
				t.Errorf("got %v (%v), want %s", n, ok, tt.want)
			}
		})
	}
}

func TestPascal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"player.update": "PlayerUpdate", "userId": "UserID", "HTTPServer": "HTTPServer", "user_ids": "UserIDs",
		"auth.user.response": "AuthUserResponse", "JOINED": "Joined", "3d": "X3d", "": "X", "a b-c": "ABC", "url": "URL", "Ünïcode name": "ÜnïcodeName",
	} {
		if got := spec.Pascal(in); got != want {
			t.Errorf("Pascal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBundle(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"api/a.yaml":        {Data: []byte("x: {$ref: s/player.yaml}\ny: {$ref: s/room.yaml}\nz: {$ref: '#/components/schemas/Local'}\ncomponents:\n  schemas:\n    Local: {type: string}\n    Person: {$ref: s/player.yaml}\n    Room: {type: integer}\n")},
		"api/s/player.yaml": {Data: []byte("$id: p\ntype: object\nproperties: {friend: {$ref: player.yaml}, home: {$ref: '#/$defs/home'}, l: {$ref: '../a.yaml#/components/schemas/Local'}}\n$defs: {home: {type: object}}\n")},
		"api/s/room.yaml":   {Data: []byte("type: array\nitems: {$ref: player.yaml}\n")},
	}
	const want = `{"x":{"$ref":"#/components/schemas/Person"},"y":{"$ref":"#/components/schemas/Room2"},"z":{"$ref":"#/components/schemas/Local"},` +
		`"components":{"schemas":{"Local":{"type":"string"},"Person":{"type":"object","properties":{"friend":{"$ref":"#/components/schemas/Person"},"home":{"$ref":"#/components/schemas/Home"},"l":{"$ref":"#/components/schemas/Local"}},"$defs":{"home":{"type":"object"}}},` +
		`"Room":{"type":"integer"},"Room2":{"type":"array","items":{"$ref":"#/components/schemas/Person"}},"Home":{"type":"object"}}}}`
	var diags source.Diagnostics
	l := spec.NewLoader(files, &diags)
	b := l.Bundle(l.Load("api/a.yaml"), func([]string) string { return "schemas" })
	if got := b.Root.JSON(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(diags) > 0 {
		t.Errorf("diagnostics: %v", text(diags))
	}
	if got := b.Hoisted["/components/schemas/Person"].Pos.String(); got != "api/s/player.yaml:1:1" {
		t.Errorf("Person comes from %s", got)
	}
}

// TestBundleNames gives values whose names are those of keywords that hold data.
func TestBundleNames(t *testing.T) {
	t.Parallel()
	var diags source.Diagnostics
	l := spec.NewLoader(fstest.MapFS{
		"a.yaml": {Data: []byte("channels: {default: {messages: {example: {payload: {$ref: b.yaml}}}}}\ncomponents: {requestBodies: {x-body: {schema: {$ref: b.yaml}}}, links: {value: {a: {$ref: b.yaml}}}}\n")},
		"b.yaml": {Data: []byte("type: string\ndefault: {$ref: none.yaml}\n")},
	}, &diags)
	got := l.Bundle(l.Load("a.yaml"), func([]string) string { return "schemas" }).Root.JSON()
	const b = `{"$ref":"#/components/schemas/B"}`
	want := `{"channels":{"default":{"messages":{"example":{"payload":` + b + `}}}},` +
		`"components":{"requestBodies":{"x-body":{"schema":` + b + `}},"links":{"value":{"a":` + b + `}},"schemas":{"B":{"type":"string","default":{"$ref":"none.yaml"}}}}}`
	if got != want || len(diags) > 0 {
		t.Errorf("got  %s\nwant %s\n%v", got, want, diags)
	}
}

// TestClosestOfLongWords gives words whose comparison would take minutes.
func TestClosestOfLongWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ab", 1<<19)
	if got := spec.Closest(long, []string{long + "c"}); got != "" {
		t.Error("a long word is near another")
	}
}

func TestCopyName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://example.com/s/a.yaml":                              "-a.yaml",
		"https://example.com/s/..%2fa:b?":                           "-a-b",
		"https://example.com":                                       "-",
		"https://example.com/x.go":                                  "-x.go.txt",
		"https://example.com/" + strings.Repeat("é", 300) + ".yaml": "-" + strings.Repeat("é", 47) + ".yaml",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := spec.CopyName(u); len(got) < 12 || got[12:] != want {
			t.Errorf("%s is kept in %q, want …%q", text, got, want)
		}
	}
}
