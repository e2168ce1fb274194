//go:build linux

// Command peer-raw is the limit: the same bytes over TCP alone. Clients send
// lines that are what others get; a room joins the lines that have come, and
// writes them to each client, without its own, with one system call. Nothing is
// decoded, checked or framed, and a client that does not read holds up its room.
package main

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/peer"
)

// room joins lines.
type room struct {
	mu      sync.Mutex // guards what follows
	clients []*client
	lines   []byte
	running bool

	// The flusher's.
	spare     []byte
	receivers []*client
}

// span is where a client's line lies.
type span struct{ start, end int }

type client struct {
	raw syscall.RawConn
	own []span // its lines in room.lines; guarded by room.mu

	// The flusher's.
	out    []span // its lines in what is being written
	spans  [][]byte
	size   int                   // bytes of spans
	write  func(fd uintptr) bool // writeOnce, bound once
	failed error
}

func main() {
	var mu sync.Mutex
	rooms := make(map[string]*room)
	l := peer.Listen()
	for {
		conn, err := l.Accept()
		if err != nil {
			os.Exit(1)
		}
		go func() {
			defer conn.Close()
			in := bufio.NewReader(conn)
			first, err := in.ReadString('\n')
			if err != nil {
				return
			}
			name, _, _ := strings.Cut(first, " ")
			mu.Lock()
			r, ok := rooms[name]
			if !ok {
				r = &room{}
				rooms[name] = r
			}
			mu.Unlock()
			r.serve(conn.(*net.TCPConn), in)
		}()
	}
}

// serve reads a client's lines until its end.
func (r *room) serve(conn *net.TCPConn, in *bufio.Reader) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	if _, err := conn.Write([]byte("in\n")); err != nil {
		return
	}
	c := &client{raw: raw}
	c.write = c.writeOnce
	r.mu.Lock()
	r.clients = append(r.clients, c)
	r.mu.Unlock()
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			break
		}
		r.add(c, line)
	}
	r.mu.Lock()
	i := slices.Index(r.clients, c)
	r.clients = slices.Delete(r.clients, i, i+1)
	r.mu.Unlock()
}

func (r *room) add(c *client, line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	start := len(r.lines)
	r.lines = append(r.lines, line...)
	c.own = append(c.own, span{start, len(r.lines)})
	if !r.running {
		r.running = true
		go r.flush()
	}
}

// flush writes until there is nothing left.
func (r *room) flush() {
	for {
		runtime.Gosched() // readers that can run add their lines
		lines := r.take()
		if lines == nil {
			return
		}
		for _, c := range r.receivers {
			c.send(lines)
		}
		r.mu.Lock()
		r.spare = lines
		r.mu.Unlock()
	}
}

// take gives what is to be written, or nil at the end.
func (r *room) take() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) == 0 {
		r.running = false
		return nil
	}
	lines := r.lines
	r.lines = r.spare[:0]
	r.receivers = append(r.receivers[:0], r.clients...)
	for _, c := range r.receivers {
		c.own, c.out = c.out[:0], c.own
	}
	return lines
}

// send writes lines without the client's own.
func (c *client) send(lines []byte) {
	if c.failed != nil {
		return
	}
	c.spans, c.size = c.spans[:0], 0
	from := 0
	for _, s := range append(c.out, span{len(lines), len(lines)}) {
		if s.start > from {
			c.spans = append(c.spans, lines[from:s.start])
			c.size += s.start - from
		}
		from = s.end
	}
	if c.size == 0 {
		return
	}
	if err := c.raw.Write(c.write); err != nil {
		c.failed = err
	}
}

// writeOnce is called until it reports that all is written.
func (c *client) writeOnce(fd uintptr) bool {
	n, err := unix.Writev(int(fd), c.spans)
	switch {
	case err == unix.EAGAIN:
		return false
	case err != nil:
		c.failed = err
		return true
	case n == c.size:
		return true
	}
	// The rest is one span again: it is rare.
	rest := bytes.Join(c.spans, nil)[n:]
	c.spans, c.size = append(c.spans[:0], rest), len(rest)
	return false
}
