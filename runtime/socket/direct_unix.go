//go:build (linux || darwin) && !portable

package socket

import (
	"io"
	"syscall"
)

// direct reads and writes a descriptor. Reading takes a pooled buffer only
// once there is something to read, so that an idle connection holds none.
//
// At most one goroutine may read and one may write at the same time.
type direct struct {
	raw syscall.RawConn

	in      *buffer               // what was read beyond the last request; nil if nothing
	off     int                   // bytes of in that have been handed out
	readErr error                 // the end of reading
	readFn  func(fd uintptr) bool // tryRead, bound once

	out      [][]byte
	wait     bool // whether writeFn waits for room
	n        int
	writeErr error
	writeFn  func(fd uintptr) bool // tryOut, bound once
}

func newDirect(raw syscall.RawConn) *direct {
	d := &direct{raw: raw}
	d.readFn, d.writeFn = d.readOnce, d.writeOnce
	return d
}

// read reads into p, waiting for at least one byte.
func (d *direct) read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := d.await(); err != nil {
		return 0, err
	}
	n := copy(p, d.in.b[d.off:])
	d.skip(n)
	return n, nil
}

// ready reports whether reading does not wait.
func (d *direct) ready() bool { return d.in != nil }

// await waits for something to read.
func (d *direct) await() error {
	if d.in != nil || d.readErr != nil {
		return d.readErr
	}
	if err := d.raw.Read(d.readFn); err != nil {
		return err
	}
	return d.readErr
}

// skip forgets n bytes of in.
func (d *direct) skip(n int) {
	if d.off += n; d.off == len(d.in.b) {
		putBuffer(d.in)
		d.in, d.off = nil, 0
	}
}

// readOnce is called by the runtime when the descriptor may be readable.
func (d *direct) readOnce(fd uintptr) bool {
	b := getBuffer()
	n, err := ignoringEINTR(func() (int, error) { return syscall.Read(int(fd), b.b[:cap(b.b)]) })
	if n > 0 {
		b.b = b.b[:n]
		d.in = b
		return true
	}
	putBuffer(b)
	if err == syscall.EAGAIN {
		return false
	}
	if d.readErr = err; err == nil {
		d.readErr = io.EOF
	}
	return true
}

// tryWrite writes what fits into the kernel's buffer.
func (d *direct) tryWrite(bufs [][]byte) (int, error) { return d.writev(bufs, false) }

// write waits until at least one byte of p is written.
func (d *direct) write(p []byte) (int, error) { return d.writev([][]byte{p}, true) }

func (d *direct) writev(bufs [][]byte, wait bool) (int, error) {
	d.out, d.wait, d.n, d.writeErr = bufs, wait, 0, nil
	err := d.raw.Write(d.writeFn)
	d.out = nil
	if err == nil {
		err = d.writeErr
	}
	return d.n, err
}

// writeOnce is called by the runtime, again and again while it gives false,
// whenever the descriptor may have room.
func (d *direct) writeOnce(fd uintptr) bool {
	n, err := ignoringEINTR(func() (int, error) { return writev(int(fd), d.out) })
	switch {
	case err == syscall.EAGAIN:
		return !d.wait
	case err != nil:
		d.writeErr = err
	default:
		d.n = n
	}
	return true
}

func ignoringEINTR(f func() (int, error)) (int, error) {
	for {
		n, err := f()
		if err != syscall.EINTR {
			return n, err
		}
	}
}
