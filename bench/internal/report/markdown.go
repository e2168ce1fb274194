package report

import (
	"fmt"
	"math"
	"strconv"
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
		r.throughput, r.latency, r.alone, r.stall, r.idle, r.players, r.rooms, r.calls, r.checks, r.failures,
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
	return "## One player alone at 20 Hz\n\nEach update is followed by a WebSocket ping; latency is until its pong, so both are dealt with by then.\n\n" +
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

// perCall is microseconds of the server's CPU for each call.
func perCall(c *job.CallResult) float64 { return c.ServerCPU * 1e6 / float64(max(c.Calls, 1)) }

// callRows are the ways to send and to get one position.
var callRows = []struct{ kind, title string }{
	{"put", "send: REST, PUT players/me"},
	{"socket", "send: socket, player.update"},
	{"full", "get: polling, everyone of 50"},
	{"since", "get: polling, since, one of 50 moved"},
	{"same", "get: polling, nothing moved, 304"},
}

func (r *Report) calls() string {
	var rows [][]string
	for _, c := range callRows {
		for _, conns := range []string{"1", "50"} {
			if row := r.callRow(c.kind, conns); row != nil {
				rows = append(rows, append([]string{c.title, conns}, row...))
			}
		}
	}
	if len(rows) == 0 {
		return ""
	}
	s := r.over("paced-50", duet, func(run Run) float64 { return perCPU(run.Result) })
	if s.n > 0 {
		get := func(f func(*job.Result) float64) float64 {
			return r.over("paced-50", duet, func(run Run) float64 { return f(run.Result) }).median
		}
		rows = append(rows, []string{
			"get: socket, one delivery of 49", "50", "0", fmt.Sprintf("%.0f", get(func(r *job.Result) float64 { return float64(r.BytesIn) / float64(max(r.Deliveries, 1)) })),
			fmt.Sprintf("%.1f µs", 1e6/s.median), ms(get(func(r *job.Result) float64 { return r.P50 })) + " ms", ms(get(func(r *job.Result) float64 { return r.P99 })) + " ms",
		})
	}
	return "## One position, by REST, by polling and by socket\n\n" +
		"Bytes with all headers of HTTP/1.1 on kept-alive connections, as a browser sends them, and of WebSocket frames; without those of TCP. " +
		"Latency is from the request to the end of its response, from an update to the pong of a ping sent after it, and from an update to its arrival at another player.\n\n" +
		table([]string{"", "connections", "bytes to the server", "bytes to the client", "server CPU", "p50", "p99"}, rows)
}

func (r *Report) callRow(kind, conns string) []string {
	get := func(call func(*job.CallResult) float64, socket func(*job.Result) float64) stat {
		return r.over("call-"+kind+"-"+conns, duet, func(run Run) float64 {
			if run.Calls != nil {
				return call(run.Calls)
			}
			return socket(run.Result)
		})
	}
	cpu := get(perCall, perUpdate)
	if cpu.n == 0 {
		return nil
	}
	up := get(func(c *job.CallResult) float64 { return float64(c.Up) / float64(c.Calls) },
		func(r *job.Result) float64 { return float64(r.BytesOut) / float64(max(r.Sent, 1)) })
	down := get(func(c *job.CallResult) float64 { return float64(c.Down) / float64(c.Calls) },
		func(r *job.Result) float64 { return float64(r.BytesIn) / float64(max(r.Sent, 1)) })
	p50 := get(func(c *job.CallResult) float64 { return c.P50 }, func(r *job.Result) float64 { return r.P50 })
	p99 := get(func(c *job.CallResult) float64 { return c.P99 }, func(r *job.Result) float64 { return r.P99 })
	return []string{
		thousands(up.median), thousands(down.median), fmt.Sprintf("%.1f µs ±%.0f %%", cpu.median, cpu.spread()),
		ms(p50.median) + " ms", ms(p99.median) + " ms",
	}
}

// checks says what was confirmed of what was counted.
func (r *Report) checks() string {
	var confirmed, all int64
	var wrong []string
	for _, run := range r.Runs {
		x := run.Result
		if x == nil {
			continue
		}
		all, confirmed = all+x.Deliveries, confirmed+x.Checked
		for name, n := range map[string]int64{"out of order": x.Disorder, "of another room": x.Foreign, "not readable": x.Malformed} {
			if n > 0 {
				wrong = append(wrong, fmt.Sprintf("- %s, %s, round %d: %d %s", run.Peer, run.Scenario, run.Round+1, n, name))
			}
		}
		if x.Closed > 0 && x.Stall == nil {
			wrong = append(wrong, fmt.Sprintf("- %s, %s, round %d: %d connections closed by the server", run.Peer, run.Scenario, run.Round+1, x.Closed))
		}
		if run.Peer == duet && (x.Own > 0 || !x.Converged || x.Deliveries > 0 && len(x.Errors) > 0) {
			wrong = append(wrong, fmt.Sprintf("- duet, %s, round %d: %d own items, converged %v, errors %v", run.Scenario, run.Round+1, x.Own, x.Converged, x.Errors))
		}
	}
	if all == 0 {
		return ""
	}
	text := fmt.Sprintf("## Checks\n\n%s deliveries were counted; the order of each player's at each receiver was checked for all of them, and %s messages were read again with a JSON decoder.",
		thousands(float64(all)), thousands(float64(confirmed)))
	if len(wrong) == 0 {
		return text + " Nothing came out of order, twice, in the wrong room or, from Duet, to its sender.\n"
	}
	return text + "\n\n" + strings.Join(wrong, "\n") + "\n"
}

func (r *Report) failures() string {
	var lines []string
	for _, run := range r.Runs {
		if run.Error != "" {
			first, _, _ := strings.Cut(run.Error, "\n")
			lines = append(lines, fmt.Sprintf("- %s, %s, round %d: %s", run.Peer, run.Scenario, run.Round+1, first))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "## Not measured\n\n" + strings.Join(lines, "\n") + "\n"
}

// thousands writes a number with three digits that count, and commas.
func thousands(v float64) string {
	if v >= 1000 {
		unit := math.Pow(10, math.Floor(math.Log10(v))-2)
		v = math.Round(v/unit) * unit
	}
	s := strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// times writes a ratio.
func times(v float64) string {
	if v >= 9.95 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

// ms writes milliseconds with two digits that count.
func ms(v float64) string {
	switch {
	case v >= 10:
		return thousands(v)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
