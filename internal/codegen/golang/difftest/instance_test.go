package difftest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maker makes instances of schemas: valid ones, unless fault strikes.
type maker struct {
	*rand.Rand
	// fault is the chance, in a thousand, that a value is made wrong on purpose.
	fault int
	depth int
}

func (m *maker) strikes() bool { return m.IntN(1000) < m.fault }

// wild reports whether to leave what is certainly valid.
func (m *maker) wild() bool { return m.fault > 0 && m.IntN(4) == 0 }

func (m *maker) pick(texts ...string) string { return texts[m.IntN(len(texts))] }

// junk is any value at all.
func (m *maker) junk() string {
	return m.pick("null", "true", "false", "0", "1", "-1", "1.0", "1e2", "1.5", "-0", "65", "2147483648", "9007199254740992",
		`""`, `"a"`, `"\u0000"`, `"é😀"`, `"2024-01-01T00:00:00Z"`, `[]`, `[null]`, `{}`, `{"a":1}`, `[[],{"type":"x"}]`)
}

// instance makes the text of a value.
func (m *maker) instance(s *jsonschema.Schema) string {
	m.depth++
	defer func() { m.depth-- }()
	switch {
	case s == nil, m.strikes():
		return m.junk()
	case s.Bool != nil:
		return m.junk()
	case s.Ref != nil:
		return m.instance(s.Ref)
	case len(s.OneOf) > 0 && len(s.Properties) == 0:
		return m.instance(s.OneOf[m.IntN(len(s.OneOf))])
	case len(s.AllOf) > 0 && len(s.Properties) == 0 && s.AllOf[0].Properties == nil:
		return m.instance(s.AllOf[m.IntN(len(s.AllOf))])
	case s.Const != nil:
		return m.scalar(*s.Const)
	case s.Enum != nil:
		return m.scalar(s.Enum.Values[m.IntN(len(s.Enum.Values))])
	}
	return m.ofType(s)
}

func (m *maker) scalar(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case nil:
		return "null"
	case []any, map[string]any:
		text, _ := json.Marshal(v)
		return string(text)
	}
	text := fmt.Sprint(v)
	if !strings.Contains(text, ".") && m.IntN(4) == 0 && text != "true" && text != "false" {
		text += ".0"
	}
	return text
}

func (m *maker) ofType(s *jsonschema.Schema) string {
	types := []string{"object"}
	switch {
	case s.Types != nil && !s.Types.IsEmpty():
		types = s.Types.ToStrings()
	case len(s.AllOf) == 0:
		return m.junk()
	}
	switch types[m.IntN(len(types))] {
	case "boolean":
		return m.pick("true", "false")
	case "integer":
		return m.number(s, true)
	case "number":
		return m.number(s, false)
	case "string":
		return m.quote(m.text(s))
	case "array":
		return m.array(s)
	case "object":
		return m.object(s)
	}
	return "null"
}

// number makes numbers at, near and between the bounds, in many notations.
func (m *maker) number(s *jsonschema.Schema, integer bool) string {
	low, high := big.NewRat(-1000, 1), big.NewRat(1000, 1)
	for _, r := range []*big.Rat{s.Minimum, s.ExclusiveMinimum} {
		if r != nil {
			low, high = r, new(big.Rat).Add(r, big.NewRat(100, 1))
		}
	}
	for _, r := range []*big.Rat{s.Maximum, s.ExclusiveMaximum} {
		if r != nil {
			high = r
		}
	}
	a, _ := low.Float64()
	b, _ := high.Float64()
	v := a + m.Float64()*(b-a)
	switch {
	case m.wild():
		v = m.edge(a, b)
	case integer:
		v = math.Ceil(v)
	case m.IntN(2) == 0:
		v = math.Ceil(v*100) / 100
	}
	if s.MultipleOf != nil && !m.wild() {
		step, _ := s.MultipleOf.Float64()
		if integer {
			step = max(1, step*2)
		}
		v = step * math.Ceil(v/step)
	}
	return m.notation(v)
}

func (m *maker) edge(a, b float64) float64 {
	edges := []float64{a, b, a - 1, a - 0.01, a + 0.01, b - 0.01, b + 0.01, b + 1, 0}
	return edges[m.IntN(len(edges))]
}

