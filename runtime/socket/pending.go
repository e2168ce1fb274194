package socket

// slot names the one place that a latest item has: a newer item for the slot
// replaces the older one. A zero latest means a whole message, and key is then
// the group member that it leaves out.
type slot struct {
	latest *Latest
	group  *Group
	key    string
}

// parts is one item with the head and the tail that make it a message.
type parts struct{ head, item, tail []byte }

// entry is one thing to send, as offsets into pending.buf. A whole message is
// buf[head:end]; an item is buf[item:tail], between its head and its tail.
type entry struct {
	slot
	head, item, tail, end int
	op                    byte
	dead                  bool // replaced by a newer entry
}

// pending is an ordered log of what waits to be sent. What leaves it is always
// a subsequence of what came in, in order: a latest item that is replaced
// leaves from its old place and its successor stands at the end.
//
// It is not safe for concurrent use.
type pending struct {
	buf     []byte
	entries []entry
	first   int // entries before it have left
	slots   map[slot]int
	dead    int // bytes of dead entries
	live    int // entries that wait
	ping    int // 1 + the entry of the ping that waits; 0 for none
	pong    int // the same for the pong

	reliable, reliableBytes int // messages, and their bytes, that may not be dropped
}

// message adds a whole message. Where except is not empty, the member of that
// key is left out; only in a group's log.
func (p *pending) message(op byte, payload []byte, except string) {
	start := len(p.buf)
	p.buf = append(p.buf, payload...)
	end := len(p.buf)
	p.entries = append(p.entries, entry{slot: slot{key: except}, op: op, head: start, item: end, tail: end, end: end})
	p.live++
	if op == opText || op == opBytes {
		p.reliable++
		p.reliableBytes += len(payload)
	}
}

// control adds a ping or a pong in place of the one that still waits: of
// several pings only the last needs its pong (RFC 6455 section 5.5.3).
func (p *pending) control(op byte, payload []byte) {
	at := p.controlAt(op)
	switch i := *at - 1; {
	case i < 0:
	case i == len(p.entries)-1:
		p.buf, p.entries = p.buf[:p.entries[i].head], p.entries[:i]
		p.live--
	default:
		p.kill(i)
	}
	p.message(op, payload, "")
	*at = len(p.entries)
}

// controlAt is where the place of the control frame that waits is kept.
func (p *pending) controlAt(op byte) *int {
	if op == opPing {
		return &p.ping
	}
	return &p.pong
}

// update adds a latest item in place of the one in the same slot.
func (p *pending) update(s slot, m parts) {
	if i, ok := p.slots[s]; ok {
		p.kill(i)
	}
	if p.slots == nil {
		p.slots = make(map[slot]int)
	}
	e := entry{slot: s, op: opText, head: len(p.buf)}
	p.buf = append(p.buf, m.head...)
	e.item = len(p.buf)
	p.buf = append(p.buf, m.item...)
	e.tail = len(p.buf)
	p.buf = append(p.buf, m.tail...)
	e.end = len(p.buf)
	p.slots[s] = len(p.entries)
	p.entries = append(p.entries, e)
	p.live++
}

func (p *pending) kill(i int) {
	e := &p.entries[i]
	e.dead = true
	p.dead += e.end - e.head
	p.live--
}

func (p *pending) parts(e *entry) parts {
	return parts{p.buf[e.head:e.item], p.buf[e.item:e.tail], p.buf[e.tail:e.end]}
}

// skipDead gives the first live entry from i on, or len(entries).
func (p *pending) skipDead(i int) int {
	for i < len(p.entries) && p.entries[i].dead {
		i++
	}
	return i
}

// run finds the entries [i, j) that leave as one message: one whole message,
// or consecutive items of one kind up to its size limit. The message has the
// head and the tail of the last item, since what they say, such as a version,
// is true after that one. Entry i must be live.
func (p *pending) run(i int) (j, last, size int) {
	e := &p.entries[i]
	if e.latest == nil {
		return i + 1, i, e.end - e.head
	}
	items := e.tail - e.item
	size, last, j = e.end-e.head, i, i+1
	for k := p.skipDead(j); k < len(p.entries); k = p.skipDead(k + 1) {
		n := &p.entries[k]
		if n.latest != e.latest || n.group != e.group {
			break
		}
		items += 1 + n.tail - n.item
		if n.item-n.head+items+n.end-n.tail > e.latest.maxBytes() {
			break
		}
		size, last, j = n.item-n.head+items+n.end-n.tail, k, k+1
	}
	return j, last, size
}

