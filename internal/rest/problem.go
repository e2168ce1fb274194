package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
	"github.com/duet-api/duet/runtime/wire"
)

// problemOf gives what a client may know about an error. What is not meant for
// a client becomes internal, without a word.
func problemOf(err error) present.Problem {
	var (
		invalid *wire.ValidationError
		syntax  *wire.SyntaxError
		refused *restapi.RequestError
		rule    *game.Error
	)
	switch {
	case errors.As(err, &invalid):
		return present.Problem{Code: schema.ErrorCodeInvalidRequest, Detail: broken(len(invalid.Errors)), Errors: fieldProblems(invalid)}
	case errors.As(err, &syntax):
		return present.Problem{Code: schema.ErrorCodeMalformedJSON, Detail: malformed(syntax)}
	case errors.As(err, &refused):
		return present.Problem{Code: refusal(refused.Status), Detail: present.Sentence(refused.Reason)}
	case errors.As(err, &rule) && rule.Code != game.CodeInternal:
		return ruleProblem(rule)
	}
	return present.Problem{Code: schema.ErrorCodeInternal}
}

// malformed says where the text stops being JSON, never what is there.
func malformed(e *wire.SyntaxError) string {
	return fmt.Sprintf("The body is not one JSON value in UTF-8: %s at byte %d.", e.Message, e.Offset)
}

func broken(rules int) string {
	if rules == 1 {
		return "The request breaks 1 rule."
	}
	return fmt.Sprintf("The request breaks %d rules.", rules)
}

func fieldProblems(e *wire.ValidationError) []schema.FieldProblem {
	out := make([]schema.FieldProblem, len(e.Errors))
	for i, f := range e.Errors {
		out[i] = schema.FieldProblem{Pointer: f.Pointer, Rule: f.Rule, Message: f.Message}
	}
	return out
}

// refusal gives the code of a request that was refused before its content was
// looked at.
func refusal(status int) schema.ErrorCode {
	switch status {
	case http.StatusRequestTimeout:
		return schema.ErrorCodeTimeout
	case http.StatusRequestEntityTooLarge:
		return schema.ErrorCodePayloadTooLarge
	case http.StatusUnsupportedMediaType:
		return schema.ErrorCodeUnsupportedMediaType
	}
	return schema.ErrorCodeMalformedJSON
}

func ruleProblem(e *game.Error) present.Problem {
	p := present.Problem{Code: schema.ErrorCode(e.Code), Detail: present.Sentence(e.Message), RetryAfter: e.RetryAfter}
	if e.Code == game.CodeInvalidRequest {
		p.Detail = broken(1)
		p.Errors = []schema.FieldProblem{{Pointer: e.Pointer, Rule: e.Rule, Message: e.Message}}
	}
	return p
}

// fail answers a call with an error. An error that comes after the answer has
// begun, such as that of a broken connection, is only logged.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	c := callOf(r.Context())
	p := problemOf(err)
	switch {
	case r.Context().Err() != nil && errors.Is(err, context.Canceled), c.w != nil && c.w.status != 0:
		s.cfg.Log.DebugContext(r.Context(), "call given up", "request", c.id, "operation", c.operation, "error", err)
		if c.w != nil && c.w.status != 0 {
			return
		}
		p = present.Problem{Code: schema.ErrorCodeUnavailable}
	case p.Code == schema.ErrorCodeInternal:
		s.cfg.Log.ErrorContext(r.Context(), "call failed", "request", c.id, "operation", c.operation, "error", err)
	}
	if werr := p.Write(w, c.id); werr != nil {
		s.cfg.Log.DebugContext(r.Context(), "problem not written", "request", c.id, "error", werr)
	}
}

// recover answers a call whose handler panicked with cause, if it is not nil.
func (s *Server) recover(c *call, r *http.Request, cause any) {
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // panics hold this very value
		panic(cause)
	}
	s.cfg.Log.ErrorContext(r.Context(), "call panicked", "request", c.id, "operation", c.operation, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if c.w.status != 0 {
		panic(http.ErrAbortHandler) // so that the client sees that the answer is cut off
	}
	if err := (present.Problem{Code: schema.ErrorCodeInternal}).Write(c.w, c.id); err != nil {
		s.cfg.Log.DebugContext(r.Context(), "problem not written", "request", c.id, "error", err)
	}
}
