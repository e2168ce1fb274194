package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestResponse reaches through the wrapper to the connection.
func TestResponse(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rw := &response{ResponseWriter: w}
		if r.URL.Path == "/hijack" {
			conn, _, err := rw.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n"); err != nil {
				t.Error(err)
			}
			return
		}
		rw.WriteHeader(http.StatusEarlyHints)
		if _, err := io.WriteString(rw, "part"); err != nil {
			t.Error(err)
		}
		rw.Flush()
		if rw.status != http.StatusOK || rw.bytes != 4 {
			t.Errorf("status %d and %d bytes", rw.status, rw.bytes)
		}
		if err := http.NewResponseController(rw).Flush(); err != nil {
			t.Error(err)
		}
	}))
	defer web.Close()
	for path, want := range map[string]int{"/hijack": 204, "/flush": 200} {
		got, err := web.Client().Get(web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, got.StatusCode, want)
		}
	}
}

// TestFailAfterAnswer reports an error when the answer has begun, and one of a
// client that is gone.
func TestFailAfterAnswer(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newServer(Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for name, tt := range map[string]struct {
		begun, gone bool
		want        int
	}{
		"answer begun": {begun: true, want: 200},
		"client gone":  {gone: true, want: 503},
	} {
		w := httptest.NewRecorder()
		c := &call{id: "x", w: &response{ResponseWriter: w}}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), callKey{}, c))
		if tt.begun {
			c.w.WriteHeader(http.StatusOK)
		}
		err := errors.New("write: broken pipe")
		if tt.gone {
			cancel()
			err = ctx.Err()
		}
		s.fail(c.w, httptest.NewRequestWithContext(ctx, "GET", "/", nil), err)
		cancel()
		if w.Code != tt.want || log.Len() > 0 {
			t.Errorf("%s: status %d, body %s, log %s", name, w.Code, w.Body, log.String())
		}
	}
}

// TestPanicAfterAnswer breaks the connection off, so that the client does not
// take half an answer for a whole one.
func TestPanicAfterAnswer(t *testing.T) {
	t.Parallel()
	s := newServer(Config{})
	h := s.observe(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("after the header")
	}))
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("panic %v, want http.ErrAbortHandler", p)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}
