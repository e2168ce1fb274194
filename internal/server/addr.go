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

// addrs tells the client behind a request, by which connections, logins and calls without a login are limited. Its
// methods may be called concurrently.
type addrs struct {
	proxies []netip.Prefix
	own     sync.Map // the server's own connections: local address of the client's end as string -> struct{}
}

// of returns the client's address as [network] counts it: that of the connection, or, where that is a trusted proxy's,
// the last address of X-Forwarded-For that is none. A connection that this server opened to itself by dial is an address
// of its own, with the port, so that the limits of other clients know nothing of it.
func (a *addrs) of(r *http.Request) string {
	if _, ok := a.own.Load(r.RemoteAddr); ok {
		return r.RemoteAddr
	}
	addr, ok := host(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	if !a.trusted(addr) {
		return network(addr)
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
	return network(addr)
}

// parseHop reads an element of X-Forwarded-For: an address, perhaps with a port.
func parseHop(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	if addr, ok := host(hop); ok {
		return addr, true
	}
	ip, err := netip.ParseAddr(strings.Trim(hop, "[]"))
	return ip.Unmap().WithZone(""), err == nil
}

func (a *addrs) trusted(addr netip.Addr) bool {
	return slices.ContainsFunc(a.proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// host returns an address without its port and zone, and an IPv4 address in its own form.
func host(addr string) (netip.Addr, bool) {
	ap, err := netip.ParseAddrPort(addr)
	return ap.Addr().Unmap().WithZone(""), err == nil
}

// network returns what an address is counted as: a whole IPv6 network of 64 bits, which is the least that a client is
// given (RFC 6177, section 2), and an IPv4 address as it is.
func network(addr netip.Addr) string {
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
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
