package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// compile reads a schema into s.
func (s *Schemas) compile(into *Schema, t *tree) (err error) {
	switch {
	case t.kind == KindBoolean:
		if t.text == "false" {
			into.rules = append(into.rules, func(j *judge, _ *tree) { j.fail("false", "must not be there") })
		}
		return nil
	case t.kind != KindObject:
		return fmt.Errorf("want an object or a boolean")
	}
	c := compiler{Schemas: s, t: t}
	c.general()
	c.scalar()
	c.choices()
	c.array()
	c.object()
	c.unevaluated()
	into.rules = c.rules
	return c.err
}

// compiler compiles the keywords of one schema.
type compiler struct {
	*Schemas
	t     *tree
	rules []keyword
	err   error // the first one
}

func (c *compiler) rule(k keyword) { c.rules = append(c.rules, k) }

func (c *compiler) wrong(key, want string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: want %s", key, want)
	}
}

// schema compiles the value of a keyword; nil where it is absent.
func (c *compiler) schema(key string) *Schema {
	t := c.t.member(key)
	if t == nil {
		return nil
	}
	return c.part(key, t)
}

func (c *compiler) part(key string, t *tree) *Schema {
	out := &Schema{}
	if err := c.compile(out, t); err != nil && c.err == nil {
		c.err = fmt.Errorf("%s: %w", key, err)
	}
	return out
}

// list compiles a list of schemas.
func (c *compiler) list(key string) []*Schema {
	t := c.t.member(key)
	if t == nil {
		return nil
	}
	var out []*Schema
	for i := range t.parts {
		out = append(out, c.part(key, &t.parts[i]))
	}
	if t.kind != KindArray {
		c.wrong(key, "a list of schemas")
	}
	return out
}

// named compiles schemas by name, in the order of the text.
func (c *compiler) named(key string) (names []string, schemas []*Schema) {
	t := c.t.member(key)
	if t == nil {
		return nil, nil
	}
	if t.kind != KindObject {
		c.wrong(key, "schemas by name")
	}
	for i := range t.parts {
		schemas = append(schemas, c.part(key, &t.parts[i]))
	}
	return t.names, schemas
}

// names reads a list of strings.
func (c *compiler) names(key string, t *tree) []string {
	var out []string
	for _, part := range t.parts {
		if part.kind != KindString {
			c.wrong(key, "a list of names")
		}
		out = append(out, part.text)
	}
	return out
}

// number reads the value of a keyword; ok is false where it is absent.
func (c *compiler) number(key string) (v exact, text string, ok bool) {
	t := c.t.member(key)
	if t == nil {
		return v, "", false
	}
	if t.kind != KindNumber {
		c.wrong(key, "a number")
	}
	return exactOf(t.text), t.text, true
}

// count reads the value of a keyword that counts.
func (c *compiler) count(key string, absent int) int {
	v, _, ok := c.number(key)
	if !ok {
		return absent
	}
	if v.sign() < 0 || !v.isInteger() || len(v.digits)+v.exp > 10 {
		c.wrong(key, "a whole number")
		return absent
	}
	n, _ := strconv.Atoi("0" + v.digits + strings.Repeat("0", v.exp)) // 2.0 is whole too
	return n
}

// size reads two keywords that count, such as minItems and maxItems.
func (c *compiler) size(what string) Size {
	size := Size{Min: c.count("min"+what, 0)}
	if c.t.member("max"+what) != nil {
		if size.Max = c.count("max"+what, 0); size.Max == 0 {
			size.Max = -1 // none is admitted
		}
	}
	return size
}

// general compiles $ref, type, enum and const.
func (c *compiler) general() {
	if ref := c.t.member("$ref"); ref != nil {
		target := c.byName[ref.text]
		if target == nil {
			c.wrong("$ref", "the name of a schema, and there is none called "+ref.text)
		}
		c.rule(func(j *judge, v *tree) { j.apply(target, v) })
	}
	if t := c.t.member("type"); t != nil {
		names := c.names("type", t)
		if t.kind == KindString {
			names = []string{t.text}
		}
		if slices.ContainsFunc(names, func(name string) bool { return name != "integer" && kindNamed(name) == KindNone }) {
			c.wrong("type", "the name of a type")
		}
		message := "must be " + articles(names)
		c.rule(func(j *judge, v *tree) {
			if !slices.ContainsFunc(names, v.is) {
				j.fail("type", message)
			}
		})
	}
	if t := c.t.member("enum"); t != nil {
		c.rule(func(j *judge, v *tree) {
			if !slices.ContainsFunc(t.parts, func(u tree) bool { return u.equal(v) }) {
				j.fail("enum", "must be one of the declared values")
			}
		})
	}
	if t := c.t.member("const"); t != nil {
		c.rule(func(j *judge, v *tree) {
			if !t.equal(v) {
				j.fail("const", "must be the declared constant")
			}
		})
	}
}

