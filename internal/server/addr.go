package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// addrs tells the address of the client behind a request, by which logins and sign-ups are limited. Its methods may be
// called concurrently.
type addrs struct {
	proxies []netip.Prefix
	own     sync.Map // the server's own connections: local address of the client's end as string -> struct{}
}

// of returns the address of the client without its port: that of the connection, or, where that is a trusted proxy's,
// the last address of X-Forwarded-For that is none. A connection that this server opened to itself by dial is an address
// of its own, with the port, so that the limits of other clients know nothing of it.
func (a *addrs) of(r *http.Request) string {
	if _, ok := a.own.Load(r.RemoteAddr); ok {
		return r.RemoteAddr
	}
	addr := host(r.RemoteAddr)
	if !a.trusted(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, ok := parseHop(hop)
		if !ok {
			break // what is left of it may be made up
		}
		addr = next
		if !a.trusted(addr) {
			break
		}
	}
	return addr
}

// parseHop reads an element of X-Forwarded-For: an address, perhaps with a port.
func parseHop(hop string) (string, bool) {
	hop = strings.TrimSpace(hop)
	if ap, err := netip.ParseAddrPort(hop); err == nil {
		return ap.Addr().Unmap().String(), true
	}
	ip, err := netip.ParseAddr(strings.Trim(hop, "[]"))
	return ip.Unmap().String(), err == nil
}

func (a *addrs) trusted(addr string) bool {
	ip, err := netip.ParseAddr(addr)
	return err == nil && slices.ContainsFunc(a.proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// host returns an address without its port and zone, and an IPv4 address in its own form.
func host(addr string) string {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return addr
	}
	return ap.Addr().Unmap().WithZone("").String()
}

// dial opens a connection that counts as the server's own.
func (a *addrs) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	key := c.LocalAddr().String()
	a.own.Store(key, struct{}{})
	return &ownConn{Conn: c, end: sync.OnceFunc(func() { a.own.Delete(key) })}, nil
}

// ownConn is a connection that is forgotten when it is closed.
type ownConn struct {
	net.Conn
	end func()
}

// Close closes the connection.
func (c *ownConn) Close() error {
	c.end()
	return c.Conn.Close()
}
