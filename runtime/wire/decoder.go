package wire

import (
	"math"
	"strconv"
)

// MaxDepth is how many objects and arrays may be nested in each other.
const MaxDepth = 64

// Decoder reads and checks one JSON text from left to right. Generated code
// calls it value by value; when something is wrong it notes the finding, skips
// the value and goes on, so that one pass finds everything. After a syntax
// error all methods return zero values at once.
//
// A Decoder is reused with Reset and must not be used by two goroutines at the
// same time.
type Decoder struct {
	data  []byte
	pos   int // of the next byte to read
	depth int // of the object or array that is being read
	// path holds a step for each depth from 1 up: in an object the offset of
	// the member's name, in an array the complement of the index, or
	// freeStep. Pointers are made from it only when there is a finding.
	path     [MaxDepth + 1]int32
	fresh    bool // an object or array was opened and nothing read from it yet
	stopped  bool // by a syntax error, by depth or by what is read again
	again    int  // bytes that were read more than once
	key      []byte
	scratch  []byte // unescaped text of the last key or string
	syntax   *SyntaxError
	findings findings
}

// freeStep stands for a member that no schema declares. Pointers end above it.
const freeStep = math.MinInt32

// Reset makes d read data, which must not change until d is done. It keeps
// memory of the earlier text only to use it again.
func (d *Decoder) Reset(data []byte) {
	d.data, d.pos, d.depth = data, 0, 0
	d.fresh, d.stopped, d.again = false, false, 0
	d.key, d.syntax, d.findings.list = nil, nil, nil
	if len(data) > math.MaxInt32 {
		d.invalid(0, "the text is longer than 2 GiB")
	}
}

// End checks that nothing follows the value and returns what Err does.
func (d *Decoder) End() error {
	d.space()
	if d.pos < len(d.data) {
		d.invalid(d.pos, "unexpected text after the value")
	}
	return d.Err()
}

// Err returns nil, a *SyntaxError or a *ValidationError.
func (d *Decoder) Err() error {
	if d.syntax != nil {
		return d.syntax
	}
	return d.findings.err()
}

// A Mark is a place in the text to which a Decoder can go back.
type Mark struct {
	pos, depth, found int
}

// Mark returns the place where d is.
func (d *Decoder) Mark() Mark { return Mark{d.pos, d.depth, len(d.findings.list)} }

// Clean reports whether nothing was found since m.
func (d *Decoder) Clean(m Mark) bool { return !d.stopped && len(d.findings.list) == m.found }

// Rewind goes back to m and forgets the findings since, so that the value
// there can be read as another type. A syntax error is not forgotten.
func (d *Decoder) Rewind(m Mark) {
	if d.stopped {
		return
	}
	back := d.pos - m.pos
	d.pos, d.depth, d.fresh = m.pos, m.depth, false
	d.findings.list = d.findings.list[:m.found]
	d.rereads(back)
}

// maxAgain and maxAgainTimes bound how many bytes are read more than once: so many
// in any text, and its length so many times. Choices that are found by trying, and
// hold each other, double the work with each level.
const (
	maxAgain      = 1 << 22
	maxAgainTimes = 256
)

// rereads notes that n bytes are read once more. It stops d where that is too much.
func (d *Decoder) rereads(n int) {
	if d.again += max(n, 0); d.again > maxAgain+maxAgainTimes*len(d.data) {
		d.Fail("depth", "must be simpler: it takes too long to read")
		d.stop()
	}
}

// Fail notes a finding about the value that was read last, which is a member
// or an element of the object or array that is being read.
func (d *Decoder) Fail(rule, message string) {
	if !d.stopped {
		d.findings.add(d.pointer(d.depth), rule, message)
	}
}

// invalid stops d with a syntax error.
func (d *Decoder) invalid(offset int, message string) {
	if !d.stopped {
		d.syntax = &SyntaxError{Offset: offset, Message: message}
		d.stop()
	}
}

// stop makes every later read find the end of the text.
func (d *Decoder) stop() {
	d.stopped = true
	d.pos = len(d.data)
}

// unexpected stops d at a byte that cannot stand at offset i.
func (d *Decoder) unexpected(i int, want string) {
	if i >= len(d.data) {
		d.invalid(len(d.data), "unexpected end, want "+want)
		return
	}
	d.invalid(i, "want "+want)
}

// enter goes one level down.
func (d *Decoder) enter() bool {
	if d.depth == MaxDepth {
		d.Fail("depth", "must not be nested deeper than "+strconv.Itoa(MaxDepth)+" levels")
		d.stop()
		return false
	}
	d.depth++
	d.path[d.depth] = freeStep
	d.fresh = true
	return true
}

// space skips white space and returns the next byte, 0 at the end.
func (d *Decoder) space() byte {
	i := d.pos
	for i < len(d.data) {
		c := d.data[i]
		if c > ' ' || !isSpace(c) {
			d.pos = i
			return c
		}
		i++
	}
	d.pos = i
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// skipSpace returns the offset of the first byte from i on that is not white
// space.
func skipSpace(data []byte, i int) int {
	for i < len(data) && data[i] <= ' ' && isSpace(data[i]) {
		i++
	}
	return i
}

// wrongType notes that the next value is not what the schema says and skips it.
func (d *Decoder) wrongType(want string) {
	d.Fail("type", "must be "+want)
	d.skipValue()
}

// pointer returns the RFC 6901 pointer to the current value at the given depth.
func (d *Decoder) pointer(depth int) string {
	var p []byte
	for _, step := range d.path[1 : depth+1] {
		switch {
		case step == freeStep:
			return string(p)
		case step < 0:
			p = strconv.AppendInt(append(p, '/'), int64(^step), 10)
		default:
			p = appendStep(p, unquote(nil, d.data, int(step)+1).text)
		}
	}
	return string(p)
}

// appendStep appends a member name to a pointer.
func appendStep[S []byte | string](p []byte, name S) []byte {
	p = append(p, '/')
	for i := range len(name) {
		switch c := name[i]; c {
		case '~':
			p = append(p, "~0"...)
		case '/':
			p = append(p, "~1"...)
		default:
			p = append(p, c)
		}
	}
	return p
}
