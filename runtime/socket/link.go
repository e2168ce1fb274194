package socket

import (
	"context"
	"errors"
	"iter"
	"sync"
)

// Peer is a generated client: a connection to a server whose messages are of
// type E.
type Peer[E any] interface {
	comparable
	Next(ctx context.Context) (E, error)
	Close(code CloseCode, reason string) error
	Done() <-chan struct{}
}

// errLinkClosed is what calls on a closed Link get.
var errLinkClosed = errors.New("socket: the link is closed")

// Link is a connection that comes back by itself. It lives while its Events
// are ranged over: they read the connection and open the next one. Its methods
// may be called by any number of goroutines at the same time, except that one
// goroutine at a time ranges over Events.
type Link[C Peer[E], E any] struct {
	dial    func(ctx context.Context) (C, error)
	options *ReconnectOptions

	mu     sync.Mutex // guards what follows
	conn   C          // zero while there is none
	up     chan struct{}
	closed bool
}

// NewLink opens a connection with dial, which opens the later ones too. Its
// error is that of dial.
func NewLink[C Peer[E], E any](ctx context.Context, o *ReconnectOptions, dial func(ctx context.Context) (C, error)) (*Link[C, E], error) {
	l := &Link[C, E]{dial: dial, options: o, up: make(chan struct{})}
	_, err := l.connect(ctx)
	return l, err
}

// Conn gives the connection, and waits for it while there is none.
func (l *Link[C, E]) Conn(ctx context.Context) (C, error) {
	for {
		l.mu.Lock()
		conn, up, closed := l.conn, l.up, l.closed
		l.mu.Unlock()
		var none C
		switch {
		case closed:
			return none, errLinkClosed
		case conn != none:
			return conn, nil
		}
		select {
		case <-up:
		case <-ctx.Done():
			return none, ctx.Err()
		}
	}
}

// Events gives the messages of the server that answer no request, connection
// after connection. The pair's error is not nil once at most, at the end: the
// *CloseError or *DialError after which coming back is pointless. The end of
// ctx, or Close, ends the sequence without an error.
func (l *Link[C, E]) Events(ctx context.Context) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		stopped := false
		err := Reconnect(ctx, l.options, func(ctx context.Context, up func()) error {
			conn, err := l.connect(ctx)
			if err != nil {
				return l.unlessClosed(err)
			}
			up()
			for {
				event, err := conn.Next(ctx)
				switch {
				case err != nil && ctx.Err() != nil:
					return nil
				case err != nil:
					l.drop(conn)
					return l.unlessClosed(err)
				case !yield(event, nil):
					stopped = true
					return nil
				}
			}
		})
		if err != nil && !stopped && ctx.Err() == nil {
			var none E
			yield(none, err)
		}
	}
}

// Close closes the connection in order and opens no other.
func (l *Link[C, E]) Close() error {
	l.mu.Lock()
	conn, closed := l.conn, l.closed
	l.closed = true
	var none C
	if conn == none && !closed {
		close(l.up)
	}
	l.mu.Unlock()
	if conn == none || closed {
		return nil
	}
	return conn.Close(CloseNormal, "")
}

// connect gives the connection that there is, or opens one.
func (l *Link[C, E]) connect(ctx context.Context) (C, error) {
	l.mu.Lock()
	conn, closed := l.conn, l.closed
	l.mu.Unlock()
	var none C
	if closed {
		return none, errLinkClosed
	}
	if conn != none {
		return conn, nil
	}
	conn, err := l.dial(ctx)
	if err != nil {
		return none, err
	}
	l.mu.Lock()
	closed = l.closed
	if !closed {
		l.conn = conn
		close(l.up)
	}
	l.mu.Unlock()
	if closed {
		_ = conn.Close(CloseNormal, "")
		return none, errLinkClosed
	}
	return conn, nil
}

// drop forgets a connection that has ended.
func (l *Link[C, E]) drop(conn C) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != conn || l.closed {
		return
	}
	var none C
	l.conn, l.up = none, make(chan struct{})
}

// unlessClosed is err, or nil where Close is the reason for it.
func (l *Link[C, E]) unlessClosed(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	return err
}
