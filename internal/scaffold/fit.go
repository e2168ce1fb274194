package scaffold

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// text is an expression of type string whose value is known at run time only, with
// the least and the greatest length that it may have.
type text struct {
	expr     string
	min, max int
}

// spoken is a sentence, of any length.
var spoken = text{min: 8, max: 1 << 30}

// fits reports whether a member may hold the text, if it is cut.
func (x text) fits(t *ir.Type) bool {
	s := t.String
	return isText(t) && s.Format == "" && s.Pattern == "" && s.MinLength <= x.min && (s.MaxLength == nil || *s.MaxLength >= x.min)
}

// cut gives the expression of the text as long as a member may be.
func (x text) cut(t *ir.Type, expr string) string {
	if limit := t.String.MaxLength; limit != nil && *limit < x.max {
		return fmt.Sprintf("cut(%s, %d)", expr, *limit)
	}
	return expr
}

// cutFunc is the function that [text.cut] calls.
const cutFunc = `
// cut gives the first n characters of a text.
func cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n])
	}
	return text
}
`

// isText reports whether values of t are held by a Go string.
func isText(t *ir.Type) bool {
	return t.Kind == ir.String && len(t.Enum) == 0 && !t.String.Bytes && !isTime(t)
}

// isTime reports whether values of t are held by a time.Time.
func isTime(t *ir.Type) bool {
	s := t.String
	return t.Kind == ir.String && s.Format == "date-time" && len(t.Enum) == 0 && s.MinLength == 0 && s.MaxLength == nil && s.Pattern == ""
}

// formatSamples has a text of each format that generated code checks.
var formatSamples = map[string]string{
	"uuid": "00000000-0000-4000-8000-000000000000", "date-time": "2000-01-01T00:00:00Z", "date": "2000-01-01", "time": "00:00:00Z",
	"duration": "PT0S", "email": "nobody@example.com", "hostname": "example.com", "ipv4": "127.0.0.1", "ipv6": "::1",
	"uri": "about:blank", "uri-reference": "/", "json-pointer": "/", "regex": "^a$", "byte": "YWFhYQ==", "binary": "error", "password": "error",
}

// sampleText finds a text that a member may hold: nothing, an example of the
// contract, or a usual text.
func sampleText(t *ir.Type) (value string, ok bool) {
	var examples []string
	for _, e := range t.Examples {
		var s string
		if json.Unmarshal([]byte(e.JSON), &s) == nil {
			examples = append(examples, s)
		}
	}
	if t.String.Format != "" {
		examples = append(examples, formatSamples[t.String.Format])
	} else {
		examples = append(append([]string{""}, examples...), strings.Fields("error ERROR internal INTERNAL_ERROR InternalError E0 E000 E0001 E-001 ERR-001 0 1 00 000 0000 00000 00000000 "+
			"1.0 1.0.0 v1 a A aa AA en USD / #000000 urn:error 2000-01-01 2000-01-01T00:00:00Z 00000000-0000-4000-8000-000000000000")...)
		examples = append(examples, strings.Repeat("-", min(t.String.MinLength, 1000)))
	}
	for _, s := range examples {
		if holds(t, s) {
			return s, true
		}
	}
	return "", false
}

// holds reports whether a text has the length and the pattern of t.
func holds(t *ir.Type, s string) bool {
	n := utf8.RuneCountInString(s)
	if n < t.String.MinLength || t.String.MaxLength != nil && n > *t.String.MaxLength {
		return false
	}
	if t.String.Pattern == "" {
		return true
	}
	re, err := regexp.Compile(t.String.Pattern)
	return err == nil && re.MatchString(s)
}

// codeStyle gives how codes are written where they are text: as the pattern of t
// asks for it. It is nil where t can't hold them all.
func codeStyle(t *ir.Type, codes []string) func(string) string {
	for _, style := range []func(string) string{
		func(s string) string { return s },
		strings.ToUpper,
		func(s string) string { return strings.ReplaceAll(s, "_", "-") },
		func(s string) string { return strings.ReplaceAll(s, "_", "") },
	} {
		fits := t.String.Format == ""
		for _, code := range codes {
			fits = fits && holds(t, style(code))
		}
		if fits {
			return style
		}
	}
	return nil
}

// goNumber gives the Go type of a number.
func goNumber(t *ir.Type) string {
	switch {
	case t.Kind == ir.Integer && t.Number.Format == "int32":
		return "int32"
	case t.Kind == ir.Integer:
		return "int64"
	case t.Number.Format == "float":
		return "float32"
	}
	return "float64"
}

// sampleNumber finds a number that a member may hold.
func sampleNumber(t *ir.Type) (value string, ok bool) {
	values := []string{"0", "1", "-1"}
	for _, b := range []*ir.Bound{t.Number.Min, t.Number.Max} {
		if b == nil {
			continue
		}
		if r, ok := new(big.Rat).SetString(b.Value); ok {
			for _, step := range []int64{0, 1, -1} {
				values = append(values, new(big.Rat).Add(r, big.NewRat(step, 1)).RatString())
			}
		}
	}
	for _, e := range t.Examples {
		values = append(values, e.JSON)
	}
	for _, v := range append(values, t.Number.MultipleOf) {
		if inBounds(t, v) && !strings.Contains(v, "/") {
			return v, true
		}
	}
	return "", false
}

// inBounds reports whether t may hold a number.
func inBounds(t *ir.Type, value string) bool {
	v, ok := new(big.Rat).SetString(value)
	if !ok || t.Kind == ir.Integer && !v.IsInt() {
		return false
	}
	within := func(b *ir.Bound, sign int) bool {
		if b == nil {
			return true
		}
		limit, ok := new(big.Rat).SetString(b.Value)
		if !ok {
			return false
		}
		c := v.Cmp(limit) * sign
		return c > 0 || c == 0 && !b.Exclusive
	}
	if step, ok := new(big.Rat).SetString(t.Number.MultipleOf); ok && step.Sign() != 0 && !new(big.Rat).Quo(v, step).IsInt() {
		return false
	}
	return within(t.Number.Min, 1) && within(t.Number.Max, -1)
}
