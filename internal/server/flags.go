package server

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// prefix begins the name of every variable that the server reads.
const prefix = "DUET_"

// passwordVariable is for clients, such as `server watch`, that run in the same environment.
const passwordVariable = prefix + "PASSWORD"

// variable returns the name of the environment variable of a flag.
func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// flags ties the flags of the server to the fields of c, whose values are the defaults. The word in backquotes is what
// a value is, with its unit.
func (c *Config) flags() *flag.FlagSet {
	set := flag.NewFlagSet("server", flag.ContinueOnError)
	set.SetOutput(io.Discard) // the caller reports
	set.Usage = func() {}
	set.StringVar(&c.Addr, "addr", c.Addr, "listen on this `HOST:PORT`; port 0 takes a free one")
	set.StringVar(&c.Data, "data", c.Data, "keep database and keys in this `DIRECTORY`, which is made where it is missing")
	set.Var(number{&c.Bots}, "bots", "let this `NUMBER` of bots walk in the lobby")
	set.Var(texts{&c.Origins}, "origins", "let pages of these `ORIGINS`, separated by commas, call the server, besides its own; * for all")
	set.Var(prefixes{&c.TrustedProxies}, "trusted-proxies", "believe X-Forwarded-For of these `CIDRS`, separated by commas")
	set.Var(duration{&c.Grace}, "grace", "take at most this `DURATION` to stop, then cut connections off")
	set.Var(duration{&c.FlushInterval}, "flush-interval", "wait this `DURATION` at least between two deliveries to a room: less work, more delay; 0s for none")
	set.Var(duration{&c.AccessTTL}, "access-ttl", "let an access token live for this `DURATION`")
	set.Var(duration{&c.RefreshTTL}, "refresh-ttl", "let a refresh token that is not used live for this `DURATION`")
	set.Var(number{&c.RateFactor}, "rate-factor", "let each client send this `NUMBER` of times what the rate limits allow; failed logins are limited all the same")
	set.Var(number{&c.MaxSockets}, "max-sockets", "open at most this `NUMBER` of sockets at a time")
	set.Var(number{&c.MaxSocketsPerAddr}, "max-sockets-per-addr", "open at most this `NUMBER` of sockets from one address; 0 for no limit")
	set.Var(number{&c.MaxStrangers}, "max-strangers", "open at most this `NUMBER` of sockets that are not authenticated, and at most half of -max-sockets")
	set.Var(number{&c.MaxStrangersPerAddr}, "max-strangers-per-addr", "open at most this `NUMBER` of sockets from one address that are not authenticated")
	set.StringVar(&c.LogFormat, "log-format", c.LogFormat, "write the log in this `FORMAT`: text or json")
	set.Var(level{&c.LogLevel}, "log-level", "log from this `LEVEL` on: debug, info, warn or error")
	return set
}

// Parse reads a Config from arguments, without the program's name, and from variables in the form of os.Environ. A flag
// wins over its variable, which is not even looked at then; an empty variable is as good as none. The warnings name
// variables that look like the server's and are not. The error is one line, or [flag.ErrHelp].
func Parse(args, environ []string) (c Config, warnings []string, err error) {
	c = Default()
	set := c.flags()
	if err := set.Parse(args); err != nil {
		return c, nil, err
	}
	if set.NArg() > 0 {
		return c, nil, fmt.Errorf("unexpected argument %q: the server takes flags only", set.Arg(0))
	}
	warnings, err = readEnvironment(set, environ)
	if err == nil {
		err = c.Validate()
	}
	return c, warnings, err
}

// readEnvironment sets the flags that were not given from their variables.
func readEnvironment(set *flag.FlagSet, environ []string) (warnings []string, err error) {
	given := make(map[string]bool)
	set.Visit(func(f *flag.Flag) { given[f.Name] = true })
	flags := make(map[string]*flag.Flag)
	set.VisitAll(func(f *flag.Flag) { flags[variable(f.Name)] = f })
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		f, known := flags[name]
		switch {
		case !strings.HasPrefix(name, prefix):
		case name == passwordVariable:
		case !known:
			warnings = append(warnings, "unknown variable "+name+": -help lists those that are read")
		case value == "" || given[f.Name]:
		default:
			if e := f.Value.Set(value); e != nil && err == nil {
				err = fmt.Errorf("invalid value %q for variable %s: %w", value, name, e)
			}
		}
	}
	slices.Sort(warnings)
	return warnings, err
}

// Usage explains every flag with its variable, its unit and its default.
func Usage(w io.Writer) {
	fmt.Fprint(w, "The reference server of Duet: rooms over REST and WebSocket.\n\nUsage:\n  server [flags]\n  server watch [flags]   show a room of a running server (server watch -help)\n  server bots [flags]    load a room of a running server and report (server bots -help)\n\n"+
		"A flag wins over its environment variable. A duration has a unit, as in 250ms, 10s, 15m or 1h30m.\n\n")
	c := Default()
	c.flags().VisitAll(func(f *flag.Flag) {
		unit, text := flag.UnquoteUsage(f)
		value := f.DefValue
		if value == "" {
			value = "none"
		}
		fmt.Fprintf(w, "  -%s %s\n      %s\n      (%s; default %s)\n", f.Name, unit, text, variable(f.Name), value)
	})
}