// is reports whether t is of a type of JSON Schema.
func (t *tree) is(name string) bool {
	if name == "integer" {
		return t.isInteger()
	}
	return t.kind == kindNamed(name)
}

// kindNamed gives the kind of a type of JSON Schema, KindNone for integer and for
// what is no type.
func kindNamed(name string) Kind {
	switch name {
	case "null":
		return KindNull
	case "boolean":
		return KindBoolean
	case "number":
		return KindNumber
	case "string":
		return KindString
	case "array":
		return KindArray
	case "object":
		return KindObject
	}
	return KindNone
}

// articles joins types: a string or null.
func articles(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		switch name {
		case "null":
			out[i] = name
		case "integer", "array", "object":
			out[i] = "an " + name
		default:
			out[i] = "a " + name
		}
	}
	return strings.Join(out, " or ")
}

// scalar compiles what is asked of numbers and strings.
func (c *compiler) scalar() {
	c.bound("minimum", "must be at least ", func(order int) bool { return order >= 0 })
	c.bound("exclusiveMinimum", "must be greater than ", func(order int) bool { return order > 0 })
	c.bound("maximum", "must be at most ", func(order int) bool { return order <= 0 })
	c.bound("exclusiveMaximum", "must be less than ", func(order int) bool { return order < 0 })
	if of, text, ok := c.number("multipleOf"); ok {
		if of.sign() <= 0 {
			c.wrong("multipleOf", "a number above 0")
		}
		c.rule(func(j *judge, v *tree) {
			if v.kind == KindNumber && !exactOf(v.text).isMultiple(of) {
				j.fail("multipleOf", "must be a multiple of "+text)
			}
		})
	}
	size := c.size("Length")
	rule := &Text{MinLength: size.Min, MaxLength: size.Max}
	if t := c.t.member("pattern"); t != nil {
		rule.Pattern = c.pattern("pattern", t.text)
	}
	if t := c.t.member("format"); t != nil {
		rule.Format = formatOf(t.text)
	}
	if *rule != (Text{}) {
		c.rule(func(j *judge, v *tree) {
			if v.kind == KindString && !rule.holds(v.text) {
				rule.faults(v.text, j.fail)
			}
		})
	}
}

func (c *compiler) bound(key, message string, holds func(order int) bool) {
	limit, text, ok := c.number(key)
	if !ok {
		return
	}
	c.rule(func(j *judge, v *tree) {
		if v.kind == KindNumber && !holds(exactOf(v.text).compare(limit)) {
			j.fail(key, message+text)
		}
	})
}

func (c *compiler) pattern(key, expr string) *Pattern {
	p, err := pattern(expr)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("%s: %w", key, err)
	}
	return p
}

// formatOf gives the format of a name, the zero Format for one that is not checked.
func formatOf(name string) Format {
	if name == "byte" {
		return FormatByte
	}
	for f := FormatDate; f <= FormatRegex; f++ {
		if f.String() == name {
			return f
		}
	}
	return 0
}

// choices compiles the keywords that apply schemas to the value itself.
func (c *compiler) choices() {
	for _, s := range c.list("allOf") {
		c.rule(func(j *judge, v *tree) { j.apply(s, v) })
	}
	if any := c.list("anyOf"); any != nil {
		c.rule(func(j *judge, v *tree) {
			// One that fits is enough, unless somebody asks what all of them look at.
			if n := j.fitting(any, v, j.seen == nil); n == 0 {
				j.fail("anyOf", "must be one of the declared variants")
			}
		})
	}
	if one := c.list("oneOf"); one != nil {
		c.rule(func(j *judge, v *tree) {
			if n := j.fitting(one, v, false); n != 1 {
				j.fail("oneOf", "must be exactly one of the declared variants")
			}
		})
	}
	if not := c.schema("not"); not != nil {
		c.rule(func(j *judge, v *tree) {
			outer := j.seen
			j.seen = nil
			if j.fits(not, v) {
				j.fail("not", "must not be what the schema excludes")
			}
			j.seen = outer
		})
	}
	if condition := c.schema("if"); condition != nil {
		then, other := c.schema("then"), c.schema("else")
		c.rule(func(j *judge, v *tree) {
			if j.fits(condition, v) {
				j.apply(then, v)
			} else {
				j.apply(other, v)
			}
		})
	}
}

// fitting counts the schemas that v fits, or stops at the first one.
func (j *judge) fitting(schemas []*Schema, v *tree, first bool) int {
	n := 0
	for _, s := range schemas {
		if j.fits(s, v) {
			if n++; first {
				break
			}
		}
	}
	return n
}
