package socket

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duet-api/duet/runtime/socket/sockettest"
)

// joinAll is a handler whose connections join g under their name.
func joinAll(g *Group) *testHandler {
	return &testHandler{open: func(c *testConn) error { return g.Join(c, c.name, said("snapshot")) }}
}

func TestGroupFanOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		h := newHarness(t, joinAll(g), nil)
		defer h.stop()
		a, b := h.dial("a", nil), h.dial("b", nil)
		wantText(t, a, "snapshot")
		wantText(t, b, "snapshot")
		if g.Len() != 2 {
			t.Fatalf("Len = %d, want 2", g.Len())
		}

		_ = g.Update(update(item{"a", 1}, item{"b", 2}, item{"c", 3}))
		_ = g.Publish(said("not for b"), "b")
		_ = g.Publish(said("for all"), "")
		for _, tt := range []struct {
			c    *Client
			want string
		}{
			{a, "[b=2 c=3] >not for b >for all"},
			{b, "[a=1 c=3] >for all"},
		} {
			var got [][]byte
			for len(got) == 0 || !strings.Contains(string(got[len(got)-1]), "for all") {
				got = append(got, next(t, tt.c).AppendJSON(nil))
			}
			if s := show(t, got); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		}
	})
}

func TestGroupJoinStartsAfterWhatWasPublished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(&GroupOptions{FlushInterval: time.Second})
		h := newHarness(t, &testHandler{receive: func(c *testConn, _ int, m message) error {
			_ = g.Publish(said("before"), "")
			err := g.Join(c, c.name, said("snapshot"))
			_ = g.Publish(said("after"), "")
			return err
		}}, nil)
		defer h.stop()
		a, b := h.dial("a", nil), h.dial("b", nil)
		_ = a.Send(t.Context(), message{Type: "ask"})
		wantText(t, a, "snapshot") // "before" had no members
		wantText(t, a, "after")
		_ = b.Send(t.Context(), message{Type: "ask"})
		wantText(t, b, "snapshot")
		wantText(t, b, "after")
		wantText(t, a, "before")
		wantText(t, a, "after")
	})
}

func TestGroupFlushInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(&GroupOptions{FlushInterval: 100 * time.Millisecond})
		h := newHarness(t, joinAll(g), nil)
		defer h.stop()
		a := h.dial("a", nil)
		wantText(t, a, "snapshot")
		start := time.Now()
		_ = g.Update(update(item{"p", 1}))
		if m := next(t, a); len(m.Items) != 1 || time.Since(start) != 0 {
			t.Fatalf("the first change came as %+v after %v, want at once", m, time.Since(start))
		}
		for i := range 10 {
			_ = g.Update(update(item{"p", i}, item{"q", i}))
			time.Sleep(5 * time.Millisecond)
		}
		m := next(t, a)
		if got, want := time.Since(start), 100*time.Millisecond; got != want {
			t.Errorf("the next flush came after %v, want %v", got, want)
		}
		if want := []item{{"p", 9}, {"q", 9}}; fmt.Sprint(m.Items) != fmt.Sprint(want) {
			t.Errorf("items %v, want %v", m.Items, want)
		}
		_ = g.Update(update(item{"p", 10}))
		_ = g.Publish(said("urgent"), "")
		g.Flush()
		if m := next(t, a); len(m.Items) != 1 || time.Since(start) != 100*time.Millisecond {
			t.Errorf("what waits came as %+v after %v, want at once", m, time.Since(start))
		}
		wantText(t, a, "urgent")
	})
}

func TestGroupLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		h := newHarness(t, joinAll(g), nil)
		defer h.stop()
		a, b := h.dial("a", nil), h.dial("b", nil)
		wantText(t, a, "snapshot")
		wantText(t, b, "snapshot")
		_ = b.Close(CloseNormal, "")
		synctest.Wait()
		if g.Len() != 1 {
			t.Errorf("Len = %d after one connection ended, want 1", g.Len())
		}
		_ = g.Publish(said("x"), "")
		wantText(t, a, "x")
		g.Close()
		if g.Len() != 0 || g.Publish(said("y"), "") == nil {
			t.Error("a closed group has members or takes messages")
		}
	})
}

