package wire

import "strconv"

// Object opens the object that comes next. Where another value comes, it notes
// that and returns false.
func (d *Decoder) Object() bool {
	if d.space() != '{' {
		d.wrongType("an object")
		return false
	}
	d.pos++
	return d.enter()
}

// NextMember goes to the next member of the object that is being read, whose
// name Key then returns. At the end of the object it leaves it and returns
// false.
func (d *Decoder) NextMember() bool {
	data := d.data
	i := skipSpace(data, d.pos)
	if i < len(data) && data[i] == '}' {
		d.pos = i + 1
		d.depth--
		d.fresh = false
		return false
	}
	if !d.fresh {
		if i >= len(data) || data[i] != ',' {
			d.unexpected(i, "a comma or the end of the object")
			return false
		}
		i = skipSpace(data, i+1)
	}
	d.fresh = false
	if i >= len(data) || data[i] != '"' {
		d.unexpected(i, "a member name")
		return false
	}
	end := plainEnd(data, i+1)
	if end < len(data) && data[end] == '"' {
		d.key = data[i+1 : end]
		end++
	} else {
		d.path[d.depth] = freeStep
		if d.key, end = d.quoted(i); d.stopped {
			return false
		}
	}
	d.path[d.depth] = int32(i)
	end = skipSpace(data, end)
	if end >= len(data) || data[end] != ':' {
		d.unexpected(end, "a colon")
		return false
	}
	d.pos = end + 1
	return true
}

// Key returns the name of the member that is being read, without escapes. It
// is valid until the next call of a method of d.
func (d *Decoder) Key() []byte { return d.key }

// FreeKey returns a copy of the name of a member that no schema declares.
// Pointers to what is found in its value end at the object.
func (d *Decoder) FreeKey() string {
	d.path[d.depth] = freeStep
	return string(d.key)
}

// Unknown skips the value of a member that no schema declares, checking that
// it is JSON.
func (d *Decoder) Unknown() {
	d.path[d.depth] = freeStep
	d.skipValue()
}

// Refuse notes that the object must not have the member that is being read,
// and skips it.
func (d *Decoder) Refuse() {
	d.path[d.depth] = freeStep
	d.Fail("additionalProperties", "must not have members that are not declared")
	d.skipValue()
}

// Duplicate notes that the member that is being read came before.
func (d *Decoder) Duplicate() { d.Fail("duplicate", "must not come twice") }

// CheckProperties checks the number of members of the object that was read.
func (d *Decoder) CheckProperties(n int, size Size) {
	if !size.holds(n) {
		d.Fail(size.fault(n, "Properties", "member"))
	}
}

// Seen says which of 64 declared members of an object have been met.
type Seen uint64

// Mark notes that member n of the object, from 0, has been met, and a finding
// where it was met before.
func (s *Seen) Mark(d *Decoder, n int) {
	bit := Seen(1) << n
	if *s&bit != 0 {
		d.Duplicate()
	}
	*s |= bit
}

// All reports whether the first n members have been met.
func (s Seen) All(n int) bool {
	all := Seen(1)<<n - 1
	return s&all == all
}

// Missing notes each of the first members of the object just read that has not
// been met.
func (d *Decoder) Missing(seen Seen, names ...string) {
	if d.stopped {
		return
	}
	for i, name := range names {
		if seen&(1<<i) == 0 {
			pointer, message := d.pointer(d.depth), "is required"
			if d.free() {
				message = "member " + strconv.Quote(name) + " is required"
			} else {
				pointer = string(appendStep([]byte(pointer), name))
			}
			d.findings.add(pointer, "required", message)
		}
	}
}

// free reports whether the current value is in a member that no schema
// declares.
func (d *Decoder) free() bool {
	for _, step := range d.path[1 : d.depth+1] {
		if step == freeStep {
			return true
		}
	}
	return false
}
