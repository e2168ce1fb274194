package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/spec"
	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/bus/local"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/rest"
	"github.com/duet-api/duet/internal/store/sqlite"
)

const (
	password = "correct horse battery"
	nobody   = "00000000-0000-4000-8000-000000000000"
)

// options changes what a fixture is made of.
type options struct {
	limits rest.Limits
	store  func(*sqlite.Store) game.UserStore // for users; default the store itself
	log    *slog.Logger
	seen   func(rest.Call)
}

// fixture is a server with the users ada and bob, who are logged in, and the
// room garden, which ada created.
type fixture struct {
	t       *testing.T
	h       http.Handler
	judge   routers.Router
	strings map[string]string // what {name} stands for in requests
}

func newFixture(t *testing.T, o options) *fixture {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	users := game.UserStore(store)
	if o.store != nil {
		users = o.store(store)
	}
	bus := local.New()
	rooms := game.NewRooms(game.RoomsConfig{Store: store, Positions: store, Bus: bus})
	passwords := auth.NewPasswords(auth.PasswordOptions{Params: auth.Params{Time: 1, Memory: 8, Threads: 1}})
	sessions := game.NewSessions(game.SessionsConfig{
		Store: store, Credentials: store, Passwords: passwords, Bus: bus, Log: o.log,
		Tokens:  auth.NewTokens(auth.NewKeys(), nil),
		Tickets: auth.NewTickets(auth.TicketOptions{MaxPerUser: 16}), Attempts: auth.NewLockout(auth.LockoutOptions{}),
	})
	t.Cleanup(func() {
		sessions.Close()
		rooms.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fixture{t: t, judge: judge(t), strings: map[string]string{"nobody": nobody}}
	f.h = rest.New(rest.Config{
		Users:    game.NewUsers(game.UsersConfig{Store: users, Passwords: passwords, Bus: bus, Rooms: rooms}),
		Sessions: sessions, Rooms: rooms, Limits: o.limits, Log: o.log, Observe: o.seen,
	})
	f.login(t.Context(), game.NewUsers(game.UsersConfig{Store: store, Passwords: passwords, Bus: bus, Rooms: rooms}), sessions)
	garden, err := rooms.Create(t.Context(), f.identity(sessions, "ada"), game.RoomSpec{Name: "garden", Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	f.strings["garden"] = garden.ID
	return f
}

// in gives the fixture for use by another test of the same tree.
func (f *fixture) in(t *testing.T) *fixture {
	shared := *f
	shared.t = t
	return &shared
}

// login creates ada and bob and opens a session for each, past the limits.
func (f *fixture) login(ctx context.Context, users *game.Users, sessions *game.Sessions) {
	f.t.Helper()
	for _, name := range []string{"ada", "bob"} {
		u, err := users.Create(ctx, name, password)
		if err != nil {
			f.t.Fatal(err)
		}
		grant, err := sessions.Login(ctx, game.Login{Name: name, Password: password})
		if err != nil {
			f.t.Fatal(err)
		}
		f.strings[name] = u.ID
		f.strings[name+".token"] = grant.AccessToken.Reveal()
		f.strings[name+".refresh"] = grant.RefreshToken.Reveal()
	}
}

func (f *fixture) identity(sessions *game.Sessions, name string) game.Identity {
	f.t.Helper()
	by, err := sessions.Authenticate(f.t.Context(), game.Secret(f.strings[name+".token"]))
	if err != nil {
		f.t.Fatal(err)
	}
	return by
}

// judge reads the served document with a library that the server does not use.
func judge(t testing.TB) routers.Router {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(spec.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// request is one call. In its texts {ada}, {ada.token} and so on stand for ids
// and tokens.
type request struct {
	method, path string
	as           string // who calls, empty for no login
	body         string
	header       map[string]string
	stream       bool // the body is of unknown length
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem(t *testing.T) schema.Problem {
	t.Helper()
	var p schema.Problem
	if err := p.UnmarshalJSON(a.body); err != nil {
		t.Fatalf("answer %d is no problem: %v: %s", a.status, err, a.body)
	}
	return p
}

// text gives a member of the answer at a path of keys.
func (a answer) text(t *testing.T, keys ...string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("answer %s: %v", a.body, err)
	}
	for _, key := range keys {
		object, _ := v.(map[string]any)
		v = object[key]
	}
	text, _ := v.(string)
	return text
}

// fill puts ids and tokens in.
func (f *fixture) fill(text string) string {
	for name, value := range f.strings {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// do makes a call and has the answer judged by the contract.
func (f *fixture) do(r request) answer {
	f.t.Helper()
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(f.fill(r.body))
	}
	if r.stream {
		body = struct{ io.Reader }{body}
	}
	hr := httptest.NewRequestWithContext(f.t.Context(), r.method, f.fill(r.path), body)
	if r.body != "" {
		hr.Header.Set("Content-Type", "application/json")
	}
	if r.as != "" {
		hr.Header.Set("Authorization", "Bearer "+f.fill("{"+r.as+".token}"))
	}
	for name, value := range r.header {
		hr.Header.Set(name, f.fill(value))
	}
	w := httptest.NewRecorder()
	f.h.ServeHTTP(w, hr)
	a := answer{w.Code, w.Header(), w.Body.Bytes()}
	f.check(hr, a)
	return a
}

// check judges an answer: what all have in common, and what the contract says of
// the operation.
func (f *fixture) check(r *http.Request, a answer) {
	f.t.Helper()
	if a.header.Get("X-Request-Id") == "" || a.header.Get("X-Content-Type-Options") != "nosniff" {
		f.t.Errorf("%s %s: headers %v", r.Method, r.URL, a.header)
	}
	if a.status >= 400 {
		if p := a.problem(f.t); int(p.Status) != a.status || p.RequestID != a.header.Get("X-Request-Id") {
			f.t.Errorf("%s %s: status %d and problem %s", r.Method, r.URL, a.status, a.body)
		}
	}
	route, params, err := f.judge.FindRoute(r)
	if errors.Is(err, routers.ErrPathNotFound) || errors.Is(err, routers.ErrMethodNotAllowed) {
		return
	}
	if err != nil {
		f.t.Fatal(err)
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(r.Context(), in); err != nil {
		f.t.Errorf("%s %s answers %d against the contract: %v\n%s", r.Method, r.URL, a.status, err, a.body)
	}
}
