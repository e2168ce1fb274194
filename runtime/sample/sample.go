package sample

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Values makes n values of a type. The error says why none can be made, such as
// a pattern that no text of the asked length matches.
func (t *Types) Values(name string, n int, seed uint64) ([][]byte, error) {
	s := t.byName[name]
	if s == nil {
		return nil, fmt.Errorf("there is no type %q", name)
	}
	out := make([][]byte, 0, n)
	var last error
	for i := range n {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, uint64(i))), types: t}
		text, err := m.value(s)
		if err != nil {
			last = err
			continue
		}
		out = append(out, []byte(text))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no value of type %s can be made: %w", name, last)
	}
	return out, nil
}

// maker makes one value.
type maker struct {
	*rand.Rand
	types *Types
	depth int
	// fixed are values that members must have, by their pointer below the value
	// that is being made.
	fixed map[string][]json.RawMessage
}

const (
	plainDepth = 5  // deeper values have no optional members
	maxDepth   = 40 // a deeper value does not end
)

var errEndless = errors.New("the type holds itself without an end")

func (m *maker) value(s *schema) (string, error) {
	m.depth++
	defer func() { m.depth-- }()
	switch {
	case m.depth > maxDepth:
		return "", errEndless
	case s == nil:
		return m.anything(), nil
	}
	fixed, err := m.take(s)
	if err != nil {
		return "", err
	}
	own, isFixed := fixed[""]
	switch {
	case s.never:
		return "", errors.New("no value is admitted")
	case s.check != nil:
		return m.checked(s, fixed)
	case s.Ref != "":
		m.fixed = fixed
		return m.value(m.types.byName[s.Ref])
	case len(s.OneOf) > 0:
		m.fixed = fixed
		return m.choice(s.OneOf)
	case isFixed:
		return m.oneOfBoth(own, s)
	case len(s.Enum) > 0:
		return string(s.Enum[m.IntN(len(s.Enum))]), nil
	case len(s.Type) == 0:
		return m.anything(), nil
	}
	return m.ofType(s, s.Type[m.IntN(len(s.Type))], fixed)
}

var errContradiction = errors.New("the type does not have the values that tell it")

// oneOfBoth chooses one of the values that the type has too.
func (m *maker) oneOfBoth(values []json.RawMessage, s *schema) (string, error) {
	if len(s.Enum) > 0 {
		values = both(values, s.Enum)
	}
	if len(values) == 0 || slices.Equal(s.Type, kinds{"null"}) {
		return "", errContradiction
	}
	return string(values[m.IntN(len(values))]), nil
}

// both gives the values of a that b has too.
func both(a, b []json.RawMessage) []json.RawMessage {
	return slices.DeleteFunc(slices.Clone(a), func(v json.RawMessage) bool {
		return !slices.ContainsFunc(b, func(w json.RawMessage) bool { return string(v) == string(w) })
	})
}

// take gives the values that members of the next value must have: those that were
// asked for, and those of the schema itself.
func (m *maker) take(s *schema) (map[string][]json.RawMessage, error) {
	fixed := m.fixed
	m.fixed = nil
	if len(s.Values) == 0 {
		return fixed, nil
	}
	all := maps.Clone(s.Values)
	for pointer, values := range fixed {
		if own, ok := all[pointer]; ok {
			if values = both(values, own); len(values) == 0 {
				return nil, errContradiction
			}
		}
		all[pointer] = values
	}
	return all, nil
}

// choice makes a value of one of the choices, of the others where that can't be.
func (m *maker) choice(choices []*schema) (text string, err error) {
	fixed := m.fixed
	for _, i := range m.Perm(len(choices)) {
		m.fixed = fixed
		if text, err = m.value(choices[i]); err == nil {
			return text, nil
		}
	}
	return "", err
}

func (m *maker) ofType(s *schema, kind string, fixed map[string][]json.RawMessage) (string, error) {
	switch kind {
	case "null":
		return "null", nil
	case "boolean":
		return strconv.FormatBool(m.IntN(2) == 0), nil
	case "integer":
		return m.number(s, true)
	case "number":
		return m.number(s, false)
	case "string":
		return m.text(s)
	case "array":
		return m.array(s)
	case "object":
		return m.object(s, fixed)
	}
	return "", fmt.Errorf("there is no JSON type %q", kind)
}

// anything is any value at all.
func (m *maker) anything() string {
	all := []string{`true`, `false`, `0`, `-1`, `1.5`, `"a"`, `"é😀"`, `[]`, `[1,"b",null]`, `{}`, `{"a":1}`, `[[],{"b":"c"}]`}
	return all[m.IntN(len(all))]
}

