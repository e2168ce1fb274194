package difftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/runtime/wire"
)

// TestDifferential compares the verdicts on generated and mutated instances of
// every declared type.
func TestDifferential(t *testing.T) {
	t.Parallel()
	rounds := 400
	if testing.Short() {
		rounds = 30
	}
	for i, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			valid := 0
			for round := range rounds {
				m := &maker{Rand: rand.New(rand.NewPCG(uint64(i), uint64(round))), fault: 8 * (round % 5)}
				text := m.instance(s.schema)
				if compare(t, s, text) {
					valid++
				}
				compare(t, s, m.mutate(text))
			}
			if valid == 0 && !strings.HasSuffix(s.name, "ClientMessage") {
				t.Error("no instance was valid: the comparison says little")
			}
		})
	}
}

// TestExamples decodes the examples of the documents.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		for _, example := range s.examples {
			if _, err := s.codec.decode([]byte(example.JSON)); err != nil {
				t.Errorf("%s: %v: %v", example.Pos, s.name, err)
			}
		}
	}
}

// FuzzDifferential compares the verdicts on any text. The first byte chooses
// the type.
func FuzzDifferential(f *testing.F) {
	all := subjects(f)
	for i, s := range all {
		m := &maker{Rand: rand.New(rand.NewPCG(7, uint64(i)))}
		f.Add(byte(i), m.instance(s.schema))
	}
	f.Fuzz(func(t *testing.T, choice byte, text string) {
		compare(t, all[int(choice)%len(all)], text)
	})
}

// compare fails where the generated code and the library disagree on a text,
// except for the differences that explained lists, and reports whether the text
// is valid.
func compare(t *testing.T, s subject, text string) bool {
	t.Helper()
	v, err := s.codec.decode([]byte(text))
	var syntax *wire.SyntaxError
	var invalid *wire.ValidationError
	switch {
	case errors.As(err, &syntax):
		if json.Valid([]byte(text)) && utf8.ValidString(text) {
			t.Fatalf("%s: %s: %v, and it is JSON", s.name, text, err)
		}
		return false
	case err != nil && !errors.As(err, &invalid):
		t.Fatalf("%s: %s: error of type %T", s.name, text, err)
	case invalid != nil && (explained(text, invalid) || repeats([]byte(text))):
		return false
	case s.orNull && strings.TrimSpace(text) == "null":
		return false
	case !json.Valid([]byte(text)) || !utf8.ValidString(text):
		t.Fatalf("%s: %s: %v, and it is not JSON", s.name, text, err)
	}
	if s.exact && hugeExponent.MatchString(text) {
		return false // too much for the library
	}
	want := s.judged(t, text)
	if (err == nil) != (want == nil) {
		t.Fatalf("%s: %s\ngenerated: %v\nlibrary: %v", s.name, text, err, want)
	}
	if err != nil {
		compareFindings(t, s, text, v, invalid)
		return false
	}
	if s.codec.exact {
		compareRoundTrip(t, s, text, v)
	}
	return true
}

// explained reports whether there is a finding that JSON Schema has no rule for:
// it takes members that come twice, halves of surrogate pairs, numbers of any
// size and values of any depth, it leaves base64 and the years of a time in UTC
// alone. The library also takes a sign for the digits of a time.
func explained(text string, invalid *wire.ValidationError) bool {
	return slices.ContainsFunc(invalid.Errors, func(e wire.FieldError) bool {
		switch e.Rule {
		case "duplicate", "utf8", "finite", "depth":
			return true
		case "format":
			return strings.HasPrefix(e.Message, "must be from ") || strings.Contains(e.Message, "base64") ||
				signedTime.MatchString(text) || edgeOfTime.MatchString(text)
		}
		return false
	})
}

// repeats reports whether an object in a text has a member twice. Where the text
// is of no variant of a union, the generated code does not look for that.
func repeats(text []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(text))
	type level struct {
		names map[string]bool // nil for an array
		value bool            // a member's value comes next
	}
	levels := []level{{}}
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		top := &levels[len(levels)-1]
		if name, ok := token.(string); ok && top.names != nil && !top.value {
			if top.names[name] {
				return true
			}
			top.names[name], top.value = true, true
			continue
		}
		top.value = false
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{names: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		case json.Delim('}'), json.Delim(']'):
			levels = levels[:len(levels)-1]
		}
	}
}

var (
	signedTime   = regexp.MustCompile(`[Tt:+-][+-][0-9]|:[0-9][+-]`)
	hugeExponent = regexp.MustCompile(`[eE][+-]?[0-9]{4}`)
	edgeOfTime   = regexp.MustCompile(`"(0000-01-01|9999-12-31)`)
)

// judged gives the library's verdict. Numbers are given to it as what they become.
func (s subject) judged(t *testing.T, text string) error {
	t.Helper()
	if s.exact {
		return judgedExactly(t, s.schema, text)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s.schema.Validate(rounded(v))
}

func rounded(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = rounded(member)
		}
	case []any:
		for i, item := range v {
			v[i] = rounded(item)
		}
	case json.Number:
		return round(v)
	}
	return v
}

func round(n json.Number) json.Number {
	f, err := n.Float64()
	if err != nil {
		return "0"
	}
	// A text of such an exponent is too much for big.Rat, and no integer of
	// interest.
	if len(n) < 40 && !strings.Contains(string(n), "e+9") {
		if r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64)); ok && r.IsInt() && r.Num().IsInt64() {
			if exact, ok := new(big.Rat).SetString(string(n)); ok {
				return json.Number(exact.RatString())
			}
		}
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}

// compareFindings checks that Validate finds in the decoded value what decoding
// found in the text, where the value holds what is wrong.
func compareFindings(t *testing.T, s subject, text string, v value, invalid *wire.ValidationError) {
	t.Helper()
	held := []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
	if v == nil || len(invalid.Errors) == wire.MaxFindings || slices.ContainsFunc(invalid.Errors, func(e wire.FieldError) bool { return !slices.Contains(held, e.Rule) }) {
		return
	}
	var again *wire.ValidationError
	if !errors.As(v.Validate(), &again) {
		t.Fatalf("%s: %s: Validate finds nothing, decoding %v", s.name, text, invalid)
	}
	if diff := cmp.Diff(findingKeys(invalid), findingKeys(again)); diff != "" {
		t.Fatalf("%s: %s: findings (-decoding +Validate):\n%s", s.name, text, diff)
	}
}

func findingKeys(e *wire.ValidationError) []string {
	var keys []string
	for _, finding := range e.Errors {
		keys = append(keys, finding.Error())
	}
	slices.Sort(keys)
	return keys
}

// compareRoundTrip checks that a valid value validates, and is the same after
// being encoded and decoded.
func compareRoundTrip(t *testing.T, s subject, text string, v value) {
	t.Helper()
	if err := v.Validate(); err != nil {
		t.Fatalf("%s: %s: Validate: %v", s.name, text, err)
	}
	encoded := v.AppendJSON(nil)
	again, err := s.codec.decode(encoded)
	if err != nil {
		t.Fatalf("%s: %s: encoded as %s: %v", s.name, text, encoded, err)
	}
	if !reflect.DeepEqual(v, again) {
		t.Fatalf("%s: %s: encoded as %s: (-first +again)\n%s", s.name, text, encoded, cmp.Diff(v, again))
	}
	if err := s.judged(t, string(encoded)); err != nil {
		t.Fatalf("%s: %s: encoded as %s: %v", s.name, text, encoded, err)
	}
}
