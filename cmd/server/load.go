package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

const loadUsage = `usage: server bots [-url URL] [-room NAME] [-n NUMBER] [-rate RATE] [-for DURATION]

Bots signs up users, lets them walk in a room of a running server, and reports
what arrived, in which order and after which time. It ends with an interrupt.
`

// load is a number of bots in a room of a server that runs elsewhere.
type load struct {
	url, room string
	n         int
	rate      float64 // updates a second of each bot
	limit     time.Duration

	traffic socket.Stats
	tally   tally
	bots    []*loadBot
	limited atomic.Bool // the server has limited calls, and the user was not told
	slowed  sync.Once   // sets limited
}

// loadBots runs server bots and returns the exit code.
func loadBots(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	l := &load{}
	flags := flag.NewFlagSet("bots", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, loadUsage); flags.PrintDefaults() }
	flags.StringVar(&l.url, "url", "http://127.0.0.1:8080", "base `URL` of the server")
	flags.StringVar(&l.room, "room", "lobby", "`name` of the room")
	flags.IntVar(&l.n, "n", 50, "`number` of bots")
	flags.Float64Var(&l.rate, "rate", 20, "`updates` a second of each bot")
	flags.DurationVar(&l.limit, "for", 0, "stop after this `duration` of walking; 0 means never")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case flags.NArg() > 0 || l.n < 1 || l.n > 10_000 || !(l.rate > 0 && l.rate <= 1000) || l.limit < 0:
		fmt.Fprintln(stderr, "server bots: want 1 to 10000 bots, a rate of more than 0 and at most 1000, and no other arguments")
		return exitUsage
	}
	if err := l.run(ctx, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "server bots: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// run lets the bots enter, walks them, and reports at the end.
func (l *load) run(ctx context.Context, stdout, progress io.Writer) error {
	defer func() {
		for _, b := range l.bots {
			_ = b.room.Close()
		}
	}()
	if err := l.enterAll(ctx, progress); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if l.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.limit)
		defer cancel()
	}
	started := time.Now()
	var busy sync.WaitGroup
	listening, stop := context.WithCancel(context.WithoutCancel(ctx))
	var ears sync.WaitGroup
	for _, b := range l.bots {
		ears.Go(func() { b.listen(listening, l) })
		busy.Go(func() { b.walk(ctx, l) })
	}
	l.watch(ctx, started, progress)
	busy.Wait()
	took := time.Since(started)
	time.AfterFunc(time.Second, stop) // for what is on its way
	ears.Wait()
	fmt.Fprint(stdout, l.report(took))
	return nil
}

// doors is how many bots enter at a time.
const doors = 4

// enterAll lets all bots in, until the first error.
func (l *load) enterAll(ctx context.Context, progress io.Writer) error {
	entering, ctx := errgroup.WithContext(ctx)
	entering.SetLimit(doors)
	in := make(chan *loadBot)
	go func() {
		for i := range l.n {
			entering.Go(func() error {
				b, err := l.enter(ctx, i)
				if err != nil {
					return fmt.Errorf("bot %d of %d: %w", i+1, l.n, err)
				}
				in <- b
				return nil
			})
		}
		_ = entering.Wait() // asked again below
		close(in)
	}()
	for b := range in {
		l.bots = append(l.bots, b)
		l.tally.add(b)
		fmt.Fprintf(progress, "\r%d of %d bots are in %s%s", len(l.bots), l.n, l.room, l.hint())
	}
	fmt.Fprintln(progress)
	return entering.Wait()
}

// hint says once why it takes so long.
func (l *load) hint() string {
	if !l.limited.CompareAndSwap(true, false) {
		return ""
	}
	return "; the server limits the calls of one address: with -rate-factor 20 it lets bots in faster\n"
}

// enter signs a user up, logs it in and joins the room.
func (l *load) enter(ctx context.Context, index int) (*loadBot, error) {
	c, err := client.New(l.url, &client.Options{Dial: &socket.DialOptions{Stats: &l.traffic}})
	if err != nil {
		return nil, err
	}
	login := schema.SessionCreate{Name: "load-" + strings.ToLower(rand.Text()[:16]), Password: rand.Text()}
	if err := l.patiently(ctx, func() error { _, err := c.CreateUser(ctx, schema.UserCreate(login)); return err }); err != nil {
		return nil, fmt.Errorf("sign up: %w", err)
	}
	var session schema.Session
	if err := l.patiently(ctx, func() error { session, err = c.CreateSession(ctx, login); return err }); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	page, err := c.ListRooms(ctx, &client.ListRoomsParams{Name: &l.room})
	if err != nil {
		return nil, err
	}
	if len(page.Items) == 0 {
		return nil, fmt.Errorf("there is no room called %q", l.room)
	}
	room, err := c.Room(ctx, page.Items[0].ID)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	return &loadBot{index: index, user: session.User.ID, room: room, last: make([]int64, l.n)}, nil
}

// patiently repeats a call that the server refuses because there were too many.
func (l *load) patiently(ctx context.Context, call func() error) error {
	for {
		err := call()
		if !refused(err, schema.ErrorCodeRateLimited) && !refused(err, schema.ErrorCodeUnavailable) {
			return err
		}
		l.slowed.Do(func() { l.limited.Store(true) })
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// loadBot is one player.
type loadBot struct {
	index int
	user  string
	room  *client.Room
	sent  departures
	last  []int64 // the last seq of each bot that arrived here; of the listening goroutine
}

// walk sends updates at the bot's own moments until ctx ends.
func (b *loadBot) walk(ctx context.Context, l *load) {
	period := time.Duration(float64(time.Second) / l.rate)
	select {
	case <-time.After(mathrand.N(period)):
	case <-ctx.Done():
		return
	}
	tick := time.NewTicker(period)
	defer tick.Stop()
	w := newWalk(schema.Position{}, mathrand.New(mathrand.NewPCG(uint64(b.index), 1)))
	for seq := int64(1); ; seq++ {
		b.sent.note(seq)
		err := b.room.PlayerUpdate(ctx, schema.PlayerUpdate{Data: schema.PlayerUpdateData{Position: w.next(), Seq: wire.Some(seq)}})
		switch {
		case err == nil:
			l.tally.sent.Add(1)
		case ctx.Err() == nil:
			l.tally.errors.Add(1)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// listen counts what arrives until ctx ends.
func (b *loadBot) listen(ctx context.Context, l *load) {
	for event, err := range b.room.Events(ctx) {
		if err != nil {
			l.tally.errors.Add(1)
			continue
		}
		switch e := event.(type) {
		case schema.PlayersUpdated:
			now := time.Now()
			for i := range e.Data.Players {
				l.tally.arrived(b, &e.Data.Players[i], now)
			}
		case schema.ErrorMessage:
			l.tally.errors.Add(1)
		}
	}
}
