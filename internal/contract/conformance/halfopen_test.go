//go:build unix

package conformance

import (
	"io"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// Bounds of the test of half-open handshakes.
const (
	mostHalfOpen  = 10_000
	leastHalfOpen = 1_000
	// The server holds no more connections that wait for a request than this,
	// whatever arrives.
	mostWaiting = 4_096
	// spareFiles are for the server's data and the connections of others.
	spareFiles = 1_000
)

// TestHalfOpenHandshakes opens connections that send nothing, or half a
// handshake, and never go on. Meanwhile others log in, join and move, and the
// server holds a bounded number of them. It is not parallel: the files and the
// goroutines that it counts are those of the process.
func TestHalfOpenHandshakes(t *testing.T) {
	w := startWorld(t)
	count := halfOpenCount(t)
	calm := runtime.NumGoroutine()
	beginnings := []string{"", "G", "GET /v1/rooms/x/socket HTTP/1.1\r\n", "GET /v1/rooms/x/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"}
	for i := range count {
		c := halfOpen(t, w, i, beginnings[i%len(beginnings)])
		defer c.Close()
		if i == count/2 {
			play(t, w, "half", conversation)
		}
	}
	play(t, w, "all", conversation)
	waiting := w.metric(t, "duet_http_waiting_connections")
	if waiting > mostWaiting {
		t.Errorf("%v connections wait for a request, want %d at most", waiting, mostWaiting)
	}
	if gone := w.metric(t, "duet_http_waiting_evicted_total"); count > mostWaiting && gone < float64(count-mostWaiting-spareFiles) {
		t.Errorf("%v connections had to go, of %d", gone, count)
	}
	// net/http has a goroutine for a connection, and another for a moment while
	// it ends.
	if now := runtime.NumGoroutine(); now > calm+2*mostWaiting+spareFiles {
		t.Errorf("%d goroutines, and %d before", now, calm)
	}
	t.Logf("%d half-open handshakes, %v of them held", count, waiting)
}

// conversation is what others do meanwhile. NAME makes its users new.
const conversation = `
rest nobody POST /v1/users {"name":"ada.NAME","password":"$password"} => 201 {"id":?ada,...}
user grace
room arena by grace
open grace $arena bearer $grace.token
grace < {"type":"hello",...}
grace < {"type":"room.snapshot",...}
open ada $arena
ada < {"type":"hello",...}
ada > {"type":"auth.user","id":"1","data":{"name":"ada.NAME","password":"$password"}}
ada < {"type":"auth.user.response",...}
ada < {"type":"room.snapshot",...}
grace < {"type":"player.joined",...}
ada > {"type":"player.update","data":{"position":{"x":1,"y":2}}}
grace < {"type":"players.updated","data":{"version":?,"players":[{"id":"$ada","position":{"x":1,"y":2},"seq":0}]}}
`

// play runs a script of its own.
func play(t *testing.T, w *world, name, text string) {
	t.Helper()
	steps, err := parseSteps(name, strings.ReplaceAll(text, "NAME", name))
	if err != nil {
		t.Fatal(err)
	}
	r := newServerRun(t, w)
	defer r.stop()
	r.run(script{name: name, steps: steps})
}

// halfOpenCount is how many connections the limit on open files allows: both
// ends of what the server holds, and this end of the rest.
func halfOpenCount(t *testing.T) int {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	files := int(min(uint64(limit.Cur), 1<<20)) - spareFiles
	count := min(mostHalfOpen, max(files/2, files-mostWaiting))
	if count < leastHalfOpen {
		t.Fatalf("%d open files are allowed, which is too few for this test", limit.Cur)
	}
	return count
}

// halfOpen connects and sends the beginning of a handshake. On Linux every
// address of 127.0.0.0/8 is the machine's own, so that no limit by address
// helps the server.
func halfOpen(t *testing.T, w *world, n int, beginning string) net.Conn {
	t.Helper()
	var dialer net.Dialer
	if runtime.GOOS == "linux" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+n%100))}
	}
	c, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatalf("connection %d: %v", n, err)
	}
	if _, err := io.WriteString(c, beginning); err != nil {
		t.Fatalf("connection %d: %v", n, err)
	}
	return c
}
