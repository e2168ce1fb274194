package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/server"
)

const password = "correct horse battery"

// world is a running server with its users. It may be used concurrently.
type world struct {
	url   string
	judge *judge
	log   *logBuffer
	keys  auth.Keys
	addrs atomic.Int64 // addresses of clients that were given out

	mu    sync.Mutex // guards users
	users map[string]*user
}

// user is someone who is logged in.
type user struct {
	once      sync.Once
	err       error
	id, token string
}

// startWorld runs a server until the test ends.
func startWorld(t *testing.T) *world {
	t.Helper()
	w := &world{log: &logBuffer{}, users: map[string]*user{}}
	data := t.TempDir()
	s, err := server.New(t.Context(), server.Config{
		Addr: "127.0.0.1:0", Data: data,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, // so that clients have addresses
		Log:            slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(s.Run(ctx), s.Close()) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the end of the server: %v", err)
		}
	})
	w.url = s.URL()
	if w.keys, err = auth.OpenKeys(filepath.Join(data, "keys")); err != nil {
		t.Fatal(err)
	}
	w.judge = newJudge(t, w.document(t, "/asyncapi.yaml"), w.document(t, "/openapi.yaml"))
	return w
}

// document fetches a document of the server.
func (w *world) document(t *testing.T, path string) string {
	t.Helper()
	resp, body, err := w.call(t.Context(), request{method: http.MethodGet, path: path, addr: w.newAddr()})
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", path, err)
	}
	return body
}

// newAddr gives an address of a client that nobody else has, because the server
// limits logins and sign-ups by address.
func (w *world) newAddr() string {
	n := w.addrs.Add(1)
	return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}

// request is a call over REST.
type request struct {
	method, path, body string
	token              string // empty for none
	addr               string // of the client
}

func (w *world) call(ctx context.Context, r request) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, w.url+r.path, strings.NewReader(r.body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("X-Forwarded-For", r.addr)
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, "", err
	}
	if strings.HasPrefix(r.path, "/v1/") {
		err = w.judge.answer(ctx, req, resp, string(body))
	}
	return resp, string(body), err
}

// create makes a call that is answered by 201 and gives strings of the answer.
func (w *world) create(ctx context.Context, r request, into ...any) error {
	r.method = http.MethodPost
	resp, body, err := w.call(ctx, r)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("POST %s: %s: %s", r.path, resp.Status, body)
	}
	for _, v := range into {
		if err := json.Unmarshal([]byte(body), v); err != nil {
			return err
		}
	}
	return nil
}

// user gives the user of a name, who signs up and logs in once.
func (w *world) user(ctx context.Context, name string) (*user, error) {
	w.mu.Lock()
	u, ok := w.users[name]
	if !ok {
		u = &user{}
		w.users[name] = u
	}
	w.mu.Unlock()
	u.once.Do(func() {
		addr := w.newAddr()
		credentials := fmt.Sprintf(`{"name":%q,"password":%q}`, name, password)
		u.err = w.create(ctx, request{path: "/v1/users", body: credentials, addr: addr})
		if u.err != nil {
			return
		}
		var session struct {
			AccessToken string
			User        struct{ ID string }
		}
		u.err = w.create(ctx, request{path: "/v1/sessions", body: credentials, addr: addr}, &session)
		u.id, u.token = session.User.ID, session.AccessToken
	})
	return u, u.err
}

// expired gives a token of the user's session that expired an hour ago.
func (w *world) expired(u *user) (string, error) {
	claims, err := auth.NewTokens(w.keys, nil).Parse(game.Secret(u.token))
	if err != nil {
		return "", err
	}
	claims.ExpiresAt = time.Now().Add(-time.Hour)
	token, err := auth.NewTokens(w.keys, nil).Sign(claims)
	return token.Reveal(), err
}

// forged gives a token of the user's session that was signed with another key.
func (w *world) forged(u *user) (string, error) {
	claims, err := auth.NewTokens(w.keys, nil).Parse(game.Secret(u.token))
	if err != nil {
		return "", err
	}
	token, err := auth.NewTokens(auth.NewKeys(), nil).Sign(claims)
	return token.Reveal(), err
}

// metric reads a counter of the server, with its labels.
func (w *world) metric(t *testing.T, name string) float64 {
	t.Helper()
	resp, body, err := w.call(t.Context(), request{method: http.MethodGet, path: "/metrics", addr: w.newAddr()})
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("metrics: %v", err)
	}
	for line := range strings.Lines(body) {
		if text, ok := strings.CutPrefix(line, name+" "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

// logBuffer keeps the log. It may be used concurrently.
type logBuffer struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
