package rest_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/rest"
	"github.com/duet-api/duet/internal/store/sqlite"
)

// TestUnrouted asks for what the contract does not have.
func TestUnrouted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, options{})
	tests := map[string]struct {
		method, path string
		status       int
		code, allow  string
	}{
		"unknown path":         {"GET", "/v1/nothing", 404, "not_found", ""},
		"outside the API":      {"GET", "/", 404, "not_found", ""},
		"trailing slash":       {"GET", "/v1/users/", 404, "not_found", ""},
		"two slashes":          {"GET", "/v1//users", 404, "not_found", ""},
		"dots":                 {"GET", "/v1/rooms/../users", 404, "not_found", ""},
		"other case":           {"GET", "/v1/Users", 404, "not_found", ""},
		"unknown method":       {"PUT", "/v1/users", 405, "method_not_allowed", "GET, HEAD, POST"},
		"method of another":    {"POST", "/v1/users/" + nobody, 405, "method_not_allowed", "DELETE, GET, HEAD, PATCH"},
		"read of what is sent": {"GET", "/v1/sessions", 405, "method_not_allowed", "POST"},
		"made-up method":       {"BREW", "/v1/tickets", 405, "method_not_allowed", "POST"},
		"options":              {"OPTIONS", "/v1/tickets", 405, "method_not_allowed", "POST"},
	}
	for name, tt := range tests {
		a := f.do(request{method: tt.method, path: tt.path})
		if p := a.problem(t); a.status != tt.status || string(p.Code) != tt.code || a.header.Get("Allow") != tt.allow {
			t.Errorf("%s: status %d, %s, Allow %q", name, a.status, a.body, a.header.Get("Allow"))
		}
	}
	if a := f.do(request{method: "HEAD", path: "/v1/users", as: "ada"}); a.status != 200 || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: status %d, headers %v", a.status, a.header)
	}
}

// leaky is a storage that fails in a way that a client must not see.
type leaky struct {
	*sqlite.Store
	panics bool
}

func (l leaky) UserByID(context.Context, string) (game.User, error) {
	err := errors.New("open /var/lib/secret.db: disk failure")
	if l.panics {
		panic(err)
	}
	return game.User{}, err
}

// TestInternal lets the server fail: the client learns the request's id, the log
// the rest.
func TestInternal(t *testing.T) {
	t.Parallel()
	for name, panics := range map[string]bool{"error": false, "panic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			f := newFixture(t, options{
				log:   slog.New(slog.NewTextHandler(&log, nil)),
				store: func(s *sqlite.Store) game.UserStore { return leaky{s, panics} },
			})
			a := f.do(operationOf("getUser").request)
			want := `{"title":"Internal Server Error","status":500,"code":"internal","requestId":"` + a.header.Get("X-Request-Id") + `"}`
			if diff := cmp.Diff(want, string(a.body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if !strings.Contains(log.String(), a.header.Get("X-Request-Id")) || !strings.Contains(log.String(), "operation=GetUser") {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}

// TestLogHoldsNoSecret makes all kinds of calls and searches the log.
func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	f := newFixture(t, options{log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for _, op := range operations() {
		f.do(op.request)
	}
	for _, tt := range failures() {
		for _, r := range tt.before {
			f.do(r)
		}
	}
	for _, secret := range []string{password, "horse", f.strings["ada.token"], f.strings["ada.refresh"]} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, log.String())
		}
	}
}

// TestObserve looks at what is told about calls.
func TestObserve(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var got []string
	f := newFixture(t, options{seen: func(c rest.Call) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, strings.TrimSpace(c.Operation+" "+c.Method+" "+c.Route+" "+http.StatusText(c.Status)))
		if c.Bytes == 0 || c.RequestID == "" {
			t.Errorf("call %+v", c)
		}
	}})
	f.do(request{method: "GET", path: "/v1/users", as: "ada"})
	f.do(request{method: "GET", path: "/v1/users"})
	f.do(request{method: "GET", path: "/v1/nothing"})
	want := []string{"ListUsers GET /users OK", "ListUsers GET /users Unauthorized", "GET  Not Found"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
