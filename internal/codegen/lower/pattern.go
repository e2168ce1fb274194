package lower

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// pattern reads a pattern as package regexp has it. One of ECMA-262 that Go can't
// say is not checked, which a warning tells: it gives none. What is no pattern at
// all is an error.
func (l *lowering) pattern(v *spec.Node) string {
	text, err := goPattern(v.Str())
	switch {
	case v.Kind != spec.String:
		l.diags.Errorf(v.Pos, "pattern", "write a regular expression", "the pattern %s is no text", v.JSON())
	case err == nil:
		return text
	case beyondGo(err):
		l.diags.Warnf(v.Pos, "pattern", "write it without lookaround, back references and counts above 1000", "the pattern %s is not checked by generated code: %v", v.JSON(), err)
	default:
		l.diags.Errorf(v.Pos, "pattern", "", "the pattern %s is no regular expression: %v", v.JSON(), err)
	}
	return ""
}

// wholePattern reads a pattern in a schema that is checked as a whole, where none
// can be left out: what is around it may turn its meaning.
func (l *lowering) wholePattern(v *spec.Node) string {
	text, err := goPattern(v.Str())
	if err != nil || v.Kind != spec.String {
		l.diags.Errorf(v.Pos, "pattern", "write it without lookaround, back references and counts above 1000", "the pattern %s is not a regular expression that Go has: %v", v.JSON(), err)
	}
	return text
}

// escapes are the escapes of ECMA-262 that package regexp has in another form.
var escapes = regexp.MustCompile(`\\(\\|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|[pP]\{(?:Script|sc|Script_Extensions|scx|General_Category|gc)=[A-Za-z_]+\})`)

// goPattern gives an expression of ECMA-262 as package regexp has it.
func goPattern(text string) (string, error) {
	if _, err := regexp.Compile(text); err == nil {
		return text, nil
	}
	text = escapes.ReplaceAllStringFunc(text, func(e string) string {
		switch {
		case e == `\\`:
			return e
		case e[1] == 'u' && e[2] == '{':
			return `\x` + e[2:]
		case e[1] == 'u':
			return `\x{` + e[2:] + "}"
		}
		return e[:3] + e[strings.IndexByte(e, '=')+1:]
	})
	_, err := regexp.Compile(text)
	return text, err
}

// Pattern compiles an expression of ECMA-262. It gives nil, and no error, for one
// that package regexp can't say.
func Pattern(text string) (*regexp.Regexp, error) {
	text, err := goPattern(text)
	switch {
	case err == nil:
		return regexp.Compile(text)
	case beyondGo(err):
		return nil, nil
	}
	return nil, err
}

// beyondGo reports whether an expression is one of ECMA-262 that package regexp
// does not have: lookaround, back references, or counts above 1000.
func beyondGo(err error) bool {
	e := (*syntax.Error)(nil)
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidEscape, syntax.ErrInvalidRepeatSize, syntax.ErrLarge:
		return true
	case syntax.ErrInvalidCharRange: // such as \p{Emoji}
		return strings.HasPrefix(e.Expr, `\p`) || strings.HasPrefix(e.Expr, `\P`)
	}
	return false
}
