package scaffold

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// failure is how a socket answers a message that was refused.
type failure struct {
	message *ir.Message // the error of the contract; nil for none
	expr    string      // of its value, in terms of code and text
	enum    *ir.Type    // of its code; nil for none
}

// failureOf finds the error message of a socket: one that comes in place of a
// reply, or else one that is called an error.
func failureOf(s *ir.Socket) *failure {
	var candidates []*ir.Message
	for _, m := range s.ToServer {
		if m.ReplyError != nil {
			candidates = append(candidates, m.ReplyError)
		}
	}
	for _, m := range s.ToClient {
		if strings.HasSuffix(m.Name, "Error") {
			candidates = append(candidates, m)
		}
	}
	for _, m := range candidates {
		f := &filler{
			texts:   map[string]string{"message": "text", "detail": "text", "description": "text", "reason": "text", "title": "text", "error": "text", "msg": "text", "code": `"not_implemented"`},
			numbers: map[string]string{},
			code:    "code",
		}
		if m.Correlation != nil {
			f.texts[strings.ToLower(m.Correlation.JSON)] = "f.ID"
		}
		if expr, ok := f.object(m.Type); ok {
			return &failure{m, expr, f.enum}
		}
	}
	return &failure{}
}

// method prints the handler's method Fail.
func (f *failure) method(socket string) string {
	receiver := fmt.Sprintf("(h *%s) Fail(_ context.Context, c *wsapi.%[1]sConn[%[1]sSession], f *socket.Failure)", socket)
	var b strings.Builder
	if f.message == nil {
		b.WriteString("// Fail closes the connection: the contract declares no error message.\n")
		fmt.Fprintf(&b, "func %s {\nh.log.Debug(\"message refused\", \"error\", f)\nif errors.Is(f, errNotImplemented) {\nc.Conn.Close(socket.CloseInternal, errNotImplemented.Error())\n}\n}\n", receiver)
		return b.String()
	}
	b.WriteString("// Fail answers a message that was refused with the contract's error message.\n")
	fmt.Fprintf(&b, "func %s {\n", receiver)
	f.words(&b)
	fmt.Fprintf(&b, "m := %s\n", f.expr)
	if c := f.message.Correlation; c != nil && !c.Required {
		fmt.Fprintf(&b, "if f.ID != \"\" {\nm.%s = wire.Some(f.ID)\n}\n", c.Name)
	}
	fmt.Fprintf(&b, "if err := c.Send%s(m); err != nil {\nh.log.Debug(\"message refused\", \"error\", f, \"answer\", err)\nc.Conn.Close(socket.CloseInternal, text)\n}\n}\n", f.message.Name)
	return b.String()
}

// words prints what is said about each kind of failure.
func (f *failure) words(b *strings.Builder) {
	kinds := []struct {
		when, text string
		names      []string
	}{
		{"errors.Is(f, errNotImplemented)", "not implemented", []string{"not_implemented", "unimplemented", "unsupported"}},
		{"f.Kind == socket.RateLimited", "too many messages", []string{"rate_limited", "too_many_requests", "rate_limit", "too_many_messages"}},
		{"f.Kind == socket.UnknownMessage", "there is no such message", []string{"unknown_message", "unknown_type", "bad_request", "invalid_request"}},
		{"f.Kind != socket.HandlerError", "the message breaks the contract", []string{"invalid_request", "bad_request", "invalid_message", "bad_message", "malformed"}},
	}
	if f.enum == nil {
		b.WriteString("text := \"the server failed\"\nswitch {\n")
		for _, k := range kinds {
			fmt.Fprintf(b, "case %s:\ntext = %q\n", k.when, k.text)
		}
		b.WriteString("}\n")
		return
	}
	fmt.Fprintf(b, "code, text := %s, \"the server failed\"\nswitch {\n", pick(f.enum, general()...))
	for _, k := range kinds {
		fmt.Fprintf(b, "case %s:\ncode, text = %s, %q\n", k.when, pick(f.enum, general(k.names...)...), k.text)
	}
	b.WriteString("}\n")
}
