//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/duet-api/duet/bench/internal/job"
	"github.com/duet-api/duet/bench/internal/proc"
	"github.com/duet-api/duet/bench/internal/profile"
	"github.com/duet-api/duet/bench/internal/report"
)

// Waits for a process to say something.
const (
	startTime   = 20 * time.Second
	connectTime = 90 * time.Second
	collectTime = 20 * time.Second
	spareTime   = 30 * time.Second // of a run, besides what it is to take
)

// one measures one peer in one scenario once.
func (b *bench) one(ctx context.Context, s scenario, p peer) report.Run {
	run := report.Run{Scenario: s.key, Peer: p.key}
	if p.node != "" && b.nodePath == "" {
		run.Error = b.nodeMissing
		return run
	}
	var log bytes.Buffer
	if err := b.try(ctx, s, p, &run, &log); err != nil {
		run.Error = strings.TrimSpace(err.Error() + "\n" + log.String())
	}
	return run
}

func (b *bench) try(ctx context.Context, s scenario, p peer, run *report.Run, log *bytes.Buffer) error {
	if need := s.load.Rooms*s.load.Players + 200; s.load.Mode == job.Idle && uint64(need) > openFiles() {
		return fmt.Errorf("needs %d open files, the limit is %d", need, openFiles())
	}
	server, err := proc.Start(ctx, proc.Command{Args: b.command(p, s), Core: b.serverCore, Env: append(oneCore(), "BENCH_PROFILE="+b.profile(s)), Log: log})
	if err != nil {
		return err
	}
	defer server.Kill()
	url, err := server.Line("listening on ", startTime)
	if err != nil {
		return err
	}
	_, addr, _ := strings.Cut(url, "://")
	switch {
	case s.calls.Kind != "":
		run.Calls = &job.CallResult{}
		c := s.calls
		c.Addr, c.PID, c.Measure, c.Joined, c.Seats = addr, server.PID(), b.measureOf(s), polled, b.world.Seats(1, callers)
		return b.drive(ctx, driver{"calls", log}, c, run.Calls, c.Measure)
	case s.load.Mode == job.Idle:
		return b.idle(ctx, s, p, idling{server, addr, log, run})
	}
	run.Result = &job.Result{}
	l := b.loadOf(s, p, addr, server.PID())
	if err := b.drive(ctx, driver{"load", log}, l, run.Result, l.Warm+2*l.Measure); err != nil || !l.Profile {
		return err
	}
	run.Shares, err = b.shares(server, s)
	return err
}

// shares reads the profile that the server took while it was measured.
func (b *bench) shares(server *proc.Process, s scenario) (map[string]float64, error) {
	if _, err := server.Line("profiled <nil>", startTime); err != nil {
		return nil, err
	}
	return profile.Read(b.profile(s))
}

// oneCore tells Go programs what they would find out by themselves.
func oneCore() []string { return []string{"GOMAXPROCS=1"} }

// loadOf completes a scenario's load.
func (b *bench) loadOf(s scenario, p peer, addr string, pid int) job.Load {
	l := s.load
	l.Protocol, l.Addr, l.PID, l.Warm, l.Measure = p.protocol, addr, pid, b.warm, b.measureOf(s)
	l.Seats = b.world.Seats(l.Rooms, l.Players)
	if !p.isDuet() {
		for i := range l.Seats {
			l.Seats[i].Token = ""
		}
	}
	return l
}

func (b *bench) measureOf(s scenario) time.Duration {
	if s.measure > 0 && !b.quick {
		return s.measure
	}
	return b.measure
}

// driver is a program that loads a server.
type driver struct {
	name string
	log  *bytes.Buffer
}

// start starts a driver with its order.
func (b *bench) start(ctx context.Context, d driver, order any) (*proc.Process, error) {
	line, err := json.Marshal(order)
	if err != nil {
		return nil, err
	}
	p, err := proc.Start(ctx, proc.Command{Args: []string{filepath.Join(b.out, "bin", d.name)}, Core: b.loadCore, Env: oneCore(), Log: d.log})
	if err != nil {
		return nil, err
	}
	if _, err := p.Input().Write(append(line, '\n')); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// drive runs a driver to its end and reads its result.
func (b *bench) drive(ctx context.Context, d driver, order, result any, takes time.Duration) error {
	p, err := b.start(ctx, d, order)
	if err != nil {
		return err
	}
	defer p.Kill()
	line, err := p.Line("result ", takes+spareTime)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(line), result)
}

// idling is a server that is to hold connections.
type idling struct {
	server *proc.Process
	addr   string
	log    *bytes.Buffer
	run    *report.Run
}

// idle compares a server's memory without and with connections.
func (b *bench) idle(ctx context.Context, s scenario, p peer, i idling) error {
	before, err := memory(i.server, p.collect())
	if err != nil {
		return err
	}
	load, err := b.start(ctx, driver{"load", i.log}, b.loadOf(s, p, i.addr, i.server.PID()))
	if err != nil {
		return err
	}
	defer load.Kill()
	if _, err := load.Line("ready", connectTime); err != nil {
		return err
	}
	after, err := memory(i.server, p.collect())
	if err != nil {
		return err
	}
	n := float64(s.load.Rooms * s.load.Players)
	per := func(after, before int64) float64 { return float64(after-before) / n }
	i.run.Idle = &report.Idle{
		Connections: int(n), Process: per(after.rss, before.rss), Heap: per(after.heap, before.heap),
		Stack: per(after.stack, before.stack), Kernel: per(after.slab, before.slab),
	}
	if err := load.Input().Close(); err != nil {
		return err
	}
	line, err := load.Line("result ", spareTime)
	if err != nil {
		return err
	}
	var r job.Result
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		return err
	}
	if r.Closed > 0 {
		return fmt.Errorf("%d connections were closed: %v", r.Closed, r.Errors)
	}
	return nil
}

// footprint is a process's memory, in bytes.
type footprint struct{ rss, heap, stack, slab int64 }

// memory asks a server for a collection and measures it.
func memory(server *proc.Process, collect os.Signal) (f footprint, err error) {
	time.Sleep(300 * time.Millisecond) // for what has just been started or accepted
	if err := server.Signal(collect); err != nil {
		return f, err
	}
	line, err := server.Line("collected ", collectTime)
	if err != nil {
		return f, err
	}
	if _, err := fmt.Sscan(line, &f.heap, &f.stack); err != nil {
		return f, err
	}
	if f.rss, err = proc.RSS(server.PID()); err != nil {
		return f, err
	}
	f.slab, err = proc.Slab()
	return f, err
}

// openFiles is how many files a process may open at most.
func openFiles() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return l.Max
}
