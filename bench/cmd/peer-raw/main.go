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
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/peer"
)

// room joins lines.
type room struct {
	mu      sync.Mutex // guards what follows
	clients map[*client]struct{}
	lines   []byte
	owners  []span
	running bool

	// The flusher's.
	spareLines  []byte
	spareOwners []span
	receivers   []*client
}

// span is where a client's line lies.
type span struct {
	owner      *client
	start, end int
}

type client struct {
	raw    syscall.RawConn
	spans  [][]byte
	failed bool
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
				r = &room{clients: make(map[*client]struct{})}
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
	r.mu.Lock()
	r.clients[c] = struct{}{}
	r.mu.Unlock()
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			break
		}
		r.add(c, line)
	}
	r.mu.Lock()
	delete(r.clients, c)
	r.mu.Unlock()
}

func (r *room) add(c *client, line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	start := len(r.lines)
	r.lines = append(r.lines, line...)
	r.owners = append(r.owners, span{c, start, len(r.lines)})
	if !r.running {
		r.running = true
		go r.flush()
	}
}

// flush writes until there is nothing left.
func (r *room) flush() {
	runtime.Gosched() // readers that can run add their lines
	for {
		r.mu.Lock()
		lines, owners := r.lines, r.owners
		if len(lines) == 0 {
			r.running = false
			r.mu.Unlock()
			return
		}
		r.lines, r.owners = r.spareLines[:0], r.spareOwners[:0]
		r.receivers = r.receivers[:0]
		for c := range r.clients {
			r.receivers = append(r.receivers, c)
		}
		r.mu.Unlock()
		own := make(map[*client][]span, len(owners))
		for _, s := range owners {
			own[s.owner] = append(own[s.owner], s)
		}
		for _, c := range r.receivers {
			c.write(lines, own[c])
		}
		r.spareLines, r.spareOwners = lines, owners
	}
}

// write writes lines without the client's own.
func (c *client) write(lines []byte, own []span) {
	if c.failed {
		return
	}
	c.spans = c.spans[:0]
	from, size := 0, 0
	for _, s := range own {
		if s.start > from {
			c.spans = append(c.spans, lines[from:s.start])
		}
		size, from = size+s.start-from, s.end
	}
	if len(lines) > from {
		c.spans, size = append(c.spans, lines[from:]), size+len(lines)-from
	}
	if size == 0 {
		return
	}
	var failed error
	err := c.raw.Write(func(fd uintptr) bool {
		n, err := unix.Writev(int(fd), c.spans)
		switch {
		case err == unix.EAGAIN:
			return false
		case err != nil:
			failed = err
			return true
		case n == size:
			return true
		}
		// The rest is one span again: it is rare.
		rest := bytes.Join(c.spans, nil)[n:]
		c.spans, size = append(c.spans[:0], rest), len(rest)
		return false
	})
	c.failed = err != nil || failed != nil
}
