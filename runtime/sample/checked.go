package sample

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// checks is how many values are made until one passes its check.
const checks = 100

// checked makes a value of a schema that asks more than what values are made by:
// values are made until one passes. Each is made by some of the schemas that are
// asked besides, so that most pass soon.
func (m *maker) checked(s *schema, fixed map[string][]json.RawMessage) (string, error) {
	always, sometimes := m.asked(s)
	last := errors.New("no value was found that passes not, if, contains and the like")
	for i := range checks {
		made := *s
		made.check, made.AllOf = nil, nil
		if i%4 > 0 {
			for _, a := range always {
				made.narrow(m.types, a)
			}
		}
		for _, a := range sometimes {
			if i > 0 && m.IntN(2) == 0 {
				made.narrow(m.types, a)
			}
		}
		m.fixed = fixed
		text, err := m.value(&made)
		switch {
		case errors.Is(err, errEndless), errors.Is(err, errContradiction):
			return "", err
		case err != nil:
			last = err
		case s.check.Check([]byte(text)) == nil:
			return text, nil
		}
	}
	return "", last
}

// asked gives the schemas that are asked besides s of the value itself: those that
// always are, and those that sometimes are, such as by then.
func (m *maker) asked(s *schema) (always, sometimes []*schema) {
	seen := map[*schema]bool{}
	var visit func(list []*schema, must bool)
	visit = func(list []*schema, must bool) {
		for _, a := range list {
			if a == nil || seen[a] {
				continue
			}
			seen[a] = true
			if must {
				always = append(always, a)
			} else {
				sometimes = append(sometimes, a)
			}
			visit(a.AllOf, must)
			if a.Ref != "" {
				visit([]*schema{m.types.byName[a.Ref]}, must)
			}
			visit(append([]*schema{a.Then, a.Else}, a.OneOf...), false)
			visit(slices.Collect(maps.Values(a.DependentSchemas)), false)
		}
	}
	visit(s.AllOf, true)
	return always, sometimes
}

// narrow has s ask what a asks too, or in its place where one has to give way.
func (s *schema) narrow(types *Types, a *schema) {
	if a.Ref != "" || a.never {
		return
	}
	if len(s.OneOf) == 0 && s.Ref == "" && len(s.Type) == 0 {
		s.Type = a.Type
	}
	if len(a.Enum) > 0 {
		s.Enum, s.Ref, s.OneOf = a.Enum, "", nil
	}
	s.Required = append(slices.Clone(s.Required), a.Required...)
	for name, needs := range a.DependentRequired {
		if slices.Contains(s.Required, name) {
			s.Required = append(s.Required, needs...)
		}
	}
	s.narrowScalar(a)
	s.narrowArray(a)
	if len(a.PatternProperties) > 0 {
		s.PatternProperties, s.AdditionalProperties = a.PatternProperties, a.AdditionalProperties
	}
	if a.PropertyNames != nil {
		s.PropertyNames = a.PropertyNames
	}
	s.Properties = maps.Clone(s.Properties)
	for name, p := range a.Properties {
		s.narrowMember(types, name, p)
	}
	s.Required = slices.Compact(slices.Sorted(slices.Values(s.Required)))
	for _, name := range s.Required {
		if s.Properties[name] == nil {
			s.addMember(name, &schema{})
		}
	}
}

func (s *schema) addMember(name string, p *schema) {
	if s.Properties == nil {
		s.Properties = map[string]*schema{}
	}
	s.Properties[name] = p
}

func (s *schema) narrowMember(types *Types, name string, a *schema) {
	own := s.Properties[name]
	if own == nil {
		s.addMember(name, a)
		return
	}
	if own.Ref != "" && types.byName[own.Ref] != nil && !a.never {
		own = types.byName[own.Ref]
	}
	narrow := *own
	narrow.narrow(types, a)
	s.addMember(name, &narrow)
}

func (s *schema) narrowScalar(a *schema) {
	for _, n := range []struct{ to, from *json.Number }{
		{&s.Minimum, &a.Minimum}, {&s.Maximum, &a.Maximum}, {&s.MultipleOf, &a.MultipleOf},
		{&s.ExclusiveMinimum, &a.ExclusiveMinimum}, {&s.ExclusiveMaximum, &a.ExclusiveMaximum},
	} {
		if *n.from != "" {
			*n.to = *n.from
		}
	}
	s.MinLength = max(s.MinLength, a.MinLength)
	if a.MaxLength != nil {
		s.MaxLength = a.MaxLength
	}
	if a.Format != "" {
		s.Format = a.Format
	}
	if a.pattern != nil {
		s.pattern, s.shape = a.pattern, a.shape
	}
}

func (s *schema) narrowArray(a *schema) {
	if a.PrefixItems != nil {
		s.PrefixItems = a.PrefixItems
	}
	if a.Items != nil {
		s.Items = a.Items
	}
	if a.Contains != nil {
		s.Contains, s.MinContains = a.Contains, a.MinContains
	}
	s.MinItems = max(s.MinItems, a.MinItems)
	if a.MaxItems != nil {
		s.MaxItems = a.MaxItems
	}
}

// containing joins the items of an array, after putting into it what it must
// contain.
func (m *maker) containing(s *schema, items []string) (string, error) {
	need := 0
	if s.Contains != nil {
		if need = 1; s.MinContains != nil {
			need = *s.MinContains
		}
	}
	for i := range need {
		elem := s.Contains
		if s.Items != nil && len(elem.Type) == 0 && len(elem.Enum) == 0 { // it says no type of its own
			narrow := *m.resolve(s.Items)
			narrow.narrow(m.types, elem)
			elem = &narrow
		}
		item, err := m.item(elem, s.Unique, items)
		if err != nil {
			return "", err
		}
		if i < len(items) && i >= len(s.PrefixItems) {
			items[i] = item
		} else {
			items = append(items, item)
		}
	}
	return "[" + strings.Join(items, ",") + "]", nil
}

// resolve follows references, but not round and round.
func (m *maker) resolve(s *schema) *schema {
	for i := 0; i < maxDepth && s.Ref != "" && m.types.byName[s.Ref] != nil; i++ {
		s = m.types.byName[s.Ref]
	}
	return s
}
