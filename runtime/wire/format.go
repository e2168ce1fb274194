package wire

import (
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// Format is a format of strings that is checked. The zero Format checks
// nothing.
type Format uint8

// The formats that are checked.
const (
	FormatDate         Format = iota + 1 // full-date of RFC 3339
	FormatTime                           // full-time of RFC 3339
	FormatDateTime                       // date-time of RFC 3339
	FormatDuration                       // RFC 3339 appendix A
	FormatUUID                           // RFC 9562, in either case
	FormatEmail                          // RFC 5321, as Mailbox
	FormatHostname                       // RFC 1123
	FormatIPv4                           // RFC 2673 section 3.2
	FormatIPv6                           // RFC 4291 section 2.2, without a zone
	FormatURI                            // RFC 3986, absolute
	FormatURIReference                   // RFC 3986
	FormatByte                           // base64 with padding, RFC 4648 section 4
	FormatJSONPointer                    // RFC 6901
	FormatRegex                          // RE2
)

// String returns the name that schemas use.
func (f Format) String() string {
	names := [...]string{
		"string", "date", "time", "date-time", "duration", "uuid", "email", "hostname",
		"ipv4", "ipv6", "uri", "uri-reference", "base64 text", "json-pointer", "regex",
	}
	if int(f) < len(names) {
		return names[f]
	}
	return "string"
}

// holds reports whether s has the format.
func (f Format) holds(s string) bool {
	switch f {
	case FormatDate:
		return IsDate(s)
	case FormatTime:
		return IsTime(s)
	case FormatDateTime:
		return IsDateTime(s)
	case FormatDuration:
		return IsDuration(s)
	case FormatUUID:
		return IsUUID(s)
	case FormatEmail:
		return IsEmail(s)
	case FormatHostname:
		return IsHostname(s)
	case FormatIPv4:
		return IsIPv4(s)
	case FormatIPv6:
		return IsIPv6(s)
	case FormatURI:
		return IsURI(s)
	case FormatURIReference:
		return IsURIReference(s)
	case FormatByte:
		return IsBase64(s)
	case FormatJSONPointer:
		return IsJSONPointer(s)
	case FormatRegex:
		return IsRegex(s)
	}
	return true
}

// IsDate reports whether s is a full-date of RFC 3339.
func IsDate(s string) bool {
	_, _, _, ok := parseDate(s)
	return ok
}

// IsTime reports whether s is a full-time of RFC 3339.
func IsTime(s string) bool {
	_, ok := parseClock(s)
	return ok
}

// IsDateTime reports whether s is a date-time of RFC 3339 in the years from 0
// to 9999 of UTC.
func IsDateTime(s string) bool {
	_, ok := parseTime(s)
	return ok
}

// IsDuration reports whether s is a duration of RFC 3339 appendix A.
func IsDuration(s string) bool {
	s, ok := strings.CutPrefix(s, "P")
	if !ok || s == "" {
		return false
	}
	if weeks, ok := strings.CutSuffix(s, "W"); ok {
		return weeks != "" && strings.Trim(weeks, "0123456789") == ""
	}
	date, clock, timed := strings.Cut(s, "T")
	if timed && clock == "" {
		return false
	}
	return isUnits(date, "YMD") && isUnits(clock, "HMS")
}

// isUnits reports whether s is a run of numbers, each with one of the units, in
// their order.
func isUnits(s, units string) bool {
	for s != "" {
		rest := strings.TrimLeft(s, "0123456789")
		if rest == s || rest == "" {
			return false
		}
		at := strings.IndexByte(units, rest[0])
		if at < 0 {
			return false
		}
		s, units = rest[1:], units[at+1:]
	}
	return true
}

// IsUUID reports whether s is a UUID in its text form of 36 characters.
func IsUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	b := bytesOf(s)
	four := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(b[i:])) }
	return isHex8(binary.LittleEndian.Uint64(b)) && isHex8(four(9)<<32|four(14)) &&
		isHex8(four(19)<<32|four(24)) && isHex8(binary.LittleEndian.Uint64(b[28:]))
}

// isHex8 reports whether all eight bytes of w are hexadecimal digits. Adding to
// a byte below 0x80 sets its high bit where it is at least a limit.
func isHex8(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	lower := w | 0x20*ones
	digit := (w + (0x80-'0')*ones) &^ (w + (0x7f-'9')*ones)
	letter := (lower + (0x80-'a')*ones) &^ (lower + (0x7f-'f')*ones)
	return w&highs == 0 && (digit|letter)&highs == highs
}

// IsHostname reports whether s is a host name of at most 253 bytes made of
// labels of 1 to 63 letters, digits and inner hyphens.
func IsHostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) < 1 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; c != '-' && !isAlphanumeric(c) {
				return false
			}
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return c-'0' <= 9 || (c|0x20)-'a' <= 25 }

// IsEmail reports whether s is a mailbox of RFC 5321 of at most 254 bytes: a
// dotted or quoted local part of at most 64 bytes and a host name or an address
// in brackets.
func IsEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if len(s) > 254 || at < 0 || at > 64 || !isLocalPart(s[:at]) {
		return false
	}
	domain := s[at+1:]
	if strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") && len(domain) > 1 {
		domain = domain[1 : len(domain)-1]
		if v6, ok := strings.CutPrefix(domain, "IPv6:"); ok {
			return IsIPv6(v6)
		}
		return IsIPv4(domain)
	}
	return IsHostname(domain)
}

// isLocalPart reports whether s may stand before the at sign.
func isLocalPart(s string) bool {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return !strings.ContainsAny(s[1:len(s)-1], `\"`)
	}
	if strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", c) < 0 {
			return false
		}
	}
	return true
}

// IsIPv4 reports whether s is an IPv4 address in dotted decimals.
func IsIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

// IsIPv6 reports whether s is an IPv6 address without a zone.
func IsIPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// IsURI reports whether s is an absolute URI.
func IsURI(s string) bool {
	u, ok := parseURI(s)
	return ok && u.IsAbs()
}

// IsURIReference reports whether s is a URI or a relative reference.
func IsURIReference(s string) bool {
	_, ok := parseURI(s)
	return ok && !strings.Contains(s, `\`)
}

func parseURI(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, false
	}
	if host := u.Hostname(); strings.Contains(host, ":") {
		return u, strings.Contains(u.Host, "[") && strings.Contains(u.Host, "]") && IsIPv6(host)
	}
	return u, true
}

// IsBase64 reports whether s is base64 with padding and without line breaks.
func IsBase64(s string) bool {
	if strings.ContainsAny(s, "\r\n") {
		return false
	}
	_, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil
}

// IsJSONPointer reports whether s is a JSON pointer by RFC 6901.
func IsJSONPointer(s string) bool {
	if s != "" && s[0] != '/' {
		return false
	}
	for i := range len(s) {
		if s[i] == '~' && (i+1 == len(s) || s[i+1] != '0' && s[i+1] != '1') {
			return false
		}
	}
	return true
}

// IsRegex reports whether s is a regular expression of RE2, which is also what
// the patterns of schemas must be.
func IsRegex(s string) bool {
	_, err := regexp.Compile(s)
	return err == nil
}
