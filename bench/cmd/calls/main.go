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

// prepare fills the room, and gives each caller its users.
func prepare(c job.Calls) ([]*caller, error) {
	first, err := dial(c.Addr, c.Seats[:c.Joined])
	if err != nil {
		return nil, err
	}
	defer first.conn.Close()
	for range c.Joined {
		if _, err := first.call(first.put()); err != nil {
			return nil, err
		}
	}
	before, err := first.version()
	if err != nil {
		return nil, err
	}
	if _, err := first.call(first.put()); err != nil {
		return nil, err
	}
	after, err := first.version()
	if err != nil {
		return nil, err
	}
	callers := make([]*caller, c.Conns)
	for i := range callers {
		var mine []job.Seat
		for k := i; k < len(c.Seats); k += c.Conns {
			mine = append(mine, c.Seats[k])
		}
		if callers[i], err = dial(c.Addr, mine); err != nil {
			return nil, err
		}
		callers[i].kind, callers[i].before, callers[i].after = c.Kind, before, after
	}
	return callers, nil
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
