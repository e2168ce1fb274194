// Package emit prints source text: lines, comments, computed imports and the
// header of generated files. It knows no model and makes no decision.
package emit

import (
	"bytes"
	"fmt"
	"strings"
)

// Printer collects lines of text. The zero Printer is ready for use and
// indents by tabs.
type Printer struct {
	buf    bytes.Buffer
	depth  int
	indent string
}

// NewPrinter returns a Printer that indents by the given text, which for
// TypeScript is two spaces.
func NewPrinter(indent string) *Printer { return &Printer{indent: indent} }

// P prints one line, or several where the text holds line breaks. Format and
// args are those of fmt.Sprintf; without args the text is printed as it is.
func (p *Printer) P(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	for line := range strings.SplitSeq(text, "\n") {
		p.line(line)
	}
}

// In indents the following lines one step more.
func (p *Printer) In() { p.depth++ }

// Out indents the following lines one step less.
func (p *Printer) Out() { p.depth-- }

// Comment prints text as line comments, one a line of text, wrapped at 77
// columns. Lines that are indented in the text are kept as they are. Empty
// text prints nothing.
func (p *Printer) Comment(text string) {
	for _, line := range wrap(strings.TrimSpace(text), 77) {
		p.line(strings.TrimRight("// "+line, " "))
	}
}

// Bytes returns what was printed.
func (p *Printer) Bytes() []byte { return p.buf.Bytes() }

func (p *Printer) line(text string) {
	if text != "" {
		indent := p.indent
		if indent == "" {
			indent = "\t"
		}
		for range p.depth {
			p.buf.WriteString(indent)
		}
	}
	p.buf.WriteString(text)
	p.buf.WriteByte('\n')
}

// wrap breaks text into lines of at most width bytes where a space allows.
func wrap(text string, width int) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			lines = append(lines, line)
			continue
		}
		for len(line) > width {
			at := strings.LastIndexByte(line[:width+1], ' ')
			if at <= 0 {
				at = strings.IndexByte(line, ' ')
			}
			if at <= 0 {
				break
			}
			lines = append(lines, line[:at])
			line = strings.TrimLeft(line[at:], " ")
		}
		lines = append(lines, line)
	}
	return lines
}
