package socket

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var testReplies = Replies{OK: answerIndex, Failed: errorIndex}

func ask(ctx context.Context, c *Client, text string) (message, error) {
	id := c.NewID()
	return Call[message, message](ctx, c, id, message{Type: "ask", ID: id, Text: text}, testReplies)
}

// holding is a server that answers each request when it is told to, in any
// order.
func holding() (*testHandler, chan func(answer message)) {
	asked := make(chan func(message), 100)
	return &testHandler{receive: func(c *testConn, _ int, m message) error {
		asked <- func(answer message) {
			answer.ID = m.ID
			_ = c.Send(answer)
		}
		return nil
	}}, asked
}

func TestCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th, asked := holding()
		h := newHarness(t, th, nil)
		defer h.stop()
		c := h.dial("a", nil)
		got := make([]chan string, 3)
		var answer []func(message)
		for i := range got {
			got[i] = make(chan string, 1)
			go func() {
				m, err := ask(t.Context(), c, "")
				failed := (*ReplyError[message])(nil)
				if errors.As(err, &failed) {
					m = failed.Message
				}
				got[i] <- fmt.Sprint(m.Type, " ", m.Text)
			}()
			answer = append(answer, <-asked)
		}
		// Replies come in another order, one of them is an error, and pushes come
		// between.
		answer[2](message{Type: "answer", Text: "2"})
		answer[0](message{Type: "error", Text: "0"})
		answer[0](message{Type: "answer", Text: "a second reply is a push"})
		answer[1](message{Type: "answer", Text: "1"})
		for i, want := range []string{"error 0", "answer 1", "answer 2"} {
			if s := <-got[i]; s != want {
				t.Errorf("call %d got %q, want %q", i, s, want)
			}
		}
		wantText(t, c, "a second reply is a push")
	})
}

func TestCallEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th, _ := holding()
		h := newHarness(t, th, nil)
		defer h.stop()
		c := h.dial("a", nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := ask(ctx, c, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("call without an answer: %v", err)
		}
		go func() {
			time.Sleep(time.Second)
			_ = c.Close(CloseNormal, "")
		}()
		_, err := ask(t.Context(), c, "")
		if ce := (*CloseError)(nil); !errors.As(err, &ce) || ce.Code != CloseNormal {
			t.Errorf("call over the end: %v", err)
		}
		if _, err := ask(t.Context(), c, ""); err == nil {
			t.Error("call after the end succeeds")
		}
		if _, err := c.Next(t.Context()); !errors.Is(err, c.Err()) {
			t.Errorf("Next after the end: %v, want %v", err, c.Err())
		}
		if len(c.calls) != 0 {
			t.Errorf("%d calls are kept", len(c.calls))
		}
	})
}

func TestClientBackpressure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{open: func(c *testConn) error {
			go func() {
				for i := range 100 {
					_ = c.Send(said(fmt.Sprint(i)))
				}
			}()
			return nil
		}}
		h := newHarness(t, th, nil)
		h.lis.Buffer = 200
		defer h.stop()
		c := h.dial("a", &DialOptions{Queue: 1})
		synctest.Wait()
		if n := len(c.pushes); n != 1 {
			t.Errorf("%d messages wait, want 1", n)
		}
		for i := range 100 {
			wantText(t, c, fmt.Sprint(i))
		}
	})
}

// TestCallWithAFullQueue calls from the goroutine that should call Next, while
// messages come before the reply: many of them only wait, too many fail the
// call, and neither hangs or loses one.
func TestCallWithAFullQueue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		before, then int // messages before the call, and before its reply
		want         error
	}{
		{"room for the calls", 0, 30, nil},
		{"full before the call", 20, 10, nil},
		{"too many", 0, 60, ErrQueueFull},
		{"too many before the call", 60, 0, ErrQueueFull},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				push := func(c *testConn, n int) {
					for range n {
						_ = c.Send(said(fmt.Sprint(sent)))
						sent++
					}
				}
				h := newHarness(t, &testHandler{
					open: func(c *testConn) error { push(c, tt.before); return nil },
					receive: func(c *testConn, _ int, m message) error {
						push(c, tt.then)
						return c.Send(message{Type: "answer", ID: m.ID})
					},
				}, nil)
				defer h.stop()
				c := h.dial("a", &DialOptions{Queue: 10})
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				if _, err := ask(ctx, c, ""); !errors.Is(err, tt.want) {
					t.Errorf("call: %v, want %v", err, tt.want)
				}
				for i := range tt.before + tt.then {
					wantText(t, c, fmt.Sprint(i))
				}
			})
		})
	}
}

