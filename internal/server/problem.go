package server

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
	"github.com/duet-api/duet/runtime/socket"
)

// writeProblem answers with a problem to a request that has no name yet.
func writeProblem(w http.ResponseWriter, p present.Problem) {
	_ = p.Write(w, present.NewRequestID()) // the client may be gone
}

func unavailable(w http.ResponseWriter, detail string, retry time.Duration) {
	writeProblem(w, present.Problem{Code: schema.ErrorCodeUnavailable, Detail: detail, RetryAfter: retry})
}

// get lets GET and HEAD through to next and refuses other methods.
func get(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeProblem(w, present.Problem{Code: schema.ErrorCodeMethodNotAllowed, Detail: "Only GET and HEAD go here."})
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
		p := present.Problem{Code: code, Detail: detail, RetryAfter: handshakeRetry}
		var e *game.Error
		if errors.As(rej.Err, &e) {
			p = present.Problem{Code: schema.ErrorCode(e.Code), Detail: present.Sentence(e.Message), RetryAfter: e.RetryAfter}
		}
		id := present.NewRequestID()
		if p.Code == schema.ErrorCodeInternal {
			p.Detail = ""
			if r.Context().Err() == nil { // else the client has gone
				log.ErrorContext(r.Context(), "handshake failed", "request", id, "error", rej.Err)
			}
		}
		_ = p.Write(w, id) // the client may be gone
	}
}

// handshakeRetry is when to come back where too many connections are open.
const handshakeRetry = 5 * time.Second
