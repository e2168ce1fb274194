package trip

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/duet-api/duet/runtime/sample"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/socket/sockettest"
)

// patience is when a test that hangs gives up.
const patience = time.Minute

// Server is a generated server.
type Server interface {
	http.Handler
	Shutdown(ctx context.Context) error
}

// Client is a generated client.
type Client interface {
	comparable
	Close(code socket.CloseCode, reason string) error
}

// Link opens connections between a generated client C and a generated server,
// whose side of a connection is S.
type Link[C Client, S any] struct {
	t     *testing.T
	ctx   context.Context
	types *sample.Types
	peer  *Peer[S]
	dial  func(ctx context.Context) (C, error)

	client C // zero without a connection
	server S
}

// Dial is the generated function that connects.
type Dial[C Client] func(ctx context.Context, url string, o *socket.DialOptions) (C, error)

// Open starts a server, which ends with the test.
func Open[C Client, S any](t *testing.T, types string, p *Peer[S], server Server, dial Dial[C]) *Link[C, S] {
	all, err := sample.Parse(types)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	listener := sockettest.Listen()
	h := &http.Server{Handler: server, ReadHeaderTimeout: patience}
	served := make(chan error, 1)
	go func() { served <- h.Serve(listener) }()
	l := &Link[C, S]{t: t, ctx: ctx, types: all, peer: p}
	l.dial = func(ctx context.Context) (C, error) {
		return dial(ctx, "ws://duet.test/", &socket.DialOptions{
			NetDial: listener.Dial,
			Proxy:   func(*http.Request) (*url.URL, error) { return nil, nil },
		})
	}
	t.Cleanup(func() {
		l.close()
		cancel()
		_ = server.Shutdown(ctx) // the context has ended, so what is left is cut off
		_ = h.Close()
		<-served
	})
	return l
}

// connect opens a connection, in the place of the one before.
func (l *Link[C, S]) connect(t *testing.T) {
	t.Helper()
	l.close()
	c, err := l.dial(l.ctx)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	l.client = c
	select {
	case l.server = <-l.peer.conns:
	case <-l.ctx.Done():
		t.Fatal("the server never opened the connection")
	}
}

func (l *Link[C, S]) close() {
	var none C
	if l.client != none {
		_ = l.client.Close(socket.CloseNormal, "") // how it ends is not what is tested
		l.client = none
	}
}
