//go:build linux

// Command calls is the REST side of the benchmark: connections that each call
// the reference server at a fixed rate over keep-alive HTTP/1.1, with the
// headers of a browser, and count every byte. It reads a job.Calls as one line
// of JSON from its input, and writes a job.CallResult behind `result `.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/duet-api/duet/bench/internal/job"
	"github.com/duet-api/duet/bench/internal/proc"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "calls: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	if err != nil {
		return err
	}
	var c job.Calls
	if err := json.Unmarshal(line, &c); err != nil {
		return err
	}
	callers, err := prepare(c)
	if err != nil {
		return err
	}
	r, err := measure(c, callers)
	if err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("result %s\n", b)
	return err
}

// prepare puts everyone into the room, and gives each caller its request.
func prepare(c job.Calls) ([]*caller, error) {
	all := make([]*caller, len(c.Seats))
	for i, s := range c.Seats {
		x, err := dial(c.Addr, s)
		if err != nil {
			return nil, err
		}
		all[i] = x
		if _, err := x.call(x.put()); err != nil {
			return nil, err
		}
	}
	before, err := all[0].version()
	if err != nil {
		return nil, err
	}
	if _, err := all[len(all)-1].call(all[len(all)-1].put()); err != nil {
		return nil, err
	}
	after, err := all[0].version()
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		x.kind, x.before, x.after = c.Kind, before, after
		x.up, x.down = 0, 0
	}
	return all[:c.Conns], nil
}

const warmUp = 300 * time.Millisecond

// measure lets all callers call.
func measure(c job.Calls, callers []*caller) (r job.CallResult, err error) {
	period := time.Duration(float64(time.Second) / c.Hz)
	begin := time.Now().Add(warmUp)
	errs := make([]error, len(callers))
	var calling sync.WaitGroup
	for i, x := range callers {
		calling.Go(func() {
			first := begin.Add(period * time.Duration(i) / time.Duration(len(callers)))
			errs[i] = x.callEvery(period, first, begin.Add(c.Measure))
		})
	}
	time.Sleep(time.Until(begin))
	cpu, err := proc.CPU(c.PID)
	if err != nil {
		return r, err
	}
	calling.Wait()
	end, err := proc.CPU(c.PID)
	if err != nil {
		return r, err
	}
	r.ServerCPU = (end - cpu).Seconds()
	var took []time.Duration
	for _, x := range callers {
		took = append(took, x.took...)
		r.Up, r.Down = r.Up+x.up, r.Down+x.down
	}
	slices.Sort(took)
	r.Calls = int64(len(took))
	if r.Calls == 0 {
		return r, errors.New("nobody called")
	}
	r.P50, r.P99 = milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100])
	return r, errors.Join(errs...)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }
