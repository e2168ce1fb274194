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

	mu   sync.Mutex    // guards what follows
	conn C             // zero while there is none
	up   chan struct{} // closed while there is a connection, and at the end
	end  error         // why there will be no other connection; nil while there may be
}

// NewLink opens a connection with dial, which opens the later ones too. Its
// error is that of dial.
func NewLink[C Peer[E], E any](ctx context.Context, o *ReconnectOptions, dial func(ctx context.Context) (C, error)) (*Link[C, E], error) {
	l := &Link[C, E]{dial: dial, options: o, up: make(chan struct{})}
	_, err := l.connect(ctx)
	return l, err
}

// Conn gives the connection, and waits for it while there is none. Once Events
// has ended for good it gives the error with which that ended.
func (l *Link[C, E]) Conn(ctx context.Context) (C, error) {
	for {
		l.mu.Lock()
		conn, up, end := l.conn, l.up, l.end
		l.mu.Unlock()
		var none C
		switch {
		case end != nil:
			return none, end
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
// after connection. An error that is a *Failure is about one message, which
// breaks the contract as it was when this program was made, and the next pair
// follows. Any other error is the last pair: the *CloseError or *DialError after
// which coming back is pointless. The end of ctx, or Close, ends the sequence
// without an error.
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
				case err != nil && !isFailure(err):
					l.drop(conn)
					return l.unlessClosed(err)
				case !yield(event, err):
					stopped = true
					return nil
				}
			}
		})
		if err != nil && !stopped && ctx.Err() == nil {
			l.finish(err)
			var none E
			yield(none, err)
		}
	}
}

func isFailure(err error) bool {
	f := (*Failure)(nil)
	return errors.As(err, &f)
}

// Close closes the connection in order and opens no other.
func (l *Link[C, E]) Close() error {
	conn := l.finish(errLinkClosed)
	var none C
	if conn == none {
		return nil
	}
	return conn.Close(CloseNormal, "")
}

// finish notes why there will be no other connection, and gives the one that
// there is. Only the first reason counts, and only with it there may be one.
func (l *Link[C, E]) finish(reason error) C {
	l.mu.Lock()
	defer l.mu.Unlock()
	var none C
	if l.end != nil {
		return none
	}
	l.end = reason
	if l.conn == none {
		close(l.up)
	}
	return l.conn
}

// connect gives the connection that there is, or opens one.
func (l *Link[C, E]) connect(ctx context.Context) (C, error) {
	l.mu.Lock()
	conn, end := l.conn, l.end
	l.mu.Unlock()
	var none C
	if end != nil {
		return none, end
	}
	if conn != none {
		return conn, nil
	}
	conn, err := l.dial(ctx)
	if err != nil {
		return none, err
	}
	l.mu.Lock()
	end = l.end
	if end == nil {
		l.conn = conn
		close(l.up)
	}
	l.mu.Unlock()
	if end != nil {
		_ = conn.Close(CloseNormal, "") // its error is how it ended, which nobody asks
		return none, end
	}
	return conn, nil
}

// drop forgets a connection, which it closes unless it has ended.
func (l *Link[C, E]) drop(conn C) {
	l.mu.Lock()
	if l.conn == conn && l.end == nil {
		var none C
		l.conn, l.up = none, make(chan struct{})
	}
	l.mu.Unlock()
	select {
	case <-conn.Done():
	default:
		_ = conn.Close(CloseNormal, "") // the caller has the error that counts
	}
}

// unlessClosed is err, or nil where Close is the reason for it.
func (l *Link[C, E]) unlessClosed(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end == errLinkClosed {
		return nil
	}
	return err
}
