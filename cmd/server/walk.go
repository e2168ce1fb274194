package main

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/duet-api/duet/gen/schema"
)

// How bots walk. Lengths are units of the room.
const (
	step      = 100 * time.Millisecond
	area      = 50.0 // bots stay within ±area on both axes
	arrival   = 1.0  // how near is there
	minSpeed  = 3.0  // a second
	maxSpeed  = 8.0
	steering  = 0.15 // the part of the velocity that a step turns towards the goal
	precision = 1e3  // positions are multiples of 1/precision
)

// walk is a way from one random waypoint to the next, with curves instead of corners. It belongs to one goroutine.
type walk struct {
	rng          *rand.Rand
	x, y         float64
	vx, vy       float64 // a second
	goalX, goalY float64
	speed        float64
}

// newWalk begins at a position.
func newWalk(from schema.Position, rng *rand.Rand) *walk {
	w := &walk{rng: rng, x: clamp(from.X), y: clamp(from.Y)}
	w.choose()
	return w
}

// choose draws the next waypoint and the speed.
func (w *walk) choose() {
	w.goalX, w.goalY = w.between(-area, area), w.between(-area, area)
	w.speed = w.between(minSpeed, maxSpeed)
}

func (w *walk) between(low, high float64) float64 { return low + (high-low)*w.rng.Float64() }

// next makes one step and returns the new position.
func (w *walk) next() schema.Position {
	dx, dy := w.goalX-w.x, w.goalY-w.y
	distance := math.Hypot(dx, dy)
	if distance < arrival {
		w.choose()
		return w.next()
	}
	speed := min(w.speed, 2*distance) // slower near the goal, so that it is not passed in circles
	w.vx += (dx/distance*speed - w.vx) * steering
	w.vy += (dy/distance*speed - w.vy) * steering
	w.x = clamp(w.x + w.vx*step.Seconds())
	w.y = clamp(w.y + w.vy*step.Seconds())
	return schema.Position{X: round(w.x), Y: round(w.y)}
}

func clamp(v float64) float64 { return max(-area, min(area, v)) }

func round(v float64) float64 { return math.Round(v*precision) / precision }
