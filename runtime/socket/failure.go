package socket

import (
	"fmt"
	"time"
)

// FailureKind says why a message was refused.
type FailureKind uint8

// The kinds of Failure.
const (
	BadMessage     FailureKind = iota // not JSON, or breaks the message's schema
	UnknownMessage                    // no message of the contract
	RateLimited                       // above the message's x-rate-limit
	TooBig                            // above the message's x-max-bytes; the connection closes with 1009
	Binary                            // a binary frame where the contract has text
	HandlerError                      // the handler returned an error
	failureKinds
)

// String names the kind in kebab-case, for logs and metrics.
func (k FailureKind) String() string {
	if k >= failureKinds {
		return fmt.Sprintf("failure-%d", uint8(k))
	}
	return [failureKinds]string{"bad-message", "unknown-message", "rate-limited", "too-big", "binary", "handler-error"}[k]
}

// Failure is one message from the peer that was refused. The connection lives
// on unless a budget is spent; the Fail hook answers with the contract's error
// message.
type Failure struct {
	Kind    FailureKind
	Message string // the message's name; empty where it could not be told
	// ID is the request's correlation id, empty without one. It comes from the
	// peer and is at most 128 bytes long.
	ID string
	// Err is the finding: a *wire.ValidationError, a *wire.SyntaxError, or what
	// the handler returned. Nil for RateLimited, TooBig and Binary.
	Err error
	// RetryAfter is when the next such message will be accepted; for RateLimited.
	RetryAfter time.Duration
}

// Error gives the kind, the message and the finding.
func (f *Failure) Error() string {
	s := "socket: " + f.Kind.String()
	if f.Message != "" {
		s += " " + f.Message
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

// Unwrap gives the finding.
func (f *Failure) Unwrap() error { return f.Err }
