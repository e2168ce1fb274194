package main

import (
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/server"
)

// TestWalk shows that a walk is smooth, never leaves its area and gets somewhere.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWalk(schema.Position{X: 1000, Y: -1}, rand.New(rand.NewPCG(1, 2)))
	last := schema.Position{X: area, Y: -1}
	var far, length float64
	for range 5000 {
		p := w.next()
		if math.Abs(p.X) > area || math.Abs(p.Y) > area {
			t.Fatalf("%v is outside", p)
		}
		distance := math.Hypot(p.X-last.X, p.Y-last.Y)
		if most := maxSpeed*step.Seconds() + 2/precision; distance > most {
			t.Fatalf("a step from %v to %v, longer than %v", last, p, most)
		}
		far = max(far, math.Hypot(p.X, p.Y))
		length += distance
		last = p
	}
	if far < area/2 || length < 500*minSpeed/2 {
		t.Errorf("got as far as %v on a way of %v", far, length)
	}
}

// crowd is more bots than an address may have failed logins, which each bot has one of when it is new.
const crowd = 12

// TestBots lets bots walk twice on the same data: they are the same users, and somebody else's name is no obstacle.
func TestBots(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	var first []string
	for attempt := range 2 {
		ids := serveBots(t, data, attempt == 0)
		if attempt == 0 {
			first = ids
		} else if strings.Join(ids, " ") != strings.Join(first, " ") {
			t.Errorf("after a restart the bots are %v, they were %v", ids, first)
		}
	}
}

// serveBots runs the crowd, watches all of it move and returns their ids.
func serveBots(t *testing.T, data string, takeName bool) (ids []string) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := server.Default()
	cfg.Addr, cfg.Data = "127.0.0.1:0", data
	s, err := server.New(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	go func() { ended <- s.Run(ctx) }()
	c := visitor(t, s.URL(), takeName)
	cfg.Bots = crowd
	go func() { ended <- walkAll(ctx, s, cfg) }()

	ids = watchBots(t, c, s.Lobby())
	cancel()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return ids
}

// visitor is a user, who signs up first and takes a bot's name.
func visitor(t *testing.T, url string, signUp bool) *client.Client {
	c, err := client.New(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	const name, password = "BOT-2", "correct horse battery"
	if signUp {
		if _, err := c.CreateUser(t.Context(), schema.UserCreate{Name: name, Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.CreateSession(t.Context(), schema.SessionCreate{Name: name, Password: password}); err != nil {
		t.Fatal(err)
	}
	return c
}

// watchBots waits until the whole crowd has moved and returns their ids, in order.
func watchBots(t *testing.T, c *client.Client, lobby string) []string {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	room, err := c.Room(ctx, lobby)
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close()
	moved := map[string]bool{}
	for event, err := range room.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := event.(schema.PlayersUpdated); ok {
			for _, p := range m.Data.Players {
				moved[p.ID] = true
			}
		}
		if len(moved) == crowd {
			break
		}
	}
	list, err := c.ListPlayers(ctx, lobby, nil)
	if err != nil {
		t.Fatal(err)
	}
	renamed := 0
	for _, p := range list.Players {
		if moved[p.ID] && !strings.HasPrefix(p.Name, "bot-") {
			t.Errorf("%s moved", p.Name)
		}
		if strings.HasPrefix(p.Name, "bot-2-") {
			renamed++
		}
	}
	if len(moved) != crowd || renamed != 1 {
		t.Fatalf("%d bots moved, the players are %+v", len(moved), list.Players)
	}
	return slices.Sorted(maps.Keys(moved))
}
