package rest

import (
	"strconv"
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	type step struct {
		after  time.Duration // since the step before
		client string
		wait   time.Duration
	}
	tests := map[string][]step{
		"burst":           {{0, "a", 0}, {0, "a", 0}, {0, "a", 500 * time.Millisecond}},
		"others go on":    {{0, "a", 0}, {0, "a", 0}, {0, "b", 0}},
		"refilled":        {{0, "a", 0}, {0, "a", 0}, {500 * time.Millisecond, "a", 0}, {250 * time.Millisecond, "a", 250 * time.Millisecond}},
		"never over":      {{0, "a", 0}, {time.Hour, "a", 0}, {0, "a", 0}, {0, "a", 500 * time.Millisecond}},
		"refused is free": {{0, "a", 0}, {0, "a", 0}, {0, "a", 500 * time.Millisecond}, {0, "a", 500 * time.Millisecond}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
			l := newLimiter(Rate{PerSecond: 2, Burst: 2}, func() time.Time { return now })
			for i, s := range steps {
				now = now.Add(s.after)
				if wait := l.take(s.client); wait != s.wait {
					t.Errorf("step %d: wait %v, want %v", i, wait, s.wait)
				}
			}
		})
	}
}

func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 1, Burst: 1}, func() time.Time { return now })
	l.take("busy")
	for i := range 3 * maxBuckets {
		l.take(strconv.Itoa(i))
		if i%maxBuckets == 0 && l.take("busy") == 0 {
			t.Fatal("a client that goes on calling was forgotten")
		}
	}
	if n := len(l.young) + len(l.old); n > 2*maxBuckets {
		t.Errorf("%d clients are remembered, want at most %d", n, 2*maxBuckets)
	}
}
