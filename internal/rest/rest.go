// Package rest serves the REST half of the contract. It implements the generated
// interface of package restapi over the rules of package game, one file a
// resource, and turns every error into a problem (RFC 9457).
package rest

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/internal/game"
)

// Config holds what a Server works with. Users, Sessions and Rooms are required.
type Config struct {
	Users    *game.Users
	Sessions *game.Sessions
	Rooms    *game.Rooms

	// MaxBodyBytes bounds a request body; default restapi.DefaultMaxBodyBytes.
	MaxBodyBytes int64
	// Limits bound how often one client may call.
	Limits Limits
	// ClientAddr gives what the client's address is counted as, for logins and calls
	// without a login; default is that of the connection's other end without the
	// port, which behind a proxy is the proxy.
	ClientAddr func(*http.Request) string
	// Observe is told about every call once it was answered. It may be called
	// concurrently. May be nil.
	Observe func(Call)
	Now     func() time.Time // default time.Now
	Log     *slog.Logger     // default: discard
}

// Server implements the operations of the API. Its methods may be called
// concurrently.
type Server struct {
	cfg     Config
	callers *limiter // by user
	addrs   *limiter // by address, for calls without a login
}

var _ restapi.StrictServerInterface = (*Server)(nil)

// New returns the handler of the whole API, below restapi.BasePath. What the
// contract does not have is answered by a problem, too.
func New(cfg Config) http.Handler {
	s := newServer(cfg)
	strict := restapi.NewStrictHandler(s, &restapi.StrictServerOptions{
		MaxBodyBytes:             s.cfg.MaxBodyBytes,
		RequestErrorHandlerFunc:  s.fail,
		ResponseErrorHandlerFunc: s.fail,
	})
	mux := http.NewServeMux()
	restapi.HandlerWithOptions(strict, restapi.StdHTTPServerOptions{
		BaseURL:          restapi.BasePath,
		BaseRouter:       mux,
		Middlewares:      []restapi.Middleware{s.admit},
		ErrorHandlerFunc: s.fail,
	})
	return s.observe(s.route(mux))
}

func newServer(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.ClientAddr == nil {
		cfg.ClientAddr = remoteAddr
	}
	cfg.Limits = cfg.Limits.orDefault()
	return &Server{cfg: cfg, callers: newLimiter(cfg.Limits.User, cfg.Now), addrs: newLimiter(cfg.Limits.Addr, cfg.Now)}
}

func remoteAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
