package socket

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
)

// benchRoom is a group whose members are connections over loopback that read
// and count bytes.
type benchRoom struct {
	group *Group
	stats *Stats
}

func newBenchRoom(b *testing.B, members int, portable bool) *benchRoom {
	r := &benchRoom{group: NewGroup(nil), stats: &Stats{}}
	joined := make(chan struct{}, members)
	h := &testHandler{open: func(c *testConn) error {
		defer func() { joined <- struct{}{} }()
		return r.group.Join(c, c.name)
	}}
	s := httptest.NewServer(NewServer(testProtocol(), h, &ServerOptions{
		Stats: r.stats, Portable: portable, Timing: Timing{PingInterval: -1}, Limits: Limits{HandshakesPerAddr: 1 << 20},
	}))
	b.Cleanup(s.Close)
	for i := range members {
		nc, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { nc.Close() })
		upgradeRaw(b, nc, fmt.Sprint("k", i))
		go func() {
			buf := make([]byte, 64<<10)
			for {
				if _, err := nc.Read(buf); err != nil {
					return
				}
			}
		}()
	}
	for range members {
		<-joined
	}
	return r
}

// BenchmarkGroup reports the cost of one delivered update: 64 changes are
// published and one flush delivers them to each member.
func BenchmarkGroup(b *testing.B) {
	for _, bb := range []struct {
		name     string
		members  int
		portable bool
	}{{"10", 10, false}, {"200", 200, false}, {"200portable", 200, true}} {
		b.Run(bb.name, func(b *testing.B) {
			const updates = 64
			r := newBenchRoom(b, bb.members, bb.portable)
			head, item, tail := []byte(`{"type":"players.updated","data":{"version":"1","players":[`),
				[]byte(`{"id":"5b0c1a52-6f2e-4f0e-9a55-0d1c7e3a9b10","position":{"x":12.5,"y":-3.25},"seq":42}`), []byte(`]}}`)
			keys := make([]string, updates)
			for i := range keys {
				keys[i] = fmt.Sprint("k", i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += updates * bb.members {
				for _, k := range keys {
					u := NewUpdate(&benchMoved)
					u.Buf = append(u.Buf, head...)
					u.EndHead()
					u.Buf = append(u.Buf, item...)
					u.EndItem(k)
					u.Buf = append(u.Buf, tail...)
					_ = r.group.Update(u)
				}
				r.group.flushes.Wait()
			}
			b.StopTimer()
			if c := r.stats.Counts(); c.Open != int64(bb.members) {
				b.Fatalf("%d of %d connections are left", c.Open, bb.members)
			}
		})
	}
}

var benchMoved = Latest{Name: "players.updated"}

// BenchmarkReceive is the way in: a frame is read, told apart and handled.
func BenchmarkReceive(b *testing.B) {
	done := make(chan struct{})
	n := 0
	h := &testHandler{}
	p := testProtocol()
	p.Incoming[setIndex].Rate = Rate{}
	p.Route = func([]byte) (int, string, error) { return setIndex, "", nil }
	s := httptest.NewServer(NewServer(p, countingHandler{h, func() {
		if n++; n == b.N {
			close(done)
		}
	}}, nil))
	defer s.Close()
	nc, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer nc.Close()
	upgradeRaw(b, nc, "bench")
	go io.Copy(io.Discard, nc)
	payload := `{"type":"set","text":"` + strings.Repeat("x", 60) + `"}`
	one := maskFrame(append(appendHeader(nil, opText, len(payload)), payload...), 0, 2)
	var many []byte
	for range 32 {
		many = append(many, one...)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; left -= 32 {
		_, _ = nc.Write(many[:min(left, 32)*len(one)])
	}
	<-done
}

// countingHandler counts messages and does not look at them.
type countingHandler struct {
	*testHandler
	count func()
}

func (h countingHandler) Receive(context.Context, *testConn, int, []byte) error {
	h.count()
	return nil
}
