package rest

import (
	"net/http"
	"strings"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
)

// admit lets a call through to its operation: with a token where the contract
// asks for one, and not too often.
func (s *Server) admit(op restapi.Operation, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		c.operation, c.route = op.ID, op.Path
		if !op.Secured {
			if wait := s.addrs.take(c.addr); wait > 0 {
				s.fail(w, r, rateLimited(wait))
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		token, ok := bearer(r.Header)
		if !ok {
			s.answer(w, r, present.Problem{Code: schema.ErrorCodeUnauthenticated, Detail: "This call needs a token."})
			return
		}
		by, err := s.cfg.Sessions.Authenticate(r.Context(), token)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if wait := s.callers.take(by.User.ID); wait > 0 {
			s.fail(w, r, rateLimited(wait))
			return
		}
		c.by = by
		next.ServeHTTP(w, r)
	})
}

// bearer gives the token of a request (RFC 6750, section 2.1), of which there is
// one at most.
func bearer(h http.Header) (game.Secret, bool) {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	token = strings.TrimLeft(token, " ")
	return game.Secret(token), ok && strings.EqualFold(scheme, "Bearer") && token != ""
}
