package present

import (
	"crypto/rand"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/runtime/wire"
)

// Problem is an error as a client sees it.
type Problem struct {
	Code       schema.ErrorCode
	Detail     string // a sentence, or "" for no more than the code says
	Errors     []schema.FieldProblem
	RetryAfter time.Duration // for 429 and 503, at least a second
}

// NewRequestID returns a new name for a request, for the answer and the log.
func NewRequestID() string { return rand.Text() }

// Write answers with the problem, in the request's name.
func (p Problem) Write(w http.ResponseWriter, id string) error {
	status := Status(p.Code)
	body := schema.Problem{
		Title: http.StatusText(status), Status: int32(status), Code: p.Code, RequestID: id, Errors: p.Errors,
	}
	if p.Detail != "" {
		body.Detail = wire.Some(p.Detail)
	}
	data := body.AppendJSON(make([]byte, 0, 512))
	h := w.Header()
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(p.Code))
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.RetryAfter.Seconds())))))
	}
	h.Del("ETag")
	Secure(h, id)
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, err := w.Write(data)
	return err
}

// Secure sets the headers of every answer to a call. None is a page, and most
// hold what only the caller may see.
func Secure(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// challenge is the WWW-Authenticate header of RFC 6750, section 3.
func challenge(code schema.ErrorCode) string {
	switch code {
	case schema.ErrorCodeInvalidToken, schema.ErrorCodeTokenExpired, schema.ErrorCodeTokenRevoked:
		return `Bearer error="invalid_token"`
	}
	return "Bearer"
}

// Sentence makes a sentence of an error's text.
func Sentence(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return string(text[0]-'a'+'A') + text[1:] + "."
}
