//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/duet-api/duet/bench/internal/job"
	"github.com/duet-api/duet/bench/internal/proc"
)

const (
	settle   = 500 * time.Millisecond // for the last updates to arrive
	comeBack = 5 * time.Second        // for a receiver that reads again
)

// measure runs the phases of a load that sends.
func (e *engine) measure() (r job.Result, err error) {
	e.pacer.base, e.sending = e.clock(), true
	if e.load.Mode == job.Saturate {
		for _, c := range e.clients {
			e.enqueue(c)
		}
	}
	e.run(e.load.Warm)
	if err := e.count(&r); err != nil {
		return r, err
	}
	if e.load.Mode == job.Stall {
		if r.Stall, err = e.stall(); err != nil {
			return r, err
		}
	}
	e.sending = false
	e.now = &tally{}
	r.Converged = e.runUntil(settle, e.converged)
	r.Malformed += e.now.malformed
	r.Closed, r.Errors = e.closed, e.problems
	for _, c := range e.clients {
		if c.closeCode != 0 {
			r.CloseCodes = append(r.CloseCodes, c.closeCode)
		}
	}
	return r, nil
}

// count measures for the time of Measure.
func (e *engine) count(r *job.Result) error {
	cpu, err := proc.CPU(e.load.PID)
	if err != nil {
		return err
	}
	own, err := proc.CPU(os.Getpid())
	if err != nil {
		return err
	}
	if err := e.profile(); err != nil {
		return err
	}
	begin := time.Now()
	e.now = &tally{at: e.clock()}
	e.run(e.load.Measure)
	t := e.now
	if err := e.profile(); err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	cpuEnd, err := proc.CPU(e.load.PID)
	if err != nil {
		return err
	}
	ownEnd, err := proc.CPU(os.Getpid())
	if err != nil {
		return err
	}
	rss, err := proc.RSS(e.load.PID)
	if err != nil {
		return err
	}
	*r = t.result()
	r.Seconds, r.ServerCPU, r.LoadCPU, r.ServerRSS = seconds, (cpuEnd - cpu).Seconds(), (ownEnd - own).Seconds(), rss
	return nil
}

// profile begins or ends the server's CPU profile, where one is wanted.
func (e *engine) profile() error {
	if !e.load.Profile {
		return nil
	}
	return unix.Kill(e.load.PID, unix.SIGUSR2)
}

func (t *tally) result() job.Result {
	return job.Result{
		Sent: t.sent, Skipped: t.skipped, Offered: t.offered, Retries: t.retries,
		Deliveries: t.deliveries, Own: t.own, Foreign: t.foreign, Malformed: t.malformed,
		Missing: t.missing, Disorder: t.disorder, Checked: t.checked, Reads: t.reads,
		BytesIn: t.bytesIn, BytesOut: t.bytesOut, LateMs: float64(t.late) / 1e3,
		P50: t.latency.quantile(.5), P99: t.latency.quantile(.99), P999: t.latency.quantile(.999), Max: float64(t.latency.max) / 1e3,
	}
}

// stall lets the first client read nothing for a while, and then everything.
func (e *engine) stall() (*job.Stalled, error) {
	before, err := proc.RSS(e.load.PID)
	if err != nil {
		return nil, err
	}
	c := e.clients[0]
	c.stalled = true
	e.watch(c)
	e.now = &tally{at: e.clock()}
	e.run(e.load.Measure)
	t := e.now
	after, err := proc.RSS(e.load.PID)
	if err != nil {
		return nil, err
	}
	s := &job.Stalled{
		P50: t.latency.quantile(.5), P99: t.latency.quantile(.99), P999: t.latency.quantile(.999), Max: float64(t.latency.max) / 1e3,
		Delivered: float64(t.deliveries) / float64(max(t.offered, 1)), GrowthRSS: after - before, CaughtUpMs: -1,
	}
	e.resume(c, s)
	return s, nil
}

// resume lets c read again and waits until it knows where everyone was when it
// came back. The others go on.
func (e *engine) resume(c *client, s *job.Stalled) {
	wanted := make([]int64, len(c.peers))
	for i, o := range c.peers {
		wanted[i] = o.seq
	}
	c.stalled = false
	e.watch(c)
	e.now = &tally{at: e.clock()}
	begin := e.clock()
	caught := e.runUntil(comeBack, func() bool {
		if c.closed {
			return true
		}
		for i := range wanted {
			if i != c.index && c.last[i] < wanted[i] {
				return false
			}
		}
		return true
	})
	s.Closed, s.CloseCode, s.Replaced = c.closed, c.closeCode, e.now.missing
	if caught && !c.closed {
		s.CaughtUpMs = float64(e.clock()-begin) / 1e3
	}
}

// converged reports whether everyone has everyone's last update.
func (e *engine) converged() bool {
	for _, c := range e.clients {
		for _, o := range c.peers {
			if !c.closed && !c.latestFrom(o) {
				return false
			}
		}
	}
	return true
}

// quiet is how long nothing but heartbeats must come for a load to count as
// idle: a read for every tenth connection is more than those.
const quiet = 500 * time.Millisecond

// idle says that all are there, and stays until the input ends.
func (e *engine) idle(in io.Reader, out io.Writer) (job.Result, error) {
	for busy := true; busy; {
		e.now = &tally{}
		e.run(quiet)
		busy = e.now.reads > int64(len(e.clients)/10+5)
	}
	if _, err := fmt.Fprintln(out, "ready"); err != nil {
		return job.Result{}, err
	}
	var over atomic.Bool
	go func() {
		_, _ = io.Copy(io.Discard, in)
		over.Store(true)
	}()
	e.runUntil(time.Hour, over.Load)
	for _, c := range e.clients {
		if !c.closed {
			_ = unix.Close(c.fd) // the process ends
		}
	}
	return job.Result{Closed: e.closed, Errors: e.problems}, nil
}