// stalled is a client on a raw connection that reads nothing by itself.
func (h *harness) stalled(name string) *sockettest.Conn {
	h.Helper()
	nc, err := h.lis.Dial(h.Context(), "", "")
	if err != nil {
		h.Fatal(err)
	}
	upgradeRaw(h.T, nc, name)
	return nc.(*sockettest.Conn)
}

// readAll reads frames from a raw connection until done says so.
func readAll(t *testing.T, nc *sockettest.Conn, done func(f rawFrame) bool) [][]byte {
	t.Helper()
	var all [][]byte
	var have []byte
	buf := make([]byte, 1<<16)
	for {
		f, rest, err := parseFrame(have)
		if err == errShort {
			n, err := nc.Read(buf)
			if err != nil {
				t.Fatalf("reading after %d messages: %v", len(all), err)
			}
			have = append(have, buf[:n]...)
			continue
		}
		if err != nil {
			t.Fatalf("frame %d: %v", len(all), err)
		}
		have = rest
		if f.op == opText {
			all = append(all, f.payload)
		}
		if done(f) {
			return all
		}
	}
}

// TestGroupSlowReceiver has one member that stops reading: the other gets
// everything, and when the slow one reads again it gets a subsequence with the
// newest item of each key, in the few messages that fit.
func TestGroupSlowReceiver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		h := newHarness(t, joinAll(g), &ServerOptions{Timing: Timing{PingInterval: -1}})
		h.lis.Buffer = 1000
		defer h.stop()
		slow := h.stalled("slow")
		fast := h.dial("fast", nil)
		wantText(t, fast, "snapshot")

		came := []string{">snapshot"}
		for i := range 2000 {
			it := item{fmt.Sprintf("k%d", i%7), i}
			came = append(came, fmt.Sprintf("%s=%d", it.Key, it.N))
			_ = g.Update(update(it, item{"slow", i}))
			if m := next(t, fast); len(m.Items) != 2 || m.Items[0] != it {
				t.Fatalf("update %d came as %+v", i, m)
			}
			if i%500 == 0 {
				came = append(came, fmt.Sprintf(">%d", i))
				_ = g.Publish(said(fmt.Sprint(i)), "")
				next(t, fast)
			}
			time.Sleep(time.Millisecond)
		}
		_ = g.Publish(said("end"), "")
		came = append(came, ">end")
		got := readAll(t, slow, func(f rawFrame) bool { return strings.Contains(string(f.payload), `"end"`) })
		if len(got) > 60 {
			t.Errorf("%d messages for a receiver that was away", len(got))
		}
		checkStream(t, came, strings.Fields(words(show(t, got))))
		slow.Close()
	})
}

func TestGroupSlowReceiverOverflow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		th := joinAll(g)
		h := newHarness(t, th, &ServerOptions{Timing: Timing{PingInterval: -1}})
		h.lis.Buffer = 200
		defer h.stop()
		slow := h.stalled("slow")
		for i := range 300 {
			_ = g.Publish(said(fmt.Sprint(i)), "")
			synctest.Wait()
		}
		if g.Len() != 1 {
			t.Errorf("Len = %d before the end, want 1", g.Len())
		}
		// The frame that had begun is whole, and the close frame follows.
		n := 0
		readAll(t, slow, func(f rawFrame) bool {
			if f.op == opText {
				n++
				return false
			}
			code, _ := parseClose(f.payload)
			return f.op == opClose && code == CloseSlow
		})
		slow.Close()
		synctest.Wait()
		if got := th.codes(); len(got) != 1 || got[0] != CloseSlow || n > 256 {
			t.Errorf("closed with %v after %d messages, want one %d", got, n, CloseSlow)
		}
	})
}

