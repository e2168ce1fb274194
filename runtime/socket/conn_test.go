package socket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rawSend writes one masked frame.
func rawSend(t *testing.T, nc interface{ Write([]byte) (int, error) }, op byte, payload string) {
	t.Helper()
	b := append(appendHeader(nil, op, len(payload)), payload...)
	if _, err := nc.Write(maskFrame(b, 0, headerLen(len(payload)))); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func TestRefusedMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		op    byte
		frame string
		want  Failure
		close CloseCode // that follows, 0 for none
	}{
		{"not JSON", opText, `{`, Failure{Kind: BadMessage}, 0},
		{"unknown", opText, `{"type":"fly","id":"7"}`, Failure{Kind: UnknownMessage, Message: "fly", ID: "7"}, 0},
		{"long unknown name", opText, `{"type":"` + strings.Repeat("x", 100) + `"}`, Failure{Kind: UnknownMessage, Message: strings.Repeat("x", 64)}, 0},
		{"broken by the handler", opText, `{"type":"set","id":"8","items":3}`, Failure{Kind: BadMessage, Message: "set", ID: "8"}, 0},
		{"long id", opText, `{"type":"set","id":"` + strings.Repeat("i", 200) + `","items":3}`, Failure{Kind: BadMessage, Message: "set"}, 0},
		{"handler's error", opText, `{"type":"ask","id":"9"}`, Failure{Kind: HandlerError, Message: "ask", ID: "9"}, 0},
		{"binary", opText + 1, `x`, Failure{Kind: Binary}, 0},
		{"too big for the message", opText, `{"type":"say","text":"` + strings.Repeat("x", 1000) + `"}`, Failure{Kind: TooBig, Message: "say"}, CloseTooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := &testHandler{receive: func(_ *testConn, index int, _ message) error {
					if index == askIndex {
						return errors.New("no")
					}
					return nil
				}}
				h := newHarness(t, th, nil)
				defer h.stop()
				nc := h.stalled("a")
				defer nc.Close()
				rawSend(t, nc, tt.op, tt.frame)
				if f := nextFrame(t, nc); !strings.Contains(string(f.payload), tt.want.Kind.String()) {
					t.Errorf("answered %s, want %s", f.payload, tt.want.Kind)
				}
				got := *th.failures[0]
				got.Err = nil
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("failure (-want +got):\n%s", diff)
				}
				if tt.close != 0 {
					f := nextFrame(t, nc)
					if code, _ := parseClose(f.payload); f.op != opClose || code != tt.close {
						t.Errorf("then frame %d %q, want close %d", f.op, f.payload, tt.close)
					}
				}
				if n := h.server.Stats().Counts().Failures[tt.want.Kind]; n != 1 {
					t.Errorf("%d failures counted, want 1", n)
				}
			})
		})
	}
}

