package rest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/wire"
)

// statusOf gives the HTTP status of an error code: the table of
// api/schemas/error-code.yaml. Codes that never go over REST are a mistake of
// the server.
func statusOf(code schema.ErrorCode) int {
	switch code {
	case schema.ErrorCodeMalformedJSON, schema.ErrorCodeInvalidRequest:
		return http.StatusBadRequest
	case schema.ErrorCodeUnauthenticated, schema.ErrorCodeInvalidCredentials, schema.ErrorCodeInvalidToken,
		schema.ErrorCodeTokenExpired, schema.ErrorCodeTokenRevoked, schema.ErrorCodeInvalidTicket:
		return http.StatusUnauthorized
	case schema.ErrorCodeForbidden, schema.ErrorCodeOriginNotAllowed:
		return http.StatusForbidden
	case schema.ErrorCodeNotFound, schema.ErrorCodeUserNotFound, schema.ErrorCodeRoomNotFound:
		return http.StatusNotFound
	case schema.ErrorCodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case schema.ErrorCodeNameTaken, schema.ErrorCodeRoomFull:
		return http.StatusConflict
	case schema.ErrorCodePayloadTooLarge:
		return http.StatusRequestEntityTooLarge
	case schema.ErrorCodeUnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case schema.ErrorCodeUpgradeRequired:
		return http.StatusUpgradeRequired
	case schema.ErrorCodeRateLimited, schema.ErrorCodeTooManyLogins:
		return http.StatusTooManyRequests
	case schema.ErrorCodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem is an error as a client sees it.
type problem struct {
	code       schema.ErrorCode
	detail     string
	errors     []schema.FieldProblem
	retryAfter time.Duration
}

// problemOf gives what a client may know about an error. What is not meant for
// a client becomes internal, without a word.
func problemOf(err error) problem {
	var (
		invalid *wire.ValidationError
		syntax  *wire.SyntaxError
		refused *restapi.RequestError
		rule    *game.Error
	)
	switch {
	case errors.As(err, &invalid):
		return problem{code: schema.ErrorCodeInvalidRequest, detail: broken(len(invalid.Errors)), errors: fieldProblems(invalid)}
	case errors.As(err, &syntax):
		return problem{code: schema.ErrorCodeMalformedJSON, detail: "The body is not one well-formed JSON value in UTF-8."}
	case errors.As(err, &refused):
		return problem{code: refusal(refused.Status), detail: sentence(refused.Reason)}
	case errors.As(err, &rule) && rule.Code != game.CodeInternal:
		return ruleProblem(rule)
	}
	return problem{code: schema.ErrorCodeInternal}
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
	case http.StatusRequestEntityTooLarge:
		return schema.ErrorCodePayloadTooLarge
	case http.StatusUnsupportedMediaType:
		return schema.ErrorCodeUnsupportedMediaType
	}
	return schema.ErrorCodeMalformedJSON
}

func ruleProblem(e *game.Error) problem {
	p := problem{code: schema.ErrorCode(e.Code), detail: sentence(e.Message), retryAfter: e.RetryAfter}
	if e.Code == game.CodeInvalidRequest {
		p.detail = broken(1)
		p.errors = []schema.FieldProblem{{Pointer: e.Pointer, Rule: e.Rule, Message: e.Message}}
	}
	return p
}

// sentence makes a sentence of an error's text.
func sentence(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return string(text[0]-'a'+'A') + text[1:] + "."
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
		p = problem{code: schema.ErrorCodeUnavailable}
	case p.code == schema.ErrorCodeInternal:
		s.cfg.Log.ErrorContext(r.Context(), "call failed", "request", c.id, "operation", c.operation, "error", err)
	}
	if werr := p.write(w, c.id); werr != nil {
		s.cfg.Log.DebugContext(r.Context(), "problem not written", "request", c.id, "error", werr)
	}
}

// write answers with the problem.
func (p problem) write(w http.ResponseWriter, id string) error {
	status := statusOf(p.code)
	body := schema.Problem{
		Title: http.StatusText(status), Status: int32(status), Code: p.code, RequestID: id, Errors: p.errors,
	}
	if p.detail != "" {
		body.Detail = wire.Some(p.detail)
	}
	data := body.AppendJSON(make([]byte, 0, 512))
	h := w.Header()
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(p.code))
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.retryAfter.Seconds())))))
	}
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, err := w.Write(data)
	return err
}

// challenge is the WWW-Authenticate header of RFC 6750, section 3.
func challenge(code schema.ErrorCode) string {
	switch code {
	case schema.ErrorCodeInvalidToken, schema.ErrorCodeTokenExpired, schema.ErrorCodeTokenRevoked:
		return `Bearer error="invalid_token"`
	}
	return "Bearer"
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
	if err := (problem{code: schema.ErrorCodeInternal}).write(c.w, c.id); err != nil {
		s.cfg.Log.DebugContext(r.Context(), "problem not written", "request", c.id, "error", err)
	}
}
