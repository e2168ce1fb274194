package socket

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// feed puts a script into p: "k=1" is an item, ">text" a whole message.
func feed(p *pending, g *Group, script string) {
	for word := range strings.FieldsSeq(script) {
		if text, ok := strings.CutPrefix(word, ">"); ok {
			p.message(opText, said(text).AppendJSON(nil), "")
			continue
		}
		key, n, _ := strings.Cut(word, "=")
		p.update(slot{&moved, g, key}, parts{[]byte(`{"type":"moved","items":[`), fmt.Appendf(nil, `{"key":%q,"n":%s}`, key, n), []byte(`]}`)})
	}
}

// show gives messages as a script, with brackets around each message of items.
func show(t *testing.T, payloads [][]byte) string {
	t.Helper()
	var words []string
	for _, p := range payloads {
		var m message
		if err := json.Unmarshal(p, &m); err != nil {
			t.Fatalf("%v: %s", err, p)
		}
		if m.Type == "said" {
			words = append(words, ">"+m.Text)
			continue
		}
		var items []string
		for _, it := range m.Items {
			items = append(items, fmt.Sprintf("%s=%d", it.Key, it.N))
		}
		words = append(words, "["+strings.Join(items, " ")+"]")
	}
	return strings.Join(words, " ")
}

// frames splits unmasked frames into payloads, strictly.
func frames(t *testing.T, b []byte) [][]byte {
	t.Helper()
	var all [][]byte
	for len(b) > 0 {
		f, rest, err := parseFrame(b)
		if err != nil {
			t.Fatalf("frame %d: %v", len(all), err)
		}
		all, b = append(all, f.payload), rest
	}
	return all
}

func TestPendingTake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, script, want string }{
		{"empty", "", ""},
		{"messages stay apart", ">a >b", ">a >b"},
		{"items merge", "p=1 q=2", "[p=1 q=2]"},
		{"newer replaces and moves to the end", "p=1 q=2 p=3", "[q=2 p=3]"},
		{"a message splits", "p=1 >left q=2", "[p=1] >left [q=2]"},
		{"newer moves behind a message", "p=1 q=1 >left p=2", "[q=1] >left [p=2]"},
		{"a message stays behind the item it follows", "p=1 p=2 >left", "[p=2] >left"},
		{"all replaced", "p=1 p=2 p=3", "[p=3]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var p pending
			feed(&p, nil, tt.script)
			out, n, reliable := p.take(nil, 1<<20, false)
			got := frames(t, out)
			if s := show(t, got); s != tt.want || n != len(got) {
				t.Errorf("take = %d frames %q, want %q", n, s, tt.want)
			}
			if want := strings.Contains(tt.want, ">"); reliable != want {
				t.Errorf("reliable = %v, want %v", reliable, want)
			}
			if !p.empty() || p.size() != 0 || p.reliable != 0 || p.reliableBytes != 0 || len(p.slots) != 0 {
				t.Errorf("after take: %d bytes, %d reliable, %d slots left", p.size(), p.reliable, len(p.slots))
			}
		})
	}
}

func TestPendingSplitsAtMaxBytes(t *testing.T) {
	t.Parallel()
	var p pending
	for i := range 100 {
		feed(&p, nil, fmt.Sprintf("player%02d=%d", i, i))
	}
	out, _, _ := p.take(nil, 1<<20, false)
	items := 0
	for _, f := range frames(t, out) {
		if len(f) > moved.MaxBytes {
			t.Errorf("a message of %d bytes, limit %d", len(f), moved.MaxBytes)
		}
		items += strings.Count(string(f), `"key"`)
	}
	if items != 100 {
		t.Errorf("%d items left, want 100", items)
	}
}

func TestPendingHeadOfLastItem(t *testing.T) {
	t.Parallel()
	var p pending
	for _, v := range []string{"1", "22", "3"} {
		p.update(slot{&moved, nil, v}, parts{[]byte(`{"v":` + v + `,"items":[`), []byte(v), []byte(`],"w":` + v + `}`)})
	}
	out, _, _ := p.take(nil, 1<<20, false)
	want := []string{`{"v":3,"items":[1,22,3],"w":3}`}
	var got []string
	for _, f := range frames(t, out) {
		got = append(got, string(f))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("take (-want +got):\n%s", diff)
	}
}

