package spec_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

func TestEncodings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data string
		want       []string
	}{
		{"BOM", "\xef\xbb\xbfa: 1\n", nil},
		{"UTF-16 with a BOM", "\xff\xfea\x00:\x00 \x001\x00", []string{"a.yaml:1:1: error: encoding: the file is in UTF-16; save the file as UTF-8"}},
		{"UTF-16 without one", "\x00a\x00:\x00 \x001", []string{"a.yaml:1:1: error: encoding: the file is in UTF-16; save the file as UTF-8"}},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", []string{"a.yaml:1:1: error: encoding: the file is in UTF-32; save the file as UTF-8"}},
		{"a control character", "a: 1\nb: \x00\n", []string{"a.yaml:2:4: error: yaml-syntax: there is a control character, U+0000; remove it"}},
		{"Latin-1", "a: caf\xe9\n", []string{"a.yaml:1:7: error: encoding: the file is not valid UTF-8; save the file as UTF-8"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var diags source.Diagnostics
			spec.NewLoader(fstest.MapFS{"a.yaml": {Data: []byte(tt.data)}}, &diags).Load("a.yaml")
			if diff := cmp.Diff(tt.want, text(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOneLongLine checks positions in a document without line breaks, beside
// characters of one byte and of several.
func TestOneLongLine(t *testing.T) {
	t.Parallel()
	const n = 1000
	for _, item := range []string{"x", "é"} {
		var diags source.Diagnostics
		doc := "{a: &a " + item + ", list: [" + strings.Repeat(item+", *a, ", n) + "z]}"
		root := spec.NewLoader(fstest.MapFS{"a.yaml": {Data: []byte(doc)}}, &diags).Load("a.yaml")
		list := root.Get("list").Elems()
		if want := strings.Index(doc, "z") + 1; list[2*n].Pos.Column != want {
			t.Errorf("the last item is at column %d, want %d", list[2*n].Pos.Column, want)
		}
		if want := strings.Index(doc, "["+item) + 2; list[0].Pos.Column != want || len(diags) > 0 {
			t.Errorf("the first item is at column %d, want %d; %v", list[0].Pos.Column, want, diags)
		}
	}
}
