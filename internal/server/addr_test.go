package server

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/rest"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	a := &addrs{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	tests := []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"a stranger's header is not believed", "192.0.2.1:5", []string{"198.51.100.1"}, "192.0.2.1"},
		{"a proxy without a header", "10.0.0.1:5", nil, "10.0.0.1"},
		{"a proxy", "10.0.0.1:5", []string{"198.51.100.1"}, "198.51.100.1"},
		{"what the client made up is on the left", "10.0.0.1:5", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.0.0.1:5", []string{"203.0.113.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"two headers", "10.0.0.1:5", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{"proxies only", "10.0.0.1:5", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"nonsense ends the search", "10.0.0.1:5", []string{"203.0.113.9, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"with a port", "10.0.0.1:5", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"IPv6", "[fd00::1]:5", []string{"[2001:db8::1]"}, "2001:db8::/64"},
		{"IPv6 with a port", "[fd00::1]:5", []string{"[2001:db8::1]:80"}, "2001:db8::/64"},
		{"an IPv6 network is one address", "[2001:db8::ffff:1]:5", nil, "2001:db8::/64"},
		{"with a zone", "[fe80::1%eth0]:5", nil, "fe80::/64"},
		{"a forwarded one with a zone", "10.0.0.1:5", []string{"fe80::1%eth0"}, "fe80::/64"},
		{"a proxy in an IPv6 network", "[fd00::1]:5", nil, "fd00::/64"},
		{"no address at all", "@", nil, "@"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		{"IPv4 in IPv6 of a proxy", "[::ffff:10.0.0.1]:5", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.remote
		r.Header["X-Forwarded-For"] = tt.forwarded
		if got := a.of(r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestOwnConnections shows that a connection that the server made to itself is an address of its own, until it closes.
func TestOwnConnections(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	a := &addrs{}
	c, err := a.dial(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = c.LocalAddr().String()
	if got := a.of(r); got != r.RemoteAddr {
		t.Errorf("while it is open: %q, want %q", got, r.RemoteAddr)
	}
	c.Close()
	if got := a.of(r); got != "127.0.0.1" {
		t.Errorf("after the close: %q, want 127.0.0.1", got)
	}
}

// TestLimitsOfANetwork shows that the limits by address hold for an IPv6 network as a whole.
func TestLimitsOfANetwork(t *testing.T) {
	t.Parallel()
	a := &addrs{}
	h := rest.New(rest.Config{Limits: rest.Limits{Addr: rest.Rate{PerSecond: 0.001, Burst: 3}}, ClientAddr: a.of})
	statuses := map[int]int{}
	for i := range 10 {
		r := httptest.NewRequest(http.MethodPost, "/v1/users", strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = fmt.Sprintf("[2001:db8::%x]:1", i+1)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		statuses[w.Code]++
	}
	if d := cmp.Diff(map[int]int{http.StatusBadRequest: 3, http.StatusTooManyRequests: 7}, statuses); d != "" {
		t.Errorf("statuses (-want +got):\n%s", d)
	}
}
