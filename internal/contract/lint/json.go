package lint

import (
	"encoding/json"
	"fmt"
	"io"
)

// finding is a finding in JSON.
type finding struct {
	File     string  `json:"file"`
	Line     int     `json:"line"`   // from 1; 0 where the place is not known
	Column   int     `json:"column"` // in characters, from 1
	Severity string  `json:"severity"`
	Rule     string  `json:"rule"`
	Message  string  `json:"message"` // with the fix
	Fix      string  `json:"fix,omitempty"`
	Related  []place `json:"related,omitempty"`
}

type place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// JSON writes reports as one object.
func JSON(w io.Writer, list []*Printed) error {
	out := struct {
		Findings []finding `json:"findings"`
		Ignored  int       `json:"ignored"`
	}{Findings: []finding{}}
	for _, p := range list {
		out.Ignored += p.Ignored
		out.Findings = append(out.Findings, p.json()...)
	}
	return writeJSON(w, out)
}

func (p *Printed) json() []finding {
	var out []finding
	for _, d := range p.Findings {
		f := finding{
			Line: d.Pos.Line, Severity: d.Severity.String(), Rule: d.Rule, Message: p.text(d), Fix: d.Fix,
		}
		if d.Pos.File != "" {
			f.File = p.path(d.Pos.File)
		}
		if d.Pos.IsValid() {
			f.Column = p.character(d.Pos)
		}
		for _, pos := range p.related(d) {
			f.Related = append(f.Related, place{p.path(pos.File), pos.Line, p.character(pos)})
		}
		out = append(out, f)
	}
	return out
}

func writeJSON[T any](w io.Writer, v T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