// TestProtocolErrors sends what a WebSocket peer must not: the close frame that
// answers comes after whole messages, on the one path.
func TestProtocolErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		bytes []byte
		want  CloseCode
	}{
		{"unmasked", []byte{0x81, 1, 'x'}, CloseProtocol},
		{"reserved bit", []byte{0xC1, 0x81, 0, 0, 0, 0, 'x'}, CloseProtocol},
		{"bad opcode", []byte{0x83, 0x80, 0, 0, 0, 0}, CloseProtocol},
		{"fragmented ping", []byte{0x09, 0x80, 0, 0, 0, 0}, CloseProtocol},
		{"bad close code", maskFrame([]byte{0x88, 2, 3, 0xED}, 0, 2), CloseProtocol},
		{"over the limit", []byte{0x81, 0xFE, 0x40, 0, 0, 0, 0, 0}, CloseTooBig},
		{"not UTF-8", maskFrame([]byte{0x81, 1, 0xFF}, 0, 2), CloseInvalidData},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := &testHandler{open: func(c *testConn) error { return c.Send(said("hello")) }}
				h := newHarness(t, th, nil)
				defer h.stop()
				nc := h.stalled("a")
				if f := nextFrame(t, nc); f.op != opText {
					t.Fatalf("first frame %+v", f)
				}
				_, _ = nc.Write(tt.bytes)
				f := nextFrame(t, nc)
				if code, _ := parseClose(f.payload); f.op != opClose || code != tt.want {
					t.Fatalf("frame %d %q, want close %d", f.op, f.payload, tt.want)
				}
				nc.Close()
				synctest.Wait()
				if diff := cmp.Diff([]CloseCode{tt.want}, th.codes()); diff != "" {
					t.Errorf("closes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestProtocolErrorEndsSoon sends what can't be read past, so that no echo of
// the close frame can be: the connection does not wait for it, and the peer still
// reads the close frame and the end.
func TestProtocolErrorEndsSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{}
		h := newHarness(t, th, nil)
		defer h.stop()
		nc := h.stalled("a")
		defer nc.Close()
		_, _ = nc.Write([]byte{0x81, 0xFE, 0x40, 0, 0, 0, 0, 0})
		_, _ = nc.Write(make([]byte, 10_000))
		synctest.Wait()
		f := nextFrame(t, nc)
		if code, _ := parseClose(f.payload); f.op != opClose || code != CloseTooBig {
			t.Fatalf("frame %d %q, want close %d", f.op, f.payload, CloseTooBig)
		}
		if n, err := nc.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("after the close frame: %d bytes, %v; want the end", n, err)
		}
		if th.codes() != nil {
			t.Error("the connection ended before its peer could read")
		}
		time.Sleep(lingering)
		synctest.Wait()
		if diff := cmp.Diff([]CloseCode{CloseTooBig}, th.codes()); diff != "" {
			t.Errorf("closes after a second (-want +got):\n%s", diff)
		}
	})
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, frame string
		failures    int
		want        CloseCode
	}{
		{"bad messages", `{"type":"fly"}`, 17, CloseBadMessage},
		{"rate", `{"type":"set"}`, 33, CloseRateLimited},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := &testHandler{}
				h := newHarness(t, th, nil)
				defer h.stop()
				nc := h.stalled("a")
				for range 50 {
					rawSend(t, nc, opText, tt.frame)
				}
				n := 0
				for f := nextFrame(t, nc); f.op != opClose; f = nextFrame(t, nc) {
					n++
				}
				nc.Close()
				synctest.Wait()
				if got := th.codes(); n != tt.failures || len(got) != 1 || got[0] != tt.want {
					t.Errorf("%d errors, closed with %v; want %d and %d", n, got, tt.failures, tt.want)
				}
			})
		})
	}
}

func TestBudgetIsForgiven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{}
		h := newHarness(t, th, nil)
		defer h.stop()
		c := h.dial("a", nil)
		for range 100 {
			_ = c.Send(t.Context(), message{Type: "fly"})
			next(t, c)
			time.Sleep(11 * time.Second)
		}
		if th.codes() != nil {
			t.Errorf("closed with %v", th.codes())
		}
	})
}

func TestRateLimitRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := 0
		th := &testHandler{receive: func(*testConn, int, message) error { got++; return nil }}
		h := newHarness(t, th, nil)
		defer h.stop()
		c := h.dial("a", nil)
		for range 4 { // the burst is 3
			_ = c.Send(t.Context(), message{Type: "set"})
		}
		next(t, c)
		f := th.failures[0]
		if got != 3 || f.Kind != RateLimited || f.RetryAfter <= 0 || f.RetryAfter > 100*time.Millisecond {
			t.Fatalf("%d taken, failure %+v", got, f)
		}
		time.Sleep(f.RetryAfter)
		_ = c.Send(t.Context(), message{Type: "set"})
		synctest.Wait()
		if got != 4 {
			t.Errorf("%d taken after the wait, want 4", got)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{}
		h := newHarness(t, th, nil)
		defer h.stop()
		live := h.dial("live", &DialOptions{Timing: Timing{PingInterval: -1}})
		start := time.Now()
		nc := h.stalled("silent")
		f := nextFrame(t, nc)
		if first := time.Since(start); f.op != opPing || first > 20*time.Second {
			t.Fatalf("frame %d after %v, want a ping within 20 s", f.op, first)
		}
		pinged := time.Now()
		f = nextFrame(t, nc)
		if code, _ := parseClose(f.payload); code != CloseNoPong || time.Since(pinged) != 10*time.Second {
			t.Errorf("frame %d %d after %v, want %d after 10 s", f.op, code, time.Since(pinged), CloseNoPong)
		}
		time.Sleep(5 * time.Second) // no echo comes
		synctest.Wait()
		if got := th.codes(); len(got) != 1 || got[0] != CloseNoPong {
			t.Errorf("closed with %v", got)
		}
		time.Sleep(5 * time.Minute)
		if live.Err() != nil {
			t.Errorf("a client that answers pings ended with %v", live.Err())
		}
	})
}

func TestHeartbeatAnyFrameCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{}
		h := newHarness(t, th, nil)
		defer h.stop()
		nc := h.stalled("talks")
		for range 60 {
			rawSend(t, nc, opText, `{"type":"set"}`)
			time.Sleep(5 * time.Second)
		}
		if got := th.codes(); got != nil {
			t.Errorf("closed with %v", got)
		}
		nc.Close()
	})
}

// TestHeartbeatInsideAMessage has a peer begin a message. One that then falls
// silent is dead, one that goes on slowly is not.
func TestHeartbeatInsideAMessage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		begin []byte
		every time.Duration // between two more bytes; 0 for none
		want  []CloseCode
	}{
		{"silent after a fragment", []byte{0x01, 0x81, 0, 0, 0, 0, '{'}, 0, []CloseCode{CloseNoPong}},
		{"silent within a frame", []byte{0x81, 0xFD, 0, 0, 0, 0, '{'}, 0, []CloseCode{CloseNoPong}},
		{"slow within a frame", []byte{0x81, 0xFD, 0, 0, 0, 0, '{'}, 5 * time.Second, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := &testHandler{}
				h := newHarness(t, th, nil)
				defer h.stop()
				nc := h.stalled("a")
				defer nc.Close()
				go func() { _, _ = io.Copy(io.Discard, nc) }()
				_, _ = nc.Write(tt.begin)
				for start := time.Now(); time.Since(start) < 2*time.Minute; time.Sleep(max(tt.every, time.Second)) {
					if tt.every > 0 {
						_, _ = nc.Write([]byte(" "))
					}
				}
				if diff := cmp.Diff(tt.want, th.codes()); diff != "" {
					t.Errorf("closes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestHeartbeatSparesBusyHandlers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{receive: func(*testConn, int, message) error { time.Sleep(3 * time.Minute); return nil }}
		h := newHarness(t, th, nil)
		defer h.stop()
		c := h.dial("a", &DialOptions{Timing: Timing{PingInterval: -1}})
		_ = c.Send(t.Context(), message{Type: "set"})
		time.Sleep(4 * time.Minute)
		if c.Err() != nil || th.codes() != nil {
			t.Errorf("ended with %v, %v", c.Err(), th.codes())
		}
	})
}

func TestRTT(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var conn *testConn
		h := newHarness(t, &testHandler{open: func(c *testConn) error { conn = c; return nil }}, nil)
		defer h.stop()
		nc := h.stalled("slow")
		f := nextFrame(t, nc)
		time.Sleep(30 * time.Millisecond)
		rawSend(t, nc, opPong, string(f.payload))
		synctest.Wait()
		if conn.RTT() != 30*time.Millisecond {
			t.Errorf("RTT = %v, want 30ms", conn.RTT())
		}
		nc.Close()
	})
}

func TestPong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, &testHandler{}, nil)
		defer h.stop()
		nc := h.stalled("a")
		rawSend(t, nc, opPing, "are you there")
		if f := nextFrame(t, nc); f.op != opPong || string(f.payload) != "are you there" {
			t.Errorf("answered %+v", f)
		}
		nc.Close()
	})
}

