// Package sockettest is a network in memory, for tests of sockets: under
// testing/synctest, where real connections would stop the clock from moving,
// and wherever a test decides how fast a peer reads.
package sockettest

import (
	"context"
	"net"
	"sync"
)

// DefaultBuffer is how many bytes a Conn holds that its peer has not read.
const DefaultBuffer = 64 << 10

// Listener is a net.Listener whose connections live in memory.
type Listener struct {
	// Buffer is the room in each direction of a connection in bytes; 0 means
	// DefaultBuffer. It must not change once Dial is called.
	Buffer int

	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

var _ net.Listener = (*Listener)(nil)

// Listen makes a Listener.
func Listen() *Listener {
	return &Listener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and Dial; connections live on.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is an address without meaning.
func (l *Listener) Addr() net.Addr { return addr("listener") }

// Dial connects to the listener, whatever the address.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := Pipe(l.Buffer)
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type addr string

func (addr) Network() string  { return "memory" }
func (a addr) String() string { return string(a) }
