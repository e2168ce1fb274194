package lower

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// evidence is what a document says, between the lines, of whose view it takes.
// The weights count what speaks for the view that was taken, and against it.
type evidence struct {
	pro, contra int
	against     []string // in words
}

// note adds a finding. agrees tells on which side it is.
func (e *evidence) note(agrees bool, weight int, format string, args ...any) {
	if agrees {
		e.pro += weight
		return
	}
	e.contra += weight
	if text := fmt.Sprintf(format, args...); !slices.Contains(e.against, text) {
		e.against = append(e.against, text)
	}
}

// checkPerspective warns where what a document says elsewhere clearly contradicts
// the directions that its messages take: half of the public documents are written
// from the client's view.
func (s *sockets) checkPerspective() {
	e := &evidence{}
	if s.doc.Has("x-perspective") {
		e.pro += 4 // somebody has thought of it
	}
	s.titleEvidence(e)
	for _, sock := range s.sockets {
		for _, op := range sock.operations {
			op.evidence(e)
		}
		sock.nameEvidence(e)
	}
	if len(s.sockets) == 0 || e.contra < 2 || e.contra < 2*e.pro {
		return
	}
	own, other := "server", "client"
	if s.swapped {
		own, other = other, own
	}
	s.diags.Warnf(s.doc.KeyPos("operations"), "perspective", "write x-perspective: "+other+" at the top of the document, or give -perspective "+other+", if it takes the "+other+"'s view",
		"this speaks against the %s's view, which is taken: %s", own, strings.Join(e.against[:min(len(e.against), maxListed)], "; "))
}

// titleEvidence looks for the side that the title names.
func (s *sockets) titleEvidence(e *evidence) {
	title := s.doc.Get("info", "title").Str()
	words := strings.ToLower(title)
	client, server := strings.Contains(words, "client"), strings.Contains(words, "server")
	if client != server {
		e.note(client == s.swapped, 3, "the title %q", title)
	}
}

// evidence looks at what an operation says of itself, and who asks and who replies.
func (op *operation) evidence(e *evidence) {
	way := map[bool]string{true: "to the server", false: "to the client"}[op.toServer]
	if toServer, said := saysDirection(op.key + ". " + op.node.Get("summary").Str() + ". " + op.node.Get("description").Str()); said {
		e.note(toServer == op.toServer, 2, "the text of operation %q, whose messages go %s", op.key, way)
	}
	if len(op.replies) > 0 { // it is rare that a server asks
		e.note(op.toServer, 1, "operation %q, whose requests go %s", op.key, way)
	}
}

// nameEvidence looks at the names of the messages that go one way only.
func (sock *socket) nameEvidence(e *evidence) {
	look := func(list, others []*message, agreeing, odd []string, way string) {
		for _, m := range list {
			both := slices.ContainsFunc(others, func(o *message) bool { return o.from.node == m.from.node })
			if both || m.out.IsReply {
				continue
			}
			if agrees := endsIn(m.out.Name, agreeing...); agrees || endsIn(m.out.Name, odd...) {
				e.note(agrees, 2, "the message %q, which goes %s", m.out.Key, way)
			}
		}
	}
	asking := []string{"Request", "Command", "Subscribe", "Unsubscribe"}
	telling := []string{"Response", "Reply", "Result", "Event", "Notification"}
	look(sock.toServer, sock.toClient, asking, telling, "to the server")
	look(sock.toClient, sock.toServer, telling, asking, "to the client")
}

func endsIn(name string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// The ways to say where messages go, in lower case, articles left out. Who sends
// something is the one whose messages they are.
var (
	saysToServer = regexp.MustCompile(`\b(clients?|users?|players?|browsers?) (can |may |must |will )?(sends?|emits?|publish(es)?|requests?|asks?)\b|` +
		`\b(sent|received|sends?|receives?|messages?|events?|requests?|commands?|emitted|comes?|coming) (by|from) (all |any |each )?(clients?|users?|players?|browsers?)\b|` +
		`\bfrom clients?\b|\bto ([a-z]+ )?servers?\b|\bservers? (receives?|gets?|handles?|accepts?)\b`)
	saysToClient = regexp.MustCompile(`\bservers? (can |may |must |will )?(sends?|emits?|publish(es)?|push(es)?|broadcasts?|notif(y|ies))\b|` +
		`\b(sent|received|sends?|receives?|messages?|events?|emitted|comes?|coming|pushed|broadcast) (by|from) servers?\b|` +
		`\bfrom servers?\b|\bto (all |any |each |every |connected |subscribed )*(clients?|users?|players?|browsers?)\b|` +
		`\b(clients?|users?|players?|browsers?) (can |may |must |will )?(receives?|gets?|hears?)\b`)
	article = regexp.MustCompile(`\b(the|a|an) `)
)

// saysDirection looks for the direction that a text tells. said is false where it
// tells none, or both.
func saysDirection(text string) (toServer, said bool) {
	text = article.ReplaceAllString(strings.ToLower(spaced(text)), "")
	toServer, toClient := saysToServer.MatchString(text), saysToClient.MatchString(text)
	return toServer, toServer != toClient
}

// spaced takes words that are written as one apart: sendToServer.
func spaced(text string) string {
	var b strings.Builder
	before := ' '
	for _, r := range text {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		if before = r; r == '_' || r == '-' || r == '/' || r == '\n' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
