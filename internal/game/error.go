package game

import (
	"errors"
	"time"
)

// Code names what went wrong, from the catalogue that both protocols share (api/schemas/error-code.yaml).
type Code string

// The codes that this package and the implementations of its interfaces return.
const (
	CodeInternal           Code = "internal"
	CodeInvalidRequest     Code = "invalid_request"
	CodeInvalidCredentials Code = "invalid_credentials"
	CodeInvalidToken       Code = "invalid_token"
	CodeTokenExpired       Code = "token_expired"
	CodeTokenRevoked       Code = "token_revoked"
	CodeInvalidTicket      Code = "invalid_ticket"
	CodeForbidden          Code = "forbidden"
	CodeUserNotFound       Code = "user_not_found"
	CodeRoomNotFound       Code = "room_not_found"
	CodeNameTaken          Code = "name_taken"
	CodeRoomFull           Code = "room_full"
	CodeTooManyRooms       Code = "too_many_rooms"
	CodeRateLimited        Code = "rate_limited"
	CodeTooManyLogins      Code = "too_many_logins"
	CodeUnavailable        Code = "unavailable"
)

// Error is an error whose Code and Message may be shown to a client. Neither ever holds a secret or the refused value.
type Error struct {
	Code    Code
	Message string
	// Pointer (RFC 6901, into the request) and Rule (a JSON Schema keyword) say what CodeInvalidRequest is about.
	Pointer, Rule string
	// RetryAfter is how long to wait before the same call can succeed, for CodeRateLimited, CodeTooManyLogins and CodeUnavailable.
	RetryAfter time.Duration
}

// Error returns the code and the message.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Is reports whether target is an *Error of the same code, so errors.Is(err, &Error{Code: c}) works through wraps.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// NewError returns an error with a code and a message that a client may read.
func NewError(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// CodeOf returns the code of the first *Error in err's chain, CodeInternal for any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

func invalid(pointer, rule, message string) *Error {
	return &Error{Code: CodeInvalidRequest, Message: message, Pointer: pointer, Rule: rule}
}
