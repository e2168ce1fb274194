package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// wildcard is ? or ?name.
type wildcard struct{ name string }

// open is an object that may have more members than these.
type open map[string]any

// Marks of the additions, in what is JSON otherwise.
const (
	markAny  = "\x01"
	markMore = "\x02"
)

// parsePattern reads what is expected: values as encoding/json decodes them,
// wildcard and open.
func parsePattern(text string) (any, error) {
	var v any
	if err := json.Unmarshal([]byte(plain(text)), &v); err != nil {
		return nil, fmt.Errorf("pattern %s: %w", text, err)
	}
	return special(v), nil
}

// plain turns the additions into JSON strings that hold a mark.
func plain(text string) string {
	var out strings.Builder
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString && c == '\\':
			out.WriteByte(c)
			i++
			c = text[i]
		case c == '"':
			inString = !inString
		case inString:
		case c == '?':
			rest := text[i+1:]
			n := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			if n < 0 {
				n = len(rest)
			}
			fmt.Fprintf(&out, `"\u0001%s"`, rest[:n])
			i += n
			continue
		case strings.HasPrefix(text[i:], "..."):
			out.WriteString(`"\u0002":0`)
			i += 2
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// special finds the marks.
func special(v any) any {
	switch v := v.(type) {
	case string:
		if name, ok := strings.CutPrefix(v, markAny); ok {
			return wildcard{name}
		}
	case []any:
		for i := range v {
			v[i] = special(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = special(v[k])
		}
		if _, more := v[markMore]; more {
			delete(v, markMore)
			return open(v)
		}
	}
	return v
}

// names gives the values of names, and takes new ones.
type names interface {
	value(name string) (string, error)
	set(name, value string)
}

// expand puts the values of names in.
func expand(text string, from names) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		n := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' })
		if n < 0 {
			n = len(rest)
		}
		value := "$" // a lone one
		if n > 0 {
			var err error
			if value, err = from.value(rest[:n]); err != nil {
				return "", err
			}
		}
		out.WriteString(value)
		text = rest[n:]
	}
}

// bind keeps the value of a wildcard.
func (w wildcard) bind(v any, to names) {
	if w.name == "" {
		return
	}
	if s, ok := v.(string); ok {
		to.set(w.name, s)
		return
	}
	b, _ := json.Marshal(v) // it was decoded from JSON
	to.set(w.name, string(b))
}

// match says where got differs from a pattern, with nothing to say where it
// does not.
func match(pattern, got any, at string, to names) []string {
	if w, ok := pattern.(wildcard); ok {
		w.bind(got, to)
		return nil
	}
	members, more := pattern.(open)
	if !more {
		if object, ok := pattern.(map[string]any); ok {
			members = object
		} else if list, ok := pattern.([]any); ok {
			return matchList(list, got, at, to)
		} else if pattern != got {
			return []string{fmt.Sprintf("%s: got %s, want %s", at, show(got), show(pattern))}
		} else {
			return nil
		}
	}
	object, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: got %s, want an object", at, show(got))}
	}
	var diffs []string
	for _, k := range slices.Sorted(maps.Keys(members)) {
		v, ok := object[k]
		if !ok {
			diffs = append(diffs, fmt.Sprintf("%s/%s: missing", at, k))
			continue
		}
		diffs = append(diffs, match(members[k], v, at+"/"+k, to)...)
	}
	for _, k := range slices.Sorted(maps.Keys(object)) {
		if _, ok := members[k]; !ok && !more {
			diffs = append(diffs, fmt.Sprintf("%s/%s: not expected: %s", at, k, show(object[k])))
		}
	}
	return diffs
}

func matchList(pattern []any, got any, at string, to names) []string {
	list, ok := got.([]any)
	if !ok || len(list) != len(pattern) {
		return []string{fmt.Sprintf("%s: got %s, want %d items", at, show(got), len(pattern))}
	}
	var diffs []string
	for i := range pattern {
		diffs = append(diffs, match(pattern[i], list[i], fmt.Sprintf("%s/%d", at, i), to)...)
	}
	return diffs
}

// matchText says where a text differs from a pattern.
func matchText(pattern, got string, to names) []string {
	want, err := expandPattern(pattern, to)
	if err != nil {
		return []string{err.Error()}
	}
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		return []string{err.Error()}
	}
	return match(want, v, "", to)
}

func expandPattern(pattern string, from names) (any, error) {
	text, err := expand(pattern, from)
	if err != nil {
		return nil, err
	}
	return parsePattern(text)
}

// fill makes a value that matches a pattern out of an example.
func fill(pattern, example any, at string, to names) (any, error) {
	switch p := pattern.(type) {
	case wildcard:
		if example == nil {
			return nil, fmt.Errorf("%s: the document has no example for this", at)
		}
		p.bind(example, to)
		return example, nil
	case open:
		object, err := fillObject(p, example, at, to)
		if err != nil {
			return nil, err
		}
		given, _ := example.(map[string]any)
		for k, v := range given {
			if _, ok := object[k]; !ok {
				object[k] = v
			}
		}
		return object, nil
	case map[string]any:
		return fillObject(p, example, at, to)
	case []any:
		given, _ := example.([]any)
		list := make([]any, len(p))
		for i := range p {
			var e any
			if len(given) > 0 {
				e = given[min(i, len(given)-1)]
			}
			var err error
			if list[i], err = fill(p[i], e, fmt.Sprintf("%s/%d", at, i), to); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return pattern, nil
}

func fillObject(members map[string]any, example any, at string, to names) (map[string]any, error) {
	given, _ := example.(map[string]any)
	object := make(map[string]any, len(members))
	for _, k := range slices.Sorted(maps.Keys(members)) {
		var err error
		if object[k], err = fill(members[k], given[k], at+"/"+k, to); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// show prints a value for a failure.
func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
