package server

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// phase is where the server stands between its start and its end.
type phase int32

const (
	phaseStarting phase = iota
	phaseReady
	phaseDraining
)

// storeTimeout is how long the storage may take to answer before the server calls itself not ready.
const storeTimeout = time.Second

// health answers whether the server lives and whether it wants work. It may be used concurrently.
type health struct {
	phase atomic.Int32
	store interface{ Ping(context.Context) error }
}

func (h *health) set(p phase) { h.phase.Store(int32(p)) }

// live answers 200 as long as the process can answer at all.
func (h *health) live(w http.ResponseWriter, _ *http.Request) { plain(w, "ok\n") }

// ready answers 200 where the server takes work, else 503 with the reason.
func (h *health) ready(w http.ResponseWriter, r *http.Request) {
	switch phase(h.phase.Load()) {
	case phaseStarting:
		unavailable(w, "The server is starting.", time.Second)
		return
	case phaseDraining:
		unavailable(w, "The server is stopping.", 3*time.Second)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTimeout)
	defer cancel()
	if h.store.Ping(ctx) != nil {
		unavailable(w, "The storage does not answer.", time.Second)
		return
	}
	plain(w, "ready\n")
}

func plain(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, text) // the client may be gone
}
