package rest_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/gen/spec"
	"github.com/duet-api/duet/internal/rest"
)

// operation is a call that succeeds.
type operation struct {
	id     string
	status int
	request
}

// operations has each operation of the contract once.
func operations() []operation {
	return []operation{
		{"createUser", 201, request{method: "POST", path: "/v1/users", body: `{"name":"cyd","password":"` + password + `"}`}},
		{"listUsers", 200, request{method: "GET", path: "/v1/users", as: "ada"}},
		{"getUser", 200, request{method: "GET", path: "/v1/users/{bob}", as: "ada"}},
		{"updateUser", 200, request{method: "PATCH", path: "/v1/users/{ada}", as: "ada", body: `{"name":"ada.l"}`}},
		{"deleteUser", 204, request{method: "DELETE", path: "/v1/users/{ada}", as: "ada"}},
		{"createSession", 201, request{method: "POST", path: "/v1/sessions", body: `{"name":"ada","password":"` + password + `"}`}},
		{"refreshSession", 200, request{method: "POST", path: "/v1/sessions/refresh", body: `{"refreshToken":"{ada.refresh}"}`}},
		{"deleteSession", 204, request{method: "DELETE", path: "/v1/sessions/current", as: "ada"}},
		{"createTicket", 201, request{method: "POST", path: "/v1/tickets", as: "ada"}},
		{"listRooms", 200, request{method: "GET", path: "/v1/rooms", as: "ada"}},
		{"createRoom", 201, request{method: "POST", path: "/v1/rooms", as: "ada", body: `{"name":"attic","capacity":50}`}},
		{"getRoom", 200, request{method: "GET", path: "/v1/rooms/{garden}", as: "ada"}},
		{"deleteRoom", 204, request{method: "DELETE", path: "/v1/rooms/{garden}", as: "ada"}},
		{"listPlayers", 200, request{method: "GET", path: "/v1/rooms/{garden}/players", as: "ada"}},
		{"updatePlayer", 200, request{method: "PUT", path: "/v1/rooms/{garden}/players/me", as: "ada", body: `{"position":{"x":1.5,"y":-2},"seq":7}`}},
	}
}

func operationOf(id string) operation {
	for _, op := range operations() {
		if op.id == id {
			return op
		}
	}
	panic(id)
}

// failure is a call that the rules refuse.
type failure struct {
	op     string
	name   string
	status int
	code   string
	before []request
	change func(*request)
}

func failures() []failure {
	path := func(p string) func(*request) { return func(r *request) { r.path = p } }
	body := func(b string) func(*request) { return func(r *request) { r.body = b } }
	as := func(who string) func(*request) { return func(r *request) { r.as = who } }
	return []failure{
		{"createUser", "name in another case", 409, "name_taken", nil, body(`{"name":"ADA","password":"` + password + `"}`)},
		{"getUser", "unknown", 404, "user_not_found", nil, path("/v1/users/{nobody}")},
		{"updateUser", "another's name", 409, "name_taken", nil, body(`{"name":"BOB"}`)},
		{"updateUser", "another user", 403, "forbidden", nil, as("bob")},
		{"deleteUser", "another user", 403, "forbidden", nil, as("bob")},
		{"createSession", "wrong password", 401, "invalid_credentials", nil, body(`{"name":"ada","password":"incorrect horse"}`)},
		{"createSession", "unknown name", 401, "invalid_credentials", nil, body(`{"name":"eve","password":"incorrect horse"}`)},
		{"createSession", "too many failures", 429, "too_many_logins", slices.Repeat([]request{{
			method: "POST", path: "/v1/sessions", body: `{"name":"ada","password":"incorrect horse"}`,
		}}, 5), nil},
		{"refreshSession", "unknown token", 401, "invalid_token", nil, body(`{"refreshToken":"{nobody}"}`)},
		{"refreshSession", "used token", 401, "token_revoked", []request{operationOf("refreshSession").request}, nil},
		{"deleteSession", "twice", 401, "token_revoked", []request{operationOf("deleteSession").request}, nil},
		{"createTicket", "too many", 429, "rate_limited", slices.Repeat([]request{operationOf("createTicket").request}, 16), nil},
		{"createRoom", "name in another case", 409, "name_taken", nil, body(`{"name":"Garden","capacity":1}`)},
		{"getRoom", "unknown", 404, "room_not_found", nil, path("/v1/rooms/{nobody}")},
		{"deleteRoom", "unknown", 404, "room_not_found", nil, path("/v1/rooms/{nobody}")},
		{"deleteRoom", "another's room", 403, "forbidden", nil, as("bob")},
		{"listPlayers", "unknown room", 404, "room_not_found", nil, path("/v1/rooms/{nobody}/players")},
		{"updatePlayer", "unknown room", 404, "room_not_found", nil, path("/v1/rooms/{nobody}/players/me")},
		{"updatePlayer", "full room", 409, "room_full", []request{operationOf("updatePlayer").request}, as("bob")},
	}
}