// TestClientStaysAwayAsAsked ends a connection right after the message that says
// for how long, before anybody has called Next.
func TestClientStaysAwayAsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, &testHandler{open: func(c *testConn) error {
			_ = c.Send(said("goodbye"))
			c.Close(CloseDraining, "")
			return nil
		}}, nil)
		defer h.stop()
		p := testProtocol()
		p.Incoming[saidIndex].RetryAfter = func(frame []byte) time.Duration { return Milliseconds(int32(1350)) }
		c, err := Dial(t.Context(), "ws://host/", p, &DialOptions{NetDial: h.lis.Dial})
		if err != nil {
			t.Fatal(err)
		}
		if ce := wantClose(t, c, CloseDraining); ce.RetryAfter != 1350*time.Millisecond {
			t.Errorf("asked to stay away for %v, want 1.35 s", ce.RetryAfter)
		}
	})
}

func TestMilliseconds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n    float64
		want time.Duration
	}{{0, 0}, {-1, 0}, {1.5, 1500 * time.Microsecond}, {math.NaN(), 0}, {math.Inf(1), 24 * time.Hour}, {1e300, 24 * time.Hour}} {
		if got := Milliseconds(tt.n); got != tt.want {
			t.Errorf("Milliseconds(%v) = %v, want %v", tt.n, got, tt.want)
		}
	}
}

// TestClientLimits has a server send more than its contract says.
func TestClientLimits(t *testing.T) {
	t.Parallel()
	const largeMessage = 5 << 18 // above what a client reads by default
	for _, tt := range []struct {
		name string
		max  int // of DialOptions
		m    message
		want CloseCode
	}{
		{"within the message's", 0, said(strings.Repeat("x", largeMessage-100)), 0},
		{"above the message's", 0, said(strings.Repeat("x", largeMessage)), CloseTooBig},
		{"above the client's", 1000, message{Type: "answer", Text: strings.Repeat("x", 1000)}, CloseTooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := &testHandler{open: func(c *testConn) error { return c.Send(tt.m) }}
				h := newHarness(t, th, nil)
				defer h.stop()
				p := testProtocol()
				p.Incoming[saidIndex].MaxBytes = largeMessage
				c, err := Dial(t.Context(), "ws://host/", p, &DialOptions{NetDial: h.lis.Dial, MaxBytes: tt.max})
				if err != nil {
					t.Fatal(err)
				}
				if tt.want == 0 {
					wantText(t, c, tt.m.Text)
					return
				}
				if ce := wantClose(t, c, tt.want); !ce.Stop {
					t.Errorf("closed with %+v, want no coming back", ce)
				}
			})
		})
	}
}

func TestClientSendWaitsForRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		n := 0
		th := &testHandler{receive: func(*testConn, int, message) error { <-hold; n++; return nil }}
		h := newHarness(t, th, nil)
		h.lis.Buffer = 300
		defer h.stop()
		c := h.dial("a", nil)
		var sent int
		done := make(chan error)
		go func() {
			for sent = range 1000 {
				if err := c.Send(t.Context(), message{Type: "ask"}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		synctest.Wait()
		if sent == 0 || sent > 400 {
			t.Errorf("%d messages sent while the server reads nothing", sent)
		}
		close(hold)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n != 1000 {
			t.Errorf("%d messages arrived, want 1000", n)
		}
	})
}

func TestClientShowsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{open: func(c *testConn) error {
			_ = c.SendFrame([]byte(`{"type":"from the future"}`))
			_ = c.SendBytes([]byte("binary"))
			return c.Send(said("known"))
		}}
		h := newHarness(t, th, nil)
		defer h.stop()
		stats := &Stats{}
		var unknown []string
		c := h.dial("a", &DialOptions{Stats: stats, Unknown: func(frame []byte, binary bool) {
			unknown = append(unknown, fmt.Sprint(string(frame), " ", binary))
		}})
		wantText(t, c, "known")
		if diff := cmp.Diff([]string{`{"type":"from the future"} false`, "binary true"}, unknown); diff != "" {
			t.Errorf("unknown frames (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[FailureKind]int64{Binary: 1, UnknownMessage: 1}, stats.Counts().Failures); diff != "" {
			t.Errorf("failures (-want +got):\n%s", diff)
		}
	})
}

func TestClientHandsOutWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, &testHandler{open: func(c *testConn) error { return c.SendFrame([]byte(`no JSON`)) }}, nil)
		defer h.stop()
		c := h.dial("a", nil)
		frame, err := c.Next(t.Context())
		if err != nil || string(frame) != "no JSON" {
			t.Errorf("Next = %s, %v, want the frame, for its decoder to refuse", frame, err)
		}
	})
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		o    DialOptions
		want string
	}{
		{"subprotocol", DialOptions{Bearer: "to.k-e_n"}, "to.k-e_n  "},
		{"header", DialOptions{Bearer: "token", BearerInHeader: true}, "token  Bearer token"},
		{"ticket", DialOptions{Ticket: "a b"}, " a b "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := ""
				h := newHarness(t, &testHandler{upgrade: func(h *Handshake) error {
					got = h.Bearer + " " + h.Ticket + " " + h.Request.Header.Get("Authorization")
					return nil
				}}, nil)
				defer h.stop()
				if c := h.dial("a", &tt.o); c.Subprotocol() != "test.v1" || got != tt.want {
					t.Errorf("subprotocol %q, credentials %q, want %q", c.Subprotocol(), got, tt.want)
				}
			})
		})
	}
}

func TestReconnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		errs := []error{
			&DialError{Err: errors.New("refused")},
			&DialError{Status: 503, RetryAfter: 40 * time.Second},
			&CloseError{Code: CloseDraining, RetryAfter: 7 * time.Second},
			&CloseError{Code: 4500, Stop: true},
		}
		var waits []time.Duration
		n := 0
		err := Reconnect(t.Context(), &ReconnectOptions{Waiting: func(w time.Duration, _ error) { waits = append(waits, w) }},
			func(_ context.Context, up func()) error {
				if n == 2 {
					up()
					time.Sleep(lasting)
				}
				n++
				return errs[n-1]
			})
		if !errors.Is(err, errs[3]) || n != 4 {
			t.Errorf("Reconnect = %v after %d tries", err, n)
		}
		for i, bounds := range [][2]time.Duration{{0, 500 * time.Millisecond}, {40 * time.Second, 41 * time.Second}, {7 * time.Second, 7500 * time.Millisecond}} {
			if waits[i] <= bounds[0] || waits[i] > bounds[1] {
				t.Errorf("wait %d is %v, want between %v and %v", i, waits[i], bounds[0], bounds[1])
			}
		}
	})
}

func TestReconnectBackoffIsCapped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var longest time.Duration
		n := 0
		err := Reconnect(ctx, &ReconnectOptions{Waiting: func(w time.Duration, _ error) { longest = max(longest, w) }},
			func(context.Context, func()) error {
				if n++; n == 300 {
					cancel()
				}
				return errors.New("down")
			})
		if err == nil || longest > 30*time.Second || longest < 15*time.Second {
			t.Errorf("Reconnect = %v, longest wait %v", err, longest)
		}
	})
}

// TestReconnectBacksOffFromShortConnections has a server that accepts and
// closes at once.
func TestReconnectBacksOffFromShortConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		n := 0
		err := Reconnect(ctx, nil, func(_ context.Context, up func()) error {
			n++
			up()
			time.Sleep(time.Second)
			return &CloseError{Code: CloseTryAgain}
		})
		// In the long run a wait is half of Cap, so ten minutes have room for 40.
		if err == nil || n > 100 {
			t.Errorf("Reconnect = %v after %d connections", err, n)
		}
	})
}

func TestPermanent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&DialError{Status: http.StatusNotFound}, true},
		{&DialError{Status: http.StatusForbidden}, true},
		{&DialError{Status: http.StatusTooManyRequests}, false},
		{&DialError{Status: http.StatusBadGateway}, false},
		{&DialError{}, false},
		{fmt.Errorf("wrapped: %w", &CloseError{Code: 4500, Stop: true}), true},
		{&CloseError{Code: 4001}, false},
		{errors.New("other"), false},
	} {
		if got := Permanent(tt.err); got != tt.want {
			t.Errorf("Permanent(%v) = %v", tt.err, got)
		}
	}
}

func TestCloseCodes(t *testing.T) {
	t.Parallel()
	specs := testProtocol().Close
	for code, want := range map[CloseCode]bool{
		CloseNormal: false, CloseGoingAway: true, CloseAbnormal: true, CloseNoStatus: true, CloseTooBig: false,
		CloseProtocol: false, CloseInternal: true, 3999: false, 4000: true, 4001: true, 4499: true, 4500: false, 4999: false,
	} {
		if got := specs.Reconnect(code); got != want {
			t.Errorf("Reconnect(%d) = %v", code, got)
		}
	}
	if a, b := specs.Name(CloseSlow), specs.Name(4242); a != "slow" || b != "close code 4242" {
		t.Errorf("names %q, %q", a, b)
	}
}
