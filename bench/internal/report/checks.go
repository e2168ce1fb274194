package report

import (
	"fmt"
	"strings"
)

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
