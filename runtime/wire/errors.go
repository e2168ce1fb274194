package wire

import (
	"strconv"
	"strings"
)

// MaxFindings is how many findings a [ValidationError] holds at most. What is
// found beyond them is dropped.
const MaxFindings = 32

// FieldError is one finding about a value.
type FieldError struct {
	// Pointer is the RFC 6901 pointer to the value, empty for the whole. For
	// the rule required it points at the member that is not there.
	Pointer string
	// Rule is the JSON Schema keyword that the value breaks, or one of
	// duplicate, finite, utf8, depth, discriminator and false, which is the schema of nothing.
	Rule string
	// Message says what is asked of the value. It never holds the value.
	Message string
}

// Error gives e in one line.
func (e FieldError) Error() string {
	pointer := e.Pointer
	if pointer == "" {
		pointer = "value"
	}
	return pointer + ": " + e.Message
}

// ValidationError says that a value is JSON but not what its schema asks for.
type ValidationError struct {
	Errors []FieldError // at least one and at most MaxFindings, in input order
}

// Error lists the findings in one line.
func (e *ValidationError) Error() string {
	var b strings.Builder
	for i, finding := range e.Errors {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(finding.Error())
	}
	return b.String()
}

// SyntaxError says that a text is not JSON.
type SyntaxError struct {
	Offset  int    // of the first byte that does not fit, from 0
	Message string // never holds input
}

// Error gives e in one line.
func (e *SyntaxError) Error() string {
	return "invalid JSON at byte " + strconv.Itoa(e.Offset) + ": " + e.Message
}

// findings collects at most MaxFindings.
type findings struct {
	list []FieldError
}

func (f *findings) add(pointer, rule, message string) {
	if len(f.list) < MaxFindings {
		f.list = append(f.list, FieldError{Pointer: pointer, Rule: rule, Message: message})
	}
}

func (f *findings) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &ValidationError{Errors: f.list}
}
