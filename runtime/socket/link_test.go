package socket_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/runtime/socket"
)

// fakePeer gives its events and then its end. An event in capitals can't be
// decoded.
type fakePeer struct {
	events []string
	end    error
	open   bool // the end of Next is not the connection's
	done   chan struct{}
}

func (p *fakePeer) Next(ctx context.Context) (string, error) {
	if len(p.events) > 0 {
		event := p.events[0]
		p.events = p.events[1:]
		if event == strings.ToUpper(event) {
			return "", socket.BadFrame(errors.New(event))
		}
		return event, nil
	}
	if p.end != nil && !p.open {
		close(p.done)
	}
	if p.end != nil {
		return "", p.end
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-p.done:
		return "", &socket.CloseError{Code: socket.CloseNormal, Stop: true}
	}
}

func (p *fakePeer) Close(socket.CloseCode, string) error { close(p.done); return nil }
func (p *fakePeer) Done() <-chan struct{}                { return p.done }

// dialer gives its peers one after the other; a nil one is a failed dial.
func dialer(peers ...*fakePeer) func(context.Context) (*fakePeer, error) {
	return func(context.Context) (*fakePeer, error) {
		peer := peers[0]
		peers = peers[1:]
		if peer == nil {
			return nil, &socket.DialError{Err: errors.New("refused")}
		}
		peer.done = make(chan struct{})
		return peer, nil
	}
}

func TestLinkComesBack(t *testing.T) {
	t.Parallel()
	stop := &socket.CloseError{Code: 4504, Stop: true}
	synctest.Test(t, func(t *testing.T) {
		link, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(
			&fakePeer{events: []string{"a", "b"}, end: &socket.CloseError{Code: socket.CloseAbnormal}},
			nil,
			&fakePeer{events: []string{"c"}, end: stop},
		))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		var last error
		for event, err := range link.Events(t.Context()) {
			if err != nil {
				last = err
				continue
			}
			got = append(got, event)
		}
		if want := []string{"a", "b", "c"}; !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
		if !errors.Is(last, stop) {
			t.Errorf("ended with %v, want %v", last, stop)
		}
	})
}

func TestLinkWaitsForAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		second := &fakePeer{}
		link, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(
			&fakePeer{end: &socket.CloseError{Code: socket.CloseGoingAway, RetryAfter: time.Minute}}, second))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			for _, err := range link.Events(ctx) {
				ended <- err
			}
			close(ended)
		}()
		synctest.Wait() // the first connection is gone, the second a minute away
		start := time.Now()
		conn, err := link.Conn(t.Context())
		if err != nil || conn != second {
			t.Fatalf("got %v, %v; want the second connection", conn, err)
		}
		if waited := time.Since(start); waited < time.Minute {
			t.Errorf("came back after %v, want a minute at least", waited)
		}
		cancel()
		if err, more := <-ended; more {
			t.Errorf("the end of the context gave %v", err)
		}
	})
}

func TestLinkCloseEndsEventsWithoutAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		link, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(&fakePeer{}))
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, func() { _ = link.Close() })
		for event, err := range link.Events(t.Context()) {
			t.Errorf("got %q, %v; want the end", event, err)
		}
		if _, err := link.Conn(t.Context()); err == nil {
			t.Error("a closed link gave a connection")
		}
		if err := link.Close(); err != nil {
			t.Errorf("the second Close gave %v", err)
		}
	})
}

func TestLinkReportsTheFirstDial(t *testing.T) {
	t.Parallel()
	if _, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(nil)); err == nil {
		t.Error("the first dial failed and NewLink did not say so")
	}
}

// TestLinkKeepsTheConnectionAfterABadMessage has a server that sends what the
// client can't decode: its connection and its other messages are none the worse.
func TestLinkKeepsTheConnectionAfterABadMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := &socket.CloseError{Code: 4504, Stop: true}
		link, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(&fakePeer{events: []string{"a", "B", "c"}, end: stop}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for event, err := range link.Events(t.Context()) {
			if err != nil {
				event = err.Error()
			}
			got = append(got, event)
		}
		want := []string{"a", "socket: bad-message: B", "c", stop.Error()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestLinkClosesWhatItLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := &fakePeer{end: errors.New("not understood"), open: true}
		link, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(first, &fakePeer{events: []string{"a"}}))
		if err != nil {
			t.Fatal(err)
		}
		for event, err := range link.Events(t.Context()) {
			if event != "a" || err != nil {
				t.Errorf("got %q, %v", event, err)
			}
			break
		}
		select {
		case <-first.Done():
		default:
			t.Error("the first connection is still open")
		}
	})
}

func TestLinkConnGivesTheFinalError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := &socket.CloseError{Code: 4504, Stop: true}
		link, err := socket.NewLink[*fakePeer, string](t.Context(), nil, dialer(
			&fakePeer{end: &socket.CloseError{Code: socket.CloseGoingAway}}, &fakePeer{end: stop}))
		if err != nil {
			t.Fatal(err)
		}
		for range link.Events(t.Context()) {
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if conn, err := link.Conn(ctx); !errors.Is(err, stop) {
			t.Errorf("after the end Conn gives %v, %v; want %v", conn, err, stop)
		}
		for event, err := range link.Events(ctx) {
			if !errors.Is(err, stop) {
				t.Errorf("after the end Events gives %q, %v; want %v", event, err, stop)
			}
		}
		if err := link.Close(); err != nil {
			t.Errorf("Close after the end gave %v", err)
		}
	})
}
