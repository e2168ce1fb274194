package sample

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/runtime/wire"
)

// schema is the part of JSON Schema (2020-12) that generated tests use.
type schema struct {
	Ref   string            `json:"$ref"`
	Type  kinds             `json:"type"`
	Enum  []json.RawMessage `json:"enum"`
	Const json.RawMessage   `json:"const"`
	OneOf []*schema         `json:"oneOf"`
	AnyOf []*schema         `json:"anyOf"`
	// AllOf, and what stands in those, is asked besides: a value is made first, and
	// checked then.
	AllOf []*schema `json:"allOf"`
	Then  *schema   `json:"then"`
	Else  *schema   `json:"else"`
	// Values are values that members must have besides, by their pointer: what
	// tells a message or the variant of a union.
	Values map[string][]json.RawMessage `json:"x-values"`
	// Trial says that a decoder finds out the choice by trying each, so that a
	// value of one may be taken for another, or refused as being of several.
	Trial bool `json:"x-trial"`

	Minimum          json.Number `json:"minimum"`
	Maximum          json.Number `json:"maximum"`
	ExclusiveMinimum json.Number `json:"exclusiveMinimum"`
	ExclusiveMaximum json.Number `json:"exclusiveMaximum"`
	MultipleOf       json.Number `json:"multipleOf"`

	Format    string `json:"format"`
	MinLength int    `json:"minLength"`
	MaxLength *int   `json:"maxLength"`
	Pattern   string `json:"pattern"`

	Items       *schema   `json:"items"`
	PrefixItems []*schema `json:"prefixItems"`
	MinItems    int       `json:"minItems"`
	MaxItems    *int      `json:"maxItems"`
	Unique      bool      `json:"uniqueItems"`
	Contains    *schema   `json:"contains"`
	MinContains *int      `json:"minContains"`

	Properties           map[string]*schema `json:"properties"`
	PatternProperties    map[string]*schema `json:"patternProperties"`
	PropertyNames        *schema            `json:"propertyNames"`
	Required             []string           `json:"required"`
	AdditionalProperties *schema            `json:"additionalProperties"`
	MinProperties        int                `json:"minProperties"`
	MaxProperties        *int               `json:"maxProperties"`
	DependentSchemas     map[string]*schema `json:"dependentSchemas"`
	// DependentRequired are the members that a member needs.
	DependentRequired map[string][]string `json:"dependentRequired"`

	Examples []json.RawMessage `json:"examples"`

	never   bool // the schema is false
	text    string
	check   *wire.Schema // where there is AllOf
	pattern *regexp.Regexp
	shape   *syntax.Regexp
}

// UnmarshalJSON reads a schema, which may be true or false.
func (s *schema) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		return nil
	case "false":
		s.never = true
		return nil
	}
	type plain schema
	s.text = string(b)
	return json.Unmarshal(b, (*plain)(s))
}

// kinds is one JSON type or several.
type kinds []string

// UnmarshalJSON reads a name or a list of names.
func (k *kinds) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(k))
}

// Types are the types of a contract by name.
type Types struct{ byName map[string]*schema }

// Parse reads types: an object of JSON Schemas, by name, which refer to each
// other by "$ref": "Name".
func Parse(text string) (*Types, error) {
	t := &Types{}
	if err := json.Unmarshal([]byte(text), &t.byName); err != nil {
		return nil, fmt.Errorf("read types: %w", err)
	}
	for name, s := range t.byName {
		if err := t.prepare(s); err != nil {
			return nil, fmt.Errorf("type %s: %w", name, err)
		}
	}
	return t, t.compile()
}

// compile makes the checks of the schemas that ask more than what they are made
// by.
func (t *Types) compile() error {
	var asking []*schema
	seen := map[*schema]bool{}
	var visit func(s *schema)
	visit = func(s *schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if len(s.AllOf) > 0 {
			asking = append(asking, s)
		}
		for _, p := range s.parts() {
			visit(p)
		}
	}
	texts := map[string]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(t.byName)) {
		texts[name] = json.RawMessage(t.byName[name].text)
		visit(t.byName[name])
	}
	if len(asking) == 0 {
		return nil
	}
	for i, s := range asking {
		texts[checkName(i)] = json.RawMessage(s.text)
	}
	all, err := json.Marshal(texts)
	if err != nil {
		return err
	}
	checks, err := wire.ParseSchemas(string(all))
	if err != nil {
		return err
	}
	for i, s := range asking {
		s.check = checks.Get(checkName(i))
	}
	return nil
}

func checkName(i int) string { return "check " + strconv.Itoa(i) }

// prepare compiles the patterns below s and looks up its references.
func (t *Types) prepare(s *schema) (err error) {
	if s == nil {
		return nil
	}
	if s.Ref != "" && t.byName[s.Ref] == nil {
		return fmt.Errorf("there is no type %q", s.Ref)
	}
	if a := s.AdditionalProperties; a != nil && a.never {
		s.AdditionalProperties = nil
	}
	if s.Const != nil {
		s.Enum = []json.RawMessage{s.Const}
	}
	s.OneOf = append(s.OneOf, s.AnyOf...)
	if s.Pattern != "" {
		if s.pattern, err = regexp.Compile(s.Pattern); err != nil {
			return err
		}
		if s.shape, err = syntax.Parse(s.Pattern, syntax.Perl); err != nil {
			return err
		}
		s.shape = s.shape.Simplify()
	}
	for pattern := range s.PatternProperties {
		if _, err := regexp.Compile(pattern); err != nil {
			return err
		}
	}
	for _, p := range s.parts() {
		if err := t.prepare(p); err != nil {
			return err
		}
	}
	return nil
}

// Trial reports whether values of a type hold a choice that is found by trying, so
// that what was made may be refused, as being of several, or be taken for another
// choice.
func (t *Types) Trial(name string) bool {
	seen := map[*schema]bool{}
	var visit func(s *schema) bool
	visit = func(s *schema) bool {
		if s == nil || seen[s] {
			return false
		}
		seen[s] = true
		return s.Trial || visit(t.byName[s.Ref]) || slices.ContainsFunc(s.parts(), visit)
	}
	return visit(t.byName[name])
}

// parts gives the schemas inside a schema; some may be nil.
func (s *schema) parts() []*schema {
	parts := append([]*schema{s.Items, s.AdditionalProperties, s.PropertyNames, s.Contains, s.Then, s.Else}, s.OneOf...)
	parts = append(append(parts, s.PrefixItems...), s.AllOf...)
	parts = slices.AppendSeq(parts, maps.Values(s.DependentSchemas))
	parts = slices.AppendSeq(parts, maps.Values(s.Properties))
	return slices.AppendSeq(parts, maps.Values(s.PatternProperties))
}

// Examples gives the examples of a type.
func (t *Types) Examples(name string) [][]byte {
	var out [][]byte
	if s := t.byName[name]; s != nil {
		for _, e := range s.Examples {
			out = append(out, e)
		}
	}
	return out
}

// rat reads a bound; nil for none.
func rat(n json.Number) *big.Rat {
	if n == "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return nil
	}
	return r
}

// tokens splits an RFC 6901 pointer.
func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	names := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range names {
		names[i] = unescape.Replace(names[i])
	}
	return names
}
