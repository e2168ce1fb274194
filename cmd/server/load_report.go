package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"github.com/duet-api/duet/gen/schema"
)

// departures remembers when the last updates of a bot left. Its methods may be
// called by several goroutines at the same time.
type departures [1024]atomic.Int64

func (d *departures) note(seq int64) { d[seq%int64(len(d))].Store(time.Now().UnixNano()) }

func (d *departures) of(seq int64) time.Time { return time.Unix(0, d[seq%int64(len(d))].Load()) }

// tally counts what the bots send and get. Its methods may be called by several
// goroutines at the same time, except add.
type tally struct {
	bots map[string]*loadBot // by user

	sent, delivered, skipped, repeated, misordered, own, errors atomic.Int64
	latency                                                     histogram
}

func (t *tally) add(b *loadBot) {
	if t.bots == nil {
		t.bots = make(map[string]*loadBot)
	}
	t.bots[b.user] = b
}

// arrived counts one item of players.updated at the bot to.
func (t *tally) arrived(to *loadBot, item *schema.PlayerPosition, now time.Time) {
	t.delivered.Add(1)
	from, ok := t.bots[item.ID]
	switch {
	case !ok: // somebody else's
		return
	case from == to:
		t.own.Add(1)
		return
	}
	last := to.last[from.index]
	to.last[from.index] = max(last, item.Seq)
	switch step := item.Seq - last; {
	case step == 0:
		t.repeated.Add(1)
	case step < 0:
		t.misordered.Add(1)
	default:
		t.latency.add(now.Sub(from.sent.of(item.Seq)))
		if last > 0 {
			t.skipped.Add(step - 1)
		}
	}
}

// watch prints a line a second until ctx ends.
func (l *load) watch(ctx context.Context, started time.Time, out io.Writer) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var sent, delivered int64
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s, d := l.tally.sent.Load(), l.tally.delivered.Load()
			fmt.Fprintf(out, "%4.0fs  sent %d/s  delivered %d/s  p99 %v  errors %d\n",
				now.Sub(started).Seconds(), s-sent, d-delivered, l.tally.latency.quantile(0.99), l.tally.errors.Load())
			sent, delivered = s, d
		}
	}
}

// report says what became of the updates.
func (l *load) report(took time.Duration) string {
	t, traffic := &l.tally, l.traffic.Counts()
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s "+format+"\n", append([]any{name}, args...)...)
	}
	row("bots", "%d in %s, %g updates a second each, for %v", l.n, l.room, l.rate, took.Round(time.Second))
	row("sent", "%d", t.sent.Load())
	row("delivered", "%d (%.0f a second)", t.delivered.Load(), float64(t.delivered.Load())/took.Seconds())
	row("latency", "p50 %v, p99 %v, p99.9 %v", t.latency.quantile(0.5), t.latency.quantile(0.99), t.latency.quantile(0.999))
	row("skipped", "%d positions that a newer one replaced on the way", t.skipped.Load())
	row("repeated", "%d", t.repeated.Load())
	row("misordered", "%d", t.misordered.Load())
	row("own", "%d that came back to their sender", t.own.Load())
	row("errors", "%d", t.errors.Load())
	row("bytes", "%d sent, %d received", traffic.BytesOut, traffic.BytesIn)
	return b.String()
}

// histogram counts durations in buckets that are 2 % wide, from a microsecond to
// some minutes. Its methods may be called by several goroutines at the same time.
type histogram [1024]atomic.Int64

// bucketWidth is ln 1.02.
const bucketWidth = 0.01980262729617973

func (h *histogram) add(d time.Duration) {
	i := 0
	if us := float64(d) / float64(time.Microsecond); us > 1 {
		i = min(int(math.Log(us)/bucketWidth), len(h)-1)
	}
	h[i].Add(1)
}

// quantile is the upper bound of the bucket that holds the q-th part, 0 without
// any duration.
func (h *histogram) quantile(q float64) time.Duration {
	var all int64
	for i := range h {
		all += h[i].Load()
	}
	rest := int64(math.Ceil(q * float64(all)))
	for i := range h {
		if rest -= h[i].Load(); rest <= 0 && all > 0 {
			us := math.Exp(float64(i+1) * bucketWidth)
			return time.Duration(us * float64(time.Microsecond)).Round(10 * time.Microsecond)
		}
	}
	return 0
}
