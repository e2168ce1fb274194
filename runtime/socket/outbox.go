package socket

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// errSlow says that more reliable messages wait than the limits allow.
var errSlow = errors.New("socket: the peer reads too slowly")

// errClosed says that nothing can be sent any more.
var errClosed = errors.New("socket: the connection is closed")

// outState is how far an outbox is on its way to the end.
type outState uint8

const (
	outOpen    outState = iota
	outClosing          // the close frame is the last thing in the log
	outDead             // nothing more can be written
)

// outbox is the one way out of a connection. What is to be sent stands in one
// log; whoever adds to it while nobody writes takes the right to write (the
// writing flag), writes without waiting and without the lock, and gives the
// right back once nothing is left. What does not go at once is left to a
// goroutine that inherits the right and ends when everything is written.
type outbox struct {
	conn   *Conn
	stream *stream
	masked bool // frames are a client's

	closing atomic.Bool // state is not outOpen; set with mu held

	mu      sync.Mutex
	state   outState
	writing bool          // someone has the right to write
	log     *pending      // nil while nothing waits
	done    chan struct{} // made by finished; closed once nothing will be written any more
	space   chan struct{} // made by waitRoom; closed when something has left the log

	// What follows belongs to whoever has the right to write; chunkReliable and
	// progress are guarded by mu, for the watch.
	chunk         *buffer // frames on their way; nil while there are none
	off           int     // bytes of chunk that are written
	chunkReliable bool
	progress      time.Time   // when something was last written; zero outside of drain
	watch         *time.Timer // runs checkStall; nil until drain first needs it
	drains        sync.WaitGroup
}

const chunkBytes = 16 << 10 // how much leaves the log at once

// waiting gives the log, for adding to it.
func (o *outbox) waitingLocked() *pending {
	if o.log == nil {
		o.log = getPending()
	}
	return o.log
}

// checkLocked compares the log with the limits, after something was added. A
// single message is let through whatever its size.
func (o *outbox) checkLocked() error {
	l := &o.conn.cfg.limits
	o.log.compact()
	if o.log.reliable > 1 && (o.log.reliable > l.PendingMessages || o.log.reliableBytes > l.PendingBytes) {
		return errSlow
	}
	if o.log.reliable != 1 && o.log.size() > latestFactor*l.PendingBytes {
		return errSlow
	}
	return nil
}

// latestFactor bounds the bytes of everything that waits, latest items
// included, as a multiple of the bytes of reliable messages.
const latestFactor = 8

// put adds to the log by calling add, then writes what goes now.
func (o *outbox) put(add func(p *pending)) error {
	o.mu.Lock()
	write, err := o.addLocked(add)
	o.mu.Unlock()
	return o.settle(write, err)
}

