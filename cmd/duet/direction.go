package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// printDirections prints who sends what, so that a document that was written
// from the other side's view shows.
func printDirections(w io.Writer, m *ir.Model) {
	for _, s := range m.Sockets {
		width := 0
		for _, msg := range slices.Concat(s.ToServer, s.ToClient) {
			width = max(width, len(tag(msg)))
		}
		fmt.Fprintf(w, "%s (%s): the document takes the %s's view\n", s.Name, s.Path, m.Perspective)
		printMessages(w, "client", s.ToServer, width)
		printMessages(w, "server", s.ToClient, width)
	}
}

func printMessages(w io.Writer, who string, list []*ir.Message, width int) {
	for _, msg := range list {
		line := fmt.Sprintf("  %s sends  %-*s  %s", who, width, tag(msg), remark(msg))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
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
		return "and gets " + tag(m.Reply) + " or " + tag(m.ReplyError)
	case m.Reply != nil:
		return "and gets " + tag(m.Reply)
	case m.IsReply && m.IsPush:
		return "as a reply or by itself"
	case m.IsReply:
		return "as a reply"
	case m.Latest != nil:
		return "latest only"
	}
	return ""
}
