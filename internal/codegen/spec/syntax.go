package spec

import (
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
)

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax reports an error of the YAML parser, whose text holds the line.
func (p *parser) syntax(err error) {
	line, text := cutLine(err)
	pos := source.Pos{File: p.file, Line: p.badLine(line, text), Column: 1}
	if strings.HasPrefix(text, "exceeded max depth") {
		p.diags.Errorf(pos, "document-limit", "split the document", "values are nested more than %d deep", maxDepth)
		return
	}
	fix := ""
	content := p.lines[pos.Line-1]
	blank := content[:len(content)-len(strings.TrimLeft(content, " \t"))]
	if tab := strings.IndexByte(blank, '\t'); tab >= 0 {
		pos.Column = tab + 1
		text, fix = "a tab indents this line: "+text, "indent with spaces"
	} else if len(blank) < len(content) {
		pos.Column = len(blank) + 1
	}
	p.diags.Errorf(pos, "yaml-syntax", fix, "%s", text)
}

// badLine corrects the line of an error. The parser of package yaml gives the
// lines of its own errors, unlike those of its scanner, from 0, and for a block
// the line where it begins. There the first line that brings the error about is
// searched.
func (p *parser) badLine(line int, text string) int {
	switch text {
	case "did not find expected key", "did not find expected '-' indicator":
		line = 1 + sort.Search(len(p.lines)-1, func(i int) bool {
			_, err := decodeYAML([]byte(strings.Join(p.lines[:i+1], "\n")))
			if err == nil {
				return false
			}
			_, got := cutLine(err)
			return got == text
		})
	case "did not find expected node content", "did not find expected ',' or ']'", "did not find expected ',' or '}'", "did not find expected <document start>":
		line++
	}
	return min(max(line, 1), len(p.lines))
}

func cutLine(err error) (line int, text string) {
	text = err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	return line, text
}
