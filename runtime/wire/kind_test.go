package wire_test

import (
	"testing"

	"github.com/duet-api/duet/runtime/wire"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	tests := map[string]wire.Kind{
		" null": wire.KindNull, "true": wire.KindBoolean, "\tfalse": wire.KindBoolean, "-1": wire.KindNumber, "0.5": wire.KindNumber,
		`"x"`: wire.KindString, "[]": wire.KindArray, "\n{}": wire.KindObject, "": wire.KindNone, "  ": wire.KindNone, "x": wire.KindNone, "+1": wire.KindNone,
	}
	for text, want := range tests {
		if got := wire.KindOf([]byte(text)); got != want {
			t.Errorf("KindOf(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestHas(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		path []string
		want bool
	}{
		{`{"a":1,"b":null}`, []string{"b"}, true},
		{`{"a":{"c":[]}}`, []string{"a", "c"}, true},
		{`{"a":{"c":[]}}`, []string{"c"}, false},
		{`{"\u0061":1}`, []string{"a"}, true},
		{`["a"]`, []string{"a"}, false},
		{`{"a":`, []string{"a"}, false},
	}
	for _, tt := range tests {
		if got := wire.Has([]byte(tt.text), tt.path...); got != tt.want {
			t.Errorf("Has(%s, %q) = %v, want %v", tt.text, tt.path, got, tt.want)
		}
	}
}
