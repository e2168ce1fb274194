package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/schema"
)

func TestFrameFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{200, 50}, {80, 24}, {60, 14}, {40, 12}, {20, 5}, {3, 3}, {0, 0}} {
		for _, n := range []int{0, 1, 6, 500} {
			s := &screen{room: "lobby", size: func() (int, int) { return size[0], size[1] }, players: map[string]schema.Player{}}
			for i := range n {
				id := fmt.Sprint("player-", i)
				s.players[id] = schema.Player{ID: id, Name: id, Position: schema.Position{X: float64(i), Y: float64(-2 * i)}}
			}
			frame := strings.TrimSuffix(strings.TrimPrefix(s.frame(), "\x1b[H"), "\x1b[J")
			rows := strings.Split(frame, "\x1b[K\r\n")
			if len(rows) > max(size[1], 2) {
				t.Errorf("%v with %d players: %d rows", size, n, len(rows))
			}
			for _, row := range rows {
				if len(row) > size[0] {
					t.Errorf("%v with %d players: row of %d: %q", size, n, len(row), row)
				}
			}
		}
	}
}

func TestPlotShowsEveryPlayer(t *testing.T) {
	t.Parallel()
	players := []schema.Player{
		{Position: schema.Position{X: -10, Y: 10}}, {Position: schema.Position{X: 10, Y: -10}}, {},
	}
	got := strings.Join(plot(players, 5, 3), "\n")
	if want := "A    \n  C  \n    B"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
