package rest

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// segment is what stands between two slashes of a path: a text, and then the
// name of a parameter and the text behind it for each of its parameters.
type segment []string

// anySegment is what net/http sees of each segment that has parameters.
var anySegment = segment{"", "", ""}

var segmentParam = regexp.MustCompile(`\{([^{}]+)\}`)

// parseSegment takes a segment apart. Where it can't, it says why and what to do.
func parseSegment(text string) (s segment, why, fix string) {
	end := 0
	for _, m := range segmentParam.FindAllStringSubmatchIndex(text, -1) {
		s = append(s, text[end:m[0]], text[m[2]:m[3]])
		end = m[1]
	}
	s = append(s, text[end:])
	for i := 0; i < len(s); i += 2 {
		switch {
		case strings.ContainsAny(s[i], "{}"):
			return nil, "whose braces hold no name", "write {name} for a parameter, and nothing else in braces"
		case s.hasParams() && strings.ContainsAny(s[i], "?#"):
			return nil, "which holds more than a path", "leave out what is behind the path, and declare a query under parameters"
		case s[i] == "" && i > 0 && i < len(s)-1:
			return nil, "in which nothing tells where one parameter ends and the next begins", "put a text between them, or a slash"
		}
		if plain, err := url.PathUnescape(s[i]); err == nil {
			s[i] = plain
		}
	}
	return s, "", ""
}

func (s segment) hasParams() bool { return len(s) > 1 }

// isPartly reports whether a segment is a parameter and more.
func (s segment) isPartly() bool { return s.hasParams() && s.textLen() > 0 }

// textLen counts the bytes that are no parameter's.
func (s segment) textLen() (n int) {
	for i := 0; i < len(s); i += 2 {
		n += len(s[i])
	}
	return n
}

// names gives the names of the parameters.
func (s segment) names() (names []string) {
	for i := 1; i < len(s); i += 2 {
		names = append(names, s[i])
	}
	return names
}

// renamed gives the segment with other names.
func (s segment) renamed(to func(name string) string) segment {
	out := slices.Clone(s)
	for i := 1; i < len(s); i += 2 {
		out[i] = to(s[i])
	}
	return out
}

// compareSegments sorts the more specific segment first: a text, then parameters
// with more text around them before those with less.
func compareSegments(a, b segment) int {
	if !a.hasParams() || !b.hasParams() {
		return cmp.Compare(len(a), len(b))
	}
	return cmp.Or(cmp.Compare(b.textLen(), a.textLen()), cmp.Compare(len(a), len(b)))
}

// pathValueName gives the name under which a request has a path parameter.
func pathValueName(name string) string { return codegen.SanitizeGoIdentifier(name) }
