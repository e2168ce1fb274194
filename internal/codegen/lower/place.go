package lower

import "strings"

// place gives the path of a channel's socket: its address below the pathname of
// its server. An address that is a whole URL stands for its path alone, and one
// that is / for the pathname itself.
func (s *sockets) place(c *channel, pathname, address string) string {
	at := c.node.Get("address").Place(c.node.Pos)
	if scheme, rest, found := strings.Cut(strings.TrimLeft(address, "/"), "://"); found && speaksWebSocket(scheme) {
		host, path, _ := strings.Cut(rest, "/")
		s.diags.Warnf(at, "channel-address", "write address: /"+path+", and a server of protocol "+scheme+" and host "+host,
			"the address %q is a whole URL; its path is taken", address)
		return "/" + path
	}
	address = "/" + strings.TrimLeft(address, "/")
	switch {
	case pathname == "":
	case address == "/":
		return pathname
	case strings.HasPrefix(address+"/", pathname+"/"):
		s.diags.Warnf(at, "channel-address", "write one of them, or the address without the pathname, if the socket is at "+address,
			"the address %q repeats the pathname of its server: the socket is at %s", address, pathname+address)
	}
	return pathname + address
}
