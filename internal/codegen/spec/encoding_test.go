package spec_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

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

// TestOneLongLine holds the time for a document without line breaks to a multiple
// of its length, and checks positions beside characters of several bytes.
func TestOneLongLine(t *testing.T) {
	t.Parallel()
	const n = 200_000
	for _, item := range []string{"x", "é"} {
		var diags source.Diagnostics
		start := time.Now()
		doc := "[" + strings.Repeat(item+",", n) + "z]"
		root := spec.NewLoader(fstest.MapFS{"a.yaml": {Data: []byte(doc)}}, &diags).Load("a.yaml")
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%d items took %v", n, took)
		}
		last := root.Elems()[n]
		if want := strings.Index(doc, "z") + 1; last.Pos.Column != want {
			t.Errorf("the last item is at column %d, want %d", last.Pos.Column, want)
		}
	}
}
