package socket

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// feedBatch puts a script into b, in which ">text-k" is not for member k.
func feedBatch(b *batch, script string) {
	for word := range strings.FieldsSeq(script) {
		text, ok := strings.CutPrefix(word, ">")
		if !ok {
			feed(&b.pending, nil, word)
			continue
		}
		_, except, _ := strings.Cut(text, "-")
		b.message(opText, said(text).AppendJSON(nil), except)
	}
}

func TestBatchView(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, script, key, want string }{
		{"stranger", "p=1 q=2 >a r=3", "x", "[p=1 q=2] >a [r=3]"},
		{"nobody", "p=1 q=2", "", "[p=1 q=2]"},
		{"first item", "p=1 q=2 r=3", "p", "[q=2 r=3]"},
		{"middle item", "p=1 q=2 r=3", "q", "[p=1 r=3]"},
		{"last item", "p=1 q=2 r=3", "r", "[p=1 q=2]"},
		{"replaced item", "p=1 q=2 p=3 r=4", "p", "[q=2 r=4]"},
		{"only item of the batch", "p=1", "p", ""},
		{"only item of a message", "q=1 >a p=1 >b q=2", "p", ">a >b [q=2]"},
		{"excepted message", "q=1 >a-p >b", "p", "[q=1] >b"},
		{"excepted for another", "q=1 >a-p >b", "q", ">a-p >b"},
		{"several cuts", "p=1 q=1 >a-p >b r=1 p=2 >c-p q=2 >d", "p", ">b [r=1] [q=2] >d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b batch
			feedBatch(&b, tt.script)
			b.compose()
			var v view
			v.of(&b, tt.key)
			out := v.appendFrom(nil, 0)
			got := frames(t, out)
			if s := show(t, got); s != tt.want {
				t.Errorf("view = %q, want %q", s, tt.want)
			}
			if v.size != len(out) || v.frames != len(got) {
				t.Errorf("view says %d bytes, %d frames; has %d, %d", v.size, v.frames, len(out), len(got))
			}
		})
	}
}

// randomScript has keys with long names, so that some messages need a longer
// header than their part without an item.
func randomScript(r *rand.Rand) string {
	var words []string
	for i := range 1 + r.IntN(30) {
		switch key := r.IntN(6); r.IntN(5) {
		case 0:
			words = append(words, fmt.Sprintf(">m%d", i))
		case 1:
			words = append(words, fmt.Sprintf(">m%d-k%d", i, key))
		default:
			words = append(words, fmt.Sprintf("k%d=%d%s", key, i+1, strings.Repeat("0", r.IntN(12))))
		}
	}
	return strings.Join(words, " ")
}

func words(s string) string { return strings.NewReplacer("[", "", "]", "").Replace(s) }

// TestBatchRest cuts the write to each member after every byte: what was
// written, the rest of the frame that was begun, and what goes to the member's
// log are together what the member should get.
func TestBatchRest(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 2))
		var b batch
		for round := range 2 { // the second with memory used before
			b.reset(uint64(round))
			feedBatch(&b, randomScript(r))
			b.compose()
			for k := range 4 {
				checkRest(t, &b, fmt.Sprintf("k%d", k))
			}
		}
	}
}

func checkRest(t *testing.T, b *batch, key string) {
	t.Helper()
	var v view
	v.of(b, key)
	all := v.appendFrom(nil, 0)
	want := words(show(t, frames(t, all)))
	for n := range len(all) {
		rest, cut := b.rest(nil, key, n)
		out := append(bytes.Clone(all[:n]), rest...)
		if begun := len(frames(t, out)); begun != cut.frames {
			t.Fatalf("after %d of %d bytes for %s: %d frames begun, told %d", n, len(all), key, begun, cut.frames)
		}
		var p pending
		b.copyTo(&p, cut.next, key)
		out, _, _ = p.take(out, 1<<30, false)
		if got := words(show(t, frames(t, out))); got != want {
			t.Fatalf("after %d of %d bytes for %s: got %q, want %q", n, len(all), key, got, want)
		}
	}
}

func TestBatchKeepsNoHugeMemory(t *testing.T) {
	t.Parallel()
	var b batch
	b.message(opText, make([]byte, maxBatch+1), "")
	b.reset(7)
	if cap(b.buf) != 0 || b.base != 7 {
		t.Errorf("after reset: %d bytes kept, base %d", cap(b.buf), b.base)
	}
}