// TestControlFlood pings a server and reads nothing: few control frames wait,
// and the flood ends the connection.
func TestControlFlood(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]byte{"pings": opPing, "pongs": opPong} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var conn *testConn
				th := &testHandler{open: func(c *testConn) error { conn = c; return nil }}
				h := newHarness(t, th, nil)
				h.lis.Buffer = 1 << 10
				defer h.stop()
				nc := h.stalled("a")
				for range controlBurst {
					rawSend(t, nc, op, "")
				}
				synctest.Wait()
				if !conn.open() {
					t.Error("closed within the burst")
				}
				for range 10_000 {
					rawSend(t, nc, op, "")
				}
				synctest.Wait()
				conn.out.mu.Lock()
				if l := conn.out.log; l != nil && len(l.entries) > 3 {
					t.Errorf("%d control frames wait", len(l.entries))
				}
				conn.out.mu.Unlock()
				nc.Close()
				synctest.Wait()
				if diff := cmp.Diff([]CloseCode{CloseRateLimited}, th.codes()); diff != "" {
					t.Errorf("closes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestCloseHandshake(t *testing.T) {
	t.Parallel()
	t.Run("by the peer", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			th := &testHandler{}
			h := newHarness(t, th, nil)
			defer h.stop()
			nc := h.stalled("a")
			rawSend(t, nc, opClose, string(appendClose(nil, 4321, "enough")))
			f := nextFrame(t, nc)
			if code, _ := parseClose(f.payload); f.op != opClose || code != 4321 {
				t.Errorf("echo %+v", f)
			}
			if _, err := nc.Read(make([]byte, 1)); err == nil {
				t.Error("the server keeps the connection open")
			}
			synctest.Wait()
			if diff := cmp.Diff([]CloseInfo{{Code: 4321, Reason: "enough", Remote: true}}, th.closes); diff != "" {
				t.Errorf("Closed (-want +got):\n%s", diff)
			}
		})
	})
	t.Run("without a code", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			h := newHarness(t, &testHandler{}, nil)
			defer h.stop()
			nc := h.stalled("a")
			rawSend(t, nc, opClose, "")
			if f := nextFrame(t, nc); f.op != opClose || len(f.payload) != 0 {
				t.Errorf("echo %+v, want an empty close", f)
			}
		})
	})
	t.Run("cut off", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			th := &testHandler{}
			h := newHarness(t, th, nil)
			defer h.stop()
			h.stalled("a").Close()
			synctest.Wait()
			if got := th.codes(); len(got) != 1 || got[0] != CloseAbnormal {
				t.Errorf("closed with %v, want 1006", got)
			}
		})
	})
	t.Run("by us, after what was sent", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			th := &testHandler{open: func(c *testConn) error {
				for i := range 200 {
					_ = c.Send(said(fmt.Sprint(i)))
				}
				c.Close(4400, "later")
				if err := c.Send(said("too late")); err == nil {
					t.Error("Send after Close succeeds")
				}
				return nil
			}}
			h := newHarness(t, th, nil)
			h.lis.Buffer = 100
			defer h.stop()
			c := h.dial("a", nil)
			for i := range 200 {
				wantText(t, c, fmt.Sprint(i))
			}
			if ce := wantClose(t, c, 4400); ce.Stop || ce.Reason != "later" {
				t.Errorf("closed with %+v", ce)
			}
			synctest.Wait()
			if got := th.closes; len(got) != 1 || got[0].Code != 4400 || got[0].Remote {
				t.Errorf("Closed with %+v", got)
			}
		})
	})
}

func TestCloseAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, &testHandler{open: func(c *testConn) error {
			c.CloseAfter(time.Second, 4500, "first")
			switch c.name {
			case "moved":
				c.CloseAfter(time.Minute, 4005, "second")
			case "lifted":
				c.CloseAfter(0, 0, "")
			}
			return nil
		}}, nil)
		defer h.stop()
		start := time.Now()
		plain, moved, lifted := h.dial("plain", nil), h.dial("moved", nil), h.dial("lifted", nil)
		wantClose(t, plain, 4500)
		if d := time.Since(start); d != time.Second {
			t.Errorf("closed after %v, want 1s", d)
		}
		wantClose(t, moved, 4005)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("closed after %v, want 1m", d)
		}
		time.Sleep(time.Hour)
		if lifted.Err() != nil {
			t.Errorf("without a deadline: %v", lifted.Err())
		}
	})
}

func TestHandlerCloses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want CloseCode
	}{
		{"close error", fmt.Errorf("wrapped: %w", &CloseError{Code: 4504}), 4504},
		{"panic", nil, CloseInternal},
	} {
		for _, in := range []string{"open", "receive"} {
			t.Run(tt.name+" in "+in, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					fail := func() error {
						if tt.err == nil {
							panic("oops")
						}
						return tt.err
					}
					th := &testHandler{}
					if in == "open" {
						th.open = func(*testConn) error { return fail() }
					} else {
						th.receive = func(*testConn, int, message) error { return fail() }
					}
					h := newHarness(t, th, nil)
					defer h.stop()
					c := h.dial("a", nil)
					_ = c.Send(t.Context(), message{Type: "set"})
					wantClose(t, c, tt.want)
					synctest.Wait()
					p := (*PanicError)(nil)
					if len(th.closes) != 1 || errors.As(th.closes[0].Err, &p) != (tt.err == nil) {
						t.Errorf("Closed with %+v", th.closes)
					}
				})
			})
		}
	}
}

// TestPanicsAreReported panics where no connection is left to tell.
func TestPanicsAreReported(t *testing.T) {
	t.Parallel()
	for name, th := range map[string]*testHandler{
		"closed":  {closed: func(*testConn, CloseInfo) { panic("oops") }},
		"goodbye": {goodbye: func(*testConn) { panic("oops") }},
		"open":    {open: func(*testConn) error { panic("oops") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var told []any
				h := newHarness(t, th, &ServerOptions{Panicked: func(p *PanicError) { told = append(told, p.Value) }})
				c := h.dial("a", nil)
				synctest.Wait()
				h.stop()
				<-c.Done()
				if diff := cmp.Diff([]any{"oops"}, told); diff != "" {
					t.Errorf("panics (-want +got):\n%s", diff)
				}
				if n := h.server.Stats().Counts(); n.Panics != 1 || n.Open != 0 {
					t.Errorf("counted %d panics, %d open connections", n.Panics, n.Open)
				}
			})
		})
	}
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := &testHandler{goodbye: func(c *testConn) { _ = c.Send(said("goodbye")) }}
		h := newHarness(t, th, nil)
		clients := []*Client{h.dial("a", nil), h.dial("b", nil)}
		h.stop()
		for _, c := range clients {
			wantText(t, c, "goodbye")
			wantClose(t, c, CloseDraining)
		}
		if len(th.closes) != 2 {
			t.Errorf("Shutdown returned after %d of 2 ends", len(th.closes))
		}
	})
}

func TestShutdownCutsOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, &testHandler{}, nil)
		h.stalled("mute")
		defer h.http.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := h.server.Shutdown(ctx); err == nil || time.Since(start) != time.Second {
			t.Errorf("Shutdown = %v after %v, want an error after 1s", err, time.Since(start))
		}
	})
}

func TestUpgradeHookMaySend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, &testHandler{}, nil)
		h.server.handler = sendingHandler{h.handler}
		defer h.stop()
		wantText(t, h.dial("a", nil), "early")
	})
}

// sendingHandler sends before the upgrade.
type sendingHandler struct{ *testHandler }

func (h sendingHandler) Upgrade(ctx context.Context, hs *Handshake, c *Conn) (*testConn, error) {
	if err := c.Send(said("early")); err != nil {
		return nil, err
	}
	return h.testHandler.Upgrade(ctx, hs, c)
}
