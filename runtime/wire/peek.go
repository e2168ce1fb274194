package wire

import "strconv"

// Peek finds the scalar that tells which message a text is: the value of the
// member that path names, one name for each level. It reads data once up to
// there, checks no more than it needs and does not allocate unless the value
// has escapes. The value is returned as a string's text without quotation
// marks, or as another scalar's JSON text, which for an integer is its
// shortest; it may be a part of data. Peek returns false where there is no such
// value.
//
// Where a member comes twice Peek takes the first one; decoding refuses the
// text.
func Peek(data []byte, path ...string) ([]byte, bool) {
	at, ok := find(data, path)
	if !ok {
		return nil, false
	}
	switch c := data[at]; {
	case c == '"':
		s := unquote(nil, data, at+1)
		return s.text, s.fault == ""
	case c == '{' || c == '[':
		return nil, false
	case c == '-' || c-'0' <= 9:
		n, end, ok := scanNumber(data, at)
		if v, kind := n.int64(data[at:end]); ok && kind == isInteger && (n.exp != 0 || v == 0) {
			return strconv.AppendInt(nil, v, 10), true
		}
		return data[at:end], ok
	}
	end := skipToken(data, at)
	return data[at:end], end > at
}

// PeekText finds a string as Peek does, and nothing but a string.
func PeekText(data []byte, path ...string) ([]byte, bool) {
	at, ok := find(data, path)
	if !ok || data[at] != '"' {
		return nil, false
	}
	s := unquote(nil, data, at+1)
	if s.fault != "" {
		return nil, false
	}
	return s.text, true
}

// Peek finds the scalar that path names in the value that comes next, as the
// function Peek does.
func (d *Decoder) Peek(path ...string) ([]byte, bool) { return Peek(d.data[d.pos:], path...) }

// Kind is one of the kinds of JSON value.
type Kind uint8

// The kinds of JSON value. KindNone is what is no value.
const (
	KindNone Kind = iota
	KindNull
	KindBoolean
	KindNumber
	KindString
	KindArray
	KindObject
)

// KindOf tells the kind of the value that data begins with, by its first byte.
func KindOf(data []byte) Kind {
	i := skipSpace(data, 0)
	if i >= len(data) {
		return KindNone
	}
	switch c := data[i]; c {
	case '{':
		return KindObject
	case '[':
		return KindArray
	case '"':
		return KindString
	case 't', 'f':
		return KindBoolean
	case 'n':
		return KindNull
	default:
		if c == '-' || c-'0' <= 9 {
			return KindNumber
		}
	}
	return KindNone
}

// Kind tells the kind of the value that comes next, as KindOf does.
func (d *Decoder) Kind() Kind { return KindOf(d.data[d.pos:]) }

// Has reports whether data has a value at the path of member names.
func Has(data []byte, path ...string) bool {
	_, ok := find(data, path)
	return ok
}

// Has reports whether the value that comes next has a value at the path of
// member names.
func (d *Decoder) Has(path ...string) bool { return Has(d.data[d.pos:], path...) }

// NoVariant notes that the object that comes next has no value at path that
// one of the declared variants has, and skips it.
func (d *Decoder) NoVariant(path ...string) {
	switch {
	case d.space() != '{':
		d.wrongType("an object")
		return
	case d.stopped:
		return
	}
	pointer := []byte(d.pointer(d.depth))
	if !d.free() {
		for _, name := range path {
			pointer = appendStep(pointer, name)
		}
	}
	rule, message := "required", "is required"
	if _, ok := find(d.data[d.pos:], path); ok {
		rule, message = "enum", "must be one of the declared values"
	}
	d.findings.add(string(pointer), rule, message)
	d.skipValue()
}

// NotOne notes that the value that comes next is not one of the declared
// variants, or that it is several, and skips it.
func (d *Decoder) NotOne() {
	d.Fail("oneOf", "must be exactly one of the declared variants")
	d.skipValue()
}

// find returns the offset of the value at path.
func find(data []byte, path []string) (int, bool) {
	i := skipSpace(data, 0)
	for _, name := range path {
		var ok bool
		if i, ok = findMember(data, i, name); !ok {
			return 0, false
		}
	}
	return i, i < len(data)
}

// findMember returns the offset of the value of the named member of the object
// at offset i.
func findMember(data []byte, i int, name string) (int, bool) {
	if i >= len(data) || data[i] != '{' {
		return 0, false
	}
	for i = skipSpace(data, i+1); i < len(data) && data[i] == '"'; {
		key := unquote(nil, data, i+1)
		if i = skipSpace(data, key.end); key.text == nil && key.fault != "" || i >= len(data) || data[i] != ':' {
			return 0, false
		}
		i = skipSpace(data, i+1)
		if string(key.text) == name {
			return i, i < len(data)
		}
		i = skipSpace(data, passValue(data, i))
		if i >= len(data) || data[i] != ',' {
			return 0, false
		}
		i = skipSpace(data, i+1)
	}
	return 0, false
}

// passValue returns the offset after the value at offset i, by its brackets and
// quotation marks alone.
func passValue(data []byte, i int) int {
	for open := 0; i < len(data); {
		switch data[i] {
		case '"':
			i = passString(data, i+1)
		case '{', '[':
			open++
			i++
		case '}', ']':
			open--
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
			continue
		default:
			i = skipToken(data, i)
		}
		if open <= 0 {
			return i
		}
	}
	return i
}

// passString returns the offset after the string whose text starts at i.
func passString(data []byte, i int) int {
	for i = plainEnd(data, i); i < len(data); i = plainEnd(data, i) {
		switch data[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
		i++
	}
	return len(data)
}

// skipToken returns the offset after the number or word at offset i.
func skipToken(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ',', ':', '{', '}', '[', ']', '"', ' ', '\t', '\r', '\n':
			return i
		}
		i++
	}
	return i
}
