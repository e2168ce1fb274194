package golang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/ir"
)

// Import paths of what generated tests call.
const (
	runtimeSample = "github.com/duet-api/duet/runtime/sample"
	runtimeTrip   = "github.com/duet-api/duet/runtime/socket/trip"
)

// RoundTrip renders the tests of a contract: every type and message takes its
// examples and a hundred made values through its codec, and every message through
// its socket. It gives no files where there is nothing to test.
func RoundTrip(m *ir.Model, opts Options) (map[string][]byte, error) {
	files := map[string]func(*tripFile){
		"samples.gen_test.go": func(f *tripFile) { f.samples(m) },
		"codecs.gen_test.go":  func(f *tripFile) { f.codecs(m) },
	}
	if len(testedTypes(m)) == 0 {
		return nil, nil
	}
	for _, s := range m.Sockets {
		if len(s.ToServer)+len(s.ToClient) > 0 {
			files["socket_"+strings.ToLower(s.Name)+".gen_test.go"] = func(f *tripFile) { f.socket(s) }
		}
	}
	out := make(map[string][]byte, len(files))
	for name, render := range files {
		f := &tripFile{GoFile: emit.NewGoFile(orElse(opts.RoundTrip, "roundtrip"), opts.Sources...), opts: opts}
		render(f)
		text, err := f.Bytes()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = text
	}
	return out, nil
}

// testedTypes lists the declared types that have a codec of their own.
func testedTypes(m *ir.Model) []*ir.Type {
	var out []*ir.Type
	for _, t := range m.Types {
		switch {
		case t.Kind == ir.Union && len(textVariants(t.Union)) == 0:
		case t.Kind == ir.Object, t.Kind == ir.Union, t.Kind == ir.Box:
			out = append(out, t)
		}
	}
	return out
}

// tripFile is one file of the tests.
type tripFile struct {
	*emit.GoFile
	opts Options
}

func (f *tripFile) schema(ident string) string { return f.Use(f.opts.Schema) + "." + ident }
func (f *tripFile) wsapi(ident string) string  { return f.Use(f.opts.WSAPI) + "." + ident }
func (f *tripFile) trip(ident string) string   { return f.Use(runtimeTrip) + "." + ident }
func (f *tripFile) ctx() string                { return f.Use("context") + ".Context" }

// codecs renders the test of all codecs.
func (f *tripFile) codecs(m *ir.Model) {
	f.PackageDoc("Package " + orElse(f.opts.RoundTrip, "roundtrip") + " tests the code that was generated from " + orElse(m.Title, "a contract") +
		": types decode, encode and decode again without a loss, and messages arrive on the other side of their socket as they were sent.")
	sample := f.Use(runtimeSample)
	f.P("// TestCodecs takes the examples of each type, and values made at random, through")
	f.P("// its codec.")
	f.P("func TestCodecs(t *%s.T) {", f.Use("testing"))
	f.P("t.Parallel()")
	f.P("%s.TestCodecs(t, samples, []%s.Codec{", sample, sample)
	for _, t := range testedTypes(m) {
		if t.Kind == ir.Union {
			f.P("{Name: %q, Decode: %s.Union(%s)},", t.Name, sample, f.schema("Unmarshal"+t.Name))
			continue
		}
		f.P("{Name: %q, Decode: %s.Decode[%s]},", t.Name, sample, f.schema(t.Name))
	}
	f.P("})\n}")
}

// samples renders the types in the form that package sample reads.
func (f *tripFile) samples(m *ir.Model) {
	examples := map[string][]ir.Example{}
	for _, s := range m.Sockets {
		for _, list := range [][]*ir.Message{s.ToServer, s.ToClient} {
			for _, msg := range list {
				examples[msg.Type.Name] = append(examples[msg.Type.Name], msg.Examples...)
			}
		}
	}
	noBackquote := strings.NewReplacer("`", `\u0060`, "\ufeff", `\ufeff`) // JSON that Go can hold raw
	f.P("// samples are the types of the contract in JSON Schema, by name, which package")
	f.P("// sample makes values of.")
	f.P("const samples = `{")
	var lines []string
	for _, t := range m.Types {
		lines = append(lines, strconv.Quote(t.Name)+": "+sampleType(t, append(t.Examples[:len(t.Examples):len(t.Examples)], examples[t.Name]...)))
	}
	for _, e := range m.Extras {
		lines = append(lines, jsonQuote(e.Name)+": "+e.JSON)
	}
	f.P("%s\n}`", noBackquote.Replace(strings.Join(lines, ",\n")))
}

