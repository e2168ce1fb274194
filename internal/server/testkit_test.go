package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
)

// running is a server that runs until the test or stop ends it.
type running struct {
	*Server
	t    *testing.T
	stop func() error // returns what Run and Close returned
}

// start runs a server on a free port, with data of its own where cfg names none.
func start(t *testing.T, cfg Config) *running {
	t.Helper()
	cfg.Addr = "127.0.0.1:0"
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	s, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, s)
}

func run(t *testing.T, s *Server) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(s.Run(ctx), s.Close()) }()
	stopped := false
	r := &running{Server: s, t: t}
	r.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the end of the server: %v", err)
		}
	})
	r.get("/healthz") // the server accepts connections now
	return r
}

// get fetches a path.
func (r *running) get(path string, header ...string) (status int, h http.Header, body string) {
	return r.do(http.MethodGet, path, header...)
}

func (r *running) do(method, path string, header ...string) (status int, h http.Header, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL()+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// metric returns the value of a series, 0 where there is none.
func (r *running) metric(series string) float64 {
	r.t.Helper()
	_, _, body := r.get("/metrics")
	for line := range strings.Lines(body) {
		if text, ok := strings.CutPrefix(line, series+" "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				r.t.Fatal(err)
			}
			return value
		}
	}
	return 0
}

// password is that of every user here.
const password = "correct horse battery"

// signUp makes a user and logs in.
func (r *running) signUp(name string) (*client.Client, schema.Session) {
	r.t.Helper()
	c := r.client()
	if _, err := c.CreateUser(r.t.Context(), schema.UserCreate{Name: name, Password: password}); err != nil {
		r.t.Fatal(err)
	}
	return c, r.logIn(c, name)
}

func (r *running) client() *client.Client {
	r.t.Helper()
	c, err := client.New(r.URL(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *running) logIn(c *client.Client, name string) schema.Session {
	r.t.Helper()
	session, err := c.CreateSession(r.t.Context(), schema.SessionCreate{Name: name, Password: password})
	if err != nil {
		r.t.Fatal(err)
	}
	return session
}

// problemIs checks an answer that is a problem.
func problemIs(t *testing.T, what string, h http.Header, body string, status int, code schema.ErrorCode) {
	t.Helper()
	var p schema.Problem
	if err := p.UnmarshalJSON([]byte(body)); err != nil {
		t.Errorf("%s: %q is no problem: %v", what, body, err)
		return
	}
	if got, want := fmt.Sprint(h.Get("Content-Type"), p.Status, p.Code), fmt.Sprint("application/problem+json", status, code); got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}
