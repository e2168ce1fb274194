package socket

// batch is what a group sends at one flush. It is encoded once; each member's
// bytes are spans of the shared encoding, without the member's own items.
//
// While it is being flushed a batch does not change, and may be read by any
// number of goroutines.
type batch struct {
	pending
	base   uint64 // number of the first entry in the group's life
	out    []byte // all messages as unmasked frames
	frames []frame
	cuts   []cut
	own    map[string]chain // by member key
}

// frame is one message in batch.out: its header is out[start:payload].
type frame struct {
	start, payload, end int
	first, last         int // entries [first, last)
}

// cut is a part of a frame that one member does not get.
type cut struct {
	frame      int
	start, end int // in batch.out; an empty range means the whole frame
	next       int // the member's next cut, or -1; frames ascend
}

// chain is a list of cuts.
type chain struct{ first, last int }

// compose encodes the entries.
func (b *batch) compose() {
	if b.own == nil {
		b.own = make(map[string]chain)
	}
	for i := b.skipDead(0); i < len(b.entries); {
		j, last, size := b.run(i)
		f := frame{start: len(b.out), first: i, last: j}
		b.out = appendHeader(b.out, opText, size)
		f.payload = len(b.out)
		first := len(b.cuts)
		b.out = b.appendRun(b.out, i, j, last, func(e *entry, start, end int) {
			b.cuts = append(b.cuts, cut{frame: len(b.frames), start: start, end: end, next: -1})
			b.link(e.key)
		})
		switch e := &b.entries[i]; {
		case e.latest != nil:
			b.joinCuts(first)
		case e.key != "":
			b.cuts = append(b.cuts, cut{frame: len(b.frames), next: -1})
			b.link(e.key)
		}
		f.end = len(b.out)
		b.frames = append(b.frames, f)
		i = b.skipDead(j)
	}
}

// link hangs the newest cut onto the chain of key.
func (b *batch) link(key string) {
	i := len(b.cuts) - 1
	c, ok := b.own[key]
	if ok {
		b.cuts[c.last].next = i
	} else {
		c.first = i
	}
	c.last = i
	b.own[key] = c
}

// joinCuts widens the cuts of one frame, cuts[first:], by the comma that goes
// with each item; the only item of a frame takes the frame with it.
func (b *batch) joinCuts(first int) {
	cuts := b.cuts[first:]
	if len(cuts) == 1 {
		cuts[0].start, cuts[0].end = 0, 0
		return
	}
	for i := range cuts {
		if i == 0 {
			cuts[i].end++
		} else {
			cuts[i].start--
		}
	}
}

// firstCut gives the first cut of the member with the given key, or -1.
func (b *batch) firstCut(key string) int {
	if key == "" {
		return -1
	}
	if c, ok := b.own[key]; ok {
		return c.first
	}
	return -1
}

// view is one member's frames as spans, in memory that is used again for the
// next member.
type view struct {
	spans   [][]byte
	headers []byte // the headers of frames with a cut; spans point into it
	size    int    // bytes in spans
	frames  int    // frames in spans
}

func (v *view) add(p []byte) {
	if len(p) > 0 {
		v.spans = append(v.spans, p)
		v.size += len(p)
	}
}

// addCut adds frame f without the range of c.
func (v *view) addCut(b *batch, f *frame, c *cut) {
	at := len(v.headers)
	v.headers = appendHeader(v.headers, opText, f.end-f.payload-(c.end-c.start))
	v.add(v.headers[at:])
	v.add(b.out[f.payload:c.start])
	v.add(b.out[c.end:f.end])
}

// of sets v to everything in b for the member with the given key.
func (v *view) of(b *batch, key string) {
	v.spans, v.headers, v.size, v.frames = v.spans[:0], v.headers[:0], 0, len(b.frames)
	pos := 0
	for i := b.firstCut(key); i >= 0; i = b.cuts[i].next {
		c := &b.cuts[i]
		f := &b.frames[c.frame]
		v.add(b.out[pos:f.start])
		if c.start == c.end {
			v.frames--
		} else {
			v.addCut(b, f, c)
		}
		pos = f.end
	}
	v.add(b.out[pos:])
}

// cutoff is where the write of a view ended.
type cutoff struct {
	next     int  // the first entry that was not begun
	frames   int  // how many were begun
	reliable bool // whether the last of them, which is cut, may not be dropped
}

// rest tells what is left after the first n bytes of the member's view were
// written: it appends the rest of the frame that was begun to dst, and tells
// where that is.
func (b *batch) rest(dst []byte, key string, n int) ([]byte, cutoff) {
	next := b.firstCut(key)
	var v view
	c := cutoff{}
	for i := range b.frames {
		f := &b.frames[i]
		v = view{spans: v.spans[:0]}
		switch {
		case next < 0 || b.cuts[next].frame != i:
			v.add(b.out[f.start:f.end])
		default:
			if c := &b.cuts[next]; c.start < c.end {
				v.addCut(b, f, c)
			}
			next = b.cuts[next].next
		}
		if n == 0 {
			return dst, c
		}
		c.next = f.last
		if v.size > 0 {
			c.frames++
		}
		if n < v.size {
			c.reliable = b.entries[f.first].latest == nil
			return v.appendFrom(dst, n), c
		}
		n -= v.size
	}
	return dst, c
}

// appendFrom appends the spans without their first n bytes.
func (v *view) appendFrom(dst []byte, n int) []byte {
	for _, s := range v.spans {
		k := min(n, len(s))
		dst, n = append(dst, s[k:]...), n-k
	}
	return dst
}

// copyTo adds the entries from the given one on to p, without those of the
// member with the given key.
func (b *batch) copyTo(p *pending, from int, key string) {
	for i := max(from, 0); i < len(b.entries); i++ {
		e := &b.entries[i]
		switch {
		case e.dead, key != "" && e.key == key:
		case e.latest == nil:
			p.message(e.op, b.buf[e.head:e.end], "")
		default:
			p.update(e.slot, b.parts(e))
		}
	}
}

// reset empties the batch and keeps its memory, unless a burst made it large.
func (b *batch) reset(base uint64) {
	if cap(b.out) > maxBatch || cap(b.buf) > maxBatch {
		*b = batch{base: base}
		return
	}
	b.pending.reset()
	clear(b.own)
	b.base, b.out, b.frames, b.cuts = base, b.out[:0], b.frames[:0], b.cuts[:0]
}

const maxBatch = 1 << 20 // bytes that a batch keeps from one flush to the next
