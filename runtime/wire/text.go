package wire

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// String reads a string and checks it by rule, which may be nil.
func (d *Decoder) String(rule *Text) string {
	text, ok := d.Text()
	if !ok {
		return ""
	}
	if rule != nil && !rule.holds(view(text)) {
		rule.faults(view(text), d.Fail)
	}
	return string(text)
}

// Text reads a string and returns it without escapes and without a copy: it is
// valid until the next call of a method of d. Where another value comes, Text
// notes that and returns false.
func (d *Decoder) Text() ([]byte, bool) {
	if d.space() != '"' {
		d.wrongType("a string")
		return nil, false
	}
	start := d.pos
	end := plainEnd(d.data, start+1)
	if end < len(d.data) && d.data[end] == '"' {
		d.pos = end + 1
		return d.data[start+1 : end], true
	}
	text, end := d.quoted(start)
	if d.stopped {
		return nil, false
	}
	d.pos = end
	return text, true
}

// ConstString reads a string that must be want.
func (d *Decoder) ConstString(want string) {
	if text, ok := d.Text(); ok && string(text) != want {
		d.Fail("const", "must be the declared constant")
	}
}

// quoted reads the string whose quotation mark is at offset start, and returns
// its text and the offset after it. The text is valid until the next call.
func (d *Decoder) quoted(start int) (text []byte, end int) {
	s := unquote(d.scratch[:0], d.data, start+1)
	switch s.fault {
	case "":
	case loneSurrogate:
		d.Fail("utf8", "must not hold half of a surrogate pair")
	default:
		d.invalid(s.end, s.fault)
		return nil, s.end
	}
	d.scratch = s.buf
	return s.text, s.end
}

const loneSurrogate = "half of a surrogate pair"

// quotedText is a string that was read.
type quotedText struct {
	text  []byte // a part of the input where it has no escape, else of buf
	buf   []byte // for the next string
	end   int    // offset after the closing mark, or of the fault
	fault string
}

// unquote reads the rest of a string from offset i, after the quotation mark,
// and appends its text to buf where it has escapes. The fault that half of a
// surrogate pair is does not end the string.
func unquote(buf, data []byte, i int) quotedText {
	start, escaped, fault := i, false, ""
	for {
		i = plainEnd(data, i)
		if i >= len(data) {
			return quotedText{end: i, fault: "unexpected end in a string"}
		}
		c := data[i]
		switch {
		case c == '"':
			if !escaped {
				return quotedText{text: data[start:i], buf: buf, end: i + 1, fault: fault}
			}
			buf = append(buf, data[start:i]...)
			return quotedText{text: buf, buf: buf, end: i + 1, fault: fault}
		case c == '\\':
			escaped = true
			buf = append(buf, data[start:i]...)
			r, n := escape(data[i:])
			switch {
			case n == 0:
				return quotedText{end: i, fault: "unknown escape in a string"}
			case r == surrogate:
				fault, r = loneSurrogate, utf8.RuneError
			}
			buf = utf8.AppendRune(buf, r)
			i += n
			start = i
		case c < ' ':
			return quotedText{end: i, fault: "control character in a string"}
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return quotedText{end: i, fault: "invalid UTF-8"}
			}
			i += n
		}
	}
}

// surrogate is what escape returns for half of a surrogate pair.
const surrogate = -1

// escape reads the escape sequence that data starts with, and returns its rune
// and length, which is 0 where there is no such escape.
func escape(data []byte) (r rune, n int) {
	if len(data) < 2 {
		return 0, 0
	}
	switch data[1] {
	case '"', '\\', '/':
		return rune(data[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return escapedRune(data)
	}
	return 0, 0
}

// escapedRune reads \uXXXX, or two of them that make a surrogate pair.
func escapedRune(data []byte) (r rune, n int) {
	r, ok := hex4(data)
	switch {
	case !ok:
		return 0, 0
	case r < 0xD800 || r > 0xDFFF:
		return r, 6
	case r > 0xDBFF:
		return surrogate, 6
	}
	low, ok := hex4(data[6:])
	if !ok || low < 0xDC00 || low > 0xDFFF {
		return surrogate, 6
	}
	return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12
}

// hex4 reads \uXXXX.
func hex4(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range data[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// plainEnd returns the offset of the first byte of data from i on that is not
// plain text of a string: a quotation mark, a backslash, a control character
// or a byte that is not ASCII. It looks at eight bytes at a time.
func plainEnd(data []byte, i int) int {
	for ; i+8 <= len(data); i += 8 {
		if mask := special(binary.LittleEndian.Uint64(data[i:])); mask != 0 {
			return i + bits.TrailingZeros64(mask)/8
		}
	}
	for i < len(data) && data[i] >= ' ' && data[i] < 0x80 && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}

// special sets the high bit of each byte of w that is not plain text. Bytes
// above the lowest such byte may be marked by mistake.
func special(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := w ^ ones*'"'
	slash := w ^ ones*'\\'
	return (w | (w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

// view returns b as a string without a copy. The string must not be kept:
// it changes with b.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf returns the bytes of s without a copy. They must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
