package wire

// Array opens the array that comes next. Where another value comes, it notes
// that and returns false.
func (d *Decoder) Array() bool {
	if d.space() != '[' {
		d.wrongType("an array")
		return false
	}
	d.pos++
	if !d.enter() {
		return false
	}
	d.path[d.depth] = 0 // one before the complement of index 0
	return true
}

// NextElem goes to the next element of the array that is being read. At the
// end of the array it leaves it and returns false.
func (d *Decoder) NextElem() bool {
	data := d.data
	i := skipSpace(data, d.pos)
	if i >= len(data) {
		d.unexpected(i, "a value or the end of the array")
		return false
	}
	switch {
	case data[i] == ']':
		d.pos = i + 1
		d.depth--
		d.fresh = false
		return false
	case d.fresh:
		d.fresh = false
	case data[i] == ',':
		i++
	default:
		d.unexpected(i, "a comma or the end of the array")
		return false
	}
	d.path[d.depth]--
	d.pos = i
	return true
}

// CheckItems checks the number of elements of the array that was read.
func (d *Decoder) CheckItems(n int, size Size) {
	if !size.holds(n) {
		d.Fail(size.fault(n, "Items", "item"))
	}
}

// CheckUnique checks that the elements of the array that was read from m on
// differ.
func (d *Decoder) CheckUnique(m Mark) { d.checkUnique(m, false) }

// CheckUniqueExact is CheckUnique for elements that hold a [Decimal] or any JSON:
// their numbers differ where what is written does.
func (d *Decoder) CheckUniqueExact(m Mark) { d.checkUnique(m, true) }

func (d *Decoder) checkUnique(m Mark, exact bool) {
	if !d.stopped && !uniqueItems(d.data[m.pos:d.pos], exact) {
		d.Fail("uniqueItems", "must not have equal items")
	}
}
