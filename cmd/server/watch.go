package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/gen/schema"
)

const watchUsage = `usage: server watch [-url URL] [-room NAME] [-name NAME] [-plain] [-for DURATION]

Watch logs in to a running server, joins a room and shows its players as they
move, until it is interrupted. Without -name it signs up a guest. With -name the
password is read from the environment variable DUET_PASSWORD.
`

// watchOptions are the flags of server watch.
type watchOptions struct {
	url, room, name, password string
	plain                     bool
	limit                     time.Duration
}

// watch runs server watch and returns the exit code.
func watch(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o watchOptions
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, watchUsage); flags.PrintDefaults() }
	flags.StringVar(&o.url, "url", "http://127.0.0.1:8080", "base `URL` of the server")
	flags.StringVar(&o.room, "room", "lobby", "`name` of the room")
	flags.StringVar(&o.name, "name", "", "user `name`; empty signs up a guest")
	flags.BoolVar(&o.plain, "plain", false, "print a line an event instead of a map")
	flags.DurationVar(&o.limit, "for", 0, "stop after this `duration`; 0 means never")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "server watch: unexpected argument %q\n", flags.Arg(0))
		return exitUsage
	}
	o.password = os.Getenv("DUET_PASSWORD")
	if o.name != "" && o.password == "" {
		fmt.Fprintln(stderr, "server watch: -name wants the password in DUET_PASSWORD")
		return exitUsage
	}

	if o.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.limit)
		defer cancel()
	}
	if err := o.run(ctx, stdout); err != nil && ctx.Err() == nil {
		fmt.Fprintf(stderr, "server watch: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func (o *watchOptions) run(ctx context.Context, stdout io.Writer) error {
	c, err := o.login(ctx)
	if err != nil {
		return err
	}
	page, err := c.ListRooms(ctx, &client.ListRoomsParams{Name: &o.room})
	if err != nil {
		return fmt.Errorf("find room %q: %w", o.room, err)
	}
	if len(page.Items) == 0 {
		return fmt.Errorf("there is no room called %q", o.room)
	}
	room, err := c.Room(ctx, page.Items[0].ID)
	if err != nil {
		return fmt.Errorf("join room %q: %w", o.room, err)
	}
	defer room.Close()

	show := printer(lines{stdout})
	if f, ok := stdout.(*os.File); ok && !o.plain && term.IsTerminal(int(f.Fd())) {
		show = newScreen(f, page.Items[0].Name)
		defer fmt.Fprintln(stdout)
	}
	var last error
	for event, err := range room.Events(ctx) {
		if last = err; err == nil {
			show.event(event)
		}
	}
	return last // an error before the last is about one message of a newer contract
}

// login logs in by name, or signs up a guest first.
func (o *watchOptions) login(ctx context.Context) (*client.Client, error) {
	name, password := o.name, o.password
	if name == "" {
		guest, err := client.New(o.url, nil)
		if err != nil {
			return nil, err
		}
		name, password = "guest-"+strings.ToLower(rand.Text()[:10]), rand.Text()
		if _, err := guest.CreateUser(ctx, schema.UserCreate{Name: name, Password: password}); err != nil {
			return nil, fmt.Errorf("sign up a guest: %w", err)
		}
	}
	c, err := client.Login(ctx, o.url, schema.SessionCreate{Name: name, Password: password}, nil)
	if err != nil {
		return nil, fmt.Errorf("log in as %s: %w", name, err)
	}
	return c, nil
}

// printer shows the events of a room.
type printer interface {
	event(schema.RoomServerMessage)
}

// lines prints a line an event, as JSON.
type lines struct{ out io.Writer }

func (l lines) event(e schema.RoomServerMessage) {
	fmt.Fprintf(l.out, "%s\n", e.AppendJSON(nil))
}

// point formats a position.
func point(p schema.Position) string {
	if p.Z.Set {
		return fmt.Sprintf("%8.1f %8.1f %8.1f", p.X, p.Y, p.Z.Value)
	}
	return fmt.Sprintf("%8.1f %8.1f", p.X, p.Y)
}
