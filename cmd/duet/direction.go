package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// printDirections prints who sends what, so that a document that was written
// from the other side's view shows.
func printDirections(w io.Writer, m *ir.Model) {
	for _, s := range m.Sockets {
		fmt.Fprintf(w, "%s (%s): the document takes the %s's view\n", s.Name, s.Path, m.Perspective)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, msg := range s.ToServer {
			fmt.Fprintf(t, "  client sends\t%s%s\n", tag(msg), remark(msg))
		}
		for _, msg := range s.ToClient {
			fmt.Fprintf(t, "  server sends\t%s%s\n", tag(msg), remark(msg))
		}
		t.Flush()
	}
}

func tag(m *ir.Message) string {
	if m.Tag == "" {
		return m.Key
	}
	return strings.Trim(m.Tag, `"`)
}

func remark(m *ir.Message) string {
	switch {
	case m.Reply != nil && m.ReplyError != nil:
		return "\tand gets " + tag(m.Reply) + " or " + tag(m.ReplyError)
	case m.Reply != nil:
		return "\tand gets " + tag(m.Reply)
	case m.IsReply && m.IsPush:
		return "\tas a reply or by itself"
	case m.IsReply:
		return "\tas a reply"
	case m.Latest != nil:
		return "\tlatest only"
	}
	return ""
}
