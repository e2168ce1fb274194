//go:build linux

package main

import (
	"fmt"
	"time"

	"github.com/duet-api/duet/bench/internal/job"
)

// scenario is one load for several peers.
type scenario struct {
	key     string
	load    job.Load
	calls   job.Calls // in place of load, where Kind is set
	peers   []string  // keys
	rounds  int       // at most
	quick   bool      // is part of -quick
	open    bool      // needs more than Duet's rate limits allow
	measure time.Duration
}

// players is how many connections a saturated server has.
const players = 200

// many is how many rounds most scenarios have.
const many = 5

// Who takes part. None of these is ever changed.
var (
	plainPeers = []string{keyDuet, "centrifuge", "gws", "gorilla-prepared", "gorilla-naive", "ws", keySocketIO, keyRaw}
	allPeers   = append([]string{"duet-16ms", keyTick}, plainPeers...)
	smallPeers = []string{keyDuet, "gws", "gorilla-prepared", "centrifuge", keySocketIO}
	idlePeers  = []string{keyDuet, "gws", "gorilla-prepared", "ws", keySocketIO, "centrifuge"}
)

// scenarios are all that is measured, in this order.
func scenarios() []scenario {
	all := []scenario{
		{key: "saturated-200", load: saturate(1, players), peers: plainPeers, rounds: many, quick: true, open: true},
		{key: "saturated-50", load: saturate(players/50, 50), peers: plainPeers, rounds: many, open: true},
		{key: "saturated-10", load: saturate(players/10, 10), peers: plainPeers, rounds: many, open: true},
		{key: "paced-50", load: paced(1, 50), peers: allPeers, rounds: many, quick: true},
		{key: "paced-200", load: paced(1, 200), peers: allPeers, rounds: many, quick: true},
		{key: "rooms-100", load: paced(100, 10), peers: smallPeers, rounds: many},
		{
			key: "alone", load: job.Load{Mode: job.Alone, Rooms: 1, Players: 1, Hz: 20, PingEvery: 1},
			peers: smallPeers, rounds: many, measure: 3 * time.Second,
		},
		{
			key: "stall", load: job.Load{Mode: job.Stall, Rooms: 1, Players: 50, Hz: 20},
			peers: []string{keyDuet, keyTick, "gws", "gorilla-naive", "centrifuge", keySocketIO}, rounds: many, quick: true, measure: 2 * time.Second,
		},
	}
	for _, load := range []struct {
		key  string
		load job.Load
	}{{"profile-200", saturate(1, players)}, {"profile-10", saturate(players/10, 10)}, {"profile-50", paced(1, 50)}} {
		load.load.Profile = true
		all = append(all, scenario{key: load.key, load: load.load, peers: []string{keyDuet}, rounds: many, open: true, measure: 3 * time.Second})
	}
	for _, n := range []int{1000, 10000} {
		all = append(all, scenario{
			key: fmt.Sprintf("idle-%d", n), load: job.Load{Mode: job.Idle, Rooms: n / 100, Players: 100},
			peers: idlePeers, rounds: 1, quick: n == 1000,
		})
	}
	for _, n := range []int{10, 50, 200, 1000} {
		all = append(all, scenario{key: fmt.Sprintf("players-%d", n), load: saturate(1, n), peers: []string{keyDuet}, rounds: many, open: true})
	}
	for _, n := range []int{1, 10, 100} {
		all = append(all, scenario{key: fmt.Sprintf("grow-rooms-%d", n), load: paced(n, 10), peers: []string{keyDuet}, rounds: many})
	}
	return append(all, callScenarios()...)
}

// How REST is called.
const (
	polled  = 50  // players in the room that is polled
	callers = 200 // users who call
)

// callScenarios are REST against the socket: from one connection, where waking
// up costs more than the call, and from 50 that leave the server no sleep.
func callScenarios() []scenario {
	var all []scenario
	for _, c := range []struct {
		conns        int
		hz, socketHz float64 // a connection; callers × 95 a second is the most that the server lets through
		pingEvery    int     // update by socket; the server answers some pings a second
	}{{1, 80, 50, 20}, {50, callers / 50 * 95, 1600, 400}} {
		for _, kind := range []job.Kind{job.Put, job.Full, job.Since, job.Same} {
			all = append(all, scenario{
				key: fmt.Sprintf("call-%s-%d", kind, c.conns), calls: job.Calls{Kind: kind, Conns: c.conns, Hz: c.hz},
				peers: []string{keyDuet}, rounds: many, quick: true,
			})
		}
		all = append(all, scenario{
			key: fmt.Sprintf("call-socket-%d", c.conns), load: job.Load{Mode: job.Alone, Rooms: c.conns, Players: 1, Hz: c.socketHz, PingEvery: c.pingEvery},
			peers: []string{keyDuet}, rounds: many, quick: true, open: true,
		})
	}
	return all
}

func saturate(rooms, players int) job.Load {
	return job.Load{Mode: job.Saturate, Rooms: rooms, Players: players, Window: 1}
}

func paced(rooms, players int) job.Load {
	return job.Load{Mode: job.Paced, Rooms: rooms, Players: players, Hz: 20}
}
