package report

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/bench/internal/job"
)

// The scenarios and peers that have a place of their own in the report.
const (
	duet     = "duet"
	baseline = "socketio"
	limit    = "raw"
)

// column is a scenario with a table's head.
type column struct{ scenario, head string }

// throughput are the main scenarios. It is never changed.
var throughput = []column{
	{"saturated-200", "1 room of 200, saturated"},
	{"saturated-50", "4 rooms of 50, saturated"},
	{"saturated-10", "20 rooms of 10, saturated"},
	{"paced-50", "50 players at 20 Hz"},
	{"paced-200", "200 players at 20 Hz"},
	{"rooms-100", "100 rooms of 10 at 20 Hz"},
}

// Markdown is the report as text.
func (r *Report) Markdown() string {
	var b strings.Builder
	b.WriteString("# What the benchmark measured\n\n")
	fmt.Fprintf(&b, "%s, on %s. %s. Commit %s.", r.Date, r.Machine, strings.Join(r.Versions, ", "), r.Commit)
	for _, note := range r.Notes {
		b.WriteString(" " + note)
	}
	if !r.Full {
		b.WriteString(" Part of the benchmark only, or a quick round.")
	}
	b.WriteString(" Figures are medians of the rounds; ± is half of the range between the lowest and the highest. [README.md](README.md) says how they are measured.\n")
	for _, section := range []func() string{
		r.throughput, r.latency, r.alone, r.stall, r.idle, r.players, r.rooms, r.shares, r.calls, r.checks, r.failures,
	} {
		if text := section(); text != "" {
			b.WriteString("\n" + text)
		}
	}
	return b.String()
}

// table renders rows that are not empty behind a head.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	rule := []string{"---"}
	for range head[1:] {
		rule = append(rule, "---:")
	}
	line(rule)
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

// only are the columns that were measured.
func (r *Report) only(all []column) (kept []column) {
	for _, c := range all {
		if r.measured(c.scenario) {
			kept = append(kept, c)
		}
	}
	return kept
}

// grid is a table with a row for each peer and a column for each scenario.
func (r *Report) grid(columns []column, cell func(scenario, peer string) string) string {
	head := []string{""}
	for _, c := range columns {
		head = append(head, c.head)
	}
	var rows [][]string
	for _, p := range r.Peers {
		row, some := []string{p.Title}, false
		if p.Key == duet {
			row[0] = "**" + p.Title + "**"
		}
		for _, c := range columns {
			text := cell(c.scenario, p.Key)
			some = some || text != ""
			if text == "" {
				text = "–"
			}
			row = append(row, text)
		}
		if some {
			rows = append(rows, row)
		}
	}
	return table(head, rows)
}

func (r *Report) throughput() string {
	columns := r.only(throughput)
	if len(columns) == 0 {
		return ""
	}
	f := func(run Run) float64 { return perCPU(run.Result) }
	grid := r.grid(columns, func(scenario, peer string) string {
		s := r.over(scenario, peer, f)
		if s.n == 0 {
			return ""
		}
		text := fmt.Sprintf("%s ±%.0f %%", thousands(s.median), s.spread())
		if base := r.over(scenario, baseline, f); base.n > 0 {
			text += fmt.Sprintf(" (%s×)", times(s.median/base.median))
		}
		return text
	})
	text := "## Deliveries per second of server CPU\n\n" +
		"A delivery is one player's position at one other player. In brackets: times Socket.IO.\n\n![Deliveries per second of server CPU, relative to Socket.IO](results.svg)\n\n" + grid
	var against []string
	for _, c := range columns {
		d, other, end := r.over(c.scenario, duet, f), r.over(c.scenario, "centrifuge", f), r.over(c.scenario, limit, f)
		if d.n > 0 && other.n > 0 && end.n > 0 {
			against = append(against, fmt.Sprintf("%s: %s times centrifuge, %.0f %% of TCP alone", c.head, times(d.median/other.median), 100*d.median/end.median))
		}
	}
	if len(against) > 0 {
		text += "\nDuet against others: " + strings.Join(against, "; ") + ".\n"
	}
	return text
}

func (r *Report) latency() string {
	columns := r.only(throughput[3:])
	if len(columns) == 0 {
		return ""
	}
	grid := r.grid(columns, func(scenario, peer string) string {
		median := func(f func(*job.Result) float64) float64 {
			return r.over(scenario, peer, func(run Run) float64 { return f(run.Result) }).median
		}
		s := r.over(scenario, peer, func(run Run) float64 { return run.Result.P99 })
		if s.n == 0 {
			return ""
		}
		return fmt.Sprintf("%.0f %%, %s / %s / %s ms, %.0f %% CPU", 100*median(delivered), ms(median(func(r *job.Result) float64 { return r.P50 })),
			ms(s.median), ms(median(func(r *job.Result) float64 { return r.P999 })), 100*median(func(r *job.Result) float64 { return r.ServerCPU / r.Seconds }))
	})
	return "## At a fixed rate: what arrives, and when\n\n" +
		"The share of deliveries that arrived, their latency (p50 / p99 / p99.9), and the share of the core that the server used. " +
		"Duet with a flush interval leaves positions out that a newer one of the same player has replaced.\n\n" + grid
}