func (m *maker) notation(v float64) string {
	switch m.IntN(8) {
	case 0:
		return strconv.FormatFloat(v, 'e', -1, 64)
	case 1:
		if v == float64(int64(v)) {
			return strconv.FormatFloat(v, 'f', 1, 64)
		}
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// samples gives texts of a format and near it.
func samples(format string) []string {
	return map[string][]string{
		"uuid":          {"0191d2c4-7b3a-7c3e-8f00-ab00cd00ef00", "0191D2C4-7B3A-7C3E-8F00-AB00CD00EF00", "0191d2c4-7b3a-7c3e-8f00-ab00cd00ef0", "0191d2c47-b3a-7c3e-8f00-ab00cd00ef00"},
		"date-time":     {"2024-02-29T15:04:05Z", "2024-02-29t15:04:05.123456789z", "2016-12-31T23:59:60Z", "2024-01-01T00:30:00+01:30", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01 00:00:00Z"},
		"date":          {"2024-02-29", "2023-02-29", "2024-1-1", "0000-12-31"},
		"time":          {"15:04:05Z", "23:59:60+00:00", "12:00:60Z", "15:04:05.5-23:59", "15:04Z"},
		"duration":      {"P1Y2M3DT4H5M6S", "P3W", "PT1S", "P", "P1S", "P1M1Y"},
		"email":         {"a@b.c", "a.b+c@example.com", `"a b"@[127.0.0.1]`, "a@[IPv6:::1]", "a", ".a@b", "a@-b", "é@b"},
		"hostname":      {"a", "example.com", "a-1.b", "-a", "a_b", "a..b"},
		"ipv4":          {"127.0.0.1", "256.0.0.1", "1.2.3", "01.2.3.4"},
		"ipv6":          {"::1", "2001:db8::1:2", "::ffff:1.2.3.4", "1.2.3.4", "::1%a", ":::"},
		"uri":           {"https://example.com/a?b=c#d", "urn:a:b", "mailto:a@b", "/a", "http://[::1]:80/", "http://[::g]/", "%"},
		"uri-reference": {"/a", "?b", "#c", "", "https://example.com", `\`, "%zz"},
		"json-pointer":  {"", "/a/0", "/~0~1", "/~", "a"},
	}[format]
}

// text makes a string.
func (m *maker) text(s *jsonschema.Schema) string {
	if s.Format != nil {
		if texts := samples(s.Format.Name); texts != nil && m.wild() {
			return m.pick(texts...)
		} else if texts != nil {
			return texts[0]
		}
	}
	if s.Pattern != nil && !m.wild() {
		if re, err := syntax.Parse(s.Pattern.String(), syntax.Perl); err == nil {
			return m.fit(s, re)
		}
	}
	low, high := 0, 8
	if s.MinLength != nil {
		low, high = *s.MinLength, *s.MinLength+8
	}
	if s.MaxLength != nil {
		high = *s.MaxLength
	}
	n := low + m.IntN(high-low+1)
	if m.wild() {
		n = []int{high, max(0, low-1), high + 1}[m.IntN(3)]
	}
	runes := []rune("ab09.-_~/ \"\\\n<é世😀")
	out := make([]rune, n)
	for i := range out {
		out[i] = runes[m.IntN(len(runes))]
		if m.IntN(3) > 0 {
			out[i] = 'a'
		}
	}
	return string(out)
}

// fit makes a text that matches and, if a few tries do, has the right length.
func (m *maker) fit(s *jsonschema.Schema, re *syntax.Regexp) string {
	re = re.Simplify()
	for range 20 {
		text := m.match(re)
		if n := utf8.RuneCountInString(text); (s.MinLength == nil || n >= *s.MinLength) && (s.MaxLength == nil || n <= *s.MaxLength) {
			return text
		}
	}
	return m.match(re)
}

// match makes a text that a regular expression matches.
func (m *maker) match(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		i := 2 * m.IntN(len(re.Rune)/2)
		span := int(re.Rune[i+1]-re.Rune[i]) + 1
		return string(re.Rune[i] + rune(m.IntN(min(span, 100))))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpCapture:
		return m.match(re.Sub[0])
	case syntax.OpAlternate:
		return m.match(re.Sub[m.IntN(len(re.Sub))])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		n := m.IntN(12)
		if re.Op == syntax.OpPlus {
			n++
		} else if re.Op == syntax.OpQuest {
			n = m.IntN(2)
		}
		return m.repeat(re.Sub[0], n)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(m.match(sub))
		}
		return b.String()
	}
	return ""
}

func (m *maker) repeat(re *syntax.Regexp, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(m.match(re))
	}
	return b.String()
}

// quote writes a string with some escapes that need not be.
func (m *maker) quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r < 0x10000 && m.IntN(40) == 0:
			fmt.Fprintf(&b, `\u%04X`, r)
		case r == '/' && m.IntN(2) == 0:
			b.WriteString(`\/`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func (m *maker) array(s *jsonschema.Schema) string {
	low, high := 0, 3
	if s.MinItems != nil {
		low, high = *s.MinItems, *s.MinItems+2
	}
	if s.MaxItems != nil {
		high = min(*s.MaxItems, low+4)
	}
	n := low + m.IntN(high-low+1)
	if m.depth > 8 {
		n = low
	}
	if m.strikes() {
		n = max(0, n+m.IntN(5)-2)
	}
	items := make([]string, n)
	for i := range items {
		items[i] = m.instance(m.elem(s, i))
		if i > 0 && m.wild() {
			items[i] = items[i-1]
		}
	}
	return "[" + strings.Join(items, m.pick(",", " , ", ",\n\t")) + "]"
}

func (m *maker) object(s *jsonschema.Schema) string {
	var members []string
	add := func(name, value string) {
		members = append(members, m.quote(name)+m.pick(":", " : ")+value)
	}
	properties := map[string]*jsonschema.Schema{}
	m.members(s, properties)
	for _, name := range sorted(properties) {
		required := slices.Contains(s.Required, name)
		if !required && (m.depth > 6 || m.IntN(2) == 0) || required && m.strikes() {
			continue
		}
		add(name, m.instance(properties[name]))
	}
	patterns := map[string]*jsonschema.Schema{}
	for pattern, schema := range s.PatternProperties {
		patterns[pattern.String()] = schema
	}
	for _, pattern := range sorted(patterns) {
		if re, err := syntax.Parse(pattern, syntax.Perl); err == nil && m.IntN(2) == 0 {
			add(m.pick("", "a")+m.match(re.Simplify())+m.pick("", "a"), m.instance(patterns[pattern]))
		}
	}
	if s.PropertyNames != nil {
		add(m.pick("ab", "abcd", "A", "z"), m.pick("1", `"a"`))
	}
	switch extra := s.AdditionalProperties.(type) {
	case *jsonschema.Schema:
		low := 0
		if s.MinProperties != nil {
			low = *s.MinProperties
		}
		for i := range low + m.IntN(3) {
			add("k"+strconv.Itoa(i), m.instance(extra))
		}
	case bool:
		if m.wild() {
			add("k", m.junk())
		}
	default:
		if m.wild() {
			add(m.pick("extra", "", "Type", "é", "type"), m.junk())
		}
	}
	m.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return "{" + strings.Join(members, m.pick(",", ", ")) + "}"
}

// members collects the members that a schema speaks of: those of its parts too,
// whether they apply or not.
func (m *maker) members(s *jsonschema.Schema, into map[string]*jsonschema.Schema) {
	if s == nil {
		return
	}
	if s.Ref != nil {
		m.members(s.Ref, into)
	}
	for _, name := range sorted(s.Properties) {
		if into[name] == nil || m.IntN(4) == 0 {
			into[name] = s.Properties[name]
		}
	}
	for _, list := range [][]*jsonschema.Schema{s.AllOf, {s.Then, s.Else}} {
		for _, part := range list {
			m.members(part, into)
		}
	}
}

// elem gives the schema of an element: that of its place, or what some must be.
func (m *maker) elem(s *jsonschema.Schema, i int) *jsonschema.Schema {
	switch {
	case i < len(s.PrefixItems):
		return s.PrefixItems[i]
	case s.Contains != nil && m.IntN(2) == 0:
		return s.Contains
	}
	return s.Items2020
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// mutate changes a few bytes of a text.
func (m *maker) mutate(text string) string {
	pieces := []string{`"`, `\`, "{", "}", "[", "]", ",", ":", "0", "9", "-", ".", "e1", "null", "true", `"a":1,`, `\ud800`, "\xff", " ", "é", "1.0", "type"}
	b := []byte(text)
	for range 1 + m.IntN(2) {
		if len(b) == 0 {
			break
		}
		i := m.IntN(len(b))
		switch m.IntN(4) {
		case 0:
			b[i] ^= byte(1 << m.IntN(8))
		case 1:
			b = slices.Delete(b, i, min(len(b), i+1+m.IntN(4)))
		case 2:
			b = slices.Insert(b, i, []byte(m.pick(pieces...))...)
		default:
			j := m.IntN(len(b))
			b = slices.Insert(b, j, b[i:min(len(b), i+m.IntN(16))]...)
		}
	}
	return string(b)
}
