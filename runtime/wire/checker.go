package wire

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Checker applies the rules that a [Decoder] applies to a text to a value that
// was built in Go. Generated code walks the value and says where it is: Open
// and Close around an object or array, Member or Elem before each part. The
// zero Checker is ready for use.
type Checker struct {
	depth    int
	path     [MaxDepth + 1]step
	findings findings
}

// step is a part of a pointer: a declared name, or else an index or freeStep.
type step struct {
	name  string
	index int
}

// Err returns nil or a *ValidationError.
func (c *Checker) Err() error { return c.findings.err() }

// Open goes one level down. It returns false where that is deeper than
// MaxDepth, which it notes.
func (c *Checker) Open() bool {
	if c.depth == MaxDepth {
		c.Fail("depth", "must not be nested deeper than "+strconv.Itoa(MaxDepth)+" levels")
		return false
	}
	c.depth++
	c.path[c.depth] = step{index: freeStep}
	return true
}

// Close goes one level up.
func (c *Checker) Close() { c.depth-- }

// Nest checks that an array or object may stand here, of whose parts nothing is
// asked.
func (c *Checker) Nest() {
	if c.Open() {
		c.Close()
	}
}

// Member says that the named member of the open object comes next.
func (c *Checker) Member(name string) { c.path[c.depth] = step{name: name, index: -1} }

// Elem says that element i of the open array comes next.
func (c *Checker) Elem(i int) { c.path[c.depth] = step{index: i} }

// FreeKey says that a member comes next whose name no schema declares, and
// checks the name.
func (c *Checker) FreeKey(name string) {
	c.path[c.depth] = step{index: freeStep}
	c.String(name, nil)
}

// Fail notes a finding about the current value.
func (c *Checker) Fail(rule, message string) {
	if len(c.findings.list) < MaxFindings {
		c.findings.add(c.pointer(), rule, message)
	}
}

// Missing notes that the current value is required and is not there.
func (c *Checker) Missing() { c.Fail("required", "is required") }

// NotInEnum notes that the current value is not one of those that the schema
// lists.
func (c *Checker) NotInEnum() { c.Fail("enum", "must be one of the declared values") }

// Const notes that the current value is not its constant, unless ok.
func (c *Checker) Const(ok bool) {
	if !ok {
		c.Fail("const", "must be the declared constant")
	}
}

// String checks a string by rule, which may be nil.
func (c *Checker) String(s string, rule *Text) {
	if !utf8.ValidString(s) {
		c.Fail("utf8", "must be valid UTF-8")
		return
	}
	if rule != nil && !rule.holds(s) {
		rule.faults(s, c.Fail)
	}
}

// Int64 checks an integer by rule.
func (c *Checker) Int64(v int64, rule *Integer) {
	if !rule.holds(v) {
		rule.faults(v, c.Fail)
	}
}

// Float64 checks a number by rule, which may be nil.
func (c *Checker) Float64(v float64, rule *Number) {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		c.Fail("finite", "must be a finite number")
	case rule != nil && !rule.holds(v):
		rule.faults(v, c.Fail)
	}
}

// Float32 checks a number by rule, which may be nil.
func (c *Checker) Float32(v float32, rule *Number) {
	if wide := float64(v); math.IsNaN(wide) || math.IsInf(wide, 0) {
		c.Float64(wide, nil)
		return
	}
	c.Float64(widen(v), rule)
}

// Time checks that t can be written: its year is from 0 to 9999 in UTC.
func (c *Checker) Time(t time.Time) {
	if !writable(t) {
		c.Fail("format", "must be a time from the year 0 to 9999")
	}
}

// Raw checks that raw is JSON, or empty, which stands for null.
func (c *Checker) Raw(raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	var d Decoder
	d.Reset(raw)
	d.depth = c.depth
	d.skipValue()
	if d.End() != nil {
		c.Fail("type", "must be valid JSON")
	}
}

// Items checks the number of elements of the current array.
func (c *Checker) Items(n int, size Size) {
	if !size.holds(n) {
		c.Fail(size.fault(n, "Items", "item"))
	}
}

// Properties checks the number of members of the current object.
func (c *Checker) Properties(n int, size Size) {
	if !size.holds(n) {
		c.Fail(size.fault(n, "Properties", "member"))
	}
}

// Unique checks that the elements of an encoded array differ.
func (c *Checker) Unique(array []byte) { c.unique(array, false) }

// UniqueExact is Unique for elements that hold a [Decimal] or any JSON.
func (c *Checker) UniqueExact(array []byte) { c.unique(array, true) }

func (c *Checker) unique(array []byte, exact bool) {
	if !uniqueItems(array, exact) {
		c.Fail("uniqueItems", "must not have equal items")
	}
}

// Alone checks that text, which is the current value, is exactly one of the
// variants of a choice that decode tries. It looks only where nothing was found
// before, since a value that breaks its own rules fits nothing.
func (c *Checker) Alone(text []byte, decode func(*Decoder)) {
	if len(c.findings.list) > 0 {
		return
	}
	var d Decoder
	d.Reset(text)
	decode(&d)
	if d.Err() != nil {
		c.Fail("oneOf", "must be exactly one of the declared variants")
	}
}

// Told checks that text, which is the current value, is read as the variant of a
// choice that it is. It looks only where nothing was found before.
func (c *Checker) Told(text []byte, same func(*Decoder) bool) {
	if len(c.findings.list) > 0 {
		return
	}
	var d Decoder
	d.Reset(text)
	if !same(&d) {
		c.Fail("discriminator", "must hold the value that stands for its type")
	}
}

// pointer returns the RFC 6901 pointer to the current value.
func (c *Checker) pointer() string {
	var p []byte
	for _, step := range c.path[1 : c.depth+1] {
		switch {
		case step.index == freeStep:
			return string(p)
		case step.index >= 0:
			p = strconv.AppendInt(append(p, '/'), int64(step.index), 10)
		default:
			p = appendStep(p, step.name)
		}
	}
	return string(p)
}
