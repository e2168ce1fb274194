package describe

import (
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Description is what a contract means. Its JSON form is for tools.
type Description struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	// Perspective is server or client: whose view send and receive take. Empty
	// without an AsyncAPI document.
	Perspective string `json:"perspective,omitempty"`
	// Doubts are findings that contradict the perspective.
	Doubts []string `json:"doubts,omitempty"`
	// NoSocket says why there is no socket where there is an AsyncAPI document, and
	// Types are what is generated instead.
	NoSocket []string `json:"noSocket,omitempty"`
	Types    []string `json:"types,omitempty"`
	Sockets  []Socket `json:"sockets,omitempty"`
	REST     *REST    `json:"rest,omitempty"`

	version2 bool // the words of the AsyncAPI document are publish and subscribe
}

// Socket is one WebSocket endpoint.
type Socket struct {
	Name        string      `json:"name"`
	Path        string      `json:"path"`
	About       string      `json:"about,omitempty"`
	Subprotocol string      `json:"subprotocol,omitempty"`
	MaxBytes    int         `json:"maxBytes"`                  // of a message to the server
	FlushMs     int         `json:"flushIntervalMs,omitempty"` // between two deliveries to a group
	Params      []string    `json:"params,omitempty"`
	Query       []string    `json:"query,omitempty"`
	Headers     []string    `json:"headers,omitempty"`
	ToServer    Direction   `json:"toServer"`
	ToClient    Direction   `json:"toClient"`
	CloseCodes  []CloseCode `json:"closeCodes,omitempty"`
	Security    []Security  `json:"security,omitempty"` // in the order in which they are tried
}

// Direction is what travels one way.
type Direction struct {
	// ToldBy says how a frame's message is told. Empty where there is nothing to
	// tell apart.
	ToldBy string `json:"toldBy,omitempty"`
	// Pointer leads to the deciding value; Rule is the number of the rule of
	// DESIGN.md section 5 that found it.
	Pointer  string    `json:"pointer,omitempty"`
	Rule     int       `json:"rule,omitempty"`
	Messages []Message `json:"messages"`
}

// Message is one message in one direction.
type Message struct {
	Key   string `json:"key"` // in the document
	Tag   string `json:"tag"` // what a frame calls it, or else the key
	Type  string `json:"type"`
	About string `json:"about,omitempty"`
	// When says which frames are this message.
	When string `json:"when"`
	// Binary says that the message is a binary frame.
	Binary bool `json:"binary,omitempty"`
	// Role is push, request, reply, or reply or push.
	Role string `json:"role"`
	// Reply and Error are the tags of what answers a request.
	Reply       string `json:"reply,omitempty"`
	Error       string `json:"error,omitempty"`
	Correlation string `json:"correlation,omitempty"` // the pointer to the id
	MaxBytes    int    `json:"maxBytes"`
	Delivery    string `json:"delivery,omitempty"` // reliable or latest; of messages to the client
	FlushNow    bool   `json:"flushNow,omitempty"` // does not wait for the flush interval
	Items       string `json:"items,omitempty"`    // of latest: the pointer to the items
	ItemKey     string `json:"itemKey,omitempty"`  // of latest: what names an item's slot
	// ReconnectAfter is the pointer to how many milliseconds the message asks to
	// stay away.
	ReconnectAfter string  `json:"reconnectAfter,omitempty"`
	PerSecond      float64 `json:"perSecond,omitempty"`
	Burst          int     `json:"burst,omitempty"`
}

// CloseCode is one declared close code.
type CloseCode struct {
	Code      int    `json:"code"`
	Name      string `json:"name"`
	Reconnect bool   `json:"reconnect"`
	About     string `json:"about,omitempty"`
}

// Security is one way for a client to say who it is.
type Security struct {
	Scheme string `json:"scheme"`
	How    string `json:"how"`
}

// Of describes a model. Of a model that is not whole, it describes what there
// is; diags are the findings about it.
func Of(m *ir.Model, diags source.Diagnostics) *Description {
	d := &Description{Title: m.Title, Version: m.Version, Perspective: m.Perspective, version2: m.Version2}
	if m.SocketTitle != "" && m.SocketTitle != m.Title {
		d.Title += " and " + m.SocketTitle
	}
	for _, s := range m.Sockets {
		d.Sockets = append(d.Sockets, socket(s))
	}
	if m.REST != nil {
		d.REST = rest(m.REST)
	}
	if m.Perspective != "" && len(m.Sockets) == 0 {
		for _, t := range m.Types {
			d.Types = append(d.Types, t.Name)
		}
	}
	for _, f := range diags {
		d.find(f)
	}
	return d
}

// find notes what a finding says about the description.
func (d *Description) find(f source.Diagnostic) {
	switch {
	case f.Rule == "perspective":
		d.Doubts = append(d.Doubts, f.Message+"; "+f.Fix)
	case f.Rule == "protocol-skipped" && len(d.Sockets) == 0:
		d.NoSocket = append(d.NoSocket, f.Message)
	case f.Rule == "messages-collide" && f.Severity == source.Error:
		for i := range d.Sockets {
			d.Sockets[i].ToServer.collide(f.Message, "messages to the server")
			d.Sockets[i].ToClient.collide(f.Message, "messages to the client")
		}
	}
}

