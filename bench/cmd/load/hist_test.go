package main

import (
	"math"
	"testing"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	for us := int64(0); us < 1<<30; us += 1 + us/97 {
		b := bucketOf(us)
		if low, high := floorOf(b), floorOf(b+1); us < low || us >= high || float64(high-low) > max(1, float64(us)/63) {
			t.Fatalf("%d is in bucket %d: [%d, %d)", us, b, low, high)
		}
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	var h hist
	for us := int64(1); us <= 100_000; us++ {
		h.add(us)
	}
	for q, want := range map[float64]float64{0.5: 50, 0.99: 99, 0.999: 99.9, 1: 100} {
		if got := h.quantile(q); math.Abs(got-want) > want/60 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
}
