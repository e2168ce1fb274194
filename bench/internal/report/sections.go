package report

import (
	"fmt"
	"math"

	"github.com/duet-api/duet/bench/internal/job"
)

func (r *Report) alone() string {
	if !r.measured("alone") {
		return ""
	}
	var rows [][]string
	for _, p := range r.Peers {
		cpu := r.over("alone", p.Key, func(run Run) float64 { return perUpdate(run.Result) })
		p99 := r.over("alone", p.Key, func(run Run) float64 { return run.Result.P99 })
		p50 := r.over("alone", p.Key, func(run Run) float64 { return run.Result.P50 })
		if cpu.n > 0 {
			rows = append(rows, []string{
				p.Title, fmt.Sprintf("%.0f µs ±%.0f %%", cpu.median, cpu.spread()), ms(p50.median) + " ms",
				fmt.Sprintf("%s ms ±%.0f %%", ms(p99.median), p99.spread()),
			})
		}
	}
	return "## One player alone at 20 Hz\n\nEach update is followed by a WebSocket ping; latency is until its pong, so both are dealt with by then. Most of the cost is that a process wakes up. Duet also decodes, checks and keeps each position, and saves it every two seconds.\n\n" +
		table([]string{"", "server CPU an update and ping", "p50", "p99"}, rows)
}

func (r *Report) stall() string {
	if !r.measured("stall") {
		return ""
	}
	var rows [][]string
	for _, p := range r.Peers {
		get := func(f func(*job.Result) float64) stat {
			return r.over("stall", p.Key, func(run Run) float64 { return f(run.Result) })
		}
		before := get(func(r *job.Result) float64 { return r.P99 })
		if before.n == 0 {
			continue
		}
		during := get(func(r *job.Result) float64 { return r.Stall.P99 })
		back := get(func(r *job.Result) float64 { return r.Stall.CaughtUpMs })
		caught := fmt.Sprintf("within %.0f ms", math.Ceil(back.high/10)*10)
		switch closed := get(func(r *job.Result) float64 { return map[bool]float64{true: 1}[r.Stall.Closed] }); {
		case closed.high > 0:
			caught = "closed by the server"
		case back.low < 0:
			caught = "no"
		}
		rows = append(rows, []string{
			p.Title, ms(before.median) + " ms", ms(during.median) + " ms",
			fmt.Sprintf("%.0f %%", 100*get(func(r *job.Result) float64 { return r.Stall.Delivered }).median),
			fmt.Sprintf("%.1f MB", get(func(r *job.Result) float64 { return float64(r.Stall.GrowthRSS) }).high/1e6),
			caught, thousands(get(func(r *job.Result) float64 { return float64(r.Stall.Replaced) }).median),
		})
	}
	return "## One receiver of 50 stops reading, at 20 Hz\n\n" +
		"The p99 of the others before and while it reads nothing; what the server's memory grew by meanwhile, at most; whether the receiver, reading again, had the latest state of every player; and the positions that it did not have to read for that.\n\n" +
		table([]string{"", "p99 before", "p99 while", "delivered to the others", "memory", "caught up", "left out"}, rows)
}

func (r *Report) idle() string {
	columns := r.only([]column{{"idle-1000", "1,000 connections"}, {"idle-10000", "10,000 connections"}})
	if len(columns) == 0 {
		return ""
	}
	grid := r.grid(columns, func(scenario, peer string) string {
		get := func(f func(*Idle) float64) stat {
			return r.over(scenario, peer, func(run Run) float64 { return f(run.Idle) })
		}
		all := get(func(i *Idle) float64 { return i.Process })
		if all.n == 0 {
			return ""
		}
		heap, stack := get(func(i *Idle) float64 { return i.Heap }).median, get(func(i *Idle) float64 { return i.Stack }).median
		text := fmt.Sprintf("%.1f kB (heap %.1f", all.median/1e3, heap/1e3)
		if stack > 0 {
			text += fmt.Sprintf(", stacks %.1f", stack/1e3)
		}
		return text + fmt.Sprintf("), kernel %.1f", get(func(i *Idle) float64 { return i.Kernel }).median/1e3)
	})
	return "## Memory of an idle connection\n\n" +
		"Resident memory of the server's process, a connection, after a collection; each connection is in a room of 100, and authenticated where the server knows of that. The kernel's share is that of both ends.\n\n" + grid
}

func (r *Report) growth(title string, columns []column) string {
	var rows [][]string
	for _, c := range columns {
		get := func(f func(*job.Result) float64) stat {
			return r.over(c.scenario, duet, func(run Run) float64 { return f(run.Result) })
		}
		if per := get(perCPU); per.n > 0 {
			rows = append(rows, []string{
				c.head, fmt.Sprintf("%s ±%.0f %%", thousands(per.median), per.spread()),
				thousands(get(func(r *job.Result) float64 { return float64(r.Deliveries) / r.Seconds }).median),
				fmt.Sprintf("%.0f %%", 100*get(delivered).median),
				ms(get(func(r *job.Result) float64 { return r.P50 }).median) + " ms", ms(get(func(r *job.Result) float64 { return r.P99 }).median) + " ms",
				fmt.Sprintf("%.0f %%", 100*get(func(r *job.Result) float64 { return r.ServerCPU / r.Seconds }).median),
				fmt.Sprintf("%.0f %%", 100*get(func(r *job.Result) float64 { return r.LoadCPU / r.Seconds }).median),
			})
		}
	}
	if len(rows) == 0 {
		return ""
	}
	head := []string{"", "deliveries per CPU-second", "deliveries per second", "delivered", "p50", "p99", "server CPU", "generator CPU"}
	return title + "\n\n" + table(head, rows)
}

func (r *Report) players() string {
	return r.growth("## Duet, one saturated room of more and more players", []column{
		{"players-10", "10 players"}, {"players-50", "50 players"}, {"players-200", "200 players"}, {"players-1000", "1,000 players"},
	})
}

func (r *Report) rooms() string {
	return r.growth("## Duet, more and more rooms of 10 players at 20 Hz", []column{
		{"grow-rooms-1", "1 room"}, {"grow-rooms-10", "10 rooms"}, {"grow-rooms-100", "100 rooms"},
	})
}
