package server

import (
	"bytes"
	"errors"
	"flag"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		args     []string
		environ  []string
		change   func(*Config) // of Default
		warnings []string
	}{
		{name: "nothing", change: func(*Config) {}},
		{
			name: "flags",
			args: []string{"-addr", ":0", "-data", "/d", "-bots=3", "-grace", "2s", "-flush-interval", "16ms", "-log-level", "warn"},
			change: func(c *Config) {
				c.Addr, c.Data, c.Bots, c.Grace, c.FlushInterval, c.LogLevel = ":0", "/d", 3, 2*time.Second, 16*time.Millisecond, slog.LevelWarn
			},
		},
		{
			name: "every variable",
			environ: []string{
				"DUET_ADDR=[::1]:80", "DUET_DATA=d", "DUET_BOTS=1", "DUET_ORIGINS=https://a.example, http://b.example:8080,",
				"DUET_TRUSTED_PROXIES=10.1.2.3/8,::1", "DUET_GRACE=1m", "DUET_FLUSH_INTERVAL=1ms", "DUET_ACCESS_TTL=1h", "DUET_REFRESH_TTL=2h",
				"DUET_RATE_FACTOR=3", "DUET_MAX_SOCKETS=7", "DUET_MAX_SOCKETS_PER_ADDR=5", "DUET_MAX_STRANGERS=3",
				"DUET_MAX_STRANGERS_PER_ADDR=2", "DUET_LOG_FORMAT=json", "DUET_LOG_LEVEL=debug",
			},
			change: func(c *Config) {
				*c = Config{
					Addr: "[::1]:80", Data: "d", Bots: 1, Origins: []string{"https://a.example", "http://b.example:8080"},
					TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
					Grace:          time.Minute, FlushInterval: time.Millisecond, AccessTTL: time.Hour, RefreshTTL: 2 * time.Hour,
					RateFactor: 3, MaxSockets: 7, MaxSocketsPerAddr: 5, MaxStrangers: 3, MaxStrangersPerAddr: 2,
					LogFormat: "json", LogLevel: slog.LevelDebug,
				}
			},
		},
		{
			name: "a flag wins over its variable, even a bad one", args: []string{"-bots", "2"}, environ: []string{"DUET_BOTS=many"},
			change: func(c *Config) { c.Bots = 2 },
		},
		{name: "an empty variable is none", environ: []string{"DUET_ADDR="}, change: func(*Config) {}},
		{
			name: "unknown variables", environ: []string{"DUET_PORT=1", "HOME=/", "DUET_ADDRESS=x", "DUET_PASSWORD=of the watcher", "XDUET_A=1"},
			change:   func(*Config) {},
			warnings: []string{"unknown variable DUET_ADDRESS: -help lists those that are read", "unknown variable DUET_PORT: -help lists those that are read"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := Default()
			tt.change(&want)
			got, warnings, err := Parse(tt.args, tt.environ)
			if err != nil {
				t.Fatal(err)
			}
			same := cmp.Options{cmpopts.IgnoreFields(Config{}, "Log"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })}
			if d := cmp.Diff(want, got, same); d != "" {
				t.Errorf("config (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.warnings, warnings); d != "" {
				t.Errorf("warnings (-want +got):\n%s", d)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args, environ []string
		want          string
	}{
		{args: []string{"-port", "1"}, want: `flag provided but not defined: -port`},
		{args: []string{"now"}, want: `unexpected argument "now": the server takes flags only`},
		{args: []string{"-bots", "few"}, want: `invalid value "few" for flag -bots: want a whole number`},
		{args: []string{"-bots", "-1"}, want: `-bots (DUET_BOTS): -1 is not between 0 and 500`},
		{args: []string{"-grace", "10"}, want: `invalid value "10" for flag -grace: want a duration with its unit, such as 250ms, 10s or 15m`},
		{args: []string{"-grace", "0s"}, want: `-grace (DUET_GRACE): 0s is not between 1s and 1h0m0s`},
		{environ: []string{"DUET_GRACE=soon"}, want: `invalid value "soon" for variable DUET_GRACE: want a duration with its unit, such as 250ms, 10s or 15m`},
		{args: []string{"-addr", "8080"}, want: `-addr (DUET_ADDR): "8080" is not HOST:PORT, such as 127.0.0.1:8080 or :8080`},
		{args: []string{"-addr", ":http-ish"}, want: `-addr (DUET_ADDR): ":http-ish" has no port from 0 to 65535`},
		{args: []string{"-data", ""}, want: `-data (DUET_DATA): must not be empty`},
		{args: []string{"-origins", "game.example"}, want: `-origins (DUET_ORIGINS): "game.example" is no origin, such as https://game.example, nor *`},
		{args: []string{"-origins", "https://game.example/"}, want: `-origins (DUET_ORIGINS): "https://game.example/" is no origin, such as https://game.example, nor *`},
		{args: []string{"-trusted-proxies", "proxy"}, want: `invalid value "proxy" for flag -trusted-proxies: want networks such as 10.0.0.0/8 or fd00::/8`},
		{args: []string{"-log-level", "loud"}, want: `invalid value "loud" for flag -log-level: want debug, info, warn or error`},
		{args: []string{"-log-format", "xml"}, want: `-log-format (DUET_LOG_FORMAT): "xml" is none of ["text" "json"]`},
		{args: []string{"-access-ttl", "48h"}, want: `-access-ttl (DUET_ACCESS_TTL): 48h0m0s is not between 10s and 24h0m0s`},
		{args: []string{"-refresh-ttl", "1m"}, want: `-refresh-ttl (DUET_REFRESH_TTL): 1m0s is not between 15m0s and 8784h0m0s`},
		{args: []string{"-flush-interval", "1m"}, want: `-flush-interval (DUET_FLUSH_INTERVAL): 1m0s is not between 0s and 1s`},
		{args: []string{"-max-sockets", "0"}, want: `-max-sockets (DUET_MAX_SOCKETS): 0 is not between 1 and 1000000`},
	}
	for _, tt := range tests {
		_, _, err := Parse(tt.args, tt.environ)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q %q:\n got %v\nwant %s", tt.args, tt.environ, err, tt.want)
		}
	}
	if _, _, err := Parse([]string{"-help"}, nil); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v, want flag.ErrHelp", err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	Usage(&got)
	golden(t, "usage.txt", got.String())
	c := Default()
	c.flags().VisitAll(func(f *flag.Flag) {
		if !strings.Contains(got.String(), variable(f.Name)) {
			t.Errorf("the usage does not name %s", variable(f.Name))
		}
	})
}

// golden compares with a file in testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{"text": "level=WARN msg=here\n", "json": `"level":"WARN","msg":"here"}` + "\n"} {
		var out bytes.Buffer
		log := Config{LogFormat: format, LogLevel: slog.LevelWarn}.Logger(&out)
		log.Info("not here")
		log.Warn("here")
		if !strings.HasSuffix(out.String(), want) || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s: %q", format, out.String())
		}
	}
}
