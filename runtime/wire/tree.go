package wire

// tree is a JSON value that was read whole, for the rules that are about more
// than one place of it. It may hold parts of the text that it was read from.
type tree struct {
	kind  Kind
	text  string   // of a string; of an array, a number, true and false as it is written
	names []string // of the members of an object
	parts []tree   // the values of the members, or the elements
}

// readTree reads a text. It returns false where that is no JSON.
func readTree(text []byte) (tree, bool) {
	var d Decoder
	d.Reset(text)
	t := d.tree()
	d.space()
	return t, !d.stopped && d.pos == len(d.data)
}

// tree reads the next value.
func (d *Decoder) tree() tree {
	t := tree{kind: d.Kind()}
	switch t.kind {
	case KindObject:
		for ok := d.Object(); ok && d.NextMember(); {
			name := string(d.key)
			t.names = append(t.names, name)
			t.parts = append(t.parts, d.tree())
		}
	case KindArray:
		d.space()
		start := d.pos
		for ok := d.Array(); ok && d.NextElem(); {
			t.parts = append(t.parts, d.tree())
		}
		t.text = view(d.data[start:d.pos])
	case KindString:
		text, _ := d.Text()
		t.text = string(text)
	default:
		d.space()
		start := d.pos
		d.skipValue()
		if !d.stopped {
			t.text = string(d.data[start:d.pos])
		}
	}
	return t
}

// member returns the value of a member, nil where there is none. Of members that
// come twice it is the last one.
func (t *tree) member(name string) *tree {
	for i := len(t.names) - 1; i >= 0; i-- {
		if t.names[i] == name {
			return &t.parts[i]
		}
	}
	return nil
}

// equal reports whether two values are the same: numbers by their value, members
// in any order.
func (t *tree) equal(u *tree) bool {
	switch {
	case t.kind != u.kind, len(t.parts) != len(u.parts):
		return false
	case t.kind == KindNumber:
		return t.text == u.text || exactOf(t.text).compare(exactOf(u.text)) == 0
	case t.kind == KindObject:
		for i, name := range t.names {
			if v := u.member(name); v == nil || !t.parts[i].equal(v) {
				return false
			}
		}
		return true
	case t.kind == KindArray:
		for i := range t.parts {
			if !t.parts[i].equal(&u.parts[i]) {
				return false
			}
		}
		return true
	}
	return t.text == u.text
}

// isInteger reports whether t is a number without a fraction, however written.
func (t *tree) isInteger() bool { return t.kind == KindNumber && exactOf(t.text).isInteger() }
