package server

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// writeProblem answers with problem details (RFC 9457). id "" makes a new one.
func writeProblem(w http.ResponseWriter, status int, code schema.ErrorCode, detail, id string) {
	if id == "" {
		id = newRequestID()
	}
	p := schema.Problem{Title: http.StatusText(status), Status: int32(status), Code: code, RequestID: id}
	if detail != "" {
		p.Detail = wire.Some(detail)
	}
	body := p.AppendJSON(nil)
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// newRequestID names a request in the answer and in the log.
func newRequestID() string { return rand.Text() }

func unavailable(w http.ResponseWriter, detail string, retry time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds(retry)))
	writeProblem(w, http.StatusServiceUnavailable, schema.ErrorCodeUnavailable, detail, "")
}

// seconds rounds up, to 1 at least.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

// get lets GET and HEAD through to next and refuses other methods.
func get(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeProblem(w, http.StatusMethodNotAllowed, schema.ErrorCodeMethodNotAllowed, "Only GET and HEAD go here.", "")
			return
		}
		next(w, r)
	})
}

// handshakeCodes are the codes of handshakes that were refused for no reason of the rules.
func handshakeCode(status int) (schema.ErrorCode, string) {
	switch status {
	case http.StatusForbidden:
		return schema.ErrorCodeOriginNotAllowed, "Pages of this origin may not connect."
	case http.StatusNotFound:
		return schema.ErrorCodeRoomNotFound, "There is no room with this id."
	case http.StatusMethodNotAllowed:
		return schema.ErrorCodeMethodNotAllowed, "A handshake is a GET."
	case http.StatusUpgradeRequired:
		return schema.ErrorCodeUpgradeRequired, "This address speaks WebSocket, version 13."
	case http.StatusTooManyRequests:
		return schema.ErrorCodeRateLimited, "Too many connections from this address."
	case http.StatusServiceUnavailable:
		return schema.ErrorCodeUnavailable, "The server takes no connection now."
	case http.StatusBadRequest:
		return schema.ErrorCodeInvalidRequest, "The handshake is malformed."
	}
	return schema.ErrorCodeInternal, ""
}

// rejectHandshake answers a handshake that was refused.
func rejectHandshake(log *slog.Logger) func(http.ResponseWriter, *http.Request, *socket.Rejection) {
	return func(w http.ResponseWriter, r *http.Request, rej *socket.Rejection) {
		for name, values := range rej.Header {
			w.Header()[name] = values
		}
		code, detail := handshakeCode(rej.Status)
		var e *game.Error
		if errors.As(rej.Err, &e) {
			code, detail = schema.ErrorCode(e.Code), sentence(e.Message)
		}
		id := newRequestID()
		if code == schema.ErrorCodeInternal && r.Context().Err() == nil { // else the client has gone
			log.ErrorContext(r.Context(), "handshake failed", "request", id, "error", rej.Err)
		}
		if code == schema.ErrorCodeInternal {
			detail = ""
		}
		writeProblem(w, rej.Status, code, detail, id)
	}
}

// sentence makes a message of the rules look like the other details.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
