package rest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/rest"
)

// bad is a body that is refused.
type bad struct {
	name   string
	body   string
	header map[string]string
	stream bool
	status int
	code   string
	want   []string // pointer and rule of each finding
}

// badBodies are the bodies that every operation refuses, made from one that it
// accepts, which is an object whose first member is a string or an object.
func badBodies(good string) []bad {
	at := strings.LastIndex(good, "}")
	key, _, _ := strings.Cut(good[2:], `"`)
	big := good + strings.Repeat(" ", 16<<10)
	refused := func(name, body string, want ...string) bad {
		return bad{name: name, body: body, status: 400, code: "invalid_request", want: want}
	}
	malformed := func(name, body string) bad { return bad{name: name, body: body, status: 400, code: "malformed_json"} }
	media := func(name string, header map[string]string) bad {
		return bad{name: name, body: good, header: header, status: 415, code: "unsupported_media_type"}
	}
	return []bad{
		refused("another member", good[:at]+`,"extra":1}`, "", "additionalProperties"),
		refused("member of another case", `{"`+strings.ToUpper(key)+`":1}`, "", "additionalProperties"),
		refused("member twice", good[:at]+`,`+good[1:], "/"+key, "duplicate"),
		refused("member of another type", `{"`+key+`":[]}`, "/"+key, "type"),
		refused("null member", `{"`+key+`":null}`, "/"+key, "type"),
		refused("array", `[]`, "", "type"),
		refused("null", `null`, "", "type"),
		refused("string", `"x"`, "", "type"),
		malformed("nothing", " "),
		malformed("trailing garbage", good+"x"),
		malformed("trailing value", good+good),
		malformed("cut off", good[:at]),
		malformed("NaN", `{"`+key+`":NaN}`),
		malformed("not UTF-8", `{"`+key+"\":\"\xff\"}"),
		malformed("byte order mark", "\ufeff"+good),
		malformed("comment", good+"//"),
		malformed("single quotes", `{'`+key+`':1}`),
		{name: "too large", body: big, status: 413, code: "payload_too_large"},
		{name: "too large, of unknown length", body: big, stream: true, status: 413, code: "payload_too_large"},
		media("text", map[string]string{"Content-Type": "text/plain"}),
		media("form", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}),
		media("no type", map[string]string{"Content-Type": ""}),
		media("other charset", map[string]string{"Content-Type": "application/json; charset=utf-16"}),
		media("compressed", map[string]string{"Content-Encoding": "gzip"}),
	}
}

// ownBad are bodies that break a rule of one operation.
func ownBad() map[string][]bad {
	refused := func(name, body string, want ...string) bad {
		return bad{name: name, body: body, status: 400, code: "invalid_request", want: want}
	}
	pw := `"password":"` + password + `"`
	return map[string][]bad{
		"createUser": {
			refused("nothing in it", `{}`, "/name", "required", "/password", "required"),
			refused("short name", `{"name":"ab",`+pw+`}`, "/name", "minLength"),
			refused("long name", `{"name":"`+strings.Repeat("a", 33)+`",`+pw+`}`, "/name", "maxLength"),
			refused("odd name", `{"name":"a b c",`+pw+`}`, "/name", "pattern"),
			refused("short password", `{"name":"cyd","password":"hunter2"}`, "/password", "minLength"),
			refused("long password", `{"name":"cyd","password":"`+strings.Repeat("é", 129)+`"}`, "/password", "maxLength"),
			refused("half a surrogate", `{"name":"cyd","password":"hunter2hunter2\ud800"}`, "/password", "utf8"),
		},
		"updateUser": {
			refused("nothing in it", `{}`, "", "minProperties"),
			refused("short name", `{"name":"ab"}`, "/name", "minLength"),
		},
		"createSession": {
			refused("nothing in it", `{}`, "/name", "required", "/password", "required"),
		},
		"refreshSession": {
			refused("nothing in it", `{}`, "/refreshToken", "required"),
			refused("empty", `{"refreshToken":""}`, "/refreshToken", "minLength"),
		},
		"createRoom": {
			refused("nothing in it", `{}`, "/name", "required", "/capacity", "required"),
			refused("no room", `{"name":"attic","capacity":0}`, "/capacity", "minimum"),
			refused("too much room", `{"name":"attic","capacity":1001}`, "/capacity", "maximum"),
			refused("half a player", `{"name":"attic","capacity":1.5}`, "/capacity", "type"),
			refused("number in a string", `{"name":"attic","capacity":"5"}`, "/capacity", "type"),
			refused("not finite", `{"name":"attic","capacity":1e999}`, "/capacity", "format"),
		},
		"updatePlayer": {
			refused("nothing in it", `{}`, "/position", "required"),
			refused("no y", `{"position":{"x":1}}`, "/position/y", "required"),
			refused("too far", `{"position":{"x":1000001,"y":0}}`, "/position/x", "maximum"),
			refused("too far below", `{"position":{"x":0,"y":0,"z":-1000001}}`, "/position/z", "minimum"),
			refused("not finite", `{"position":{"x":1e999,"y":0}}`, "/position/x", "finite"),
			refused("negative seq", `{"position":{"x":0,"y":0},"seq":-1}`, "/seq", "minimum"),
			refused("huge seq", `{"position":{"x":0,"y":0},"seq":9007199254740992}`, "/seq", "maximum"),
		},
	}
}

