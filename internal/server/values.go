package server

import (
	"errors"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// The kinds of flags. The flag package asks the zero value of each for its String.

// number is a flag of a whole number.
type number struct{ to *int }

// String returns the number.
func (n number) String() string {
	if n.to == nil {
		return ""
	}
	return strconv.Itoa(*n.to)
}

// Set replaces the number.
func (n number) Set(text string) (err error) {
	if *n.to, err = strconv.Atoi(text); err != nil {
		return errors.New("want a whole number")
	}
	return nil
}

// duration is a flag of a span of time.
type duration struct{ to *time.Duration }

// String returns the duration with its unit.
func (d duration) String() string {
	if d.to == nil {
		return ""
	}
	text := d.to.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// Set replaces the duration.
func (d duration) Set(text string) (err error) {
	if *d.to, err = time.ParseDuration(text); err != nil {
		return errors.New("want a duration with its unit, such as 250ms, 10s or 15m")
	}
	return nil
}

// level is a flag of a log level.
type level struct{ to *slog.Level }

// String returns the level.
func (l level) String() string {
	if l.to == nil {
		return ""
	}
	return strings.ToLower(l.to.String())
}

// Set replaces the level.
func (l level) Set(text string) error {
	if l.to.UnmarshalText([]byte(text)) != nil {
		return errors.New("want debug, info, warn or error")
	}
	return nil
}

// texts is a flag of values that are separated by commas.
type texts struct{ to *[]string }

// String returns the values.
func (t texts) String() string {
	if t.to == nil {
		return ""
	}
	return strings.Join(*t.to, ",")
}

// Set replaces the values.
func (t texts) Set(text string) error {
	*t.to = split(text)
	return nil
}

func split(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// prefixes is a flag of networks that are separated by commas. A bare address is a network of one.
type prefixes struct{ to *[]netip.Prefix }

// String returns the networks.
func (p prefixes) String() string {
	if p.to == nil {
		return ""
	}
	texts := make([]string, len(*p.to))
	for i, prefix := range *p.to {
		texts[i] = prefix.String()
	}
	return strings.Join(texts, ",")
}

// Set replaces the networks.
func (p prefixes) Set(text string) error {
	var all []netip.Prefix
	for _, part := range split(text) {
		network, err := parseNetwork(part)
		if err != nil {
			return err
		}
		all = append(all, network)
	}
	*p.to = all
	return nil
}

var errNetwork = errors.New("want networks such as 10.0.0.0/8 or fd00::/8")

func parseNetwork(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errNetwork
	}
	return network.Masked(), nil
}
