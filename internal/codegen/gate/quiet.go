package gate

import (
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Quietly runs another judge of doc and adds what it finds to diags, without the
// findings on lines that have an error already: they say the same in more words.
// Findings that repeat an error which stands below their place, or in what it
// refers to, are left out too, and those that have no better place than the
// document, where there are errors.
func Quietly(loader *spec.Loader, doc *spec.Node, diags *source.Diagnostics, judge func(*source.Diagnostics) *spec.Node) *spec.Node {
	var found, kept source.Diagnostics
	root := judge(&found)
	known := mistakesOf(loader, *diags)
	for _, d := range found {
		if !known.repeats(doc, d) {
			kept = append(kept, d)
		}
	}
	add(diags, kept)
	return root
}

// add adds the findings that are new.
func add(diags *source.Diagnostics, found source.Diagnostics) {
	known := lines(*diags)
	for _, d := range found {
		vague := d.Pos.Line <= 1 && len(known) > 0
		if !known[lineOf(d.Pos)] && !vague {
			*diags = append(*diags, d)
		}
	}
}

// lines gives the lines that have an error.
func lines(diags source.Diagnostics) map[source.Pos]bool {
	out := map[source.Pos]bool{}
	for _, d := range diags {
		if d.Severity == source.Error {
			out[lineOf(d.Pos)] = true
		}
	}
	return out
}

func lineOf(pos source.Pos) source.Pos {
	pos.Column = 0
	return pos
}
