package main

import "bytes"

// item is one delivery: a player's position with the stamp that it carries.
type item struct {
	stamp  int64 // x, in microseconds of the generator's clock
	player int64 // y, the sender's number
	seq    int64
}

// The parts of an item, in the order in which every server writes them:
//
//	{"id":"…","position":{"x":1234.567,"y":89},"seq":10}
var (
	markX   = []byte(`"position":{"x":`)
	markY   = []byte(`,"y":`)
	markSeq = []byte(`},"seq":`)
)

// nextItem reads the first item of b and returns what follows it. Where there
// is none, rest is nil; an item that can't be read has a negative seq.
func nextItem(b []byte) (it item, rest []byte) {
	i := bytes.Index(b, markX)
	if i < 0 {
		return it, nil
	}
	b = b[i+len(markX):]
	var n int
	it.stamp, n = thousandths(b)
	b = b[n:]
	if !bytes.HasPrefix(b, markY) {
		return item{seq: -1}, b
	}
	b = b[len(markY):]
	it.player, n = digits(b)
	b = b[n:]
	if !bytes.HasPrefix(b, markSeq) {
		return item{seq: -1}, b
	}
	b = b[len(markSeq):]
	if it.seq, n = digits(b); n == 0 {
		it.seq = -1
	}
	return it, b[n:]
}

// digits reads a whole number and returns its length.
func digits(b []byte) (value int64, n int) {
	for n < len(b) && b[n]-'0' < 10 {
		value = value*10 + int64(b[n]-'0')
		n++
	}
	return value, n
}

// thousandths reads a number with up to three decimals, in thousandths.
func thousandths(b []byte) (value int64, n int) {
	value, n = digits(b)
	decimals := 0
	if n < len(b) && b[n] == '.' {
		for n++; n < len(b) && b[n]-'0' < 10; n++ {
			value = value*10 + int64(b[n]-'0')
			decimals++
		}
	}
	for ; decimals < 3; decimals++ {
		value *= 10
	}
	return value, n
}