// collide takes back that frames are tried, where it was found that they can't be
// told apart.
func (d *Direction) collide(finding, what string) {
	if d.Rule == tried && strings.Contains(finding, what) {
		d.Rule, d.ToldBy = 0, untold
		for i := range d.Messages {
			d.Messages[i].When = ""
		}
	}
}

func socket(s *ir.Socket) Socket {
	out := Socket{
		Name: s.Name, Path: s.Path, About: sentence(s.Doc), Subprotocol: s.Subprotocol, MaxBytes: s.MaxBytes, FlushMs: s.FlushInterval,
		Query: fields(s.Query), Headers: fields(s.Headers),
		ToServer: direction(s.ServerUnion, s.ToServer), ToClient: direction(s.ClientUnion, s.ToClient),
	}
	for i := range out.ToClient.Messages {
		out.ToClient.Messages[i].deliver(s.ToClient[i].Latest)
	}
	for _, p := range s.Params {
		out.Params = append(out.Params, p.JSON)
	}
	for _, c := range s.CloseCodes {
		out.CloseCodes = append(out.CloseCodes, CloseCode{c.Code, c.Name, c.Reconnect, sentence(c.Doc)})
	}
	for _, sec := range s.Security {
		out.Security = append(out.Security, Security{sec.Scheme, how(sec)})
	}
	return out
}

// how says where a client puts its credential.
func how(s ir.Security) string {
	switch s.Kind {
	case "http-bearer":
		return "the header Authorization: Bearer …"
	case "http-basic":
		return "the header Authorization: Basic …"
	case "mutual-tls":
		return "a certificate of its own (TLS)"
	case "api-key-cookie":
		return "the cookie " + s.Name
	case "api-key-query":
		return "the query parameter " + s.Name
	case "api-key-header":
		return "the header " + s.Name
	case "subprotocol":
		return "a second subprotocol " + s.Name + "…"
	case "message":
		return "the message " + s.Name
	}
	return s.Kind + " " + s.Name
}

// fields lists the members of the handshake's query or headers, the optional
// ones with a question mark.
func fields(t *ir.Type) []string {
	if t == nil || t.Object == nil {
		return nil
	}
	var out []string
	for _, f := range t.Object.Fields {
		name := f.JSON
		if !f.Required {
			name += "?"
		}
		out = append(out, name)
	}
	return out
}

func direction(union *ir.Type, list []*ir.Message) Direction {
	d := Direction{Messages: []Message{}}
	var u ir.UnionOf
	if union != nil && union.Union != nil {
		u = *union.Union
	}
	switch {
	case u.By != nil:
		d.Pointer, d.Rule, d.ToldBy = u.By.Pointer, u.By.Rule, toldBy(u.By)
	case len(u.Variants) > 1:
		d.Rule, d.ToldBy = tried, rules()[tried]
	}
	for i, m := range list {
		out := message(m)
		if i < len(u.Variants) {
			out.When = when(u.By, u.Variants[i])
			if m.Binary {
				out.When = "the frame is binary"
			}
			if n := len(u.Variants[i].Values); n > 1 {
				out.Tag = strings.ReplaceAll(strings.Join(u.Variants[i].Values, "|"), `"`, "")
			}
		}
		d.Messages = append(d.Messages, out)
	}
	return d
}

func message(m *ir.Message) Message {
	out := Message{Key: m.Key, FlushNow: m.FlushNow, Tag: Tag(m), About: sentence(m.Doc), MaxBytes: m.MaxBytes, Role: role(m), Binary: m.Binary}
	if m.Type != nil {
		out.Type = m.Type.Name
	}
	if m.Reply != nil {
		out.Reply = Tag(m.Reply)
	}
	if m.ReplyError != nil {
		out.Error = Tag(m.ReplyError)
	}
	if m.Correlation != nil {
		out.Correlation = pointer(m.Correlation)
	}
	if len(m.ReconnectAfter) > 0 {
		out.ReconnectAfter = pointer(m.ReconnectAfter...)
	}
	if m.Rate != nil {
		out.PerSecond, out.Burst = m.Rate.PerSecond, m.Rate.Burst
	}
	return out
}

// Tag gives what a frame calls a message, or else the message's key.
func Tag(m *ir.Message) string {
	if m.Tag == "" {
		return m.Key
	}
	return strings.Trim(m.Tag, `"`)
}

func role(m *ir.Message) string {
	switch {
	case m.Reply != nil:
		return "request"
	case m.IsReply && m.IsPush:
		return "reply or push"
	case m.IsReply:
		return "reply"
	}
	return "push"
}

// deliver notes the delivery class of a message to the client.
func (m *Message) deliver(latest *ir.Latest) {
	m.Delivery = "reliable"
	if latest == nil {
		return
	}
	m.Delivery, m.Items, m.ItemKey = "latest", pointer(latest.Items...), pointer(latest.Key)
}

func pointer(path ...*ir.Field) string {
	var tokens []string
	for _, f := range path {
		tokens = append(tokens, f.JSON)
	}
	return spec.JoinPointer(tokens...)
}

// sentence gives the first sentence of a description, on one line.
func sentence(doc string) string {
	text := strings.Join(strings.Fields(doc), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}
