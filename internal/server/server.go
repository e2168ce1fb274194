package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/duet-api/duet/runtime/socket"
)

// Limits of a connection that speaks HTTP. A socket has none of them: taking a connection over lifts its deadlines.
const (
	headerTimeout  = 5 * time.Second  // to send a header, from the connection's begin or the header's first byte
	readTimeout    = 15 * time.Second // to send a request with its body
	writeTimeout   = 30 * time.Second // from the end of the header to the end of the answer
	idleTimeout    = 60 * time.Second // between two requests
	maxHeaderBytes = 16 << 10         // net/http adds 4 KiB
)

// Server is a server that is bound to its address and has opened its data.
type Server struct {
	cfg      Config
	addrs    *addrs
	health   health
	state    *state
	listener net.Listener
	http     *http.Server
	sockets  drainer
	links    links
	close    func() error
}

// drainer closes what outlives the request that opened it.
type drainer interface {
	Shutdown(ctx context.Context) error
}

// Run opens a server, announces it on out and serves until ctx ends. It returns nil after an orderly end.
func Run(ctx context.Context, cfg Config, out io.Writer) error {
	s, err := New(ctx, cfg)
	if err != nil {
		return err
	}
	s.Announce(out)
	return errors.Join(s.Run(ctx), s.Close())
}

// New binds the address, opens the data and makes the lobby. The caller must call Close. ctx is for opening only.
func New(ctx context.Context, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	listener, err := listen(ctx, cfg.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, listener: listener, addrs: &addrs{proxies: cfg.TrustedProxies}, links: links{reachable(listener.Addr())}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.close = sync.OnceValue(func() error {
		err := listener.Close()
		if errors.Is(err, net.ErrClosed) { // by Run
			err = nil
		}
		return errors.Join(err, s.state.close())
	})
	return s, nil
}

// listen binds an address, with a hint where it is taken.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("address %s is in use: stop what listens there, or choose another by -addr (DUET_ADDR); -addr 127.0.0.1:0 takes a free port", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return listener, nil
}

// open opens the data and joins the handlers.
func (s *Server) open(ctx context.Context) error {
	stats := &socket.Stats{}
	idle := newWaiting(s.addrs.trusted)
	m := newMetrics(stats, idle)
	state, err := openState(ctx, s.cfg, m)
	if err != nil {
		return err
	}
	s.state, s.health.store = state, state.store
	handler, sockets, err := s.handler(m, stats)
	if err != nil {
		return errors.Join(err, state.close())
	}
	s.sockets = sockets
	s.http = &http.Server{
		Handler: handler, ConnState: idle.change,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(component(s.cfg.Log, "http").Handler(), slog.LevelWarn),
	}
	return nil
}

// Addr returns the address that the server is bound to.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL returns the address of the server for clients on this machine, such as http://127.0.0.1:8080.
func (s *Server) URL() string { return s.links.URL }

// Lobby returns the id of the room that is always there.
func (s *Server) Lobby() string { return s.state.lobby }

// Announce writes where the server is found and how to begin. The first line is `listening on ` and the URL.
func (s *Server) Announce(out io.Writer) {
	_, _ = io.WriteString(out, s.links.announcement()) // whoever closes the output does not want to know
}

// Dial connects to the server as a part of it: to no connection made by it do the limits by address apply.
func (s *Server) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return s.addrs.dial(ctx, network, addr)
}

// Close closes the listener and the data. It may be called more than once, but not while Run runs.
func (s *Server) Close() error { return s.close() }
