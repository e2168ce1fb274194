//go:build linux

package main

import (
	"math/rand/v2"
	"slices"
)

// pacer says who sends when: everyone once a period, at a time of its own.
type pacer struct {
	order  []*client // by the time of their updates in a period
	phases []int64   // those times, in microseconds
	period int64     // in microseconds
	base   int64     // when the first period began
	turn   int64     // updates so far
}

// newPacer draws the times, the same in every run. A rate of zero has none.
func newPacer(clients []*client, hz float64) pacer {
	if hz <= 0 {
		return pacer{}
	}
	p := pacer{order: slices.Clone(clients), period: int64(1e6 / hz)}
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(p.order), func(i, j int) { p.order[i], p.order[j] = p.order[j], p.order[i] })
	for range p.order {
		p.phases = append(p.phases, rng.Int64N(p.period))
	}
	slices.Sort(p.phases)
	return p
}

// due is the time of the next update.
func (p *pacer) due() int64 {
	n := int64(len(p.order))
	return p.base + p.turn/n*p.period + p.phases[p.turn%n]
}

// next takes the turn of the one who is due.
func (p *pacer) next() *client {
	c := p.order[p.turn%int64(len(p.order))]
	p.turn++
	return c
}
