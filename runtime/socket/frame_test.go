package socket

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHeader(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 125, 126, 127, 0xFFFF, 0x10000, 0x12345} {
		payload := bytes.Repeat([]byte{'x'}, n)
		b := append(appendHeader(nil, opText, n), payload...)
		if len(b) != headerLen(n)+n {
			t.Errorf("%d bytes: headerLen = %d, header %d", n, headerLen(n), len(b)-n)
		}
		for _, masked := range []bool{false, true} {
			if masked {
				b = maskFrame(b, 0, headerLen(n))
			}
			f, rest, err := parseFrame(b)
			if err != nil || len(rest) != 0 || f.masked != masked || !bytes.Equal(f.payload, payload) {
				t.Errorf("%d bytes, masked %v: %v, %d bytes left", n, masked, err, len(rest))
			}
		}
	}
}

func TestMaskFrameLeavesWhatIsBefore(t *testing.T) {
	t.Parallel()
	first := append(appendHeader(nil, opText, 5), "first"...)
	b := append([]byte(nil), first...)
	b = append(appendHeader(b, opText, 6), "second"...)
	b = maskFrame(b, len(first), len(first)+2)
	if !bytes.HasPrefix(b, first) {
		t.Fatalf("masking changed the frame before: %q", b)
	}
	if f, _, err := parseFrame(b[len(first):]); err != nil || string(f.payload) != "second" {
		t.Errorf("masked frame = %+v, %v", f, err)
	}
}

func TestAppendClose(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		code   CloseCode
		reason string
		want   string
	}{
		{"no status", CloseNoStatus, "ignored", ""},
		{"short", CloseNormal, "bye", "bye"},
		{"cut", CloseSlow, strings.Repeat("a", 200), strings.Repeat("a", 123)},
		{"cut at a rune", CloseSlow, "a" + strings.Repeat("é", 100), "a" + strings.Repeat("é", 61)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := appendClose(nil, tt.code, tt.reason)
			code, reason := parseClose(p)
			if code != tt.code || reason != tt.want || len(p) > maxControl {
				t.Errorf("got %d %q, want %d %q", code, reason, tt.code, tt.want)
			}
		})
	}
}

func FuzzParseControl(f *testing.F) {
	f.Add([]byte{0x88, 2, 3, 0xEA})
	f.Add([]byte{0x88, 0x82, 1, 2, 3, 4, 2, 0xE8})
	f.Add([]byte{0x81, 1, 'a'})
	f.Add([]byte{0x08, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		op, payload, ok := parseControl(b)
		want, rest, err := parseFrame(b)
		if valid := err == nil && len(rest) == 0 && want.op >= opClose; !valid {
			if ok && err == nil && len(rest) == 0 {
				t.Errorf("parseControl(%x) took %+v", b, want)
			}
			return
		}
		if !ok || op != want.op || !bytes.Equal(payload, want.payload) {
			t.Errorf("parseControl(%x) = %d %x %v, want %+v", b, op, payload, ok, want)
		}
	})
}

func FuzzAppendClose(f *testing.F) {
	f.Add("reason", uint16(4001))
	f.Add(strings.Repeat("ö", 80), uint16(1000))
	f.Fuzz(func(t *testing.T, reason string, code uint16) {
		p := appendClose(nil, CloseCode(code), reason)
		if len(p) > maxControl {
			t.Fatalf("%d bytes", len(p))
		}
		if _, got := parseClose(p); utf8.ValidString(reason) && !utf8.ValidString(got) || !strings.HasPrefix(reason, got) {
			t.Errorf("reason %q became %q", reason, got)
		}
	})
}
