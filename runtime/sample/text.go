package sample

import (
	"encoding/json"
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// text makes a JSON string.
func (m *maker) text(s *schema) (string, error) {
	text, err := m.plain(s)
	return string(quote(text)), err
}

func (m *maker) plain(s *schema) (string, error) {
	if texts := formats(s.Format); texts != nil {
		fits := slices.DeleteFunc(texts, func(text string) bool { return !s.holds(text) })
		if len(fits) == 0 {
			return "", errors.New("no sample of the format " + s.Format + " fits")
		}
		return fits[m.IntN(len(fits))], nil
	}
	if s.shape != nil {
		return m.fitting(s.shape, s.MinLength, s.MaxLength, s.pattern)
	}
	return m.free(s.MinLength, s.MaxLength), nil
}

// holds reports whether a text has the length and matches the pattern.
func (s *schema) holds(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= s.MinLength && (s.MaxLength == nil || n <= *s.MaxLength) && (s.pattern == nil || s.pattern.MatchString(text))
}

// free makes any text, among it what must be escaped.
func (m *maker) free(low int, limit *int) string {
	high := low + 12
	if limit != nil {
		high = min(high, *limit)
	}
	n := low
	if high > low {
		n += m.IntN(high - low + 1)
	}
	strange := []rune("09.-_~/ \"\\\n<&é世😀")
	var b strings.Builder
	for range n {
		if m.IntN(4) == 0 {
			b.WriteRune(strange[m.IntN(len(strange))])
			continue
		}
		b.WriteRune(rune('a' + m.IntN(26)))
	}
	return b.String()
}

// matching makes a text that a pattern matches.
func (m *maker) matching(pattern string, low int, limit *int) (string, error) {
	shape, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", err
	}
	return m.fitting(shape.Simplify(), low, limit, re)
}

// fitting makes a text that a pattern matches and whose length is as asked. A
// pattern that is not anchored gets more text at its ends.
func (m *maker) fitting(shape *syntax.Regexp, low int, limit *int, re *regexp.Regexp) (string, error) {
	s := &schema{MinLength: low, MaxLength: limit, pattern: re}
	for i := range tries {
		text := m.match(shape, 1+i/4)
		if lack := low - utf8.RuneCountInString(text); lack > 0 {
			text += strings.Repeat("a", lack)
		}
		if s.holds(text) {
			return text, nil
		}
	}
	return "", errors.New("no text was found that matches " + re.String())
}

// match makes a text by the shape of a pattern. What a shape can't tell, such as
// word boundaries, is left to luck.
func (m *maker) match(re *syntax.Regexp, reach int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return m.class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return string(rune('a' + m.IntN(26)))
	case syntax.OpCapture:
		return m.match(re.Sub[0], reach)
	case syntax.OpAlternate:
		return m.match(re.Sub[m.IntN(len(re.Sub))], reach)
	case syntax.OpStar:
		return m.repeat(re.Sub[0], m.IntN(1+2*reach), reach)
	case syntax.OpPlus:
		return m.repeat(re.Sub[0], 1+m.IntN(2*reach), reach)
	case syntax.OpQuest:
		return m.repeat(re.Sub[0], m.IntN(2), reach)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(m.match(sub, reach))
		}
		return b.String()
	}
	return ""
}

// class chooses a character of a class, a printable one where there is one.
func (m *maker) class(ranges []rune) string {
	if len(ranges) == 0 {
		return ""
	}
	for range tries {
		i := 2 * m.IntN(len(ranges)/2)
		low, high := ranges[i], min(ranges[i+1], ranges[i]+200)
		r := low + rune(m.IntN(int(high-low)+1))
		if r > ' ' && r != utf8.RuneError && utf8.ValidRune(r) {
			return string(r)
		}
	}
	return string(ranges[0])
}

func (m *maker) repeat(re *syntax.Regexp, n, reach int) string {
	var b strings.Builder
	for range n {
		b.WriteString(m.match(re, reach))
	}
	return b.String()
}

// quote gives a text as JSON.
func quote(text string) []byte {
	b, _ := json.Marshal(text) // never fails for a string
	return b
}

// formats gives texts of a format; nil for one that asks nothing.
func formats(name string) []string {
	return map[string][]string{
		"uuid":                  {"0191d2c4-7b3a-7c3e-8f00-ab00cd00ef00", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
		"date-time":             {"2024-02-29T15:04:05Z", "2025-12-31T23:59:59.123456789Z", "2024-01-01T00:30:00+01:30", "1970-01-01T00:00:00Z"},
		"date":                  {"2024-02-29", "1999-12-31"},
		"time":                  {"15:04:05Z", "00:00:00.5+02:00"},
		"duration":              {"P1Y2M3DT4H5M6S", "P3W", "PT1S"},
		"email":                 {"a@example.com", "a.b+c@example.org"},
		"idn-email":             {"a@example.com"},
		"hostname":              {"example.com", "a-1.example"},
		"idn-hostname":          {"example.com"},
		"ipv4":                  {"127.0.0.1", "192.0.2.255"},
		"ipv6":                  {"::1", "2001:db8::1:2"},
		"uri":                   {"https://example.com/a?b=c#d", "urn:a:b"},
		"iri":                   {"https://example.com/a"},
		"uri-reference":         {"/a", "?b", "https://example.com"},
		"iri-reference":         {"/a"},
		"uri-template":          {"/a/{b}"},
		"json-pointer":          {"", "/a/0", "/~0~1"},
		"relative-json-pointer": {"0", "1/a"},
		"regex":                 {"^a+$"},
		"byte":                  {"", "YQ==", "aGVsbG8="},
		"base64":                {"", "YQ==", "aGVsbG8="},
	}[name]
}
