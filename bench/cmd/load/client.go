//go:build linux

package main

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/job"
)

// client is one player's connection.
type client struct {
	fd     int
	seat   job.Seat
	number int // over all rooms; what its updates carry as y
	index  int // in its room
	peers  []*client

	seq    int64   // of the last update
	acked  int64   // the last update that the next player in the room has got
	sentAt int64   // when the last update was sent
	queued bool    // waits for its turn in engine.ready
	last   []int64 // the last seq from each player of the room; 0 before the first

	in        []byte // a frame that is not whole yet
	out       []byte // what the socket has not taken yet
	stalled   bool   // reads nothing
	closed    bool
	closeCode int
}

// latestFrom reports whether c has the last update of o.
func (c *client) latestFrom(o *client) bool {
	return o == c || o.closed || o.seq == 0 || c.last[o.index] >= o.seq
}

// maxOut is how many bytes of updates wait for a server that takes none.
const maxOut = 64 << 10

// send sends one update of c. It reports false where the socket is full: then
// what the update would have asked for counts all the same, unless the load goes
// by what arrives.
func (e *engine) send(c *client) bool {
	if c.closed || len(c.out) > maxOut {
		e.now.skipped++
		if e.load.Hz > 0 {
			e.now.offered += e.receiversOf(c)
		}
		return false
	}
	c.seq++
	c.sentAt = e.clock()
	e.payload = e.a.update(e.payload[:0], c.seat, position{stamp: c.sentAt, player: c.number, seq: c.seq})
	e.write(c, opText, e.payload)
	if e.load.Mode == job.Alone && c.seq%int64(e.load.PingEvery) == 0 {
		sent := e.now.bytesOut
		e.write(c, opPing, binary.BigEndian.AppendUint64(nil, uint64(c.sentAt)))
		e.now.bytesOut = sent // the ping is no part of the job
	}
	e.now.sent++
	e.now.offered += e.receiversOf(c)
	return true
}

// receiversOf is how many others are to get an update.
func (e *engine) receiversOf(c *client) int64 {
	n := int64(len(c.peers) - 1)
	for _, o := range c.peers[:1] { // the one that may stall is the first of its room
		if o != c && o.stalled {
			n--
		}
	}
	return n
}

// write sends a message, or keeps what the socket does not take.
func (e *engine) write(c *client, op byte, payload []byte) {
	if e.a.request == nil {
		e.frame = append(append(e.frame[:0], payload...), '\n')
	} else {
		e.frame = appendFrame(e.frame[:0], op, payload)
	}
	e.now.bytesOut += int64(len(e.frame))
	if len(c.out) > 0 {
		c.out = append(c.out, e.frame...)
		return
	}
	if n := e.push(c, e.frame); n < len(e.frame) && !c.closed {
		c.out = append(c.out, e.frame[n:]...)
		e.watch(c)
	}
}

// push writes what goes now.
func (e *engine) push(c *client, b []byte) int {
	n, err := unix.Write(c.fd, b)
	switch err {
	case nil:
		return n
	case unix.EAGAIN, unix.EINTR:
	default:
		e.lose(c, err)
	}
	return 0
}

// flush writes what waits.
func (e *engine) flush(c *client) {
	n := e.push(c, c.out)
	c.out = c.out[:copy(c.out, c.out[n:])]
	e.watch(c)
}

// watch says to the kernel what c waits for.
func (e *engine) watch(c *client) {
	if c.closed {
		return
	}
	ev := unix.EpollEvent{Fd: int32(c.number)}
	if !c.stalled {
		ev.Events |= unix.EPOLLIN
	}
	if len(c.out) > 0 {
		ev.Events |= unix.EPOLLOUT
	}
	if err := unix.EpollCtl(e.epoll, unix.EPOLL_CTL_MOD, c.fd, &ev); err != nil {
		e.lose(c, err)
	}
}

// lose notes that a connection has ended.
func (e *engine) lose(c *client, err error) {
	if c.closed {
		return
	}
	c.closed = true
	e.closed++
	if err != nil {
		e.complain(fmt.Sprintf("player %d: %v", c.number, err))
	}
	_ = unix.Close(c.fd) // there is nothing left to lose
}
