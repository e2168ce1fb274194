package lint

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/duet-api/duet/internal/codegen/source"
)

// Printed is a report with what is needed to print it.
type Printed struct {
	*Report
	// FS holds the files that the findings are about.
	FS fs.FS
	// Show gives the path of a file as the user has it. Nil leaves it as it is in
	// FS.
	Show  func(file string) string
	lines map[string][]string // of the files read so far
}

// path gives the path of a file as the user has it.
func (p *Printed) path(file string) string {
	if p.Show == nil {
		return file
	}
	return p.Show(file)
}

// line gives a line of a file, and false where there is none.
func (p *Printed) line(pos source.Pos) (string, bool) {
	if p.lines == nil {
		p.lines = map[string][]string{}
	}
	list, read := p.lines[pos.File]
	if !read {
		data, _ := fs.ReadFile(p.FS, pos.File)             // a file that can't be read has no lines to show
		if len(data) > 0 && bytes.IndexByte(data, 0) < 0 { // with a zero byte it is no text in UTF-8
			list = strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		}
		p.lines[pos.File] = list
	}
	if pos.Line < 1 || pos.Line > len(list) {
		return "", false
	}
	return strings.TrimSuffix(list[pos.Line-1], "\r"), true
}

// character gives the column of a position in characters, from 1.
func (p *Printed) character(pos source.Pos) int {
	text, ok := p.line(pos)
	if !ok || pos.Column < 1 || pos.Column-1 > len(text) {
		return max(pos.Column, 1)
	}
	return utf8.RuneCountInString(text[:pos.Column-1]) + 1
}

// text gives the message and the fix of a finding, with paths as the user has
// them.
func (p *Printed) text(d source.Diagnostic) string {
	text := d.Message
	if d.Fix != "" {
		text += "; " + d.Fix
	}
	for _, r := range p.related(d) {
		text = strings.ReplaceAll(text, r.String(), p.place(r))
	}
	return text
}

func (p *Printed) place(pos source.Pos) string {
	if pos.File != "" {
		pos.File = p.path(pos.File)
	}
	return pos.String()
}

var otherPlace = regexp.MustCompile(`([^\s"'();,:]+):(\d+):(\d+)`)

// related gives the other places that the text of a finding names.
func (p *Printed) related(d source.Diagnostic) []source.Pos {
	var out []source.Pos
	for _, m := range otherPlace.FindAllStringSubmatch(d.Message, -1) {
		line, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		pos := source.Pos{File: m[1], Line: line, Column: column}
		if _, ok := p.line(pos); ok && fs.ValidPath(pos.File) {
			out = append(out, pos)
		}
	}
	return out
}

// Text writes each finding as file:line:col: severity: rule: text; fix, and below
// it the lines that it is about, with a caret.
func (p *Printed) Text(w io.Writer) {
	for _, d := range p.Findings {
		fmt.Fprintf(w, "%s: %s: %s: %s\n", p.place(d.Pos), d.Severity, d.Rule, p.text(d))
		p.excerpt(w, d.Pos, "")
		for _, pos := range p.related(d) {
			p.excerpt(w, pos, " "+p.place(pos))
		}
	}
}

// maxLine is how much of a line an excerpt shows, in characters.
const maxLine = 160

// excerpt writes a line of a file with a caret below the column.
func (p *Printed) excerpt(w io.Writer, pos source.Pos, note string) {
	text, ok := p.line(pos)
	if !ok {
		return
	}
	column := p.character(pos) - 1
	runes := []rune(text)
	if start := column - maxLine/2; start > 0 && len(runes) > maxLine {
		runes, column = runes[start:], column-start
	}
	runes = runes[:min(len(runes), maxLine)]
	number := strconv.Itoa(pos.Line)
	fmt.Fprintf(w, "  %s | %s\n", number, printable(runes))
	fmt.Fprintf(w, "  %s | %s^%s\n", strings.Repeat(" ", len(number)), blank(runes, column), note)
}

// printable replaces characters that a terminal would act upon.
func printable(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return utf8.RuneError
		}
		return r
	}, string(runes))
}
