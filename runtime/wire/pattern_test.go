package wire

import (
	"regexp"
	"testing"
)

func TestPatternRows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr string
		row  bool
	}{
		{`^[A-Za-z0-9][A-Za-z0-9._-]*$`, true},
		{`^[A-Za-z0-9._~-]+$`, true},
		{`^#[0-9a-f]{6}$`, true},
		{`^v[0-9]{1,3}(?:\.[0-9]+)?$`, false},
		{`^[a-z]*[0-9]+$`, true},
		{`^[a-z]+[a-f]$`, false}, // greed would take the last
		{`^[a-z]?a$`, false},
		{`^[^/]+$`, false}, // not ASCII alone
		{`[a-z]+`, false},
		{`^(?i)abc$`, false},
		{`^a|b$`, false},
		{`^ä$`, false},
		{`^$`, false},
	}
	for _, tt := range tests {
		if got := rowOf(tt.expr) != nil; got != tt.row {
			t.Errorf("%s: row %v, want %v", tt.expr, got, tt.row)
		}
	}
}

// FuzzPattern compares with package regexp.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{`^[A-Za-z0-9][A-Za-z0-9._-]*$`, "ada.l"}, {`^[A-Za-z0-9][A-Za-z0-9._-]*$`, "-ada"}, {`^#[0-9a-f]{6}$`, "#00ff7f"},
		{`^[a-z]*[0-9]+$`, "abc1"}, {`^[a-z]*[0-9]+$`, "abc"}, {`^[0-9]{2,4}x?$`, "12345"}, {`^[0-9]{2,4}x?$`, "1234x"},
		{`^[ab]{0,0}c$`, "c"}, {`^a+$`, "aaaä"}, {`^a+$`, "aa\n"}, {`^[\x00-\x7f]+$`, "\x7f\x80"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, expr, s string) {
		re, err := regexp.Compile(expr)
		if err != nil {
			return
		}
		if got, want := MustPattern(expr).MatchString(s), re.MatchString(s); got != want {
			t.Errorf("%q on %q: %v, want %v", expr, s, got, want)
		}
	})
}

func BenchmarkPattern(b *testing.B) {
	const expr, s = `^[A-Za-z0-9._~-]+$`, "14si40fsxkg4u-1l"
	b.Run("duet", func(b *testing.B) {
		p := MustPattern(expr)
		for b.Loop() {
			p.MatchString(s)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		re := regexp.MustCompile(expr)
		for b.Loop() {
			re.MatchString(s)
		}
	})
}
