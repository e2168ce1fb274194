package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Config says how a server runs. A field that is zero has the default that it names; [Parse] reads a Config from flags
// and environment.
type Config struct {
	Addr string // host:port to listen on, port 0 for a free one; default 127.0.0.1:8080
	Data string // directory of the database and the keys, made where it is missing; default ./data
	Bots int    // bots that walk in the lobby; the server itself starts none, cmd/server does

	Origins        []string       // origins besides the server's own whose pages may call; "*" for all
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed

	Grace         time.Duration // how long stopping may take; default 10 s
	FlushInterval time.Duration // the least pause between two deliveries to a room; 0 for none
	AccessTTL     time.Duration // life of an access token, to the second; default 15 minutes
	RefreshTTL    time.Duration // life of a refresh token that is not used; default 30 days

	RateFactor        int // every rate limit is this many times what it is by default; default 1
	MaxSockets        int // sockets open at a time; default 20000
	MaxSocketsPerAddr int // those from one address; 0 for no limit
	// The sockets of both that are not authenticated yet; never more than half of MaxSockets.
	MaxStrangers        int // default 4096
	MaxStrangersPerAddr int // default 256

	LogFormat string     // "text" or "json"; default "text"
	LogLevel  slog.Level // the lowest level that is logged; default info
	// Log takes the log. Default: nobody reads it. LogFormat and LogLevel are for [Config.Logger], which makes one.
	Log *slog.Logger
}

// Default returns the Config of a server that is started without flags and environment.
func Default() Config { return Config{}.withDefaults() }

// The defaults.
const (
	defaultAddr       = "127.0.0.1:8080"
	defaultData       = "./data"
	defaultGrace      = 10 * time.Second
	defaultAccessTTL  = 15 * time.Minute
	defaultRefreshTTL = 30 * 24 * time.Hour
	defaultSockets    = 20_000

	defaultStrangers        = 4096
	defaultStrangersPerAddr = 256
)

func (c Config) withDefaults() Config {
	or(&c.Addr, defaultAddr)
	or(&c.Data, defaultData)
	or(&c.Grace, defaultGrace)
	or(&c.AccessTTL, defaultAccessTTL)
	or(&c.RefreshTTL, defaultRefreshTTL)
	or(&c.RateFactor, 1)
	or(&c.MaxSockets, defaultSockets)
	or(&c.MaxStrangers, defaultStrangers)
	or(&c.MaxStrangersPerAddr, defaultStrangersPerAddr)
	or(&c.LogFormat, "text")
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// or sets a zero field.
func or[T comparable](field *T, value T) {
	if *field == *new(T) {
		*field = value
	}
}

// maxBots bounds the bots: they share the lobby with people.
const maxBots = 500

// Validate names the first field that no server can run with, by its flag and its variable.
func (c Config) Validate() error {
	checks := []struct {
		flag string
		err  error
	}{
		{"addr", checkAddr(c.Addr)},
		{"data", notEmpty(c.Data)},
		{"bots", between(c.Bots, 0, maxBots)},
		{"origins", checkOrigins(c.Origins)},
		{"grace", within(c.Grace, time.Second, time.Hour)},
		{"flush-interval", within(c.FlushInterval, 0, time.Second)},
		{"access-ttl", within(c.AccessTTL, 10*time.Second, 24*time.Hour)},
		{"refresh-ttl", within(c.RefreshTTL, c.AccessTTL, 366*24*time.Hour)},
		{"rate-factor", between(c.RateFactor, 1, 1_000_000)},
		{"max-sockets", between(c.MaxSockets, 1, 1_000_000)},
		{"max-sockets-per-addr", between(c.MaxSocketsPerAddr, 0, 1_000_000)},
		{"max-strangers", between(c.MaxStrangers, 1, 1_000_000)},
		{"max-strangers-per-addr", between(c.MaxStrangersPerAddr, 1, 1_000_000)},
		{"log-format", oneOf(c.LogFormat, "text", "json")},
	}
	for _, check := range checks {
		if check.err != nil {
			return fmt.Errorf("-%s (%s): %w", check.flag, variable(check.flag), check.err)
		}
	}
	return nil
}

// Logger returns a logger of the configured format and level that writes to w.
func (c Config) Logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%q is not HOST:PORT, such as 127.0.0.1:8080 or :8080", addr)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q has no port from 0 to 65535", addr)
	}
	return nil
}

func notEmpty(s string) error {
	if s == "" {
		return errors.New("must not be empty")
	}
	return nil
}

func between(n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%d is not between %d and %d", n, low, high)
	}
	return nil
}

func within(d, low, high time.Duration) error {
	if d < low || d > high {
		return fmt.Errorf("%v is not between %v and %v", d, low, high)
	}
	return nil
}

func oneOf(s string, allowed ...string) error {
	if !slices.Contains(allowed, s) {
		return fmt.Errorf("%q is none of %q", s, allowed)
	}
	return nil
}

func checkOrigins(origins []string) error {
	for _, origin := range origins {
		if origin == "*" {
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || origin != u.Scheme+"://"+u.Host {
			return fmt.Errorf("%q is no origin, such as https://game.example, nor *", origin)
		}
	}
	return nil
}
