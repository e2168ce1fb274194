package main

import "math/bits"

// hist counts durations in microseconds, each to within 1/64.
type hist struct {
	n      int64
	max    int64
	counts [histBuckets]int64
}

const (
	histBits    = 6
	histBuckets = (40 - histBits) << histBits
)

func (h *hist) add(us int64) {
	us = max(us, 0)
	h.n++
	h.max = max(h.max, us)
	h.counts[bucketOf(us)]++
}

// bucketOf is exact below 2^histBits, and keeps histBits bits above.
func bucketOf(us int64) int {
	if us < 1<<histBits {
		return int(us)
	}
	shift := bits.Len64(uint64(us)) - 1 - histBits
	return min((shift+1)<<histBits+int(us>>shift)-1<<histBits, histBuckets-1)
}

// floorOf is the least value of a bucket.
func floorOf(bucket int) int64 {
	shift := bucket>>histBits - 1
	if shift < 0 {
		return int64(bucket)
	}
	return int64(bucket&(1<<histBits-1)+1<<histBits) << shift
}

// quantile is in milliseconds.
func (h *hist) quantile(q float64) float64 {
	if h.n == 0 {
		return 0
	}
	rank := int64(q * float64(h.n))
	for i, n := range h.counts {
		if rank -= n; rank < 0 {
			return float64(min(floorOf(i+1), h.max)) / 1e3
		}
	}
	return float64(h.max) / 1e3
}