// appendRun appends the payload of the run [i, j) that run found. Each, if not
// nil, is told where every item lies in the result.
func (p *pending) appendRun(dst []byte, i, j, last int, each func(e *entry, start, end int)) []byte {
	l := &p.entries[last]
	if l.latest == nil {
		return append(dst, p.buf[l.head:l.end]...)
	}
	dst = append(dst, p.buf[l.head:l.item]...)
	for k := i; k < j; k++ {
		e := &p.entries[k]
		if e.dead {
			continue
		}
		if k > i {
			dst = append(dst, ',')
		}
		start := len(dst)
		dst = append(dst, p.buf[e.item:e.tail]...)
		if each != nil {
			each(e, start, len(dst))
		}
	}
	return append(dst, p.buf[l.tail:l.end]...)
}

// take moves messages from the front to dst, as frames, until dst holds limit
// bytes or nothing is left. At least one message moves if there is one.
// Reliable says whether one of them may not be dropped.
func (p *pending) take(dst []byte, limit int, masked bool) (_ []byte, frames int, reliable bool) {
	for i := p.skipDead(p.first); i < len(p.entries); i = p.skipDead(p.first) {
		j, last, size := p.run(i)
		if frames > 0 && len(dst)+maxHeader+size > limit {
			break
		}
		start := len(dst)
		dst = appendHeader(dst, p.entries[i].op, size)
		payload := len(dst)
		dst = p.appendRun(dst, i, j, last, nil)
		if masked {
			dst = maskFrame(dst, start, payload)
		}
		reliable = p.pop(j) || reliable
		frames++
	}
	return dst, frames, reliable
}

// pop drops the entries before j, which have left.
func (p *pending) pop(j int) (reliable bool) {
	for ; p.first < j; p.first++ {
		e := &p.entries[p.first]
		if e.dead {
			p.dead -= e.end - e.head
			continue
		}
		p.live--
		switch {
		case e.latest != nil:
			delete(p.slots, e.slot)
		case e.op == opText || e.op == opBytes:
			p.reliable--
			p.reliableBytes -= e.end - e.head
			reliable = true
		case e.op != opClose:
			*p.controlAt(e.op) = 0
		}
	}
	return reliable
}

// empty reports whether nothing waits.
func (p *pending) empty() bool { return p.live == 0 }

// size is the number of bytes that wait.
func (p *pending) size() int {
	if p.first == len(p.entries) {
		return 0
	}
	return len(p.buf) - p.entries[p.first].head - p.dead
}

// compact gives the room of what left and what died back, once that is more
// than half of the log, by bytes or by entries. It renumbers the entries.
func (p *pending) compact() {
	if (len(p.buf) < newBuffer || p.size() > len(p.buf)/2) && (len(p.entries) < minEntries || p.live > len(p.entries)/2) {
		return
	}
	w, pos := 0, 0
	for _, e := range p.entries[p.first:] {
		if e.dead {
			continue
		}
		copy(p.buf[pos:], p.buf[e.head:e.end])
		shift := e.head - pos
		e.head, e.item, e.tail, e.end = pos, e.item-shift, e.tail-shift, e.end-shift
		pos = e.end
		switch {
		case e.latest != nil:
			p.slots[e.slot] = w
		case e.op == opPing, e.op == opPong:
			*p.controlAt(e.op) = w + 1
		}
		p.entries[w] = e
		w++
	}
	clear(p.entries[w:])
	p.buf, p.entries, p.first, p.dead = p.buf[:pos], p.entries[:w], 0, 0
}

const minEntries = 64 // entries below which compact does not count them

// reset empties the log and keeps its memory.
func (p *pending) reset() {
	clear(p.entries)
	clear(p.slots)
	*p = pending{buf: p.buf[:0], entries: p.entries[:0], slots: p.slots}
}
