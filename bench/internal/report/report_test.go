package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/duet-api/duet/bench/internal/job"
)

func sample() *Report {
	r := &Report{Peers: []Peer{{duet, "Duet"}, {baseline, "Socket.IO <on Node>"}, {limit, "TCP"}}}
	for round, factor := range []float64{1, 1.1, 0.9} {
		for peer, perSecond := range map[string]float64{duet: 5e6, baseline: 1e5, limit: 8e6} {
			r.Runs = append(r.Runs, Run{Scenario: pictured, Peer: peer, Round: round, Result: &job.Result{
				Seconds: 2, ServerCPU: 1, Deliveries: int64(perSecond * factor), Converged: true,
			}})
		}
	}
	r.Runs = append(r.Runs, Run{Scenario: "idle-1000", Peer: duet, Error: "no luck\nat all"})
	return r
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	got := sample().Markdown()
	for _, want := range []string{
		"| **Duet** | 5,000,000 ±10 % (50×) |", "| Socket.IO <on Node> | 100,000 ±10 % (1.0×) |", "- duet, idle-1000, round 1: no luck\n",
		"39,300,000 deliveries were counted",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	t.Parallel()
	picture := sample().SVG()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
	}
	for _, want := range []string{"50× · 5.00 M", "1.0× · 100 k", "80× · 8.00 M", "Socket.IO &lt;on Node&gt;"} {
		if !strings.Contains(picture, want) {
			t.Errorf("no %q in\n%s", want, picture)
		}
	}
	if strings.Index(picture, ">TCP<") > strings.Index(picture, ">Duet<") {
		t.Error("the fastest is not first")
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 999: "999", 1234: "1,230", 3_643_999: "3,640,000", 99_950: "100,000"} {
		if got := thousands(v); got != want {
			t.Errorf("thousands(%v): %s, want %s", v, got, want)
		}
	}
}