// TestBadBody sends every operation that has a body what it refuses.
func TestBadBody(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if op.body == "" {
			continue
		}
		shared := newFixture(t, options{})
		for _, tt := range slices.Concat(badBodies(op.body), ownBad()[op.id]) {
			t.Run(op.id+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				f := shared.in(t)
				r := op.request
				r.body, r.header, r.stream = tt.body, tt.header, tt.stream
				a := f.do(r)
				p := a.problem(t)
				if a.status != tt.status || string(p.Code) != tt.code {
					t.Fatalf("status %d and %s, want %d %s", a.status, a.body, tt.status, tt.code)
				}
				var got []string
				for _, e := range p.Errors {
					got = append(got, e.Pointer, e.Rule)
				}
				if !containsPairs(got, tt.want) {
					t.Errorf("findings (-want +got):\n%s", cmp.Diff(tt.want, got))
				}
				for _, secret := range []string{"hunter2", password} {
					if strings.Contains(string(a.body), secret) {
						t.Errorf("the answer repeats a value: %s", a.body)
					}
				}
			})
		}
	}
}

// containsPairs reports whether got has each pair of want. A body may break other
// rules besides.
func containsPairs(got, want []string) bool {
	for pair := range slices.Chunk(want, 2) {
		found := false
		for have := range slices.Chunk(got, 2) {
			found = found || slices.Equal(pair, have)
		}
		if !found {
			return false
		}
	}
	return true
}

// badParam is a parameter that is refused.
type badParam struct {
	op, name, path string
	header         map[string]string
	want           []string
}

func badParams() []badParam {
	long := strings.Repeat("a", 513)
	tests := []badParam{
		{"listUsers", "limit 0", "/v1/users?limit=0", nil, []string{"/query/limit", "minimum"}},
		{"listUsers", "limit 101", "/v1/users?limit=101", nil, []string{"/query/limit", "maximum"}},
		{"listUsers", "limit of no number", "/v1/users?limit=ten", nil, []string{"/query/limit", "type"}},
		{"listUsers", "limit twice", "/v1/users?limit=1&limit=2", nil, []string{"/query/limit", "duplicate"}},
		{"listUsers", "limit beyond int32", "/v1/users?limit=4294967297", nil, []string{"/query/limit", "type"}},
		{"listUsers", "empty cursor", "/v1/users?cursor=", nil, []string{"/query/cursor", "minLength", "/query/cursor", "pattern"}},
		{"listUsers", "long cursor", "/v1/users?cursor=" + long, nil, []string{"/query/cursor", "maxLength"}},
		{"listUsers", "odd cursor", "/v1/users?cursor=%21", nil, []string{"/query/cursor", "pattern"}},
		{"listUsers", "cursor not of ours", "/v1/users?cursor=abcd", nil, []string{"/query/cursor", "format"}},
		{"listRooms", "short name", "/v1/rooms?name=ab", nil, []string{"/query/name", "minLength"}},
		{"listRooms", "cursor not of ours", "/v1/rooms?cursor=abcd", nil, []string{"/query/cursor", "format"}},
		{"listRooms", "malformed query", "/v1/rooms?name=%zz", nil, []string{"/query", "format"}},
		{"listPlayers", "odd since", "/v1/rooms/{garden}/players?since=%00", nil, []string{"/query/since", "pattern"}},
		{"listPlayers", "since not UTF-8", "/v1/rooms/{garden}/players?since=%ff", nil, []string{"/query/since", "utf8"}},
		{"listPlayers", "long ETag", "/v1/rooms/{garden}/players", map[string]string{"If-None-Match": long}, []string{"/header/If-None-Match", "maxLength"}},
	}
	for _, op := range operations() {
		tests = append(tests, badParam{op.id, "unknown parameter", op.path + "?Limit=1", nil, []string{"/query", "additionalProperties"}})
		for _, key := range []string{"{bob}", "{ada}", "{garden}"} {
			param := map[bool]string{true: "/path/roomId", false: "/path/userId"}[key == "{garden}"]
			if strings.Contains(op.path, key) {
				tests = append(tests, badParam{op.id, "malformed id", strings.Replace(op.path, key, "7", 1), nil, []string{param, "format"}})
			}
		}
	}
	return tests
}

// TestBadParams sends parameters that are refused.
func TestBadParams(t *testing.T) {
	t.Parallel()
	shared := newFixture(t, options{limits: rest.Limits{Addr: rest.Rate{PerSecond: 1000, Burst: 1000}}})
	for _, tt := range badParams() {
		t.Run(tt.op+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			f := shared.in(t)
			r := operationOf(tt.op).request
			r.path, r.header = tt.path, tt.header
			a := f.do(r)
			p := a.problem(t)
			var got []string
			for _, e := range p.Errors {
				got = append(got, e.Pointer, e.Rule)
			}
			if a.status != 400 || p.Code != "invalid_request" || !cmp.Equal(tt.want, got) {
				t.Errorf("status %d, %s (-want +got):\n%s", a.status, p.Code, cmp.Diff(tt.want, got))
			}
		})
	}
}
