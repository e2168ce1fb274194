package wire

import "time"

// Time reads a string in the format date-time of RFC 3339. The time is in UTC
// and holds nanoseconds; further digits are dropped. A leap second becomes the
// second after it. Times whose year is not from 0 to 9999 in UTC are refused,
// as they could not be written again.
func (d *Decoder) Time() time.Time {
	text, ok := d.Text()
	if !ok {
		return time.Time{}
	}
	t, ok := parseTime(view(text))
	if !ok {
		d.Fail("format", "must be a valid date-time")
	}
	return t
}

// writable reports whether t has an RFC 3339 text in UTC.
func writable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 0 && year <= 9999
}

// parseTime reads an RFC 3339 date-time.
func parseTime(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") || s[10]|0x20 != 't' {
		return time.Time{}, false
	}
	year, month, day, ok := parseDate(s[:10])
	if !ok {
		return time.Time{}, false
	}
	clock, ok := parseClock(s[11:])
	if !ok {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, clock.hour, clock.minute-clock.offset, clock.second, clock.nano, time.UTC)
	return t, writable(t)
}

// parseDate reads a full-date of RFC 3339.
func parseDate(s string) (year, month, day int, ok bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	century, ok1 := twoDigits(s)
	year, ok2 := twoDigits(s[2:])
	month, ok3 := twoDigits(s[5:])
	day, ok4 := twoDigits(s[8:])
	year += 100 * century
	if !ok1 || !ok2 || !ok3 || !ok4 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, 0, 0, false
	}
	return year, month, day, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// clock is a full-time of RFC 3339; offset is in minutes east of UTC.
type clock struct {
	hour, minute, second, nano, offset int
}

// parseClock reads a full-time of RFC 3339. The second 60 is admitted in the
// last minute of a day in UTC.
func parseClock(s string) (c clock, ok bool) {
	if len(s) < len("15:04:05Z") || s[2] != ':' || s[5] != ':' {
		return c, false
	}
	var ok1, ok2, ok3 bool
	c.hour, ok1 = twoDigits(s)
	c.minute, ok2 = twoDigits(s[3:])
	c.second, ok3 = twoDigits(s[6:])
	if !ok1 || !ok2 || !ok3 || c.hour > 23 || c.minute > 59 || c.second > 60 {
		return c, false
	}
	s = s[8:]
	if s[0] == '.' {
		if c.nano, s, ok = parseFraction(s[1:]); !ok {
			return c, false
		}
	}
	if c.offset, ok = parseOffset(s); !ok {
		return c, false
	}
	const day = 24 * 60
	if c.second == 60 && (c.hour*60+c.minute-c.offset+day)%day != day-1 {
		return c, false
	}
	return c, true
}

// parseFraction reads the digits of a second and returns what follows.
func parseFraction(s string) (nano int, rest string, ok bool) {
	n := 0
	for ; n < len(s) && s[n]-'0' <= 9; n++ {
		if n < 9 {
			nano = nano*10 + int(s[n]-'0')
		}
	}
	for i := n; i < 9; i++ {
		nano *= 10
	}
	return nano, s[n:], n > 0
}

// parseOffset reads a time-offset in minutes.
func parseOffset(s string) (minutes int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+00:00") || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hour, ok1 := twoDigits(s[1:])
	minute, ok2 := twoDigits(s[4:])
	if !ok1 || !ok2 || hour > 23 || minute > 59 {
		return 0, false
	}
	minutes = hour*60 + minute
	if s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

func twoDigits(s string) (int, bool) {
	a, b := s[0]-'0', s[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}