// TestOperations makes each call once as it should be.
func TestOperations(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, options{})
			a := f.do(op.request)
			if a.status != op.status {
				t.Errorf("status %d, want %d: %s", a.status, op.status, a.body)
			}
			if want := strconv.Itoa(len(a.body)); len(a.body) > 0 && a.header.Get("Content-Length") != want {
				t.Errorf("Content-Length %q, want %s", a.header.Get("Content-Length"), want)
			}
		})
	}
}

// TestFailures makes calls that the rules refuse.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range failures() {
		t.Run(tt.op+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, options{})
			for _, r := range tt.before {
				f.do(r)
			}
			r := operationOf(tt.op).request
			if tt.change != nil {
				tt.change(&r)
			}
			a := f.do(r)
			if p := a.problem(t); a.status != tt.status || string(p.Code) != tt.code {
				t.Errorf("status %d and %s, want %d %s", a.status, a.body, tt.status, tt.code)
			}
			if a.status == 429 && a.header.Get("Retry-After") == "" {
				t.Error("there is no Retry-After")
			}
		})
	}
}

// TestUnauthenticated makes each call that needs a token without a good one.
func TestUnauthenticated(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ header, code, challenge string }{
		"none":         {"", "unauthenticated", "Bearer"},
		"other scheme": {"Basic YTpi", "unauthenticated", "Bearer"},
		"empty":        {"Bearer ", "unauthenticated", "Bearer"},
		"garbage":      {"Bearer x", "invalid_token", `Bearer error="invalid_token"`},
		"lower case":   {"bearer x.y.z", "invalid_token", `Bearer error="invalid_token"`},
	}
	f := newFixture(t, options{})
	for _, op := range operations() {
		if op.as == "" {
			continue
		}
		for name, tt := range tests {
			r := op.request
			r.as, r.header = "", map[string]string{}
			if tt.header != "" {
				r.header["Authorization"] = tt.header
			}
			r.path += "?unknown=1" // the token comes first
			a := f.do(r)
			if p := a.problem(t); a.status != 401 || string(p.Code) != tt.code || a.header.Get("WWW-Authenticate") != tt.challenge {
				t.Errorf("%s, %s: status %d, %s, %v", op.id, name, a.status, a.body, a.header)
			}
		}
	}
}

// TestRateLimited makes each call once more than is allowed.
func TestRateLimited(t *testing.T) {
	t.Parallel()
	tight := rest.Rate{PerSecond: 0.001, Burst: 1}
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, options{limits: rest.Limits{User: tight, Addr: tight}})
			if op.as != "" {
				f.do(request{method: "GET", path: "/v1/users", as: op.as})
			} else {
				f.do(op.request)
			}
			a := f.do(op.request)
			if p := a.problem(t); a.status != 429 || p.Code != "rate_limited" || a.header.Get("Retry-After") == "" {
				t.Errorf("status %d, %s, %v", a.status, a.body, a.header)
			}
		})
	}
}

// TestEveryAnswerIsTested compares the answers that the contract declares with
// those that tests ask for.
func TestEveryAnswerIsTested(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{
		// Of another user they are 403, and a caller who is gone has no good token.
		"updateUser 404": true, "deleteUser 404": true,
		"listPlayers 304": true, // TestPolling
	}
	for _, op := range operations() {
		tested[fmt.Sprint(op.id, " ", op.status)] = true
		tested[op.id+" 429"] = true // TestRateLimited
		if op.as != "" {
			tested[op.id+" 401"] = true // TestUnauthenticated
		}
		if op.body != "" {
			tested[op.id+" 400"], tested[op.id+" 413"], tested[op.id+" 415"] = true, true, true // TestBadBody
		}
	}
	for _, tt := range badParams() {
		tested[tt.op+" 400"] = true
	}
	for _, tt := range failures() {
		tested[fmt.Sprint(tt.op, " ", tt.status)] = true
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(spec.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
				if answer := op.OperationID + " " + status; status != "default" && !tested[answer] {
					missing = append(missing, answer)
				}
			}
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("nothing tests the answers %s", strings.Join(missing, ", "))
	}
}