// putWaiting is put for those who can wait: it does so until half of what may
// wait is free, the connection ends or ctx does.
func (o *outbox) putWaiting(ctx context.Context, add func(p *pending)) error {
	for {
		o.mu.Lock()
		if o.state != outOpen || o.roomLocked() {
			write, err := o.addLocked(add)
			o.mu.Unlock()
			return o.settle(write, err)
		}
		if o.space == nil {
			o.space = make(chan struct{})
		}
		space := o.space
		o.mu.Unlock()
		select {
		case <-space:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// roomLocked reports whether half of what may wait is free.
func (o *outbox) roomLocked() bool {
	l := &o.conn.cfg.limits
	return o.log == nil || o.log.reliable < max(l.PendingMessages/2, 1) && o.log.reliableBytes <= l.PendingBytes/2
}

// addLocked adds to the log, and takes the right to write if nobody has it. The
// caller must call settle with the results, without the lock.
func (o *outbox) addLocked(add func(p *pending)) (write bool, err error) {
	if o.state != outOpen {
		return false, errClosed
	}
	add(o.waitingLocked())
	if err := o.checkLocked(); err != nil {
		return false, err
	}
	return o.takeLocked(), nil
}

// takeLocked takes the right to write if nobody has it.
func (o *outbox) takeLocked() (taken bool) {
	taken = !o.writing
	o.writing = true
	return taken
}

// settle does what addLocked left to do: it writes, or closes for a peer that
// is too slow. It gives err.
func (o *outbox) settle(write bool, err error) error {
	if err == errSlow {
		o.conn.closeSlow()
	} else if write {
		o.flush()
	}
	return err
}

// settleSoon is settle on a goroutine of its own, for callers that may hold
// locks.
func (o *outbox) settleSoon(write bool, err error) {
	if !write && err != errSlow {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outDead {
		o.drains.Go(func() { _ = o.settle(write, err) })
	}
}

// next makes sure that chunk holds frames to write. If there are none it gives
// the right to write back and reports false.
func (o *outbox) next() bool {
	if o.chunk != nil {
		return true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.log != nil && o.state != outDead {
		b := getBuffer()
		frames := 0
		b.b, frames, o.chunkReliable = o.log.take(b.b, chunkBytes, o.masked)
		o.spaceLocked()
		if frames > 0 {
			o.chunk, o.off = b, 0
			o.conn.counts.sent(frames, len(b.b))
			return true
		}
		putBuffer(b)
	}
	o.releaseLocked()
	o.writing, o.progress = false, time.Time{}
	if o.state != outOpen {
		o.signalLocked()
	}
	return false
}

// flush writes what goes without waiting and leaves the rest to drain. The
// caller has the right to write, which flush gives on or back.
func (o *outbox) flush() {
	var one [1][]byte
	for o.next() {
		one[0] = o.chunk.b[o.off:]
		n, err := o.stream.tryWrite(one[:])
		if !o.wrote(n, err) {
			return
		}
		if o.chunk != nil {
			o.goDrain()
			return
		}
	}
}

// goDrain starts drain and hands it the right to write. Once the outbox is dead
// nobody waits for goroutines any more, and there is nothing to write.
func (o *outbox) goDrain() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == outDead {
		putBuffer(o.chunk)
		o.chunk = nil
		return
	}
	o.progress = time.Now()
	if stall := o.conn.cfg.timing.Stall; o.watch == nil {
		o.watch = time.AfterFunc(stall, o.checkStall)
	} else {
		o.watch.Reset(stall)
	}
	o.drains.Go(o.drain)
}

// drain writes everything that waits, waiting where it must.
func (o *outbox) drain() {
	for o.next() {
		n, err := o.stream.write(o.chunk.b[o.off:])
		if !o.wrote(n, err) {
			return
		}
		o.mu.Lock()
		o.progress = time.Now()
		o.mu.Unlock()
	}
}

// wrote accounts for n written bytes of the chunk. It reports false after an
// error, which ends the outbox.
func (o *outbox) wrote(n int, err error) bool {
	if o.off += n; o.off == len(o.chunk.b) {
		putBuffer(o.chunk)
		o.chunk = nil
	}
	if err != nil {
		o.conn.abort(CloseAbnormal, err)
		return false
	}
	return true
}

// moving reports whether the peer has taken something of what waits within d.
func (o *outbox) moving(d time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.progress.IsZero() && time.Since(o.progress) < d
}

// checkStall ends a connection that takes nothing while something reliable
// waits. Where only latest items wait, their number is bounded and the peer
// may take its time, as long as it shows life.
func (o *outbox) checkStall() {
	o.mu.Lock()
	if o.progress.IsZero() || o.state == outDead {
		o.mu.Unlock()
		return
	}
	stall := o.conn.cfg.timing.Stall
	left := stall - time.Since(o.progress)
	reliable := o.chunkReliable || o.log != nil && o.log.reliable > 0
	if left > 0 || !reliable {
		if left <= 0 {
			left = stall
		}
		o.watch.Reset(left)
		o.mu.Unlock()
		return
	}
	o.mu.Unlock()
	o.conn.abort(CloseSlow, errSlow)
}

// closeLocked makes the close frame the last thing that is written. Drop says
// to leave out what waits. It reports whether the caller must call flush.
func (o *outbox) closeLocked(code CloseCode, reason string, drop bool) (write bool) {
	if o.state != outOpen {
		return false
	}
	o.state = outClosing
	o.closing.Store(true)
	if drop {
		o.releaseLocked()
	}
	var payload [maxControl]byte
	o.waitingLocked().message(opClose, appendClose(payload[:0], code, reason), "")
	return o.takeLocked()
}

// killLocked ends the outbox without writing anything more.
func (o *outbox) killLocked() {
	o.state = outDead
	o.closing.Store(true)
	o.releaseLocked()
	o.spaceLocked()
	o.signalLocked()
}

// finished gives a channel that is closed once nothing will be written any
// more. The outbox must be closing or dead.
func (o *outbox) finished() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done == nil {
		o.done = make(chan struct{})
		if o.state == outDead || o.log == nil && !o.writing {
			close(o.done)
		}
	}
	return o.done
}

func (o *outbox) signalLocked() {
	if o.done == nil {
		return
	}
	select {
	case <-o.done:
	default:
		close(o.done)
	}
}

func (o *outbox) spaceLocked() {
	if o.space != nil {
		close(o.space)
		o.space = nil
	}
}

func (o *outbox) releaseLocked() {
	if o.log != nil {
		putPending(o.log)
		o.log = nil
	}
}

// offer gives the outbox its part of a group's batch: it writes it at once
// where nothing else waits, and otherwise adds it to the log.
func (o *outbox) offer(b *batch, m *member, v *view) {
	o.mu.Lock()
	switch {
	case o.state != outOpen || m.gone:
		o.mu.Unlock()
	case o.writing || o.log != nil || m.from > b.base:
		write, err := o.copyLocked(b, int(m.from)-int(b.base), m.key)
		o.mu.Unlock()
		_ = o.settle(write, err) // errSlow, which the peer's end tells
	default:
		o.writing = true
		o.mu.Unlock()
		v.of(b, m.key)
		if v.size == 0 {
			o.flush()
			return
		}
		n, err := o.stream.tryWrite(v.spans)
		o.offered(b, m, v, n, err)
	}
}

// copyLocked adds the batch from the given entry on to the log, and reports
// whether the caller took the right to write.
func (o *outbox) copyLocked(b *batch, from int, key string) (write bool, err error) {
	p := o.waitingLocked()
	b.copyTo(p, from, key)
	if p.empty() {
		if !o.writing {
			o.releaseLocked()
		}
		return false, nil
	}
	if err := o.checkLocked(); err != nil {
		return false, err
	}
	return o.takeLocked(), nil
}

// offered deals with what a direct write of v left, and gives the right to
// write on or back.
func (o *outbox) offered(b *batch, m *member, v *view, n int, err error) {
	if err != nil {
		o.conn.abort(CloseAbnormal, err)
		return
	}
	if n == v.size {
		o.conn.counts.sent(v.frames, n)
		o.mu.Lock()
		if o.log == nil && o.state == outOpen {
			o.writing = false
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		o.flush()
		return
	}
	rest := getBuffer()
	var cut cutoff
	rest.b, cut = b.rest(rest.b, m.key, n)
	o.conn.counts.sent(cut.frames, n+len(rest.b))
	o.mu.Lock()
	if len(rest.b) > 0 {
		o.chunk, o.off, o.chunkReliable = rest, 0, cut.reliable
	} else {
		putBuffer(rest)
	}
	if o.state == outOpen && !m.gone {
		_, err = o.copyLocked(b, cut.next, m.key)
	}
	o.mu.Unlock()
	if err != nil {
		o.conn.closeSlow()
	}
	if o.next() {
		o.goDrain()
	}
}
