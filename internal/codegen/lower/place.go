package lower

import (
	"regexp"
	"strings"
)

// wholeURL matches an address with a scheme and a host.
var wholeURL = regexp.MustCompile(`^/*([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)/?(.*)$`)

// place gives the path of a channel's socket: its address below the pathname of
// its server. An address that is a whole URL stands for its path alone, and one
// that is / for the pathname itself.
func (s *sockets) place(c *channel, pathname, address string) string {
	at := c.node.Get("address").Place(c.node.Pos)
	if m := wholeURL.FindStringSubmatch(address); m != nil {
		protocol, host, path := m[1], m[2], "/"+m[3]
		if !speaksWebSocket(protocol) {
			protocol = map[bool]string{true: "wss", false: "ws"}[strings.EqualFold(protocol, "https")]
		}
		s.diags.Warnf(at, "channel-address", "write address: "+path+", and a server of protocol "+protocol+" and host "+host,
			"the address %q is a whole URL; its path is taken", address)
		return path
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
