package wire

// judge applies schemas to a value and to what is inside it.
type judge struct {
	pointer []byte // to the current value
	free    bool   // the pointer ends at an object above
	add     func(pointer, rule, message string)
	// silent says that only the verdict counts: findings are not added.
	silent bool
	failed bool
	// seen is what schemas have looked at in the current value; nil where nobody
	// asks.
	seen  *seen
	steps int // how much work may be done yet; below 0 there is no verdict
	depth int // of schemas applied to the same value and inside it
}

const (
	// maxSteps bounds the work for one value: schemas that hold themselves in
	// several places could multiply without an end. To apply a schema is a step, and
	// one more for each so many bytes that its rules may have to look at.
	maxSteps  = 1 << 18
	stepBytes = 64
	// maxNested bounds how deep schemas are applied: one may lead to itself
	// without a step down in the value.
	maxNested = 1 << 10
)

// seen is what was evaluated of a value, for unevaluatedItems and
// unevaluatedProperties.
type seen struct {
	members map[string]bool
	items   map[int]bool
}

func (s *seen) member(name string) {
	if s != nil {
		s.members[name] = true
	}
}

func (s *seen) item(i int) {
	if s != nil {
		s.items[i] = true
	}
}

func newSeen() *seen { return &seen{members: map[string]bool{}, items: map[int]bool{}} }

// merge adds what t has.
func (s *seen) merge(t *seen) {
	if s == nil || t == nil {
		return
	}
	for name := range t.members {
		s.members[name] = true
	}
	for i := range t.items {
		s.items[i] = true
	}
}

// apply checks v by s. A nil schema asks nothing.
func (j *judge) apply(s *Schema, v *tree) {
	if s == nil || j.silent && j.failed {
		return
	}
	if j.steps -= 1 + len(v.text)/stepBytes; j.steps < 0 || j.depth > maxNested {
		j.steps, j.failed = -1, true
		return
	}
	j.depth++
	for _, rule := range s.rules {
		rule(j, v)
	}
	j.depth--
}

// fits reports whether v is valid by s, without findings. What s looks at counts
// as seen only then.
func (j *judge) fits(s *Schema, v *tree) bool {
	outer := *j
	j.silent, j.failed = true, false
	if outer.seen != nil {
		j.seen = newSeen()
	}
	j.apply(s, v)
	ok := !j.failed
	if ok {
		outer.seen.merge(j.seen)
	}
	outer.steps = j.steps
	*j = outer
	return ok
}

// member checks the value of a member by s. A declared name becomes a part of the
// pointer.
func (j *judge) member(name string, declared bool, s *Schema, v *tree) {
	j.seen.member(name)
	j.inside(func() {
		switch {
		case j.free || j.silent:
		case declared:
			j.pointer = appendStep(j.pointer, name)
		default:
			j.free = true
		}
		j.apply(s, v)
	})
}

// item checks an element by s.
func (j *judge) item(i int, s *Schema, v *tree) {
	j.seen.item(i)
	j.inside(func() {
		if !j.free && !j.silent {
			j.pointer = AppendInt64(append(j.pointer, '/'), int64(i))
		}
		j.apply(s, v)
	})
}

// inside calls f for a value inside the current one, and comes back.
func (j *judge) inside(f func()) {
	length, free, outer := len(j.pointer), j.free, j.seen
	j.seen = nil
	f()
	j.pointer, j.free, j.seen = j.pointer[:length], free, outer
}

// fail notes a finding about the current value.
func (j *judge) fail(rule, message string) {
	j.failed = true
	if !j.silent {
		j.add(string(j.pointer), rule, message)
	}
}

// missing notes that the current object has no member of a name.
func (j *judge) missing(name string) {
	j.failed = true
	switch {
	case j.silent:
	case j.free:
		j.add(string(j.pointer), "required", "member "+quoted(name)+" is required")
	default:
		j.add(string(appendStep(j.pointer[:len(j.pointer):len(j.pointer)], name)), "required", "is required")
	}
}

func quoted(s string) string { return string(AppendString(nil, s)) }
