package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
)

// Call is what became of one call.
type Call struct {
	RequestID string
	Operation string // its generated name: CreateUser; empty where there is none
	Route     string // its path as in the contract: /users/{userId}; empty where there is none
	Method    string
	Status    int
	Bytes     int64 // of the answer's body
	Duration  time.Duration
}

// call is the state of one call. It belongs to the goroutine that serves it.
type call struct {
	id        string
	addr      string
	operation string
	route     string
	by        game.Identity // of operations that need a login
	w         *response
}

// callKey is the context key of the *call.
type callKey struct{}

// callOf gives the call that ctx belongs to. The operations are only reached
// through Server.observe, which puts it there.
func callOf(ctx context.Context) *call {
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return &call{}
	}
	return c
}

// caller gives who makes the call.
func caller(ctx context.Context) game.Identity { return callOf(ctx).by }

// observe is the outermost handler: it names the call, sets the headers that all
// answers have, survives panics and reports what became of the call.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.cfg.Now()
		c := &call{id: present.NewRequestID(), addr: s.cfg.ClientAddr(r), w: &response{ResponseWriter: w}}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		present.Secure(c.w.Header(), c.id)
		defer func() {
			s.recover(c, r, recover())
			if s.cfg.Observe != nil {
				s.cfg.Observe(Call{
					RequestID: c.id, Operation: c.operation, Route: c.route, Method: r.Method, Status: c.w.status,
					Bytes: c.w.bytes, Duration: s.cfg.Now().Sub(start),
				})
			}
		}()
		next.ServeHTTP(c.w, r)
	})
}
