package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Run serves until ctx ends. Then it stops in this order, within Config.Grace: /readyz answers 503; sockets get a
// goodbye, close with 4003 and leave their rooms; the listener closes and the requests under way are answered; positions
// are saved. It returns nil after such an end, whatever had to be cut off. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	upkeep, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { s.state.rooms.Run(upkeep) })
	running.Go(func() { s.state.sessions.Run(upkeep) })

	served := make(chan error, 1)
	go func() { served <- s.http.Serve(s.listener) }()
	s.health.set(phaseReady)
	s.cfg.Log.Info("ready", "url", s.URL(), "data", s.cfg.Data)

	var failed error
	select {
	case <-ctx.Done():
		s.drain(context.WithoutCancel(ctx))
		<-served // http.ErrServerClosed
	case err := <-served:
		failed = fmt.Errorf("serve: %w", err)
		s.drain(context.WithoutCancel(ctx))
	}
	stop()
	running.Wait()
	s.cfg.Log.Info("stopped")
	return failed
}

// drain ends all connections. Sockets may take half of the grace and requests another quarter, so that saving has some
// left.
func (s *Server) drain(ctx context.Context) {
	s.cfg.Log.Info("stopping", "grace", s.cfg.Grace)
	s.health.set(phaseDraining)
	s.step(ctx, "sockets", s.cfg.Grace/2, s.sockets.Shutdown)
	s.step(ctx, "requests", s.cfg.Grace/4, s.http.Shutdown)
	if err := s.http.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		s.cfg.Log.Debug("close connections", "error", err)
	}
}

// step runs a step of the drain for at most the given time.
func (s *Server) step(ctx context.Context, what string, limit time.Duration, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := f(ctx); err != nil {
		s.cfg.Log.Warn("cut off while stopping", "what", what, "error", err)
	}
}
