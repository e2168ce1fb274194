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
	typed    map[*spec.Node]bool // messages of other protocols whose types were read
}

// server is a server that speaks WebSocket.
type server struct {
	name     string
	node     *spec.Node // resolved
	pathname string
}

// asyncapi reads an AsyncAPI document into model. One of version 2 is lifted into
// the shape of version 3 first.
func (l *lowering) asyncapi(model *ir.Model, doc *spec.Node) {
	if !l.asyncapiVersion(doc) {
		return
	}
	model.SocketTitle, model.Version2 = doc.Get("info", "title").Str(), isVersion2(doc)
	if model.Version2 {
		doc = l.lift(doc)
	}
	s := &sockets{lowering: l, doc: doc, channels: map[*spec.Node]*channel{}, messages: map[*spec.Node]*spec.Node{}, typed: map[*spec.Node]bool{}}
	model.Perspective = s.perspective()
	s.readServers()
	s.readChannels()
	s.readOperations()
	s.otherChannels()
	s.componentsAlone()
	s.checkPerspective()
	for _, sock := range s.sockets {
		s.finishSocket(sock)
		model.Sockets = append(model.Sockets, sock.out)
	}
	slices.SortFunc(model.Sockets, func(a, b *ir.Socket) int { return cmp.Compare(a.Name, b.Name) })
}

// versions lists the versions of AsyncAPI that are read.
func versions() []string {
	return []string{"2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0"}
}

func isVersion2(doc *spec.Node) bool { return strings.HasPrefix(doc.Get("asyncapi").Str(), "2.") }

// asyncapiVersion reports whether the document is of a version that is read.
func (l *lowering) asyncapiVersion(doc *spec.Node) bool {
	v := doc.Get("asyncapi")
	text := v.Str()
	switch {
	case v == nil:
		l.diags.Errorf(doc.Pos, "asyncapi-version", "write asyncapi: 3.0.0 at the top", "this is no AsyncAPI document: it has no key asyncapi%s", spec.DidYouMean("asyncapi", doc.Keys()))
		return false
	case v.Kind != spec.String:
		fix := "write asyncapi: 3.0.0"
		if strings.HasPrefix(v.Text, "2.") {
			fix = "write asyncapi: " + v.Text + ".0"
		}
		l.diags.Errorf(v.Pos, "asyncapi-version", fix, "the version %s is not a string of three numbers", v.JSON())
		return false
	case !slices.Contains(versions(), text):
		l.diags.Errorf(v.Pos, "asyncapi-version", "", "AsyncAPI %s is not supported; 2.0.0 to 2.6.0, 3.0.0 and 3.1.0 are", v.JSON())
		return false
	case isVersion2(doc):
		return l.noNewKeys(doc)
	}
	return l.noOldKeys(doc)
}

// noNewKeys reports what AsyncAPI 3 has and 2 has not.
func (l *lowering) noNewKeys(doc *spec.Node) bool {
	ok := true
	report := func(p spec.Pair, fix string) {
		ok = false
		l.diags.Errorf(p.KeyPos, "mixed-versions", fix, "%q is a key of AsyncAPI 3, and this document is of version %s", p.Key, doc.Get("asyncapi").Text)
	}
	if p, has := doc.Lookup("operations"); has {
		report(p, "write publish and subscribe in the channels, or asyncapi: 3.0.0")
	}
	for _, c := range doc.Get("channels").Members() {
		for _, p := range c.Value.Members() {
			if p.Key == "address" || p.Key == "messages" {
				report(p, "write the address as the channel's key and the messages in publish and subscribe")
			}
		}
	}
	for _, s := range doc.Get("servers").Members() {
		for _, p := range s.Value.Members() {
			if p.Key == "host" || p.Key == "pathname" {
				report(p, "write url")
			}
		}
	}
	return ok
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
			s.servers = append(s.servers, &server{name: p.Key, node: node, pathname: s.expand(node)})
		}
	}
	if s.doc.Has("servers") && len(s.servers) == 0 {
		s.diags.Warnf(s.doc.KeyPos("servers"), "protocol-skipped", "", "no server speaks WebSocket (protocol ws or wss), but %s: types and codecs are generated for this document, and no connections", s.protocols())
	}
}

// protocols lists the protocols of the servers.
func (s *sockets) protocols() string {
	var list []string
	for _, p := range s.doc.Get("servers").Members() {
		node, ok := s.loader.Resolve(p.Value)
		if name := node.Get("protocol").Str(); ok && name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return cmp.Or(strings.Join(list, ", "), "nothing that is known")
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

// expand gives the pathname of a server with the defaults of its variables. A
// variable without one stays, as a parameter of the address.
func (s *sockets) expand(server *spec.Node) string {
	pathname := server.Get("pathname").Str()
	for _, p := range server.Get("variables").Members() {
		v, ok := s.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		value := v.Get("default").Str()
		if enum := v.Get("enum").Elems(); value == "" && len(enum) == 1 {
			value = enum[0].Str()
		}
		if value != "" {
			pathname = strings.ReplaceAll(pathname, "{"+p.Key+"}", strings.Trim(value, "/"))
		}
	}
	return pathname
}

// pathname gives the path that the servers of a channel share, or that of the
// first one. A handler may be mounted anywhere and a client dials any URL, so
// it is only where the SDK looks first.
func (s *sockets) pathname(servers []*server, pos source.Pos) string {
	for _, sv := range servers {
		if sv.pathname != servers[0].pathname {
			s.diags.Warnf(pos, "server-pathname", "list the servers of the channel, or give them one pathname",
				"the channel is on servers of different pathnames: %q has %q, which is taken, and %q has %q", servers[0].name, servers[0].pathname, sv.name, sv.pathname)
			break
		}
	}
	if len(servers) == 0 {
		return ""
	}
	return strings.TrimRight(servers[0].pathname, "/")
}
