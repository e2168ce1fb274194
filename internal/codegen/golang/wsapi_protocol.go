package golang

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// protocols renders what the runtime must know of a socket: close codes and
// the messages of both directions.
func (f *wsapiFile) protocols() {
	f.closeCodes()
	for _, d := range []direction{f.toServer(), f.toClient()} {
		f.indexes(d)
		f.protocol(d)
		f.retryAfters(d)
		f.route(d)
	}
	f.ids()
}

func (f *wsapiFile) closeCodes() {
	name, table := f.s.Name+"CloseCode", f.private("CloseCodes")
	f.P("// %s is a code with which a connection to %s closes.", name, f.s.Name)
	f.P("type %s uint16\n", name)
	if len(f.s.CloseCodes) > 0 {
		f.P("// The close codes that the contract declares.")
		f.P("const (")
		for _, c := range f.s.CloseCodes {
			f.Comment(strings.TrimSpace(c.Doc))
			f.P("%sClose%s %s = %d", f.s.Name, c.Name, name, c.Code)
		}
		f.P(")\n")
	}
	f.P("// %s is never changed.", table)
	f.P("var %s = %s{", table, f.runtime("CloseSpecs"))
	for _, c := range f.s.CloseCodes {
		f.P("{Code: %d, Name: %q, Reconnect: %t},", c.Code, c.Name, c.Reconnect)
	}
	f.P("}\n")
	f.P("// Reconnect reports whether a client should connect again after c.")
	f.P("func (c %s) Reconnect() bool { return %s.Reconnect(%s(c)) }\n", name, table, f.runtime("CloseCode"))
	f.P("// String gives the declared name of c, or its number.")
	f.P("func (c %s) String() string { return %s.Name(%s(c)) }\n", name, table, f.runtime("CloseCode"))
}

// indexes renders the places of the messages in Protocol.Incoming.
func (f *wsapiFile) indexes(d direction) {
	f.P("// The messages to the %s.", strings.ToLower(d.name))
	f.P("const (")
	for i, m := range d.messages {
		if i == 0 {
			f.P("%s = iota", f.index(d, m))
			continue
		}
		f.P("%s", f.index(d, m))
	}
	f.P(")\n")
}

// protocol renders the description of what one side receives. The server's is
// exported, so that servers can tell their limits.
func (f *wsapiFile) protocol(d direction) {
	name := f.s.Name + "Protocol"
	if d.name == "Client" {
		name = f.private("ClientProtocol")
	}
	f.P("// %s describes the messages that the %s receives.", name, strings.ToLower(d.name))
	f.P("func %s() *%s {", name, f.runtime("Protocol"))
	f.P("return &%s{", f.runtime("Protocol"))
	f.P("Name: %q,", f.s.Name)
	if f.s.Subprotocol != "" {
		f.P("Subprotocol: %q,", f.s.Subprotocol)
	}
	if d.name == "Server" {
		f.P("MaxBytes: %d,", cmp.Or(f.s.MaxBytes, 16<<10))
	}
	f.P("Incoming: []%s{", f.runtime("MessageSpec"))
	for _, m := range d.messages {
		f.P("%s: {%s},", f.index(d, m), f.spec(d, m))
	}
	f.P("},")
	for _, m := range d.messages {
		if m.Binary {
			f.P("Binary: 1 + %s,", f.index(d, m))
		}
	}
	f.P("Route: %s,", f.private("Route"+d.name))
	if len(f.idNames()) > 0 {
		f.P("ID: %s,", f.private("ID"))
	}
	f.P("Close: %s,", f.private("CloseCodes"))
	f.P("}\n}\n")
}

// spec renders the fields of a MessageSpec. The server reads nothing above the
// socket's own limit, which needs no repeating.
func (f *wsapiFile) spec(d direction, m *ir.Message) string {
	text := fmt.Sprintf("Name: %q", wireName(m))
	if m.MaxBytes > 0 && (d.name == "Client" || m.MaxBytes < f.s.MaxBytes) {
		text += fmt.Sprintf(", MaxBytes: %d", m.MaxBytes)
	}
	if m.Rate != nil {
		perSecond := strconv.FormatFloat(m.Rate.PerSecond, 'g', -1, 64)
		text += fmt.Sprintf(", Rate: %s{PerSecond: %s, Burst: %d}", f.runtime("Rate"), perSecond, m.Rate.Burst)
	}
	if m.ReconnectAfter != nil {
		text += ", RetryAfter: " + f.retryAfterName(d, m)
	}
	return text
}

func (f *wsapiFile) retryAfterName(d direction, m *ir.Message) string {
	return f.index(d, m) + "RetryAfter"
}

