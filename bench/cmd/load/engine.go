//go:build linux

package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/job"
)

// engine drives all clients from one goroutine: it waits for their sockets and
// for the time of the next update, in nanoseconds.
type engine struct {
	load    job.Load
	a       *adapter
	clients []*client
	epoll   int
	start   time.Time

	sending   bool
	pacer     pacer
	ready     []*client // may send their next update, in Saturate
	lastRetry int64

	now      *tally // of the phase that runs
	closed   int
	problems []string

	events  []unix.EpollEvent
	buf     []byte
	payload []byte
	frame   []byte
}

const readBuffer = 1 << 20

func newEngine(l job.Load) (*engine, error) {
	a, err := adapterFor(l.Protocol)
	if err != nil {
		return nil, err
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &engine{
		load: l, a: a, epoll: epoll, start: time.Now().Add(-time.Second), now: &tally{},
		events: make([]unix.EpollEvent, 512), buf: make([]byte, readBuffer),
	}, nil
}

// clock is microseconds from a moment a second before the start: it has as many
// digits at all times of a short run.
func (e *engine) clock() int64 { return time.Since(e.start).Microseconds() }

const dialers = 16

// connect fills all seats. Clients that are in are served meanwhile.
func (e *engine) connect() error {
	type arrival struct {
		number int
		dialed
		err error
	}
	e.seat()
	todo, arrived := make(chan int), make(chan arrival, len(e.clients))
	var dialing sync.WaitGroup
	for range dialers {
		dialing.Go(func() {
			for i := range todo {
				d, err := dial(e.load.Addr, e.a, e.clients[i].seat, e.load.Mode == job.Stall && i == 0)
				arrived <- arrival{i, d, err}
			}
		})
	}
	dialing.Go(func() {
		defer close(todo)
		for i := range e.clients {
			todo <- i
		}
	})
	defer dialing.Wait()
	for n := 0; n < len(e.clients); {
		select {
		case x := <-arrived:
			if x.err != nil {
				go func() { // let the dialers end
					for range todo {
					}
				}()
				return fmt.Errorf("player %d: %w", x.number, x.err)
			}
			n++
			if err := e.enter(e.clients[x.number], x.dialed); err != nil {
				return err
			}
		default:
			e.poll(time.Millisecond)
		}
	}
	return nil
}

// seat makes the clients.
func (e *engine) seat() {
	p := e.load.Players
	all := make([]client, len(e.load.Seats))
	for i, s := range e.load.Seats {
		c := &all[i]
		*c = client{fd: -1, seat: s, number: i, index: i % p, last: make([]int64, p)}
		e.clients = append(e.clients, c)
	}
	for i, c := range e.clients {
		c.peers = e.clients[i-i%p : i-i%p+p]
	}
	e.pacer = newPacer(e.clients, e.load.Hz)
}

func (e *engine) enter(c *client, d dialed) error {
	c.fd, c.in = d.fd, d.extra
	ev := unix.EpollEvent{Fd: int32(c.number), Events: unix.EPOLLIN}
	if err := unix.EpollCtl(e.epoll, unix.EPOLL_CTL_ADD, c.fd, &ev); err != nil {
		return err
	}
	c.in = c.in[:copy(c.in, c.in[e.consume(c, c.in):])]
	return nil
}

// run serves the clients for some time.
func (e *engine) run(d time.Duration) { e.runUntil(d, func() bool { return false }) }

// runUntil serves the clients until it is enough, and reports whether it was
// within d. It asks every few milliseconds.
func (e *engine) runUntil(d time.Duration, enough func() bool) bool {
	end := e.clock() + d.Microseconds()
	ask := e.clock()
	for now := e.clock(); now < end; now = e.clock() {
		if now >= ask {
			if enough() {
				return true
			}
			ask = e.clock() + 5000
		}
		e.poll(time.Duration(e.wait(now, end)) * time.Microsecond)
		e.pace()
	}
	return enough()
}

// wait is how long nothing is to be sent, in microseconds.
func (e *engine) wait(now, end int64) int64 {
	until := min(end, now+5000)
	if e.sending && e.load.Hz > 0 {
		until = min(until, e.pacer.due())
	}
	return max(until-now, 0)
}

// pace sends what is due.
func (e *engine) pace() {
	switch {
	case !e.sending:
	case e.load.Hz > 0:
		for at := e.pacer.due(); at <= e.clock(); at = e.pacer.due() {
			e.now.late = max(e.now.late, e.clock()-at)
			if c := e.pacer.next(); !c.stalled {
				e.send(c)
			}
		}
	default:
		e.sendReady()
		if now := e.clock(); now-e.lastRetry > retryEvery {
			e.lastRetry = now
			e.retry(now)
		}
	}
}

// retryEvery is how long, in microseconds, an update may be lost.
const retryEvery = 2_000_000

// retry lets clients go on whose update never arrived.
func (e *engine) retry(now int64) {
	for _, c := range e.clients {
		if c.closed || c.seq == c.acked || now-c.sentAt < retryEvery {
			continue
		}
		e.now.retries++
		c.acked = c.seq
		e.enqueue(c)
	}
}

func (e *engine) enqueue(c *client) {
	if !c.queued {
		c.queued = true
		e.ready = append(e.ready, c)
	}
}

func (e *engine) sendReady() {
	for _, c := range e.ready {
		c.queued = false
		for c.seq-c.acked < int64(e.load.Window) && e.send(c) {
		}
	}
	e.ready = e.ready[:0]
}

// poll waits for sockets and serves those that are ready.
func (e *engine) poll(d time.Duration) {
	n, err := epollWait(e.epoll, e.events, d)
	if err != nil && !errors.Is(err, unix.EINTR) {
		e.complain(err.Error())
		return
	}
	for _, ev := range e.events[:max(n, 0)] {
		c := e.clients[ev.Fd]
		if ev.Events&unix.EPOLLOUT != 0 && !c.closed {
			e.flush(c)
		}
		if ev.Events&^unix.EPOLLOUT != 0 && !c.closed && !c.stalled {
			e.read(c)
			if e.sending {
				e.sendReady()
			}
		}
	}
}

// complain keeps the first problems.
func (e *engine) complain(text string) {
	if len(e.problems) < 8 {
		e.problems = append(e.problems, text)
	}
}
