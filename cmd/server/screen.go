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

	"golang.org/x/term"

	"github.com/duet-api/duet/gen/schema"
)

// frameEvery is how often the screen is drawn at most.
const frameEvery = 50 * time.Millisecond

// screen draws the players of a room on a map, over and over, as large as the
// terminal is at that moment.
type screen struct {
	out     io.Writer
	room    string
	size    func() (width, height int)
	players map[string]schema.Player
	updates int
	drawn   time.Time
}

// newScreen draws on a terminal.
func newScreen(out *os.File, room string) *screen {
	size := func() (int, int) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err != nil {
			return 80, 24
		}
		return width, height
	}
	return &screen{out: out, room: room, size: size, players: make(map[string]schema.Player)}
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

// frame is the whole picture, from the screen's top left corner on: a title,
// the map, and as many players as a third of the height has room for.
func (s *screen) frame() string {
	players := slices.SortedFunc(maps.Values(s.players), func(a, b schema.Player) int { return cmp.Compare(a.Name, b.Name) })
	width, height := s.size()
	listed := min(len(players), max(1, height/3))
	rows := []string{fmt.Sprintf("%s: %d players, %d updates (Ctrl-C ends)", s.room, len(players), s.updates)}
	for _, row := range plot(players, width-2, height-listed-2) {
		rows = append(rows, "|"+row+"|")
	}
	for i, p := range players[:listed] {
		rows = append(rows, fmt.Sprintf("%c %-20s %s", mark(i), p.Name, point(p.Position)))
	}
	for i, row := range rows {
		rows[i] = row[:min(len(row), max(width, 0))]
	}
	// Each row erases what was right of it and the last what was below, which
	// flickers less than an empty screen in between.
	return "\x1b[H" + strings.Join(rows, "\x1b[K\r\n") + "\x1b[J"
}

// plot puts a mark for each player on a map of that size, which reaches just
// far enough. A map with less than two rows or columns is left out.
func plot(players []schema.Player, width, height int) []string {
	if width < 2 || height < 2 {
		return nil
	}
	reach := 1.0
	for _, p := range players {
		reach = max(reach, p.Position.X, -p.Position.X, p.Position.Y, -p.Position.Y)
	}
	rows := make([][]byte, height)
	for i := range rows {
		rows[i] = []byte(strings.Repeat(" ", width))
	}
	for i, p := range players {
		x := int((p.Position.X/reach + 1) / 2 * float64(width-1))
		y := int((1 - p.Position.Y/reach) / 2 * float64(height-1))
		rows[y][x] = mark(i)
	}
	out := make([]string, height)
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
