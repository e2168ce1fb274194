package report

import (
	"fmt"

	"github.com/duet-api/duet/bench/internal/profile"
)

// shares tells what the CPU time of Duet goes to.
func (r *Report) shares() string {
	columns := r.only([]column{
		{"profile-200", "1 room of 200, saturated"}, {"profile-10", "20 rooms of 10, saturated"}, {"profile-50", "50 players at 20 Hz"},
	})
	if len(columns) == 0 {
		return ""
	}
	head := []string{""}
	for _, c := range columns {
		head = append(head, c.head)
	}
	var rows [][]string
	for _, part := range profile.Parts() {
		row := []string{part}
		for _, c := range columns {
			s := r.over(c.scenario, duet, func(run Run) float64 { return run.Shares[part] })
			row = append(row, fmt.Sprintf("%.1f %%", 100*s.median))
		}
		rows = append(rows, row)
	}
	return "## What the server's CPU time goes to\n\n" +
		"By CPU profiles of Duet. Decoding and checking, rate limits and metrics are what the contract costs.\n\n" + table(head, rows)
}
