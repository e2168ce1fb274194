package report

import (
	"fmt"

	"github.com/duet-api/duet/bench/internal/job"
)

// perCall is microseconds of the server's CPU for each call.
func perCall(c *job.CallResult) float64 { return c.ServerCPU * 1e6 / float64(max(c.Calls, 1)) }

// callRows are the ways to send and to get one position. It is never changed.
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
