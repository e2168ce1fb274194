//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/job"
)

// read reads what a socket has and counts it.
func (e *engine) read(c *client) {
	for {
		kept := copy(e.buf, c.in)
		if kept == len(e.buf) {
			e.lose(c, fmt.Errorf("a frame of more than %d bytes", len(e.buf)))
			return
		}
		n, err := unix.Read(c.fd, e.buf[kept:])
		switch {
		case err == unix.EAGAIN || err == unix.EINTR:
			return
		case err != nil || n == 0:
			e.lose(c, err)
			return
		}
		e.now.reads++
		e.now.bytesIn += int64(n)
		e.now.at = e.clock()
		b := e.buf[:kept+n]
		c.in = append(c.in[:0], b[e.consume(c, b):]...)
		if len(b) < len(e.buf) || c.closed {
			return
		}
	}
}

// consume takes whole frames from the front of b and returns their bytes.
func (e *engine) consume(c *client, b []byte) (taken int) {
	if e.a.request == nil {
		return e.consumeLines(c, b)
	}
	for {
		header, payload, state := frameSize(b[taken:])
		if state == headerBad {
			e.lose(c, fmt.Errorf("frame header %x", b[taken:min(len(b), taken+8)]))
			return len(b)
		}
		if state == headerShort || len(b)-taken < header+payload {
			return taken
		}
		op := b[taken] & 0x0f
		e.message(c, op, b[taken+header:taken+header+payload])
		if taken += header + payload; c.closed {
			return len(b)
		}
	}
}

// consumeLines does the same for messages that are lines.
func (e *engine) consumeLines(c *client, b []byte) int {
	taken := bytes.LastIndexByte(b, '\n') + 1
	if taken > 0 {
		e.items(c, b[:taken])
	}
	return taken
}

const pongBytes = 10 // of the answer to a ping with a time

// message deals with one frame.
func (e *engine) message(c *client, op byte, payload []byte) {
	switch op {
	case opPing:
		e.write(c, opPong, payload)
		return
	case opPong:
		if e.load.Mode == job.Alone && len(payload) == 8 {
			e.now.latency.add(e.now.at - int64(binary.BigEndian.Uint64(payload)))
			e.now.bytesIn -= pongBytes
		}
		return
	case opClose:
		if len(payload) >= 2 {
			c.closeCode = int(binary.BigEndian.Uint16(payload))
			e.complain(fmt.Sprintf("player %d: closed with %d %s", c.number, c.closeCode, payload[2:]))
		}
		e.lose(c, nil)
		return
	}
	if (e.a.delivery == nil || bytes.HasPrefix(payload, e.a.delivery)) && e.items(c, payload) > 0 {
		return
	}
	if e.a.complaint(payload) {
		e.complain(fmt.Sprintf("player %d: %.200s", c.number, payload))
	}
	if answer := e.a.control(payload); answer != nil {
		e.write(c, opText, answer)
	}
}

// checkEvery is how many messages pass for one that a JSON decoder reads too.
const checkEvery = 1009

// items counts the items of a message.
func (e *engine) items(c *client, payload []byte) (n int) {
	rest := payload
	for {
		it, more := nextItem(rest)
		if more == nil {
			break
		}
		rest = more
		n++
		e.item(c, it)
	}
	if e.now.messages++; e.now.messages%checkEvery == 0 {
		if err := confirm(payload, n, e.load.Seats); err != nil {
			e.now.malformed++
			e.complain(err.Error())
		} else {
			e.now.checked++
		}
	}
	return n
}

// item counts one item that c has got.
func (e *engine) item(c *client, it item) {
	t := e.now
	if it.seq < 0 {
		t.malformed++
		return
	}
	i := int(it.player) - (c.number - c.index)
	switch {
	case i < 0 || i >= len(c.peers):
		t.foreign++
		return
	case i == c.index:
		t.own++
		return
	}
	t.deliveries++
	t.latency.add(t.at - it.stamp)
	last := c.last[i]
	switch {
	case it.seq <= last:
		t.disorder++
	case last > 0:
		t.missing += it.seq - last - 1
	}
	c.last[i] = max(last, it.seq)
	if e.load.Mode == job.Saturate {
		if o := c.peers[i]; (i+1)%len(c.peers) == c.index && it.seq > o.acked {
			o.acked = it.seq
			e.enqueue(o)
		}
	}
}