// socket renders the test of a socket.
func (f *tripFile) socket(s *ir.Socket) {
	conn := fmt.Sprintf("*%s[struct{}]", f.wsapi(s.Name+"Conn"))
	client := "*" + f.wsapi(s.Name+"Client")
	f.P("// Test%s sends samples of each message over the socket, both ways.", s.Name)
	f.P("func Test%s(t *%s.T) {", s.Name, f.Use("testing"))
	f.P("t.Parallel()")
	f.P("peer := %s[%s]()", f.trip("NewPeer"), conn)
	f.P("server := %s[struct{}](%s{peer}, nil)", f.wsapi("New"+s.Name+"Server"), peerName(s))
	f.P("l := %s[%s](t, samples, peer, server, %s)", f.trip("Open"), client, f.wsapi("Dial"+s.Name))
	for _, m := range s.ToServer {
		method := fmt.Sprintf("(%s).%s", client, clientMethod(m))
		if isCall(m) {
			f.P("%s(l, %s, %s, %s)", f.trip("Call"), f.message(s.ServerUnion, m, false), f.message(s.ClientUnion, m.Reply, false), method)
			continue
		}
		f.P("%s(l, %s, %s)", f.trip("ToServer"), f.message(s.ServerUnion, m, false), method)
	}
	for _, m := range s.ToClient {
		f.P("%s(l, %s, (%s).Send%s, (%s).Next)", f.trip("ToClient"), f.message(s.ClientUnion, m, true), conn, m.Name, client)
	}
	f.P("}\n")
	f.peer(s, conn)
}

func peerName(s *ir.Socket) string { return lowerFirst(s.Name) + "Peer" }

// message renders what the test must know of a message.
func (f *tripFile) message(union *ir.Type, m *ir.Message, toClient bool) string {
	name := m.Name
	if toClient {
		name = "Send" + name
	}
	text := fmt.Sprintf("Name: %q, Type: %q, MaxBytes: %d", name, m.Type.Name, m.MaxBytes)
	if m.Rate != nil {
		text += fmt.Sprintf(", Burst: %d", m.Rate.Burst)
	}
	if m.Correlation != nil {
		text += fmt.Sprintf(", ID: %q", m.Correlation.JSON)
	}
	if m.Latest != nil {
		pointer := ""
		for _, field := range m.Latest.Items {
			pointer += "/" + escapeToken(field.JSON)
		}
		text += fmt.Sprintf(", Items: %q", pointer)
	}
	if v := variantOf(union, m.Type); v != nil && union.Union.By != nil && sampleValues(union.Union.By, v) != "" {
		text += fmt.Sprintf(", Values: %s", goText("{"+sampleValues(union.Union.By, v)+"}"))
	}
	if len(union.Union.Variants) > 1 && !m.Binary {
		text += fmt.Sprintf(", Whole: %s.Union(%s)", f.Use(runtimeSample), f.schema("Unmarshal"+union.Name))
	}
	return fmt.Sprintf("%s{%s}", f.trip("Message"), text)
}

func variantOf(union, t *ir.Type) *ir.Variant {
	for _, v := range union.Union.Variants {
		if v.Type == t || v.Type.Name == t.Name {
			return v
		}
	}
	return nil
}

// peer renders the server's handler.
func (f *tripFile) peer(s *ir.Socket, conn string) {
	name, socket := peerName(s), f.Use(runtimeSocket)
	f.P("// %s hands on what arrives at the server.", name)
	f.P("type %s struct{ peer *%s[%s] }\n", name, f.trip("Peer"), conn)
	f.P("func (p %s) Upgrade(%s, *%s.Handshake) (struct{}, error) { return struct{}{}, nil }\n", name, f.ctx(), socket)
	f.P("func (p %s) Open(_ %s, c %s) error { return p.peer.Open(c) }\n", name, f.ctx(), conn)
	f.P("func (p %s) Fail(_ %s, _ %s, failure *%s.Failure) { p.peer.Fail(failure) }\n", name, f.ctx(), conn, socket)
	f.P("func (p %s) Closed(%s, %s.CloseInfo) {}", name, conn, socket)
	for _, m := range s.ToServer {
		f.P("")
		message := f.schema(m.Type.Name)
		if m.Topic != nil {
			message += ", _ " + f.wsapi(topicType(m.Topic))
		}
		if !isCall(m) {
			f.P("func (p %s) %s(ctx %s, _ %s, m %s) error { return p.peer.Got(ctx, m) }", name, handlerMethod(m), f.ctx(), conn, message)
			continue
		}
		reply := f.schema(m.Reply.Type.Name)
		f.P("func (p %s) %s(ctx %s, _ %s, m %s) (%s, error) { return %s[%s](ctx, p.peer, m) }", name, handlerMethod(m), f.ctx(), conn, message, reply, f.trip("Answer"), reply)
	}
}
