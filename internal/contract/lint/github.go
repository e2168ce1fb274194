package lint

import (
	"fmt"
	"io"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
)

// GitHub writes each finding as a workflow command, which GitHub shows beside the
// line
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
func (p *Printed) GitHub(w io.Writer) {
	for _, d := range p.Findings {
		command := map[source.Severity]string{source.Error: "error", source.Warning: "warning", source.Note: "notice"}[d.Severity]
		place := ""
		if d.Pos.File != "" {
			place = "file=" + property(p.path(d.Pos.File)) + ","
		}
		if d.Pos.IsValid() {
			place += fmt.Sprintf("line=%d,col=%d,", d.Pos.Line, p.character(d.Pos))
		}
		fmt.Fprintf(w, "::%s %stitle=%s::%s\n", command, place, property(d.Rule), data(p.text(d)))
	}
}

// data escapes the text of a workflow command.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property of a workflow command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
