package wire

import (
	"slices"
	"strconv"
)

// array compiles what is asked of arrays.
func (c *compiler) array() {
	onArray := func(k keyword) {
		c.rule(func(j *judge, v *tree) {
			if v.kind == KindArray {
				k(j, v)
			}
		})
	}
	prefix, rest := c.list("prefixItems"), c.schema("items")
	if prefix != nil || rest != nil {
		onArray(func(j *judge, v *tree) {
			for i := range v.parts {
				switch {
				case i < len(prefix):
					j.item(i, prefix[i], &v.parts[i])
				case rest != nil:
					j.item(i, rest, &v.parts[i])
				}
			}
		})
	}
	if size := c.size("Items"); size != (Size{}) {
		onArray(func(j *judge, v *tree) {
			if n := len(v.parts); !size.holds(n) {
				j.fail(size.fault(n, "Items", "item"))
			}
		})
	}
	if t := c.t.member("uniqueItems"); t != nil && t.text == "true" {
		onArray(func(j *judge, v *tree) {
			if !uniqueItems(bytesOf(v.text), true) {
				j.fail("uniqueItems", "must not have equal items")
			}
		})
	}
	if contains := c.schema("contains"); contains != nil {
		low, high := c.count("minContains", 1), c.count("maxContains", -1)
		onArray(func(j *judge, v *tree) { j.contains(contains, v, low, high) })
	}
}

// contains counts the elements that fit. A high below 0 is no limit.
func (j *judge) contains(s *Schema, v *tree, low, high int) {
	n := 0
	for i := range v.parts {
		fits := false
		j.inside(func() { fits = j.fits(s, &v.parts[i]) })
		if fits {
			j.seen.item(i)
			n++
		}
	}
	switch {
	case n < low && low == 1:
		j.fail("contains", "must have an item of the kind that the schema asks for")
	case n < low:
		j.fail("minContains", "must have at least "+strconv.Itoa(low)+" items of the kind that the schema asks for")
	case high >= 0 && n > high:
		j.fail("maxContains", "must have at most "+count(high, "item")+" of the kind that the schema asks for")
	}
}

// object compiles what is asked of objects.
func (c *compiler) object() {
	onObject := func(k keyword) {
		c.rule(func(j *judge, v *tree) {
			if v.kind == KindObject {
				k(j, v)
			}
		})
	}
	if m := c.members(); m != nil {
		onObject(m.check)
	}
	if t := c.t.member("required"); t != nil {
		names := c.names("required", t)
		onObject(func(j *judge, v *tree) { j.required(v, names) })
	}
	if size := c.size("Properties"); size != (Size{}) {
		onObject(func(j *judge, v *tree) {
			if n := len(v.parts); !size.holds(n) {
				j.fail(size.fault(n, "Properties", "member"))
			}
		})
	}
	if names := c.schema("propertyNames"); names != nil {
		onObject(func(j *judge, v *tree) {
			for _, name := range v.names {
				fits := false
				j.inside(func() { fits = j.fits(names, &tree{kind: KindString, text: name}) })
				if !fits {
					j.fail("propertyNames", "must have no member whose name is not as the schema asks")
					return
				}
			}
		})
	}
	if t := c.t.member("dependentRequired"); t != nil {
		for i, name := range t.names {
			needs := c.names("dependentRequired", &t.parts[i])
			onObject(func(j *judge, v *tree) {
				if v.member(name) != nil {
					j.required(v, needs)
				}
			})
		}
	}
	names, schemas := c.named("dependentSchemas")
	for i, name := range names {
		onObject(func(j *judge, v *tree) {
			if v.member(name) != nil {
				j.apply(schemas[i], v)
			}
		})
	}
}

func (j *judge) required(v *tree, names []string) {
	for _, name := range names {
		if v.member(name) == nil {
			j.missing(name)
		}
	}
}

// memberRules are the schemas of members: by name, by pattern, and of all others.
type memberRules struct {
	names    []string
	schemas  []*Schema
	patterns []*Pattern
	matching []*Schema // by pattern
	others   *Schema   // nil where nothing is asked
	closed   bool      // there must be no others
}

func (c *compiler) members() *memberRules {
	m := &memberRules{}
	m.names, m.schemas = c.named("properties")
	var patterns []string
	patterns, m.matching = c.named("patternProperties")
	for _, p := range patterns {
		m.patterns = append(m.patterns, c.pattern("patternProperties", p))
	}
	m.others = c.schema("additionalProperties")
	m.closed = c.isFalse("additionalProperties")
	if m.names == nil && m.patterns == nil && m.others == nil {
		return nil
	}
	return m
}

func (m *memberRules) check(j *judge, v *tree) {
	for i, name := range v.names {
		part := &v.parts[i]
		at := slices.Index(m.names, name)
		declared := at >= 0
		if declared {
			j.member(name, declared, m.schemas[at], part)
		}
		known := declared
		for k, p := range m.patterns {
			if p.MatchString(name) {
				j.member(name, declared, m.matching[k], part)
				known = true
			}
		}
		switch {
		case known, m.others == nil:
		case m.closed:
			j.fail("additionalProperties", "must not have members that are not declared")
		default:
			j.member(name, false, m.others, part)
		}
	}
}

// isFalse reports whether a keyword has the schema of nothing.
func (c *compiler) isFalse(key string) bool {
	t := c.t.member(key)
	return t != nil && t.kind == KindBoolean && t.text == "false"
}

// unevaluated compiles what is asked of the parts that no other keyword looks at.
// What those look at is noted only here.
func (c *compiler) unevaluated() {
	items, members := c.schema("unevaluatedItems"), c.schema("unevaluatedProperties")
	if items == nil && members == nil {
		return
	}
	others, closed := &Schema{rules: c.rules}, c.isFalse("unevaluatedProperties")
	c.rules = []keyword{func(j *judge, v *tree) {
		outer := j.seen
		j.seen = newSeen()
		j.apply(others, v)
		if items != nil && v.kind == KindArray {
			j.unseenItems(items, v)
		}
		if members != nil && v.kind == KindObject {
			j.unseenMembers(members, closed, v)
		}
		outer.merge(j.seen)
		j.seen = outer
	}}
}

func (j *judge) unseenItems(s *Schema, v *tree) {
	for i := range v.parts {
		if !j.seen.items[i] {
			j.item(i, s, &v.parts[i])
		}
	}
}

func (j *judge) unseenMembers(s *Schema, closed bool, v *tree) {
	for i, name := range v.names {
		switch {
		case j.seen.members[name]:
		case closed:
			j.fail("unevaluatedProperties", "must not have members that are not declared")
		default:
			j.member(name, false, s, &v.parts[i])
		}
	}
}
