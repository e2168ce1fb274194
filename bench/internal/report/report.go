// Package report makes a table and a picture of what was measured.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/duet-api/duet/bench/internal/job"
)

// Report is what one run of the benchmark has measured, and on what.
type Report struct {
	Date, Machine, Commit, Took string
	Versions, Notes             []string
	Full                        bool // everything was measured
	Peers                       []Peer
	Runs                        []Run
}

// Peer is a server that was measured.
type Peer struct{ Key, Title string }

// Run is one measurement. One of Error, Result, Idle and Calls is set.
type Run struct {
	Scenario, Peer string
	Round          int
	Error          string             `json:",omitempty"`
	Result         *job.Result        `json:",omitempty"`
	Idle           *Idle              `json:",omitempty"`
	Calls          *job.CallResult    `json:",omitempty"`
	Shares         map[string]float64 `json:",omitempty"` // of the server's CPU by profile.Parts, with Result
}

// Idle is memory in bytes a connection, after a collection.
type Idle struct {
	Connections int
	Process     float64 // of the server's process
	Heap, Stack float64 // of that; 0 where unknown
	Kernel      float64 // of the kernel's objects, for both ends
}

// Load reads a report that Save has written.
func Load(path string) (*Report, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	return r, json.Unmarshal(b, r)
}

// Save writes everything that was measured.
func (r *Report) Save(path string) error {
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}

// String is a line for whoever watches.
func (run Run) String() string {
	switch {
	case run.Error != "":
		return "FAILED: " + run.Error
	case run.Idle != nil:
		return fmt.Sprintf("%.1f kB a connection", run.Idle.Process/1e3)
	case run.Calls != nil:
		return fmt.Sprintf("%.0f µs of CPU a call, p99 %.2f ms", perCall(run.Calls), run.Calls.P99)
	case run.Result.Deliveries == 0:
		return fmt.Sprintf("%.0f µs of CPU an update, p99 %.2f ms", perUpdate(run.Result), run.Result.P99)
	}
	return fmt.Sprintf("%s deliveries per CPU-second, %.0f %% delivered, p99 %.2f ms, cores at %.0f and %.0f %%",
		thousands(perCPU(run.Result)), 100*delivered(run.Result), run.Result.P99,
		100*run.Result.ServerCPU/run.Result.Seconds, 100*run.Result.LoadCPU/run.Result.Seconds)
}

// perCPU is deliveries per second of the server's CPU.
func perCPU(r *job.Result) float64 { return float64(r.Deliveries) / max(r.ServerCPU, 1e-9) }

// perUpdate is microseconds of the server's CPU for each update.
func perUpdate(r *job.Result) float64 { return r.ServerCPU * 1e6 / float64(max(r.Sent, 1)) }

// delivered is the share of what was offered that arrived.
func delivered(r *job.Result) float64 {
	return min(1, float64(r.Deliveries)/float64(max(r.Offered, 1)))
}

// stat is the median of some rounds and how far they lie apart.
type stat struct {
	n                 int
	median, low, high float64
}

// spread is half of the range, in percent of the median.
func (s stat) spread() float64 {
	if s.median == 0 {
		return 0
	}
	return (s.high - s.low) / 2 / s.median * 100
}

// over gathers a figure of all rounds that did not fail.
func (r *Report) over(scenario, peer string, f func(Run) float64) stat {
	var all []float64
	for _, run := range r.Runs {
		if run.Scenario == scenario && run.Peer == peer && run.Error == "" {
			all = append(all, f(run))
		}
	}
	if len(all) == 0 {
		return stat{}
	}
	slices.Sort(all)
	n := len(all)
	return stat{n: n, median: (all[(n-1)/2] + all[n/2]) / 2, low: all[0], high: all[n-1]}
}

// measured reports whether a scenario was measured with any peer.
func (r *Report) measured(scenario string) bool {
	return slices.ContainsFunc(r.Runs, func(run Run) bool { return run.Scenario == scenario && run.Error == "" })
}
