//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/duet-api/duet/bench/internal/duet"
	"github.com/duet-api/duet/bench/internal/proc"
	"github.com/duet-api/duet/bench/internal/report"
)

// bench is one run of the benchmark.
type bench struct {
	dir, root, out string // this module, the one that it measures, and for what is built and measured
	quick          bool
	only, peers    []string // keys, or their beginnings; empty for all
	rounds         int      // at most; 0 for each scenario's own
	limit          time.Duration
	warm, measure  time.Duration

	serverCore, loadCore int // negative for any
	duet                 duet.Binaries
	world                *duet.World
	nodePath             string // empty where Node can't be used
	nodeMissing          string // why
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	b := &bench{warm: 500 * time.Millisecond, serverCore: -1, loadCore: -1}
	var only, peers string
	var redo bool
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.StringVar(&b.dir, "dir", ".", "this module's `directory`")
	flags.BoolVar(&b.quick, "quick", false, "one short round of the scenarios that matter most, into out/")
	flags.StringVar(&only, "only", "", "measure only `scenarios` whose names begin so, separated by commas, into out/")
	flags.StringVar(&peers, "peers", "", "measure only these `servers`, separated by commas, into out/")
	flags.IntVar(&b.rounds, "rounds", 0, "at most this `number` of rounds; 0 for what each scenario is given")
	flags.DurationVar(&b.measure, "measure", 1750*time.Millisecond, "`time` of one measurement")
	flags.DurationVar(&b.limit, "limit", 25*time.Minute, "start nothing after this `time`")
	flags.BoolVar(&redo, "report", false, "only write the report of the last run again")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b.only, b.peers = list(only), list(peers)
	if b.quick {
		b.warm, b.measure, b.rounds = 400*time.Millisecond, min(b.measure, 1200*time.Millisecond), 1
	}
	var err error
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return err
	}
	b.root, b.out = filepath.Dir(b.dir), filepath.Join(b.dir, "out")
	raw := filepath.Join(b.out, "results.json")
	if redo {
		r, err := report.Load(raw)
		if err != nil {
			return err
		}
		return b.write(r)
	}
	r, err := b.run(ctx)
	if err != nil {
		return err
	}
	if err := r.Save(raw); err != nil {
		return err
	}
	return b.write(r)
}

// write writes the report: into this module after a full run, else into out/.
func (b *bench) write(r *report.Report) error {
	dir := b.out
	if r.Full {
		dir = b.dir
	}
	table, picture := filepath.Join(dir, "RESULTS.md"), filepath.Join(dir, "results.svg")
	if err := os.WriteFile(table, []byte(r.Markdown()), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(picture, []byte(r.SVG()), 0o644); err != nil {
		return err
	}
	fmt.Printf("\n%s\nwritten to %s and %s\n", r.Markdown(), table, picture)
	return nil
}

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// run builds everything and measures.
func (b *bench) run(ctx context.Context) (*report.Report, error) {
	begin := time.Now()
	chosen := b.chosen()
	if len(chosen) == 0 {
		return nil, fmt.Errorf("nothing to measure: -only takes %s", names())
	}
	if err := b.prepare(ctx, chosen); err != nil {
		return nil, err
	}
	r := b.describe(ctx)
	deadline := begin.Add(b.limit)
	for round := range b.most(chosen) {
		for _, s := range chosen {
			if round >= b.roundsOf(s) {
				continue
			}
			for _, p := range b.peersOf(s) {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				if time.Now().After(deadline) {
					r.Notes = append(r.Notes, fmt.Sprintf("Stopped after %v: some scenarios have fewer rounds.", b.limit))
					return r, nil
				}
				run := b.one(ctx, s, p)
				run.Round = round
				r.Runs = append(r.Runs, run)
				fmt.Printf("%5.0f s  round %d  %-15s %-17s %s\n", time.Since(begin).Seconds(), round+1, s.key, p.key, run)
			}
		}
	}
	r.Full = !b.quick && len(b.only) == 0 && len(b.peers) == 0
	r.Took = time.Since(begin).Round(time.Second).String()
	return r, nil
}

func (b *bench) chosen() []scenario {
	return slices.DeleteFunc(scenarios(), func(s scenario) bool {
		begins := func(o string) bool { return strings.HasPrefix(s.key, o) }
		if len(b.only) > 0 {
			return !slices.ContainsFunc(b.only, begins)
		}
		return b.quick && !s.quick
	})
}

func names() string {
	var keys []string
	for _, s := range scenarios() {
		keys = append(keys, s.key)
	}
	return strings.Join(keys, ", ")
}

func (b *bench) peersOf(s scenario) []peer {
	return slices.DeleteFunc(peers(), func(p peer) bool {
		return !slices.Contains(s.peers, p.key) || len(b.peers) > 0 && !slices.Contains(b.peers, p.key)
	})
}

func (b *bench) roundsOf(s scenario) int {
	if b.rounds > 0 {
		return min(s.rounds, b.rounds)
	}
	return s.rounds
}

func (b *bench) most(all []scenario) (n int) {
	for _, s := range all {
		n = max(n, b.roundsOf(s))
	}
	return n
}

// prepare builds the programs and fills the reference server.
func (b *bench) prepare(ctx context.Context, chosen []scenario) error {
	if cores := proc.Cores(); len(cores) >= 2 {
		b.serverCore, b.loadCore = cores[0], cores[1]
	}
	bin := filepath.Join(b.out, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	if err := b.build(ctx, bin); err != nil {
		return err
	}
	users, rooms := callers, 1
	for _, s := range chosen {
		n := s.load.Rooms * s.load.Players
		if s.load.Mode != "idle" {
			users = max(users, n)
		}
		rooms = max(rooms, s.load.Rooms)
	}
	fmt.Printf("sign up %d users\n", users)
	var err error
	b.world, err = duet.Prepare(ctx, filepath.Join(b.out, "world"), b.duet.Shipped, users, rooms)
	return err
}
