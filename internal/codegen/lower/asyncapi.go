package lower

import (
	"cmp"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// sockets is the state of reading one AsyncAPI document.
type sockets struct {
	*lowering
	doc      *spec.Node
	swapped  bool // x-perspective: client: send and receive are the client's view
	servers  []*server
	sockets  []*socket
	channels map[*spec.Node]*channel // by resolved node
	messages map[*spec.Node]*spec.Node
}

// server is a server that speaks WebSocket.
type server struct {
	name     string
	node     *spec.Node // resolved
	pathname string
}

// asyncapi reads an AsyncAPI 3.x document into model.
func (l *lowering) asyncapi(model *ir.Model, doc *spec.Node) {
	if !l.asyncapiVersion(doc) {
		return
	}
	s := &sockets{lowering: l, doc: doc, channels: map[*spec.Node]*channel{}, messages: map[*spec.Node]*spec.Node{}}
	model.Perspective = s.perspective()
	s.readServers()
	s.readChannels()
	s.readOperations()
	for _, sock := range s.sockets {
		s.finishSocket(sock)
		model.Sockets = append(model.Sockets, sock.out)
	}
	slices.SortFunc(model.Sockets, func(a, b *ir.Socket) int { return cmp.Compare(a.Name, b.Name) })
}

// asyncapiVersion reports whether the document is of a version that is read.
// This is where documents of version 2 are to be lifted into the shape of
// version 3.
func (l *lowering) asyncapiVersion(doc *spec.Node) bool {
	v := doc.Get("asyncapi")
	text := v.Str()
	switch {
	case v == nil:
		l.diags.Errorf(doc.Pos, "asyncapi-version", "write asyncapi: 3.0.0 at the top", "this is no AsyncAPI document: it has no key asyncapi%s", spec.DidYouMean("asyncapi", doc.Keys()))
		return false
	case v.Kind != spec.String:
		l.diags.Errorf(v.Pos, "asyncapi-version", "write asyncapi: 3.0.0", "the version %s is not a string of three numbers", v.JSON())
		return false
	case strings.HasPrefix(text, "2."):
		l.diags.Errorf(v.Pos, "asyncapi-version", "convert the document to 3.0.0", "AsyncAPI %s is not supported yet; 3.0.0 and 3.1.0 are", text)
		return false
	case text != "3.0.0" && text != "3.1.0":
		l.diags.Errorf(v.Pos, "asyncapi-version", "", "AsyncAPI %s is not supported; 3.0.0 and 3.1.0 are", text)
		return false
	}
	return l.noOldKeys(doc)
}

// noOldKeys reports what AsyncAPI 2 has and 3 has not.
func (l *lowering) noOldKeys(doc *spec.Node) bool {
	ok := true
	report := func(p spec.Pair, fix string) {
		ok = false
		l.diags.Errorf(p.KeyPos, "mixed-versions", fix, "%q is a key of AsyncAPI 2, and this document is of version %s", p.Key, doc.Get("asyncapi").Text)
	}
	for _, c := range doc.Get("channels").Members() {
		for _, p := range c.Value.Members() {
			if p.Key == "publish" || p.Key == "subscribe" {
				report(p, "write an operation under operations with an action and this channel")
			}
		}
	}
	for _, s := range doc.Get("servers").Members() {
		if p, has := s.Value.Lookup("url"); has {
			report(p, "write host and pathname")
		}
	}
	return ok
}

// perspective reads x-perspective: whose view send and receive take.
func (s *sockets) perspective() string {
	v := s.doc.Get("x-perspective")
	switch {
	case v == nil, v.Str() == "server":
		return "server"
	case v.Str() == "client":
		s.swapped = true
		return "client"
	}
	s.diags.Errorf(v.Pos, "x-perspective", "", "x-perspective is %s; it must be server or client", v.JSON())
	return "server"
}

func (s *sockets) readServers() {
	for _, p := range s.doc.Get("servers").Members() {
		node, ok := s.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		if speaksWebSocket(node.Get("protocol").Str()) {
			s.servers = append(s.servers, &server{name: p.Key, node: node, pathname: node.Get("pathname").Str()})
		}
	}
	if s.doc.Has("servers") && len(s.servers) == 0 {
		s.diags.Warnf(s.doc.KeyPos("servers"), "protocol-skipped", "", "no server speaks WebSocket (protocol ws or wss); nothing is generated for this document")
	}
}

func speaksWebSocket(protocol string) bool {
	return slices.Contains([]string{"ws", "wss", "websocket", "websockets"}, strings.ToLower(protocol))
}

// serversOf gives the WebSocket servers of a channel: those that it lists, or
// all.
func (s *sockets) serversOf(c *spec.Node) []*server {
	list := c.Get("servers").Elems()
	if len(list) == 0 {
		return s.servers
	}
	var out []*server
	for _, ref := range list {
		target, ok := s.loader.Resolve(ref)
		if !ok {
			continue
		}
		i := slices.IndexFunc(s.servers, func(sv *server) bool { return sv.node == target })
		if i >= 0 {
			out = append(out, s.servers[i])
		}
	}
	return out
}

// pathname gives the path that the servers of a channel share.
func (s *sockets) pathname(servers []*server, pos source.Pos) string {
	for _, sv := range servers {
		if sv.pathname != servers[0].pathname {
			s.diags.Errorf(pos, "server-pathname", "list the servers of the channel, or give them one pathname",
				"the channel is on servers of different pathnames: %q has %q and %q has %q", servers[0].name, servers[0].pathname, sv.name, sv.pathname)
			break
		}
	}
	if len(servers) == 0 {
		return ""
	}
	return strings.TrimRight(servers[0].pathname, "/")
}
