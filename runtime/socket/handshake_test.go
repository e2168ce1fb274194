package socket

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// handshakeRequest is a valid handshake with the given header lines set.
func handshakeRequest(header map[string]string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://game.example/socket?ticket=T1", nil)
	for k, v := range map[string]string{"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="} {
		r.Header.Set(k, v)
	}
	for k, v := range header {
		r.Header.Set(k, v)
		if v == "" {
			r.Header.Del(k)
		}
	}
	return r
}

func bearer(token string) string {
	return bearerPrefix + base64.RawURLEncoding.EncodeToString([]byte(token))
}

func TestReadHandshake(t *testing.T) {
	t.Parallel()
	allow := []string{"https://other.example"}
	for _, tt := range []struct {
		name    string
		method  string
		header  map[string]string
		origins []string
		want    Handshake
		status  int
	}{
		{name: "plain", want: Handshake{Ticket: "T1"}},
		{name: "post", method: http.MethodPost, status: 405},
		{name: "no upgrade", header: map[string]string{"Upgrade": ""}, status: 426},
		{name: "old version", header: map[string]string{"Sec-WebSocket-Version": "8"}, status: 426},
		{name: "short key", header: map[string]string{"Sec-WebSocket-Key": "AAAA"}, status: 400},
		{name: "same origin", header: map[string]string{"Origin": "http://GAME.example"}, want: Handshake{Ticket: "T1"}},
		{name: "foreign origin", header: map[string]string{"Origin": "http://evil.example"}, status: 403},
		{name: "suffix of the origin", header: map[string]string{"Origin": "http://evil-game.example"}, status: 403},
		{name: "other port", header: map[string]string{"Origin": "http://game.example:81"}, status: 403},
		{name: "null origin", header: map[string]string{"Origin": "null"}, status: 403},
		{name: "allowed origin", header: map[string]string{"Origin": "https://other.example"}, origins: allow, want: Handshake{Ticket: "T1"}},
		{name: "allowed host, other scheme", header: map[string]string{"Origin": "http://other.example"}, origins: allow, status: 403},
		{name: "all origins", header: map[string]string{"Origin": "http://evil.example"}, origins: []string{"*"}, want: Handshake{Ticket: "T1"}},
		{
			name:   "bearer subprotocol before header",
			header: map[string]string{"Sec-WebSocket-Protocol": "test.v1, " + bearer("abc.d-f"), "Authorization": "Bearer other"},
			want:   Handshake{Ticket: "T1", Bearer: "abc.d-f", Offered: []string{"test.v1"}},
		},
		{name: "authorization", header: map[string]string{"Authorization": "bearer tok"}, want: Handshake{Ticket: "T1", Bearer: "tok"}},
		{name: "basic authorization", header: map[string]string{"Authorization": "Basic dG9r"}, want: Handshake{Ticket: "T1"}},
		{name: "bad bearer", header: map[string]string{"Sec-WebSocket-Protocol": "test.v1, bearer.a!"}, want: Handshake{Ticket: "T1", BadBearer: true, Offered: []string{"test.v1"}}},
		{name: "empty bearer", header: map[string]string{"Sec-WebSocket-Protocol": "bearer.", "Authorization": "Bearer tok"}, want: Handshake{Ticket: "T1", BadBearer: true}},
		{name: "two bearers", header: map[string]string{"Sec-WebSocket-Protocol": bearer("a") + "," + bearer("b")}, want: Handshake{Ticket: "T1", BadBearer: true}},
		{name: "a bad bearer and a good one", header: map[string]string{"Sec-WebSocket-Protocol": "bearer.a!," + bearer("b")}, want: Handshake{Ticket: "T1", BadBearer: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := handshakeRequest(tt.header)
			if tt.method != "" {
				r.Method = tt.method
			}
			h, err := readHandshake(r, &ServerOptions{Origins: tt.origins})
			if tt.status != 0 {
				if rej := (*Rejection)(nil); !errors.As(err, &rej) || rej.Status != tt.status {
					t.Fatalf("error %v, want status %d", err, tt.status)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := Handshake{Bearer: h.Bearer, BadBearer: h.BadBearer, Ticket: h.Ticket, Offered: h.Offered}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("handshake (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRejectedHandshake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		err    error
		status int
		body   string
	}{
		{"rejection", &Rejection{Status: 404, Body: []byte("no room"), Header: http.Header{"X-A": {"b"}}}, 404, "no room"},
		{"text of the status", &Rejection{Status: 403, Err: errors.New("secret")}, 403, "Forbidden\n"},
		{"other error", errors.New("secret"), 500, "Internal Server Error\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, &testHandler{upgrade: func(*Handshake) error { return tt.err }}, nil)
				defer h.stop()
				_, err := Dial(t.Context(), "ws://host/", testProtocol(), &DialOptions{NetDial: h.lis.Dial})
				de := (*DialError)(nil)
				if !errors.As(err, &de) || de.Status != tt.status || string(de.Body) != tt.body {
					t.Errorf("Dial: %#v, want status %d, body %q", err, tt.status, tt.body)
				}
				if c := h.server.Stats().Counts(); c.Rejected[tt.status] != 1 || c.Open != 0 {
					t.Errorf("counts %+v", c)
				}
			})
		})
	}
}

func TestSubprotocol(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, offer string
		want        CloseCode // 0 for an open connection
		echo        string
	}{
		{"none", "", 0, ""},
		{"ours", "Sec-WebSocket-Protocol: test.v1\r\n", 0, "test.v1"},
		{"ours on a second line", "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol: test.v1\r\n", 0, "test.v1"},
		{"bearer only", "Sec-WebSocket-Protocol: " + bearer("a") + "\r\n", 0, ""},
		{"unknown", "Sec-WebSocket-Protocol: test.v2, " + bearer("a") + "\r\n", CloseMismatch, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := ""
				h := newHarness(t, &testHandler{open: func(c *testConn) error {
					got = c.Subprotocol()
					return c.Send(said("hello"))
				}}, nil)
				defer h.stop()
				nc, _ := h.lis.Dial(t.Context(), "", "")
				upgradeRaw(t, nc, "x", tt.offer)
				f := nextFrame(t, nc)
				if code, _ := parseClose(f.payload); tt.want != 0 && (f.op != opClose || code != tt.want) {
					t.Errorf("got frame %d %q, want close %d", f.op, f.payload, tt.want)
				} else if tt.want == 0 && f.op != opText {
					t.Errorf("got frame %d, want a message", f.op)
				}
				if got != tt.echo {
					t.Errorf("subprotocol %q, want %q", got, tt.echo)
				}
				nc.Close()
			})
		})
	}
}

func TestUpgradeCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{upgrade: func(*Handshake) error { return &CloseError{Code: 4500, Reason: "who?"} }}
		h := newHarness(t, th, nil)
		defer h.stop()
		c := h.dial("a", nil)
		if ce := wantClose(t, c, 4500); ce.Reason != "who?" || !ce.Stop {
			t.Errorf("closed with %+v", ce)
		}
		if th.closes != nil {
			t.Error("Closed was called without Open")
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		limits Limits
		addr   func(*http.Request) string
		open   int // connections that fit
		status int
	}{
		{"connections", Limits{Conns: 2}, nil, 2, 503},
		{"connections of an address", Limits{ConnsPerAddr: 3, Conns: 9}, nil, 3, 429},
		{"addresses apart", Limits{ConnsPerAddr: 1, Conns: 2}, func(r *http.Request) string { return r.URL.Query().Get("name") }, 2, 503},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, &testHandler{}, &ServerOptions{Limits: tt.limits, Addr: tt.addr})
				defer h.stop()
				var last *Client
				for i := range tt.open {
					last = h.dial(string(rune('a'+i)), nil)
				}
				dial := func() error {
					_, err := Dial(t.Context(), "ws://host/?name=z", testProtocol(), &DialOptions{NetDial: h.lis.Dial})
					return err
				}
				de := (*DialError)(nil)
				if err := dial(); !errors.As(err, &de) || de.Status != tt.status || de.RetryAfter == 0 || Permanent(err) {
					t.Fatalf("one too many: %v, want status %d with Retry-After", err, tt.status)
				}
				_ = last.Close(CloseNormal, "")
				synctest.Wait()
				if err := dial(); err != nil {
					t.Errorf("after one has left: %v", err)
				}
			})
		})
	}
}

