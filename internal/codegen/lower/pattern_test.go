package lower

import "testing"

func TestPattern(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, match, other string // other is no match
		unchecked, wrong bool
	}{
		{in: `^[a-z]+$`, match: "ab", other: "A"},
		{in: `^\u0061\u{62}$`, match: "ab", other: "u0061u62"},
		{in: `^\\u0061\u0061$`, match: `\u0061a`, other: "aa"},
		{in: `^\p{Script=Greek}+$`, match: "αβ", other: "ab"},
		{in: `^\d{2}\/\d{2}$`, match: "01/02", other: "01"},
		{in: `^(?=.*\d)`, unchecked: true},
		{in: `(a)\1`, unchecked: true},
		{in: `^.{1,5000}$`, unchecked: true},
		{in: `^[a-z$`, wrong: true},
		{in: `(a`, wrong: true},
		{in: `*`, wrong: true},
	}
	for _, tt := range tests {
		re, err := Pattern(tt.in)
		if (err != nil) != tt.wrong || (re == nil && err == nil) != tt.unchecked {
			t.Errorf("%s: %v, %v", tt.in, re, err)
		}
		if re != nil && (!re.MatchString(tt.match) || re.MatchString(tt.other)) {
			t.Errorf("%s, which is %s: %q %v, %q %v", tt.in, re, tt.match, re.MatchString(tt.match), tt.other, re.MatchString(tt.other))
		}
	}
}