func TestStall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		send func(g *Group)
		want []CloseCode
	}{
		{"latest only", func(g *Group) { _ = g.Update(update(item{"k", 1}, item{"l", 1}, item{"m", 1})) }, nil},
		{"reliable", func(g *Group) { _ = g.Publish(said(strings.Repeat("x", 100)), "") }, []CloseCode{CloseSlow}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := NewGroup(nil)
				th := joinAll(g)
				h := newHarness(t, th, &ServerOptions{Timing: Timing{PingInterval: -1}})
				h.lis.Buffer = 150
				defer h.stop()
				slow := h.stalled("slow")
				for range 10 {
					_ = g.Update(update(item{"k", 0}))
					synctest.Wait()
				}
				tt.send(g)
				time.Sleep(9 * time.Second)
				if got := th.codes(); got != nil {
					t.Fatalf("closed with %v after 9 s", got)
				}
				time.Sleep(12 * time.Second)
				if got := th.codes(); fmt.Sprint(got) != fmt.Sprint(tt.want) {
					t.Errorf("closed with %v, want %v", got, tt.want)
				}
				slow.Close()
			})
		})
	}
}

// TestStallOfADirectWrite leaves the rest of one large reliable message to a
// peer that takes nothing more.
func TestStallOfADirectWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		th := &testHandler{open: func(c *testConn) error { return g.Join(c, "") }}
		h := newHarness(t, th, &ServerOptions{Timing: Timing{PingInterval: -1}})
		h.lis.Buffer = 200
		defer h.stop()
		nc := h.stalled("a")
		defer nc.Close()
		synctest.Wait()
		before := h.server.Stats().Counts()
		_ = g.Publish(said(strings.Repeat("x", 300)), "")
		synctest.Wait()
		after := h.server.Stats().Counts()
		want := headerLen(300) + len(said(strings.Repeat("x", 300)).AppendJSON(nil))
		if f, n := after.FramesOut-before.FramesOut, after.BytesOut-before.BytesOut; f != 1 || n != int64(want) {
			t.Errorf("%d frames, %d bytes counted; want 1, %d", f, n, want)
		}
		time.Sleep(time.Minute)
		if got := th.codes(); len(got) != 1 || got[0] != CloseSlow {
			t.Errorf("closed with %v, want %d", got, CloseSlow)
		}
	})
}

// TestGroupLateResult ends a connection during a direct write to it: nothing is
// started for what the write left.
func TestGroupLateResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		var conn *testConn
		gone := make(chan struct{})
		th := &testHandler{
			open:   func(c *testConn) error { conn = c; return g.Join(c, "") },
			closed: func(*testConn, CloseInfo) { close(gone) },
		}
		h := newTryHarness(t, th, nil, func(_ *sockettest.Conn, bufs [][]byte) (int, error) {
			conn.abort(CloseAbnormal, nil)
			<-gone
			return 1, nil
		})
		defer h.stop()
		nc := h.stalled("a")
		defer nc.Close()
		synctest.Wait()
		_ = g.Publish(said("x"), "")
		synctest.Wait()
		if th.codes() == nil {
			t.Fatal("the connection did not end during the write")
		}
		conn.out.mu.Lock()
		defer conn.out.mu.Unlock()
		if conn.out.watch != nil || conn.out.chunk != nil {
			t.Error("a goroutine began to write after the end")
		}
	})
}

// TestGroupRejoinDuringAWrite has a member leave and join again while a batch
// is written to it. What the write left is older than the new first messages,
// so only the frame that had begun comes before them, and nothing after.
func TestGroupRejoinDuringAWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		var conn *testConn
		writes := 0
		h := newTryHarness(t, &testHandler{open: func(c *testConn) error { conn = c; return g.Join(c, "") }}, nil,
			func(c *sockettest.Conn, bufs [][]byte) (int, error) {
				if writes++; writes > 1 {
					return c.TryWrite(bufs)
				}
				if err := g.Join(conn, "", said("snapshot")); err != nil {
					t.Errorf("Join: %v", err)
				}
				return c.TryWrite([][]byte{bufs[0][:5]})
			})
		defer h.stop()
		c := h.dial("a", nil)
		synctest.Wait()
		_ = g.Publish(said("begun"), "")
		_ = g.Publish(said("older"), "")
		for _, want := range []string{"begun", "snapshot"} {
			wantText(t, c, want)
		}
		_ = g.Publish(said("newer"), "")
		wantText(t, c, "newer")
	})
}

func TestGroupJoinsAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(nil)
		var conn *testConn
		h := newHarness(t, &testHandler{open: func(c *testConn) error { conn = c; return nil }}, nil)
		defer h.stop()
		c := h.dial("a", nil)
		synctest.Wait()
		for range 20 {
			var joins sync.WaitGroup
			g.mu.Lock() // so that they come together
			for range 4 {
				joins.Go(func() {
					if err := g.Join(conn, ""); err != nil {
						t.Errorf("Join: %v", err)
					}
				})
			}
			for range 100 {
				runtime.Gosched()
			}
			g.mu.Unlock()
			joins.Wait()
			if g.Len() != 1 {
				t.Fatalf("one connection joined %d times", g.Len())
			}
			g.Leave(conn)
		}
		if err := g.Join(conn, "", said("first")); err != nil {
			t.Fatal(err)
		}
		_ = g.Publish(said("second"), "")
		wantText(t, c, "first")
		wantText(t, c, "second")
	})
}

// TestGroupJoinDoesNotWrite joins with a lock held that writing needs.
func TestGroupJoinDoesNotWrite(t *testing.T) {
	t.Parallel()
	g := NewGroup(nil)
	var state sync.Mutex
	th := &testHandler{open: func(c *testConn) error {
		state.Lock()
		defer state.Unlock()
		return g.Join(c, "", said("snapshot"))
	}}
	h := newTryHarness(t, th, nil, func(c *sockettest.Conn, bufs [][]byte) (int, error) {
		state.Lock()
		defer state.Unlock()
		return c.TryWrite(bufs)
	})
	defer h.stop()
	wantText(t, h.dial("a", nil), "snapshot")
}

// TestSteadyPeerIsNotStalled has a peer that takes 10 KiB a second of one large
// reliable message, and answers no ping, since none has reached it.
func TestSteadyPeerIsNotStalled(t *testing.T) {
	t.Parallel()
	for name, portable := range map[string]bool{"direct": false, "portable": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const size = 300_000
				th := &testHandler{open: func(c *testConn) error { return c.Send(said(strings.Repeat("a", size))) }}
				h := newHarness(t, th, &ServerOptions{Portable: portable})
				h.lis.Buffer = 4 << 10
				defer h.stop()
				nc := h.stalled("a")
				defer nc.Close()
				buf := make([]byte, 1<<10)
				for got := 0; got < size; {
					time.Sleep(100 * time.Millisecond)
					n, err := nc.Read(buf)
					if got += n; err != nil {
						t.Fatalf("cut off after %d of %d bytes: %v, %v", got, size, err, th.codes())
					}
				}
			})
		})
	}
}

// TestGroupFlushDuringAFlush asks for a flush while the flusher is at work, which
// must not pause before it sends what came in between.
func TestGroupFlushDuringAFlush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(&GroupOptions{FlushInterval: 100 * time.Millisecond})
		var once sync.Once
		h := newTryHarness(t, joinAll(g), nil, func(c *sockettest.Conn, bufs [][]byte) (int, error) {
			if bytes.Contains(bytes.Join(bufs, nil), []byte("first")) {
				once.Do(func() {
					_ = g.Publish(said("urgent"), "")
					g.Flush()
				})
			}
			return c.TryWrite(bufs)
		})
		defer h.stop()
		a := h.dial("a", nil)
		wantText(t, a, "snapshot")
		start := time.Now()
		_ = g.Publish(said("first"), "")
		wantText(t, a, "first")
		wantText(t, a, "urgent")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("what should leave at once waited %v", waited)
		}
	})
}
