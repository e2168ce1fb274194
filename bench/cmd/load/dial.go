//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/job"
)

const (
	helloTimeout = 30 * time.Second
	helloBuffer  = 64 << 10

	// What a client that is going to stall takes: on the loopback interface, with
	// its large segments, kernels would buffer megabytes for it.
	smallWindow  = 4 << 10 // bytes, of its receive buffer
	smallSegment = 1460    // bytes, as on Ethernet
)

// dialed is a connection that is in its room, as a descriptor that does not block.
type dialed struct {
	fd    int
	extra []byte // what came after the last answer
}

// dial connects, shakes hands and joins.
func dial(addr string, a *adapter, s job.Seat, small bool) (dialed, error) {
	d := net.Dialer{Timeout: helloTimeout}
	if small {
		d.Control = func(_, _ string, c syscall.RawConn) error {
			var err error
			control := c.Control(func(fd uintptr) {
				err = errors.Join(
					unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, smallWindow),
					unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, smallSegment),
				)
			})
			return errors.Join(control, err)
		}
	}
	c, err := d.Dial("tcp", addr)
	if err != nil {
		return dialed{}, err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(helloTimeout)) // a later read reports it
	h := hello{conn: c, in: bufio.NewReaderSize(c, helloBuffer), a: a}
	if a.request != nil {
		if err := h.upgrade(addr, s); err != nil {
			return dialed{}, err
		}
	}
	for _, e := range a.hello {
		if err := h.exchange(e, s); err != nil {
			return dialed{}, err
		}
	}
	return h.detach()
}

// hello is a connection on its way into its room.
type hello struct {
	conn net.Conn
	in   *bufio.Reader
	a    *adapter
}

func (h *hello) upgrade(addr string, s job.Seat) error {
	target, headers := h.a.request(s)
	lines := append([]string{
		"GET " + target + " HTTP/1.1", "Host: " + addr, "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	}, headers...)
	if _, err := h.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n")); err != nil {
		return err
	}
	resp, err := http.ReadResponse(h.in, nil)
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Sec-Websocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		return fmt.Errorf("handshake: %s", resp.Status)
	}
	return nil
}

func (h *hello) exchange(e exchange, s job.Seat) error {
	if e.send != nil {
		out := append(e.send(s), '\n')
		if h.a.request != nil {
			out = appendFrame(nil, opText, out[:len(out)-1])
		}
		if _, err := h.conn.Write(out); err != nil {
			return err
		}
	}
	for {
		m, err := h.message()
		if err != nil {
			return fmt.Errorf("wait for %s: %w", e.answer, err)
		}
		if h.a.complaint(m) {
			return fmt.Errorf("the server says %s", m)
		}
		if bytes.Contains(m, []byte(e.answer)) {
			return nil
		}
	}
}

// message reads one message.
func (h *hello) message() ([]byte, error) {
	if h.a.request == nil {
		return h.in.ReadBytes('\n')
	}
	for n := 2; ; n++ {
		b, err := h.in.Peek(n)
		if err != nil {
			return nil, err
		}
		header, payload, state := frameSize(b)
		switch state {
		case headerBad:
			return nil, fmt.Errorf("frame header %x", b)
		case headerShort:
			continue
		}
		if b[0]&0x0f == opClose {
			return nil, errors.New("closed by the server")
		}
		frame := make([]byte, header+payload)
		if _, err := readFull(h.in, frame); err != nil {
			return nil, err
		}
		return frame[header:], nil
	}
}

func readFull(r *bufio.Reader, b []byte) (n int, err error) {
	for n < len(b) {
		k, err := r.Read(b[n:])
		if n += k; err != nil {
			return n, err
		}
	}
	return n, nil
}

// detach takes the descriptor away from the runtime's poller.
func (h *hello) detach() (dialed, error) {
	extra, err := h.in.Peek(h.in.Buffered())
	if err != nil {
		return dialed{}, err
	}
	f, err := h.conn.(*net.TCPConn).File()
	if err != nil {
		return dialed{}, err
	}
	defer f.Close()
	fd, err := dup(f)
	return dialed{fd, bytes.Clone(extra)}, err
}

func dup(f *os.File) (int, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	return fd, unix.SetNonblock(fd, true)
}
