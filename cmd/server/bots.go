package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/server"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// walkAll lets the configured number of bots walk in the lobby until ctx ends. They are clients like any other, except
// that no limit by address counts them among people who connect from this machine.
func walkAll(ctx context.Context, s *server.Server, cfg server.Config) error {
	if cfg.Bots == 0 {
		return nil
	}
	key, err := openBotKey(cfg.Data)
	if err != nil {
		return err
	}
	// Each connection of the server to itself is an address of its own for its limits, so each call gets one.
	transport := &http.Transport{DialContext: s.Dial, DisableKeepAlives: true}
	options := &client.Options{
		HTTP: &http.Client{Transport: transport, Timeout: 15 * time.Second},
		Dial: &socket.DialOptions{NetDial: s.Dial},
	}
	login := &sync.Mutex{}
	var walking sync.WaitGroup
	for n := range cfg.Bots {
		b := &bot{
			number: n + 1, key: key, url: s.URL(), lobby: s.Lobby(), options: options, login: login,
			log: cfg.Log.With("component", "bots", "bot", n+1),
		}
		walking.Go(func() { b.live(ctx) })
	}
	walking.Wait()
	return nil
}

// bot is a player that walks by itself.
type bot struct {
	number     int
	key        botKey
	url, lobby string
	options    *client.Options
	login      *sync.Mutex // lets one bot log in at a time: a password costs the server 30 ms of a core
	log        *slog.Logger

	account schema.SessionCreate // what the bot logs in with, once it is known
}

// live walks until ctx ends, and begins anew some seconds after whatever ended it.
func (b *bot) live(ctx context.Context) {
	for {
		err := b.play(ctx)
		if ctx.Err() != nil {
			return
		}
		b.log.Warn("bot comes back", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second + rand.N(4*time.Second)):
		}
	}
}

// play logs in, joins the lobby and walks there. Connections that are lost come back by themselves; what play returns
// is why that is pointless.
func (b *bot) play(ctx context.Context) error {
	c, user, err := b.logIn(ctx)
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	room, err := c.Room(ctx, b.lobby)
	if err != nil {
		return fmt.Errorf("join the lobby: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	var walking sync.WaitGroup
	defer walking.Wait()
	defer stop()
	defer room.Close()
	started := false
	ended := errors.New("the events ended")
	for event, err := range room.Events(ctx) {
		if err != nil {
			ended = err // or about one message of a newer contract, and more events come
			continue
		}
		if snapshot, ok := event.(schema.RoomSnapshot); ok && !started {
			started = true
			w := newWalk(positionOf(snapshot, user.ID), rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())))
			walking.Go(func() { walkIn(ctx, room, w) })
		}
	}
	return ended
}

// positionOf returns where a player is.
func positionOf(s schema.RoomSnapshot, userID string) schema.Position {
	for _, p := range s.Data.Players {
		if p.ID == userID {
			return p.Position
		}
	}
	return schema.Position{}
}

// walkIn sends ten positions a second until ctx ends. What is lost with a connection is not sent again: the next
// position replaces it.
func walkIn(ctx context.Context, room *client.Room, w *walk) {
	tick := time.NewTicker(step)
	defer tick.Stop()
	for seq := int64(1); ; seq++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_ = room.PlayerUpdate(ctx, schema.PlayerUpdate{
			Data: schema.PlayerUpdateData{Position: w.next(), Seq: wire.Some(seq)},
		})
	}
}