func TestPendingTakeLimit(t *testing.T) {
	t.Parallel()
	var p pending
	feed(&p, nil, ">a >b >c")
	first, n, _ := p.take(nil, 1, false)
	if n != 1 || show(t, frames(t, first)) != ">a" {
		t.Fatalf("take below the size of a frame = %d frames, want 1", n)
	}
	feed(&p, nil, "p=1")
	rest, _, _ := p.take(nil, 1<<20, false)
	if s := show(t, frames(t, rest)); s != ">b >c [p=1]" {
		t.Errorf("rest = %q", s)
	}
}

// TestPendingModel compares the log with the rule itself on random streams:
// what leaves is a subsequence of what came, no message is missing, each key's
// newest item leaves, and no item leaves after a newer one of its key.
func TestPendingModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 1))
		var p pending
		var out []byte
		var came []string
		for i := range 400 {
			switch r.IntN(12) {
			case 0:
				came = append(came, fmt.Sprintf(">m%d", i))
				feed(&p, nil, came[len(came)-1])
			case 1:
				out, _, _ = p.take(out, len(out)+r.IntN(400), false)
			default:
				came = append(came, fmt.Sprintf("k%d=%d", r.IntN(8), i))
				feed(&p, nil, came[len(came)-1])
				p.compact()
			}
			if i == 300 && len(p.buf) > 2*newBuffer {
				t.Fatalf("seed %d: the log holds %d bytes for %d live ones", seed, len(p.buf), p.size())
			}
		}
		out, _, _ = p.take(out, 1<<30, false)
		left := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(show(t, frames(t, out))))
		checkStream(t, came, left)
	}
}

// checkStream checks that left is what may come of the stream came.
func checkStream(t *testing.T, came, left []string) {
	t.Helper()
	newest := map[string]string{}
	messages := 0
	for _, w := range came {
		if k, _, ok := strings.Cut(w, "="); ok {
			newest[k] = w
		} else {
			messages++
		}
	}
	i := 0
	for _, w := range left {
		for i < len(came) && came[i] != w {
			i++
		}
		if i == len(came) {
			t.Fatalf("%s is out of order in %v", w, left)
		}
		i++
		if k, _, ok := strings.Cut(w, "="); !ok {
			messages--
		} else if newest[k] == w {
			delete(newest, k)
		}
	}
	if messages != 0 || len(newest) != 0 {
		t.Fatalf("%d messages and the newest items %v are missing", messages, newest)
	}
}

func TestPendingControlReplaces(t *testing.T) {
	t.Parallel()
	var p pending
	for i := range 1000 {
		p.control(opPong, fmt.Append(nil, i))
	}
	if len(p.entries) != 1 || len(p.buf) != len("999") {
		t.Errorf("one pong takes %d entries and %d bytes", len(p.entries), len(p.buf))
	}
	out, n, reliable := p.take(nil, 1<<20, false)
	f, _, err := parseFrame(out)
	if err != nil || n != 1 || reliable || f.op != opPong || string(f.payload) != "999" {
		t.Errorf("take = %d frames, %+v, %v; want the last pong", n, f, err)
	}
}

// TestPendingControlBetweenOthers replaces pings and pongs that are not last,
// among entries that leave, die and move: the log stays short, and of each
// kind only the newest frame leaves.
func TestPendingControlBetweenOthers(t *testing.T) {
	t.Parallel()
	var p pending
	for i := range 10_000 {
		p.control(opPong, fmt.Append(nil, "pong", i))
		feed(&p, nil, "k=1")
		p.control(opPing, fmt.Append(nil, "ping", i))
		if i%100 == 50 {
			feed(&p, nil, ">m")
			_, _, _ = p.take(nil, 1, false)
		}
		p.compact()
	}
	if len(p.entries) > 4*minEntries || len(p.buf) > 2*newBuffer {
		t.Errorf("a log of %d live entries has %d, and %d bytes", p.live, len(p.entries), len(p.buf))
	}
	out, _, _ := p.take(nil, 1<<20, false)
	got := map[byte][]string{}
	for len(out) > 0 {
		f, rest, err := parseFrame(out)
		if err != nil {
			t.Fatal(err)
		}
		out = rest
		if f.op != opText {
			got[f.op] = append(got[f.op], string(f.payload))
		}
	}
	want := map[byte][]string{opPing: {"ping9999"}, opPong: {"pong9999"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("control frames (-want +got):\n%s", diff)
	}
}

func TestPoolKeepsNoHugeLog(t *testing.T) {
	t.Parallel()
	p := &pending{}
	for range maxLogged + 1 {
		p.message(opText, []byte("x"), "")
	}
	putPending(p)
	if p.live == 0 {
		t.Errorf("a log with room for %d entries went back to the pool", cap(p.entries))
	}
}
