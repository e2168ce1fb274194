package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// failure is how a socket answers a message that was refused.
type failure struct {
	*filler
	socket  *ir.Socket
	message *ir.Message // the error of the contract; nil for none
	expr    string      // of its value, in terms of code, status and reason
}

// socketKinds are the kinds of refusal that contracts may tell apart.
var socketKinds = []struct {
	when   string
	status int
	names  []string
}{
	{"errors.Is(f, errNotImplemented)", 501, []string{"not_implemented", "unimplemented", "unsupported", "501"}},
	{"f.Kind == socket.RateLimited", 429, []string{"rate_limited", "rate_limit_exceeded", "too_many_requests", "rate_limit", "too_many_messages", "too_fast", "throttled", "429"}},
	{"f.Kind == socket.UnknownMessage", 400, []string{"unknown_message", "unknown_type", "unknown_message_type", "bad_request", "invalid_request", "invalid_message", "bad_message", "invalid", "400"}},
	{"f.Kind != socket.HandlerError", 400, []string{"invalid_request", "bad_request", "invalid_message", "bad_message", "validation_error", "validation_failed", "malformed", "invalid", "400"}},
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
		for _, end := range []string{"Error", "Failure", "Problem", "Err"} {
			if strings.HasSuffix(m.Name, end) {
				candidates = append(candidates, m)
			}
		}
	}
	codes := []string{"internal"}
	for _, k := range socketKinds {
		codes = append(codes, k.names[0])
	}
	for _, m := range candidates {
		f := &filler{reason: "reason", status: "status", code: "code", codes: codes, skip: m.Correlation}
		if expr, ok := f.object(m.Type); ok && !m.Binary {
			return &failure{f, s, m, expr}
		}
	}
	return &failure{socket: s}
}

// method prints the handler's method Fail.
func (f *failure) method(socket string) string {
	receiver := fmt.Sprintf("(h *%s) Fail(_ context.Context, c *wsapi.%[1]sConn[%[1]sSession], f *socket.Failure)", socket)
	var b strings.Builder
	if f.message == nil {
		b.WriteString("// Fail closes the connection, as the contract declares no error message that could\n" +
			"// answer what was refused. A message above its rate limit is dropped: who sends too\n// many of them is disconnected by the runtime.\n")
		fmt.Fprintf(&b, "func %s {\nreason, closing := explain(f)\nh.log.Warn(\"message refused\", \"error\", f, \"told\", reason)\n", receiver)
		fmt.Fprintf(&b, "if f.Kind == socket.RateLimited {\nreturn\n}\n%sc.Conn.Close(closing, reason)\n}\n", f.declaredCode(socket))
		return b.String()
	}
	b.WriteString("// Fail answers a message that was refused with the contract's error message, and\n// closes the connection where that can't be sent.\n")
	fmt.Fprintf(&b, "func %s {\nreason, closing := explain(f)\nh.log.Warn(\"message refused\", \"error\", f, \"told\", reason)\n", receiver)
	f.kinds(&b)
	fmt.Fprintf(&b, "m := %s\n%s", f.expr, f.correlation())
	fmt.Fprintf(&b, "if err := c.Send%s(m); err != nil {\nh.log.Warn(\"error not sent\", \"error\", err)\n%sc.Conn.Close(closing, reason)\n}\n}\n", f.message.Name, f.declaredCode(socket))
	return b.String()
}

// kinds prints the code and the status of each kind of failure, where the error
// has them.
func (f *failure) kinds(b *strings.Builder) {
	var names, other []string
	usesStatus := strings.Contains(f.expr, "("+f.status+")")
	if f.hasCode() {
		names, other = append(names, "code"), append(other, f.codeOf())
	}
	if usesStatus {
		names, other = append(names, "status"), append(other, "500")
	}
	if len(names) == 0 {
		return
	}
	var cases strings.Builder
	for _, k := range socketKinds {
		var values []string
		if f.hasCode() {
			values = append(values, f.codeOf(k.names...))
		}
		if usesStatus {
			values = append(values, fmt.Sprint(k.status))
		}
		fmt.Fprintf(&cases, "case %s:\n%s = %s\n", k.when, strings.Join(names, ", "), strings.Join(values, ", "))
	}
	fmt.Fprintf(b, "%s := %s\nswitch {\n%s}\n", strings.Join(names, ", "), strings.Join(other, ", "), cases.String())
}

// correlation prints how the error gets the id of what it answers.
func (f *failure) correlation() string {
	c := f.message.Correlation
	if c == nil {
		return ""
	}
	id, begin := "f.ID", "if f.ID != \"\" {\n"
	if c.Type.Kind == ir.Integer {
		id, begin = "id", "if id, err := strconv.ParseInt(f.ID, 10, 64); err == nil {\n"
		if goNumber(c.Type) == "int32" {
			id, begin = "int32(id)", strings.Replace(begin, "64)", "32)", 1)
		}
	}
	if c.Type.Nullable {
		id = "wire.NonNull(" + id + ")"
	}
	if !c.Required {
		id = "wire.Some(" + id + ")"
	}
	return begin + "m." + c.Name + " = " + id + "\n}\n"
}

// declaredCode prints how a close code of the contract takes the place of one of
// RFC 6455 for messages that are at fault.
func (f *failure) declaredCode(socket string) string {
	names := strings.Fields("badmessage invalidmessage malformedmessage malformed invalidpayload invaliddata badrequest invalidrequest invalid protocolerror policyviolation")
	i := slices.IndexFunc(f.socket.CloseCodes, func(c ir.CloseCode) bool { return slices.Contains(names, plain(c.Name)) })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("if f.Kind != socket.HandlerError {\nclosing = socket.CloseCode(wsapi.%sClose%s)\n}\n", socket, f.socket.CloseCodes[i].Name)
}
