package wire

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// Pattern is a compiled regular expression, in the syntax of package regexp. It
// is safe for use by several goroutines at the same time.
//
// A pattern that is an anchored row of ASCII characters and classes, such as
// ^[a-z][a-z0-9-]*$, is matched byte by byte: that is what most contracts have,
// and several times as fast.
type Pattern struct {
	re   *regexp.Regexp
	runs []run // nil where only re can tell
}

// run is one class of a row and how often it may stand.
type run struct {
	class    [2]uint64 // bitmap of ASCII
	min, max int       // a max below zero is no limit
}

func (r *run) has(c byte) bool { return c < utf8.RuneSelf && r.class[c>>6]&(1<<(c&63)) != 0 }

// MustPattern compiles an expression. It panics where that is none, for
// generated variables.
func MustPattern(expr string) *Pattern {
	return &Pattern{re: regexp.MustCompile(expr), runs: rowOf(expr)}
}

// String returns the expression.
func (p *Pattern) String() string { return p.re.String() }

// MatchString reports whether the expression matches in s.
func (p *Pattern) MatchString(s string) bool {
	if p.runs == nil {
		return p.re.MatchString(s)
	}
	at := 0
	for i := range p.runs {
		r, n := &p.runs[i], 0
		for at < len(s) && n != r.max && r.has(s[at]) {
			at++
			n++
		}
		if n < r.min {
			return false
		}
	}
	return at == len(s)
}

// rowOf returns the runs of an anchored row in which greed decides right: no
// class that may stand a varying number of times shares a character with a
// later one.
func rowOf(expr string) []run {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || re.Op != syntax.OpConcat || len(re.Sub) < 3 {
		return nil
	}
	last := len(re.Sub) - 1
	if re.Sub[0].Op != syntax.OpBeginText || re.Sub[last].Op != syntax.OpEndText {
		return nil
	}
	var runs []run
	for _, sub := range re.Sub[1:last] {
		more, ok := runsOf(sub)
		if !ok {
			return nil
		}
		runs = append(runs, more...)
	}
	for i, r := range runs {
		for _, later := range runs[i+1:] {
			if r.min != r.max && (r.class[0]&later.class[0] != 0 || r.class[1]&later.class[1] != 0) {
				return nil
			}
		}
	}
	return runs
}

// runsOf returns the runs of one part of a row: a text, a class, or a class
// with a count.
func runsOf(re *syntax.Regexp) ([]run, bool) {
	counted := func(low, high int) ([]run, bool) {
		runs, ok := runsOf(re.Sub[0])
		if !ok || len(runs) != 1 || runs[0].min != 1 || runs[0].max != 1 {
			return nil, false
		}
		runs[0].min, runs[0].max = low, high
		return runs, true
	}
	switch re.Op {
	case syntax.OpLiteral:
		return literalRuns(re)
	case syntax.OpCharClass:
		r, ok := classRun(re.Rune)
		return []run{r}, ok
	case syntax.OpStar:
		return counted(0, -1)
	case syntax.OpPlus:
		return counted(1, -1)
	case syntax.OpQuest:
		return counted(0, 1)
	case syntax.OpRepeat:
		return counted(re.Min, re.Max)
	}
	return nil, false
}

func literalRuns(re *syntax.Regexp) ([]run, bool) {
	if re.Flags&syntax.FoldCase != 0 {
		return nil, false
	}
	var runs []run
	for _, c := range re.Rune {
		r, ok := classRun([]rune{c, c})
		if !ok {
			return nil, false
		}
		runs = append(runs, r)
	}
	return runs, true
}

// classRun is a class of ranges, each a low and a high rune, that stands once.
func classRun(ranges []rune) (run, bool) {
	r := run{min: 1, max: 1}
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1] >= utf8.RuneSelf {
			return r, false
		}
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			r.class[c>>6] |= 1 << (c & 63)
		}
	}
	return r, true
}
