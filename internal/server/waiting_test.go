package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// conn is a connection that only has an address and can be closed.
type conn struct {
	net.Conn
	name, addr string
	closed     bool
}

func (c *conn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.addr), Port: 1} }

func (c *conn) Close() error {
	c.closed = true
	return nil
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	type event struct {
		name, addr string
		state      http.ConnState
	}
	const a, b, proxy = "192.0.2.1", "192.0.2.2", "10.0.0.1"
	tests := []struct {
		name   string
		events []event
		closed []string
		left   int
	}{
		{"below the bounds", []event{{"1", a, 0}, {"2", a, 0}, {"3", b, 0}}, nil, 3},
		{"above that of an address its oldest goes", []event{{"1", b, 0}, {"2", a, 0}, {"3", a, 0}, {"4", a, 0}}, []string{"2"}, 3},
		{"above that of all the oldest goes", []event{{"1", b, 0}, {"2", a, 0}, {"3", b, 0}, {"4", a, 0}, {"5", proxy, 0}}, []string{"1"}, 4},
		{"an address of a proxy has no bound", []event{{"1", proxy, 0}, {"2", proxy, 0}, {"3", proxy, 0}}, nil, 3},
		{"an IPv6 network is one address", []event{{"1", "2001:db8::1", 0}, {"2", "2001:db8::2", 0}, {"3", "2001:db8::3", 0}, {"4", "2001:db8:0:1::", 0}}, []string{"1"}, 3},
		{"a request makes room", []event{{"1", a, 0}, {"2", a, 0}, {"1", a, http.StateActive}, {"3", a, 0}}, nil, 2},
		{"so does a socket", []event{{"1", a, 0}, {"2", a, 0}, {"1", a, http.StateHijacked}, {"3", a, 0}}, nil, 2},
		{"an idle connection is young again", []event{{"1", a, 0}, {"2", a, 0}, {"1", a, http.StateIdle}, {"3", a, 0}}, []string{"2"}, 2},
		{"a closed one is forgotten", []event{{"1", a, 0}, {"1", a, http.StateClosed}, {"1", a, http.StateClosed}}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWaiting(func(addr netip.Addr) bool { return addr.String() == proxy })
			w.max, w.maxPerAddr = 4, 2
			conns := map[string]*conn{}
			for _, e := range tt.events {
				if conns[e.name] == nil {
					conns[e.name] = &conn{name: e.name, addr: e.addr}
				}
				w.change(conns[e.name], e.state)
			}
			var closed []string
			for i := range len(conns) {
				if c := conns[fmt.Sprint(i+1)]; c.closed {
					closed = append(closed, c.name)
				}
			}
			if d := cmp.Diff(tt.closed, closed); d != "" {
				t.Errorf("closed (-want +got):\n%s", d)
			}
			if left, gone := w.counts(); left != tt.left || int(gone) != len(tt.closed) {
				t.Errorf("%d left and %d gone, want %d and %d", left, gone, tt.left, len(tt.closed))
			}
		})
	}
}

// TestHalfOpenHandshakes shows that connections that never send a whole header harm nobody, from the same address even.
func TestHalfOpenHandshakes(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	const flood = 2 * maxWaitingPerAddr
	for i := range flood {
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET /v1/rooms/"+s.Lobby()+"/socket HTTP/1.1\r\nHost: x\r\n"); err != nil && i == flood-1 {
			t.Fatal(err)
		}
	}
	if status, _, _ := s.get("/healthz"); status != http.StatusOK {
		t.Errorf("status %d in the flood, want 200", status)
	}
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
	if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("a new connection: %v, %v; want 200", resp, err)
	}
	if s.metric("duet_http_waiting_evicted_total") == 0 {
		t.Error("nobody had to go")
	}
}
