package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/spec"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	for path, want := range map[string]string{"/openapi.yaml": spec.OpenAPI, "/asyncapi.yaml": spec.AsyncAPI} {
		status, h, body := s.get(path)
		if status != http.StatusOK || body != want || body == "" {
			t.Errorf("%s: status %d and %d bytes, want 200 and %d", path, status, len(body), len(want))
		}
		for name, want := range map[string]string{
			"Content-Type": "application/yaml", "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		tag := h.Get("ETag")
		if status, _, body := s.get(path, "If-None-Match", tag); status != http.StatusNotModified || body != "" || tag == "" {
			t.Errorf("%s with ETag %q: status %d and %d bytes, want 304 without any", path, tag, status, len(body))
		}
		if status, _, _ := s.get(path, "If-None-Match", `"another"`); status != http.StatusOK {
			t.Errorf("%s with another ETag: status %d, want 200", path, status)
		}
		if status, h, body := s.do(http.MethodHead, path); status != http.StatusOK || body != "" || h.Get("ETag") != tag {
			t.Errorf("HEAD %s: status %d, %d bytes, ETag %q", path, status, len(body), h.Get("ETag"))
		}
	}
}

func TestLanding(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	status, h, body := s.get("/")
	if status != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		t.Errorf("status %d and type %q", status, h.Get("Content-Type"))
	}
	for _, want := range []string{
		"/openapi.yaml", "/asyncapi.yaml", "/healthz", "/readyz", "/metrics", s.URL() + "/v1",
		"ws" + strings.TrimPrefix(s.URL(), "http") + "/v1/rooms/{roomId}/socket", "-url " + s.URL() + " -room lobby",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, unwanted := range []string{"<script", "<link", "<img", "//cdn"} {
		if strings.Contains(body, unwanted) {
			t.Errorf("the page has %q", unwanted)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	unknown := "/v1/rooms/0e4f6f1c-3f0a-4d0b-9f53-6f1f0c9d8a21/socket"
	handshake := []string{
		"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==",
		"Sec-WebSocket-Protocol", "duet.v1",
	}
	tests := []struct {
		method, path string
		header       []string
		status       int
		code         schema.ErrorCode
	}{
		{"GET", "/nothing", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/v1", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/v1/nothing", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/v1//users", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/healthz/", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/v1/rooms//socket", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/v1/rooms/a/b/socket", nil, 404, schema.ErrorCodeNotFound},
		{"GET", "/v1/rooms/a%2Fb/socket", nil, 404, schema.ErrorCodeNotFound},
		{"POST", "/", nil, 405, schema.ErrorCodeMethodNotAllowed},
		{"DELETE", "/openapi.yaml", nil, 405, schema.ErrorCodeMethodNotAllowed},
		{"GET", "/v1/users", nil, 401, schema.ErrorCodeUnauthenticated},
		{"GET", unknown, nil, 426, schema.ErrorCodeUpgradeRequired},
		{"POST", unknown, nil, 405, schema.ErrorCodeMethodNotAllowed},
		{"GET", unknown, handshake, 404, schema.ErrorCodeRoomNotFound},
		{"GET", "/v1/rooms/no-uuid/socket", handshake, 404, schema.ErrorCodeRoomNotFound},
		{"GET", "/v1/rooms/" + s.Lobby() + "/socket", append(handshake, "Origin", "https://evil.example"), 403, schema.ErrorCodeOriginNotAllowed},
	}
	for _, tt := range tests {
		status, h, body := s.do(tt.method, tt.path, tt.header...)
		what := tt.method + " " + tt.path
		if status != tt.status {
			t.Errorf("%s: status %d, want %d", what, status, tt.status)
		}
		problemIs(t, what, h, body, tt.status, tt.code)
		if tt.status == http.StatusMethodNotAllowed && h.Get("Allow") == "" {
			t.Errorf("%s: no Allow", what)
		}
	}
}

// TestLargeHeader shows that a header is bounded.
func TestLargeHeader(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	status, _, _ := s.get("/healthz", "X-Large", strings.Repeat("x", 2*maxHeaderBytes))
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d, want 431", status)
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	const page = "https://game.example"
	tests := []struct {
		name, method, origin, preflight string
		origins                         []string
		status                          int
		allowed, methods                string
	}{
		{"nothing is allowed", "GET", page, "", nil, 418, "", ""},
		{"no page", "GET", "", "", []string{page}, 418, "", ""},
		{"an allowed page", "GET", page, "", []string{page}, 418, page, ""},
		{"its preflight", "OPTIONS", page, "PUT", []string{page}, 204, page, "GET, POST, PUT, PATCH, DELETE"},
		{"OPTIONS that is none", "OPTIONS", page, "", []string{page}, 418, page, ""},
		{"another page", "GET", "https://evil.example", "", []string{page}, 418, "", ""},
		{"its preflight is refused", "OPTIONS", "https://evil.example", "PUT", []string{page}, 418, "", ""},
		{"all pages", "GET", page, "", []string{"*"}, 418, page, ""},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "/v1/users", nil)
		for name, value := range map[string]string{"Origin": tt.origin, "Access-Control-Request-Method": tt.preflight} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		cors(tt.origins, next).ServeHTTP(w, r)
		h := w.Header()
		if w.Code != tt.status || h.Get("Access-Control-Allow-Origin") != tt.allowed || h.Get("Access-Control-Allow-Methods") != tt.methods {
			t.Errorf("%s: status %d, header %v", tt.name, w.Code, h)
		}
		if (h.Get("Vary") == "Origin") != (tt.origins != nil) {
			t.Errorf("%s: Vary is %q", tt.name, h.Get("Vary"))
		}
	}
}

// store is a storage that answers or does not.
type store struct{ err error }

func (s store) Ping(context.Context) error { return s.err }

func TestReady(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		phase  phase
		err    error
		status int
	}{
		{"starting", phaseStarting, nil, 503},
		{"ready", phaseReady, nil, 200},
		{"without storage", phaseReady, errors.New("the disk is gone"), 503},
		{"stopping", phaseDraining, nil, 503},
	}
	for _, tt := range tests {
		h := &health{store: store{tt.err}}
		h.set(tt.phase)
		w := httptest.NewRecorder()
		h.ready(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != tt.status {
			t.Errorf("%s: status %d, want %d", tt.name, w.Code, tt.status)
		}
		if tt.status == http.StatusServiceUnavailable {
			problemIs(t, tt.name, w.Header(), w.Body.String(), 503, schema.ErrorCodeUnavailable)
			if w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "disk") {
				t.Errorf("%s: %v %s", tt.name, w.Header(), w.Body)
			}
		}
		w = httptest.NewRecorder()
		if h.live(w, nil); w.Code != http.StatusOK {
			t.Errorf("%s: not alive", tt.name)
		}
	}
}

func TestAnnouncement(t *testing.T) {
	t.Parallel()
	golden(t, "announcement.txt", links{"http://127.0.0.1:8080"}.announcement())
	for addr, want := range map[string]string{
		"127.0.0.1:80": "http://127.0.0.1:80", "[::1]:81": "http://[::1]:81", "[::]:82": "http://localhost:82", "0.0.0.0:83": "http://localhost:83",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(tcp); got != want {
			t.Errorf("%s is reachable at %q, want %q", addr, got, want)
		}
	}
}
