package wire

import (
	"bytes"
	"slices"
	"strings"
)

// MatchTopic reports whether a topic fits a template: parts are the texts before,
// between and after its parameters, each of which is at least one byte without any
// of the separators.
func MatchTopic(topic []byte, separators string, parts ...string) bool {
	rest, ok := bytes.CutPrefix(topic, []byte(parts[0]))
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		end := len(rest)
		switch {
		case i < len(parts)-2:
			end = indexAfter(rest, part)
		case !bytes.HasSuffix(rest, []byte(part)):
			return false
		default:
			end -= len(part)
		}
		if end < 1 || bytes.ContainsAny(rest[:end], separators) {
			return false
		}
		rest = rest[end+len(part):]
	}
	return len(rest) == 0
}

// indexAfter gives the place of part behind the first byte of data, or -1.
func indexAfter(data []byte, part string) int {
	if len(data) == 0 {
		return -1
	}
	if at := bytes.Index(data[1:], []byte(part)); at >= 0 {
		return at + 1
	}
	return -1
}

// SplitTopic gives the parameters of a topic that fits a template, as
// [MatchTopic] has it. It returns a *ValidationError where the topic does not.
func SplitTopic(topic, separators string, parts ...string) ([]string, error) {
	if !MatchTopic([]byte(topic), separators, parts...) {
		return nil, badTopic()
	}
	var out []string
	rest := topic[len(parts[0]):]
	for i, part := range parts[1:] {
		end := len(rest) - len(part)
		if i < len(parts)-2 {
			end = indexAfter([]byte(rest), part)
		}
		out = append(out, rest[:end])
		rest = rest[end+len(part):]
	}
	return out, nil
}

// TopicValue returns nil where a parameter of a topic has one of the values that
// it may have, or else a *ValidationError.
func TopicValue(value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return badTopic()
}

func badTopic() error {
	return &ValidationError{Errors: []FieldError{{Rule: "topic", Message: "must be a topic of the contract"}}}
}

// JoinTopic writes a topic: parts as in [MatchTopic], with values between them.
func JoinTopic(parts []string, values ...string) string {
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i < len(values) {
			b.WriteString(values[i])
		}
	}
	return b.String()
}
