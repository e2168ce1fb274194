package lint

import (
	"embed"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed pages/*.md
var pages embed.FS

// Rule is the documentation of a rule.
type Rule struct {
	Name string
	// Severity is error, warning or note, or two of them where it depends on the
	// case.
	Severity string
	// Summary is one sentence.
	Summary string
	// Page is Markdown, with a wrong and a right example.
	Page string
}

// Rules gives the rules by name: those of the generator and those of this
// package.
func Rules() map[string]*Rule {
	out := map[string]*Rule{}
	entries, _ := pages.ReadDir("pages") // embedded: it is there
	for _, e := range entries {
		text, _ := pages.ReadFile(path.Join("pages", e.Name()))
		name := strings.TrimSuffix(e.Name(), ".md")
		out[name] = parsePage(name, string(text))
	}
	return out
}

// parsePage reads a page: a heading, the line "Severity: x.", and a paragraph
// whose first sentence is the summary.
func parsePage(name, text string) *Rule {
	r := &Rule{Name: name, Page: text}
	for block := range strings.SplitSeq(text, "\n\n") {
		line := strings.ReplaceAll(strings.TrimSpace(block), "\n", " ")
		severity, found := strings.CutPrefix(line, "Severity: ")
		switch {
		case found:
			r.Severity = strings.TrimSuffix(severity, ".")
		case r.Severity != "" && r.Summary == "":
			r.Summary = firstSentence(line)
		}
	}
	return r
}

func firstSentence(text string) string {
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}

func sortedNames(rules map[string]*Rule) []string { return slices.Sorted(maps.Keys(rules)) }

// List writes the names of all rules with their severity and summary.
func List(w io.Writer) {
	rules := Rules()
	width := 0
	for name := range rules {
		width = max(width, len(name))
	}
	for _, name := range sortedNames(rules) {
		r := rules[name]
		fmt.Fprintf(w, "%-*s  %-16s  %s\n", width, name, r.Severity, r.Summary)
	}
}
