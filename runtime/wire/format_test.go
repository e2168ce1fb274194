package wire

import (
	"strings"
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format   Format
		ok, fail []string
	}{
		{FormatDate, []string{"2024-02-29", "0000-01-01"}, []string{"2023-02-29", "2024-13-01", "2024-1-01", "2024-04-31", ""}},
		{FormatTime, []string{"15:04:05Z", "23:59:60z", "00:29:60+00:30", "15:04:05.123456789012-23:59"}, []string{"15:04:05", "15:04:60Z", "24:00:00Z", "15:04:05.Z", "15:04:05+0100"}},
		{FormatDateTime, []string{"2024-02-29T15:04:05Z", "2024-02-29t15:04:05.5z"}, []string{"2024-02-29 15:04:05Z", "2024-02-29T15:04:05", "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:60Z"}},
		{FormatDuration, []string{"P1Y2M3DT4H5M6S", "PT1S", "P3W"}, []string{"P", "1D", "P1", "PD", "P1DT", "P1M1Y", "P1WT1S", "PT1Y"}},
		{FormatUUID, []string{"0191d2c4-7b3a-7c3e-8f00-aB00cd00ef00"}, []string{"0191d2c47b3a7c3e8f00ab00cd00ef00", "0191d2c4-7b3a-7c3e-8f00-aB00cd00eg00", "0191d2c4-7b3a-7c3e-8f00-aB00cd00ef0"}},
		{FormatEmail, []string{"a.b+c@example.com", `"a b"@[127.0.0.1]`, "a@[IPv6:::1]"}, []string{"a", "@[", "a@", ".a@b", "a..b@c", "a b@c", "a@b_c", strings.Repeat("a", 65) + "@b"}},
		{FormatHostname, []string{"a", "example.com.", "x-1.y"}, []string{"", "-a", "a-", "a..b", "a_b", strings.Repeat("a", 64)}},
		{FormatIPv4, []string{"127.0.0.1"}, []string{"127.0.0", "127.0.0.01", "256.0.0.0", "::1"}},
		{FormatIPv6, []string{"::1", "::ffff:1.2.3.4"}, []string{"1.2.3.4", "::1%eth0", ":::"}},
		{FormatURI, []string{"https://example.com/a?b#c", "urn:x:y"}, []string{"/a", "http://[::1", "http://::1/", "%"}},
		{FormatURIReference, []string{"/a", "a?b", ""}, []string{`a\b`, "%zz"}},
		{FormatByte, []string{"", "aGk=", "aGkh"}, []string{"aGk", "aG\nkh", "a_k=", "aGl="}},
		{FormatJSONPointer, []string{"", "/a/~0~1"}, []string{"a", "/~", "/~2"}},
		{FormatRegex, []string{"", "^[a-z]+$"}, []string{"[", "(?=a)"}},
	}
	for _, tt := range tests {
		t.Run(tt.format.String(), func(t *testing.T) {
			t.Parallel()
			for _, s := range tt.ok {
				if !tt.format.holds(s) {
					t.Errorf("%q is refused", s)
				}
			}
			for _, s := range tt.fail {
				if tt.format.holds(s) {
					t.Errorf("%q is accepted", s)
				}
			}
		})
	}
}

// TestUUIDBytes puts every byte in every place of a UUID.
func TestUUIDBytes(t *testing.T) {
	t.Parallel()
	const valid = "0191d2c4-7b3a-7c3e-8f00-ab00cd00ef00"
	for i := range len(valid) {
		for c := range 256 {
			want := strings.IndexByte("0123456789abcdefABCDEF", byte(c)) >= 0
			if valid[i] == '-' {
				want = c == '-'
			}
			if s := valid[:i] + string([]byte{byte(c)}) + valid[i+1:]; IsUUID(s) != want {
				t.Errorf("IsUUID(%q) = %v, want %v", s, !want, want)
			}
		}
	}
}

func TestDecoderTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Time
	}{
		{"2024-02-29T15:04:05Z", time.Date(2024, 2, 29, 15, 4, 5, 0, time.UTC)},
		{"2024-01-01T00:30:00.25+01:00", time.Date(2023, 12, 31, 23, 30, 0, 25e7, time.UTC)},
		{"2016-12-31T23:59:60Z", time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"2024-01-01T00:00:00.1234567899Z", time.Date(2024, 1, 1, 0, 0, 0, 123456789, time.UTC)},
	}
	for _, tt := range tests {
		var got time.Time
		if err := read(`"`+tt.text+`"`, func(d *Decoder) { got = d.Time() }); err != nil || got != tt.want {
			t.Errorf("%s = %v (%v), want %v", tt.text, got, err, tt.want)
		}
	}
}

// FuzzTime reads back what is written for whatever is read.
func FuzzTime(f *testing.F) {
	f.Add("2024-01-01T00:30:00.25+01:00")
	f.Add("2016-12-31T23:59:60Z")
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := parseTime(s)
		if !ok {
			return
		}
		if std, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s)); err == nil && !std.Equal(at) {
			t.Fatalf("%q = %v, package time has %v", s, at, std)
		}
		text := string(AppendTime(nil, at))
		if again, ok := parseTime(strings.Trim(text, `"`)); !ok || !again.Equal(at) {
			t.Fatalf("%q = %v, written as %s, which reads as %v", s, at, text, again)
		}
	})
}
