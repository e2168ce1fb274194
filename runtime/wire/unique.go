package wire

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// uniqueItems reports whether the elements of a JSON array differ as JSON
// values: members in any order, numbers by the int64 or float64 that they become
// or, where exact is set, by what is written. Of what is not an array it reports
// true.
func uniqueItems(array []byte, exact bool) bool {
	var d Decoder
	d.Reset(array)
	if d.space() != '[' || !d.Array() {
		return true
	}
	seen := map[string]struct{}{}
	n := 0
	for d.NextElem() {
		n++
		seen[string(d.canonical(nil, exact))] = struct{}{}
	}
	return d.stopped || len(seen) == n
}

// canonical reads the next value and appends a text of it that is the same for
// equal values only.
func (d *Decoder) canonical(dst []byte, exact bool) []byte {
	switch d.space() {
	case '{':
		return d.canonicalObject(dst, exact)
	case '[':
		d.Array()
		dst = append(dst, '[')
		for d.NextElem() {
			dst = append(d.canonical(dst, exact), ',')
		}
		return append(dst, ']')
	case '"':
		text, _ := d.Text()
		return AppendString(dst, view(text))
	case 't', 'f', 'n':
		start := d.pos
		d.skipValue()
		return append(dst, d.data[start:d.pos]...)
	}
	n, text, ok := d.number("a number")
	if !ok {
		return dst
	}
	if v, kind := n.int64(text); kind == isInteger {
		return AppendInt64(dst, v)
	}
	if exact {
		v := exactOf(string(text))
		return AppendInt64(append(append(strconv.AppendBool(dst, v.neg), v.digits...), 'e'), int64(v.exp))
	}
	v, _ := n.float64(text)
	return AppendFloat64(dst, v)
}

// canonicalObject sorts the members by name.
func (d *Decoder) canonicalObject(dst []byte, exact bool) []byte {
	type member struct {
		name  string
		value []byte
	}
	var members []member
	for d.Object(); d.NextMember(); {
		name := string(d.key)
		members = append(members, member{name, d.canonical(nil, exact)})
	}
	slices.SortFunc(members, func(a, b member) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return bytes.Compare(a.value, b.value)
	})
	dst = append(dst, '{')
	for _, m := range members {
		dst = append(AppendString(dst, m.name), ':')
		dst = append(append(dst, m.value...), ',')
	}
	return append(dst, '}')
}
