package wire

import (
	"fmt"
	"regexp"
)

// Schemas are JSON Schemas by name. Generated code has them for what the types
// can't say, such as not, if and then, or contains: what they hold is checked on
// the whole value, once it was read. They may be used by several goroutines at
// the same time.
type Schemas struct {
	byName map[string]*Schema
}

// Schema is a JSON Schema (2020-12) that was compiled. A $ref in it is the name of
// another one. Formats and annotations that this package does not know ask
// nothing.
type Schema struct {
	rules []keyword // those that need what the others found come last
}

// keyword checks what one keyword, or several that belong together, ask of a
// value.
type keyword func(j *judge, v *tree)

// ParseSchemas reads an object of schemas, by name.
func ParseSchemas(text string) (*Schemas, error) {
	t, ok := readTree([]byte(text))
	if !ok || t.kind != KindObject {
		return nil, fmt.Errorf("schemas: want an object of schemas by name")
	}
	s := &Schemas{byName: map[string]*Schema{}}
	for _, name := range t.names {
		s.byName[name] = &Schema{}
	}
	for i, name := range t.names {
		if err := s.compile(s.byName[name], &t.parts[i]); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
	}
	return s, nil
}

// MustSchemas is ParseSchemas for generated variables: it panics where the text
// holds anything else.
func MustSchemas(text string) *Schemas {
	s, err := ParseSchemas(text)
	if err != nil {
		panic(err)
	}
	return s
}

// Get returns the schema of a name, which panics where there is none, for
// generated variables.
func (s *Schemas) Get(name string) *Schema {
	schema := s.byName[name]
	if schema == nil {
		panic("there is no schema " + name)
	}
	return schema
}

// Check returns nil, a *SyntaxError, or a *ValidationError with what a text breaks.
func (s *Schema) Check(text []byte) error {
	var d Decoder
	d.Reset(text)
	start := d.Mark()
	d.skipValue()
	d.CheckSchema(start, s)
	return d.End()
}

// CheckSchema checks the value that was read from m on.
func (d *Decoder) CheckSchema(m Mark, s *Schema) {
	if d.stopped {
		return
	}
	free := d.free()
	s.judge(d.data[m.pos:d.pos], d.pointer(d.depth), free, d.findings.add)
	d.rereads(d.pos - m.pos)
}

// Schema checks the current value, which text is the JSON of.
func (c *Checker) Schema(text []byte, s *Schema) {
	free := false
	for _, step := range c.path[1 : c.depth+1] {
		free = free || step.index == freeStep
	}
	s.judge(text, c.pointer(), free, c.findings.add)
}

// judge checks a text at a pointer. Where free is set the pointer is that of the
// object around, and nothing is appended to it. What is no JSON was told before.
func (s *Schema) judge(text []byte, pointer string, free bool, add func(pointer, rule, message string)) {
	v, ok := readTree(text)
	if !ok {
		return
	}
	j := judge{pointer: []byte(pointer), free: free, add: add, steps: maxSteps}
	if j.apply(s, &v); j.steps < 0 {
		add(pointer, "depth", "must be simpler: it takes too long to check")
	}
}

// pattern compiles an expression.
func pattern(expr string) (*Pattern, error) {
	if _, err := regexp.Compile(expr); err != nil {
		return nil, err
	}
	return MustPattern(expr), nil
}
