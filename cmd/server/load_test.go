package main

import (
	"strings"
	"testing"
	"time"

	"github.com/duet-api/duet/gen/schema"
)

func TestTallyTellsOrderApart(t *testing.T) {
	t.Parallel()
	a := &loadBot{index: 0, user: "a", last: make([]int64, 2)}
	b := &loadBot{index: 1, user: "b", last: make([]int64, 2)}
	var got tally
	got.add(a)
	got.add(b)
	now := time.Now()
	for _, seq := range []int64{1, 2, 2, 5, 4} {
		a.sent.note(seq)
		got.arrived(b, &schema.PlayerPosition{ID: "a", Seq: seq}, now)
	}
	got.arrived(b, &schema.PlayerPosition{ID: "b", Seq: 1}, now)
	got.arrived(b, &schema.PlayerPosition{ID: "somebody else", Seq: 1}, now)
	for name, x := range map[string][2]int64{
		"delivered": {got.delivered.Load(), 7}, "repeated": {got.repeated.Load(), 1}, "skipped": {got.skipped.Load(), 2},
		"misordered": {got.misordered.Load(), 1}, "own": {got.own.Load(), 1},
	} {
		if x[0] != x[1] {
			t.Errorf("%s: %d, want %d", name, x[0], x[1])
		}
	}
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	var h histogram
	if got := h.quantile(0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	for i := range 100 {
		h.add(time.Duration(i+1) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0.01: time.Millisecond, 0.5: 50 * time.Millisecond, 0.99: 99 * time.Millisecond, 1: 100 * time.Millisecond} {
		if got := h.quantile(q); got < want*98/100 || got > want*103/100 {
			t.Errorf("quantile %v is %v, want about %v", q, got, want)
		}
	}
}

// TestLoad loads a room of a server and finds all in order.
func TestLoad(t *testing.T) {
	t.Parallel()
	s := startProcess(t, "-addr", "127.0.0.1:0", "-data", t.TempDir())
	var out, errs strings.Builder
	code := run(t.Context(), program{args: []string{"bots", "-url", s.url, "-n", "3", "-rate", "50", "-for", "1s"}, out: &out, errs: &errs})
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	report := map[string]string{}
	for line := range strings.Lines(out.String()) {
		if name, rest, ok := strings.Cut(line, " "); ok {
			value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			report[name] = value
		}
	}
	for _, name := range []string{"repeated", "misordered", "own", "errors"} {
		if report[name] != "0" {
			t.Errorf("%s: %q, want 0", name, report[name])
		}
	}
	if report["sent"] == "0" || report["delivered"] == "0" || report["delivered"] == "" {
		t.Errorf("nothing moved:\n%s", out.String())
	}
}
