// Package source holds the files that a contract is read from, positions in
// them, and the diagnostics that point at those positions.
package source

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a source file. Line and Column count from 1; Column counts
// bytes. The zero Pos means that the place is not known.
type Pos struct {
	File         string
	Line, Column int
}

// IsValid reports whether p names a place.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String gives p as file:line:column, the form that editors and CI systems
// turn into links.
func (p Pos) String() string {
	switch {
	case p.File == "":
		return "-"
	case !p.IsValid():
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Severity says whether a diagnostic stops generation.
type Severity uint8

// An Error stops generation; a Warning and a Note do not.
const (
	Error Severity = iota
	Warning
	Note
)

func (s Severity) String() string { return [...]string{"error", "warning", "note"}[s] }

// Diagnostic is one finding about a contract.
type Diagnostic struct {
	Pos      Pos
	Severity Severity
	Rule     string // short kebab-case name of the rule, such as "ref-unresolved"
	Message  string // what is wrong, in one line
	Fix      string // what to do about it; may be empty
}

// String gives d in the form file:line:column: severity: rule: message (fix).
func (d Diagnostic) String() string {
	s := fmt.Sprintf("%s: %s: %s: %s", d.Pos, d.Severity, d.Rule, d.Message)
	if d.Fix != "" {
		s += "; " + d.Fix
	}
	return s
}

// Diagnostics collects findings. The zero value is ready for use.
type Diagnostics []Diagnostic

// Errorf adds an error.
func (ds *Diagnostics) Errorf(pos Pos, rule, fix, format string, args ...any) {
	*ds = append(*ds, Diagnostic{Pos: pos, Severity: Error, Rule: rule, Fix: fix, Message: fmt.Sprintf(format, args...)})
}

// Warnf adds a warning.
func (ds *Diagnostics) Warnf(pos Pos, rule, fix, format string, args ...any) {
	*ds = append(*ds, Diagnostic{Pos: pos, Severity: Warning, Rule: rule, Fix: fix, Message: fmt.Sprintf(format, args...)})
}

// HasErrors reports whether any finding stops generation.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders the findings by position, severity, rule and message, and drops
// exact repeats.
func (ds *Diagnostics) Sort() {
	slices.SortFunc(*ds, func(a, b Diagnostic) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	*ds = slices.Compact(*ds)
}
