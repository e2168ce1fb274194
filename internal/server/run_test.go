package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
)

// stage notes in which order a server stops.
type stage struct {
	t     *testing.T
	steps []string
	inner drainer
	s     *running
}

// Shutdown implements drainer.
func (g *stage) Shutdown(ctx context.Context) error {
	if status, _, _ := g.s.get("/readyz"); status == http.StatusServiceUnavailable {
		g.steps = append(g.steps, "not ready")
	}
	if status, _, _ := g.s.get("/healthz"); status == http.StatusOK {
		g.steps = append(g.steps, "still answering")
	}
	g.steps = append(g.steps, "sockets closed")
	return g.inner.Shutdown(ctx)
}

// TestStopOrder shows what works while the sockets are closed, and that nothing is lost at the end: the position of a
// player who moved last by REST is there after a restart.
func TestStopOrder(t *testing.T) {
	t.Parallel()
	cfg := Config{Addr: "127.0.0.1:0", Data: t.TempDir()}
	s, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	g := &stage{t: t, inner: s.sockets}
	s.sockets = g
	r := run(t, s)
	g.s = r
	c, session := r.signUp("ada")
	if _, err := c.UpdatePlayer(t.Context(), s.Lobby(), schema.PlayerUpdateData{Position: schema.Position{X: 1, Y: 2}}); err != nil {
		t.Fatal(err)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"not ready", "still answering", "sockets closed"}, g.steps); d != "" {
		t.Errorf("steps (-want +got):\n%s", d)
	}
	if _, err := net.Dial("tcp", s.Addr().String()); err == nil {
		t.Error("the server still listens")
	}
	state, err := openState(t.Context(), cfg.withDefaults(), newMetrics(nil, newWaiting(nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer state.close()
	got, found, err := state.store.LastPosition(t.Context(), state.lobby, session.User.ID)
	if want := (game.Position{X: 1, Y: 2}); err != nil || !found || got != want {
		t.Errorf("the last position is %v, %v, %v; want %v", got, found, err, want)
	}
}

// stuck is a drainer that never ends by itself.
type stuck struct{}

func (stuck) Shutdown(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// TestStopWithinGrace shows that what does not end is cut off, and that this is no error.
func TestStopWithinGrace(t *testing.T) {
	t.Parallel()
	s, err := New(t.Context(), Config{Addr: "127.0.0.1:0", Data: t.TempDir(), Grace: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	sockets := s.sockets
	t.Cleanup(func() { _ = sockets.Shutdown(context.Background()) })
	s.sockets = stuck{}
	r := run(t, s)
	c, err := net.Dial("tcp", s.Addr().String()) // a request that never comes
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET")); err != nil {
		t.Fatal(err)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		cfg  Config
		want []string
	}{
		{"the address is in use", Config{Addr: s.Addr().String(), Data: t.TempDir()}, []string{s.Addr().String() + " is in use", "-addr"}},
		{"no such address", Config{Addr: "192.0.2.1:0", Data: t.TempDir()}, []string{"listen on 192.0.2.1:0"}},
		{"a bad value", Config{Addr: "x", Data: t.TempDir()}, []string{"DUET_ADDR"}},
		{"the data directory is a file", Config{Addr: "127.0.0.1:0", Data: file}, []string{"make data directory"}},
	}
	if runtime.GOOS != "windows" {
		tests = append(tests, struct {
			name string
			cfg  Config
			want []string
		}{"the data directory is in use", Config{Addr: "127.0.0.1:0", Data: s.cfg.Data}, []string{s.cfg.Data, "another server", "-data"}})
	}
	for _, tt := range tests {
		_, err := New(t.Context(), tt.cfg)
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q lacks %q", tt.name, err, want)
			}
		}
	}
}

// TestData shows that nobody else can read the data.
func TestData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	start(t, Config{Data: dir})
	if runtime.GOOS == "windows" {
		t.Skip("there are no such modes")
	}
	for name, want := range map[string]os.FileMode{".": 0o700, databaseFile: 0o600, databaseFile + "-wal": 0o600, keyFile: 0o600, lockFile: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

// TestRunFunction runs all of it with a context that is over already.
func TestRunFunction(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out strings.Builder
	go cancel()
	err := Run(ctx, Config{Addr: "127.0.0.1:0", Data: t.TempDir()}, &out)
	switch {
	case err == nil && !strings.HasPrefix(out.String(), "listening on http://127.0.0.1:"):
		t.Errorf("announced %q", out.String())
	case err != nil && !errors.Is(err, context.Canceled): // while it opened its data
		t.Error(err)
	}
}
