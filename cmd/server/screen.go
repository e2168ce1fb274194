package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/duet-api/duet/gen/schema"
)

// Size of the map in characters, and how often it is drawn at most.
const (
	mapWidth   = 60
	mapHeight  = 18
	frameEvery = 50 * time.Millisecond
)

// isTerminal reports whether f is a character device.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// screen draws the players of a room on a map, over and over.
type screen struct {
	out     io.Writer
	room    string
	players map[string]schema.Player
	updates int
	drawn   time.Time
}

func newScreen(out io.Writer, room string) *screen {
	return &screen{out: out, room: room, players: make(map[string]schema.Player)}
}

func (s *screen) event(e schema.RoomServerMessage) {
	switch m := e.(type) {
	case schema.RoomSnapshot:
		clear(s.players)
		for _, p := range m.Data.Players {
			s.players[p.ID] = p
		}
	case schema.PlayersUpdated:
		for _, moved := range m.Data.Players {
			if p, ok := s.players[moved.ID]; ok {
				p.Position, p.Seq = moved.Position, moved.Seq
				s.players[moved.ID] = p
				s.updates++
			}
		}
	case schema.PlayerJoined:
		s.players[m.Data.Player.ID] = m.Data.Player
	case schema.PlayerLeft:
		delete(s.players, m.Data.PlayerID)
	default:
		return
	}
	if now := time.Now(); now.Sub(s.drawn) >= frameEvery {
		s.drawn = now
		io.WriteString(s.out, s.frame())
	}
}

// frame is the whole picture, from the screen's top left corner on.
func (s *screen) frame() string {
	players := slices.SortedFunc(maps.Values(s.players), func(a, b schema.Player) int { return cmp.Compare(a.Name, b.Name) })
	var b strings.Builder
	fmt.Fprintf(&b, "\x1b[H\x1b[2J%s: %d players, %d updates (Ctrl-C ends)\n", s.room, len(players), s.updates)
	for _, row := range plot(players) {
		fmt.Fprintf(&b, "|%s|\n", row)
	}
	for i, p := range players {
		if i == 10 {
			fmt.Fprintf(&b, "  and %d more\n", len(players)-i)
			break
		}
		fmt.Fprintf(&b, "%c %-32s %s\n", mark(i), p.Name, point(p.Position))
	}
	return b.String()
}

// plot puts a mark for each player on a map that is just large enough.
func plot(players []schema.Player) []string {
	reach := 1.0
	for _, p := range players {
		reach = max(reach, p.Position.X, -p.Position.X, p.Position.Y, -p.Position.Y)
	}
	rows := make([][]byte, mapHeight)
	for i := range rows {
		rows[i] = []byte(strings.Repeat(" ", mapWidth))
	}
	for i, p := range players {
		x := int((p.Position.X/reach + 1) / 2 * (mapWidth - 1))
		y := int((1 - p.Position.Y/reach) / 2 * (mapHeight - 1))
		rows[y][x] = mark(i)
	}
	out := make([]string, mapHeight)
	for i, row := range rows {
		out[i] = string(row)
	}
	return out
}

// mark is the letter of the i-th player.
func mark(i int) byte {
	if i < 26 {
		return 'A' + byte(i)
	}
	return '*'
}