func (m *maker) array(s *schema) (string, error) {
	low := s.MinItems
	high := low + 3
	if s.PrefixItems != nil {
		high = max(low, len(s.PrefixItems))
		if s.Items != nil {
			high++
		}
	}
	if s.MaxItems != nil {
		high = min(high, *s.MaxItems)
	}
	n := low
	if m.depth <= plainDepth && high > low {
		n += m.IntN(high - low + 1)
	}
	var items []string
	for len(items) < n {
		elem := s.Items
		if len(items) < len(s.PrefixItems) {
			elem = s.PrefixItems[len(items)]
		}
		item, err := m.item(elem, s.Unique, items)
		if err != nil && len(items) >= low {
			break
		}
		if err != nil {
			return "", err
		}
		items = append(items, item)
	}
	return m.containing(s, items)
}

const tries = 50

// item makes an item, which where unique is set is none of those before.
func (m *maker) item(elem *schema, unique bool, before []string) (string, error) {
	for range tries {
		item, err := m.value(elem)
		if err != nil || !unique || !slices.Contains(before, item) {
			return item, err
		}
	}
	return "", errors.New("there are not enough different items")
}

func (m *maker) object(s *schema, fixed map[string][]json.RawMessage) (string, error) {
	var members []string
	names := slices.Sorted(maps.Keys(s.Properties))
	m.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	missing := s.MinProperties - len(s.Required)
	for _, name := range names {
		inner := below(fixed, name)
		required := slices.Contains(s.Required, name) || len(inner) > 0
		if !required && missing <= 0 && (m.depth > plainDepth || m.IntN(2) == 0) {
			continue
		}
		if s.MaxProperties != nil && !required && len(members) >= *s.MaxProperties-len(s.Required) {
			continue
		}
		m.fixed = inner
		text, err := m.value(s.Properties[name])
		m.fixed = nil
		if err != nil && !required {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		if !required {
			missing--
		}
		members = append(members, string(quote(name))+":"+text)
	}
	more, err := m.additional(s, len(members))
	return "{" + strings.Join(append(members, more...), ",") + "}", err
}

// below gives the fixed values of a member.
func below(fixed map[string][]json.RawMessage, name string) map[string][]json.RawMessage {
	var out map[string][]json.RawMessage
	for pointer, values := range fixed {
		names := tokens(pointer)
		if len(names) == 0 || names[0] != name {
			continue
		}
		if out == nil {
			out = map[string][]json.RawMessage{}
		}
		rest := ""
		for _, n := range names[1:] {
			rest += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(n)
		}
		out[rest] = values
	}
	return out
}

// additional makes members that are not declared by name, where the type keeps
// such.
func (m *maker) additional(s *schema, n int) ([]string, error) {
	count := max(0, s.MinProperties-n)
	if m.depth <= plainDepth {
		count += m.IntN(3)
	}
	if s.MaxProperties != nil {
		count = min(count, *s.MaxProperties-n)
	}
	var members []string
	for i := 0; i < count; i++ {
		name, value, ok := m.freeMember(s, i)
		if !ok {
			break
		}
		text, err := m.value(value)
		if err != nil {
			if n+len(members) >= s.MinProperties {
				break
			}
			return nil, err
		}
		members = append(members, string(quote(name))+":"+text)
	}
	if n+len(members) < s.MinProperties {
		return nil, errors.New("the object has not enough members")
	}
	return members, nil
}

// freeMember gives the name and the schema of a member that is not declared by
// name. Each i gives a name of its own.
func (m *maker) freeMember(s *schema, i int) (name string, value *schema, ok bool) {
	patterns := slices.Sorted(maps.Keys(s.PatternProperties))
	if len(patterns) > 0 && (s.AdditionalProperties == nil || m.IntN(2) == 0) {
		pattern := patterns[i%len(patterns)]
		name, err := m.matching(pattern, 0, nil)
		if err != nil || s.Properties[name] != nil || i >= len(patterns) {
			return "", nil, false
		}
		return name, s.PatternProperties[pattern], true
	}
	if s.AdditionalProperties == nil {
		return "", nil, false
	}
	name = "k" + strconv.Itoa(i)
	if p := s.PropertyNames; p != nil {
		text, err := m.value(p)
		if err != nil || i > 0 || json.Unmarshal([]byte(text), &name) != nil {
			return "", nil, false
		}
	}
	if s.Properties[name] != nil {
		name += "_"
	}
	return name, s.AdditionalProperties, true
}

// Messages is Values for a type that tells which message it is by some of its
// members. values is the JSON text of an object: by pointer, the list of values
// that the member may have. Empty for none.
func (t *Types) Messages(name, values string, n int, seed uint64) ([][]byte, error) {
	s := &schema{Ref: name}
	if values != "" {
		if err := json.Unmarshal([]byte(values), &s.Values); err != nil {
			return nil, fmt.Errorf("values of %s: %w", name, err)
		}
	}
	if t.byName[name] == nil {
		return nil, fmt.Errorf("there is no type %q", name)
	}
	one := &Types{byName: maps.Clone(t.byName)}
	one.byName[""] = s
	return one.Values("", n, seed)
}