// TestPolling follows a room by ETag and by version.
func TestPolling(t *testing.T) {
	t.Parallel()
	f := newFixture(t, options{})
	poll := request{method: "GET", path: "/v1/rooms/{garden}/players", as: "bob"}
	empty := f.do(poll)
	etag, version := empty.header.Get("ETag"), empty.text(t, "version")
	if etag != `"`+version+`"` || !strings.Contains(string(empty.body), `"players":[],"left":[]`) {
		t.Fatalf("ETag %s and %s", etag, empty.body)
	}
	for name, header := range map[string]string{"same": etag, "weak": "W/" + etag, "list": `"x", ` + etag, "any": "*"} {
		poll.header = map[string]string{"If-None-Match": header}
		if a := f.do(poll); a.status != 304 || len(a.body) != 0 || a.header.Get("ETag") != etag || a.header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: status %d, headers %v", name, a.status, a.header)
		}
	}
	f.do(operationOf("updatePlayer").request)
	poll.header = map[string]string{"If-None-Match": etag}
	poll.path += "?since=" + version
	changed := f.do(poll)
	want := fmt.Sprintf(`{"id":%q,"name":"ada","position":{"x":1.5,"y":-2},"seq":7,`, f.strings["ada"])
	if changed.status != 200 || !strings.Contains(string(changed.body), `"full":false`) || !strings.Contains(string(changed.body), want) {
		t.Errorf("status %d, %s", changed.status, changed.body)
	}
	poll.path = "/v1/rooms/{garden}/players?since=unknown"
	if full := f.do(poll); !strings.Contains(string(full.body), `"full":true`) {
		t.Errorf("status %d, %s", full.status, full.body)
	}
}

// TestPages walks a list page by page.
func TestPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, options{})
	first := f.do(request{method: "GET", path: "/v1/users?limit=1", as: "ada"})
	second := f.do(request{method: "GET", path: "/v1/users?limit=1&cursor=" + first.text(t, "nextCursor"), as: "ada"})
	if !strings.Contains(string(first.body), `"ada"`) || !strings.Contains(string(second.body), `"bob"`) || second.text(t, "nextCursor") != "" {
		t.Errorf("pages %s and %s", first.body, second.body)
	}
	named := f.do(request{method: "GET", path: "/v1/rooms?name=GARDEN", as: "ada"})
	none := f.do(request{method: "GET", path: "/v1/rooms?name=nowhere", as: "ada"})
	if !strings.Contains(string(named.body), `"garden"`) || string(none.body) != `{"items":[]}` {
		t.Errorf("rooms %s and %s", named.body, none.body)
	}
}

// TestLocation follows where what was created is said to be.
func TestLocation(t *testing.T) {
	t.Parallel()
	f := newFixture(t, options{})
	for _, id := range []string{"createUser", "createRoom"} {
		made := f.do(operationOf(id).request)
		got := f.do(request{method: "GET", path: made.header.Get("Location"), as: "ada"})
		if diff := cmp.Diff(string(made.body), string(got.body)); diff != "" {
			t.Errorf("%s (-created +found):\n%s", id, diff)
		}
	}
	upper := f.do(request{method: "GET", path: "/v1/users/" + strings.ToUpper(f.strings["bob"]), as: "ada"})
	if upper.status != 200 {
		t.Errorf("id in upper case: %d", upper.status)
	}
}

// TestSessionEnds logs out, changes the password, and uses a refresh token twice.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	login := operationOf("createSession").request
	tests := map[string]request{
		"by a new password":  {method: "PATCH", path: "/v1/users/{ada}", as: "ada", body: `{"password":"another horse battery"}`},
		"by deleting itself": {method: "DELETE", path: "/v1/users/{ada}", as: "ada"},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, options{})
			f.strings["other.token"] = f.do(login).text(t, "accessToken")
			list := request{method: "GET", path: "/v1/users", as: "other"}
			if a := f.do(list); a.status != 200 {
				t.Fatalf("before: %d", a.status)
			}
			if a := f.do(end); a.status >= 300 {
				t.Fatalf("end: %d %s", a.status, a.body)
			}
			if a := f.do(list); a.status != 401 || a.problem(t).Code != "token_revoked" {
				t.Errorf("after: %d %s", a.status, a.body)
			}
		})
	}
}