func TestHandshakesPerAddr(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := newHarness(t, &testHandler{upgrade: func(*Handshake) error { <-release; return nil }},
			&ServerOptions{Limits: Limits{HandshakesPerAddr: 1}})
		defer h.stop()
		first := make(chan error)
		go func() {
			_, err := Dial(context.Background(), "ws://host/", testProtocol(), &DialOptions{NetDial: h.lis.Dial})
			first <- err
		}()
		synctest.Wait()
		_, err := Dial(t.Context(), "ws://host/", testProtocol(), &DialOptions{NetDial: h.lis.Dial})
		if de := (*DialError)(nil); !errors.As(err, &de) || de.Status != 429 {
			t.Errorf("second handshake: %v, want 429", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Errorf("first handshake: %v", err)
		}
	})
}

func TestUpgradePanicLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s := NewServer(testProtocol(), &testHandler{upgrade: func(*Handshake) error { panic("x") }}, &ServerOptions{Limits: Limits{Conns: 1}})
	for range 3 {
		func() {
			defer func() { _ = recover() }()
			s.ServeHTTP(hijackable{httptest.NewRecorder()}, handshakeRequest(nil))
		}()
	}
	if s.open.n != 0 || s.handshakes.n != 0 {
		t.Errorf("%d connections, %d handshakes are counted", s.open.n, s.handshakes.n)
	}
}

// hijackable claims to be an http.Hijacker; the hook panics before it matters.
type hijackable struct{ *httptest.ResponseRecorder }

func (hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}

func FuzzHandshakeCredentials(f *testing.F) {
	f.Add("test.v1, bearer.YQ", "Bearer x", "http://game.example")
	f.Add("bearer.", "Basic", "null")
	f.Fuzz(func(t *testing.T, protocols, auth, origin string) {
		r := handshakeRequest(nil)
		r.Header["Sec-Websocket-Protocol"] = []string{protocols}
		r.Header["Authorization"] = []string{auth}
		r.Header["Origin"] = []string{origin}
		h, err := readHandshake(r, &ServerOptions{})
		if err != nil {
			if rej := (*Rejection)(nil); !errors.As(err, &rej) {
				t.Errorf("error %v is no Rejection", err)
			}
			return
		}
		for _, p := range h.Offered {
			if len(p) >= len(bearerPrefix) && p[:len(bearerPrefix)] == bearerPrefix {
				t.Errorf("the credential %q is among the subprotocols", p)
			}
		}
	})
}

func TestHandshakeAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		address, path string
		want          map[string][]string
	}{
		{"/v1/rooms/{roomId}/socket", "/v1/rooms/42/socket", map[string][]string{"roomId": {"42"}}},
		{"/v1/rooms/{roomId}/socket", "/prefix/v1/rooms/a%2Fb/socket", map[string][]string{"roomId": {"a/b"}}},
		{"/rooms/{room-id}", "/rooms/x", map[string][]string{"room-id": {"x"}}},
		{"/{pair}@{depth}.json", "/btc%40eur@10.json", map[string][]string{"pair": {"btc@eur"}, "depth": {"10"}}},
		{"/{name}.json", "/a.json.json", map[string][]string{"name": {"a.json"}}},
		{"/{name}.json", "/a.json5", map[string][]string{}},
		{"/rooms/{roomId}", "/rooms/", map[string][]string{}},
		{"/feed", "/feed", map[string][]string{}},
	}
	for _, tt := range tests {
		h := &Handshake{Request: httptest.NewRequest(http.MethodGet, tt.path, nil)}
		if diff := cmp.Diff(tt.want, h.Address(tt.address)); diff != "" {
			t.Errorf("%s at %s (-want +got):\n%s", tt.address, tt.path, diff)
		}
	}
}
