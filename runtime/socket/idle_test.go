package socket

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"runtime"
	"testing"
)

// BenchmarkIdle reports the bytes of stack and heap that a connection of the
// server holds while it waits: a new one, one that has sent messages to a
// handler that used much stack, and one whose last frame was a pong. The peer's
// end has no goroutine; its descriptor is in the heap's figure.
func BenchmarkIdle(b *testing.B) {
	for _, bb := range []struct {
		name   string
		frames []byte
	}{
		{"new", nil},
		{"messages", clientFrames(opText, opPong, opText)},
		{"pong", clientFrames(opText, opPong)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				measureIdle(b, bb.frames)
			}
		})
	}
}

func clientFrames(ops ...byte) (frames []byte) {
	for _, op := range ops {
		payload := map[byte]string{opText: `{"type":"say"}`}[op]
		frames = append(frames, maskFrame(append(appendHeader(nil, op, len(payload)), payload...), 0, 2)...)
	}
	return frames
}

// deepHandler's Receive needs 6 kB of stack.
type deepHandler struct {
	*testHandler
	handled chan struct{}
}

func (h deepHandler) Receive(context.Context, *testConn, int, []byte) error {
	var frame [6 << 10]byte
	fillFrame(&frame)
	h.handled <- struct{}{}
	return nil
}

//go:noinline
func fillFrame(frame *[6 << 10]byte) { frame[len(frame)-1] = 1 }

func measureIdle(b *testing.B, frames []byte) {
	const conns = 1000
	h := deepHandler{&testHandler{}, make(chan struct{}, 2*conns)}
	s := httptest.NewServer(NewServer(testProtocol(), h, &ServerOptions{
		Timing: Timing{PingInterval: -1}, Limits: Limits{HandshakesPerAddr: conns, ConnsPerAddr: conns},
	}))
	defer s.Close()
	before := memoryInUse()
	for i := range conns {
		nc, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer nc.Close()
		upgradeRaw(b, nc, fmt.Sprint(i))
		if _, err := nc.Write(frames); err != nil {
			b.Fatal(err)
		}
		for n := len(frames); n > len(clientFrames(opText)); n -= len(clientFrames(opText)) {
			<-h.handled
		}
	}
	after := memoryInUse()
	b.ReportMetric(float64(after.StackInuse-before.StackInuse)/conns, "stack-B/conn")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/conns, "heap-B/conn")
}

// memoryInUse collects until Go has halved every stack as often as it will.
func memoryInUse() (m runtime.MemStats) {
	for range 5 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m
}