// retryAfters renders what reads how long messages ask the client to stay away.
func (f *wsapiFile) retryAfters(d direction) {
	for _, m := range d.messages {
		if m.ReconnectAfter == nil {
			continue
		}
		value := "m"
		for _, field := range m.ReconnectAfter {
			value += "." + field.Name
		}
		f.P("// %s gives how long %s asks to stay away.", f.retryAfterName(d, m), wireName(m))
		f.P("func %s(frame []byte) %s.Duration {", f.retryAfterName(d, m), f.Use("time"))
		f.P("var m %s", f.schema(m.Type.Name))
		f.P("if err := m.UnmarshalJSON(frame); err != nil {\nreturn 0\n}")
		f.P("return %s(%s)\n}\n", f.runtime("Milliseconds"), value)
	}
}

// wireName is how the message is called on the wire, else in the document.
func wireName(m *ir.Message) string {
	if strings.HasPrefix(m.Tag, `"`) {
		return unquoteJSON(m.Tag)
	}
	return m.Key
}

// route renders the function that tells which message a frame is.
func (f *wsapiFile) route(d direction) {
	f.P("// %s tells which message to the %s a frame is.", f.private("Route"+d.name), strings.ToLower(d.name))
	f.P("func %s(frame []byte) (int, string, error) {", f.private("Route"+d.name))
	switch {
	case d.union == nil || len(d.messages) == 1 && !d.messages[0].Binary:
		f.P("return 0, \"\", nil")
	case len(textVariants(d.union.Union)) == 1:
		f.P("return %s, \"\", nil", f.index(d, messageOf(d, textVariants(d.union.Union)[0])))
	case len(textVariants(d.union.Union)) == 0:
		f.P("return -1, \"\", nil")
	case d.union.Union.By != nil:
		f.routeByTag(d)
	default:
		f.routeByDecoding(d)
	}
	f.P("}\n")
}

// routeByTag is for messages that the model has tests for.
func (f *wsapiFile) routeByTag(d direction) {
	wire := f.Use(runtimeWire)
	found := func(v *ir.Variant) { f.P("return %s, \"\", nil", f.index(d, messageOf(d, v))) }
	tests := &tests{
		GoFile: f.GoFile, union: d.union.Union, first: "frame",
		peek: wire + ".Peek", kind: wire + ".KindOf", has: wire + ".Has", chosen: found,
	}
	last := tests.render()
	if last != nil {
		found(last)
		return
	}
	f.P("_, err := %s(frame)", f.schema("Unmarshal"+d.union.Name))
	tag := "nil"
	if tests.byValue() {
		tag = "tag"
	}
	f.P("return %s(%s, err)", f.runtime("Unrouted"), tag)
}

// messageOf gives the message whose payload is the variant.
func messageOf(d direction, v *ir.Variant) *ir.Message {
	for _, m := range d.messages {
		if m.Type.Name == v.Type.Name {
			return m
		}
	}
	return &ir.Message{} // lower gives each message its own variant
}

// routeByDecoding is for messages that no one field tells apart.
func (f *wsapiFile) routeByDecoding(d direction) {
	f.P("m, err := %s(frame)", f.schema("Unmarshal"+d.union.Name))
	f.P("switch m.(type) {")
	for _, m := range d.messages {
		if m.Binary {
			continue
		}
		f.P("case %s:", f.schema(m.Type.Name))
		f.P("return %s, \"\", nil", f.index(d, m))
	}
	f.P("}")
	f.P("return %s(nil, err)", f.runtime("Unrouted"))
}

func (f *wsapiFile) idNames() []string {
	return idPaths(append(append([]*ir.Message(nil), f.s.ToServer...), f.s.ToClient...))
}

// numbered reports whether the correlation ids of the socket are integers. They
// are all of one kind.
func (f *wsapiFile) numbered() bool {
	for _, m := range append(f.s.ToServer[:len(f.s.ToServer):len(f.s.ToServer)], f.s.ToClient...) {
		if m.Correlation != nil {
			return m.Correlation.Type.Kind == ir.Integer
		}
	}
	return false
}

// ids renders the function that finds a correlation id.
func (f *wsapiFile) ids() {
	names := f.idNames()
	if len(names) == 0 {
		return
	}
	f.P("// %s gives the correlation id of a frame, empty without one.", f.private("ID"))
	f.P("func %s(frame []byte) string {", f.private("ID"))
	peek := f.Use(runtimeWire) + ".PeekText"
	if f.numbered() {
		peek = f.Use(runtimeWire) + ".Peek"
	}
	for _, name := range names {
		f.P("if id, ok := %s(frame, %q); ok {\nreturn string(id)\n}", peek, name)
	}
	f.P("return \"\"\n}")
}
