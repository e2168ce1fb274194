package trip

import (
	"context"
	"fmt"

	"github.com/duet-api/duet/runtime/socket"
)

// Peer is what the handler of a generated test does: it hands on what arrives.
// S is the generated server's side of a connection.
type Peer[S any] struct {
	conns   chan S
	got     chan any
	replies chan any
	failed  chan error
}

// NewPeer makes a Peer.
func NewPeer[S any]() *Peer[S] {
	return &Peer[S]{conns: make(chan S, 1), got: make(chan any), replies: make(chan any, 1), failed: make(chan error, 16)}
}

// Open notes a connection that was opened.
func (p *Peer[S]) Open(c S) error {
	p.conns <- c
	return nil
}

// Got hands on a message that arrived at the server.
func (p *Peer[S]) Got(ctx context.Context, m any) error {
	select {
	case p.got <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fail notes a message that the server refused.
func (p *Peer[S]) Fail(f *socket.Failure) {
	select {
	case p.failed <- f:
	default: // the first ones tell enough
	}
}

// Answer hands on a request that arrived at the server and gives the reply that
// the test has prepared.
func Answer[R, S any](ctx context.Context, p *Peer[S], m any) (reply R, err error) {
	if err := p.Got(ctx, m); err != nil {
		return reply, err
	}
	select {
	case r := <-p.replies:
		reply, ok := r.(R)
		if !ok {
			return reply, fmt.Errorf("the test has prepared a %T", r)
		}
		return reply, nil
	case <-ctx.Done():
		return reply, ctx.Err()
	}
}
