package wire

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"
)

// jsonText is what encoding/json writes.
func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAppendFloat(t *testing.T) {
	t.Parallel()
	values := []float64{
		0, math.Copysign(0, -1), 1, -1, 12.5, -3.25, 0.1, 0.29, 1.005, 1e-6, 9.99e-7, 1e-7, 1e20, 1e21, 1e22, 123456.789012,
		999999999.999999, 1e9, 1e15, 1<<53 + 2, 5e-324, math.MaxFloat64, 1.0 / 3, 2.5e-5, 0.000001, 100, 1e-9, 0.30000000000000004,
		0.5, 0.0009765625, 2.9999999999999996, 0x1.fffffffffffffp51, 1 << 52, 4503599627370495.5, 0.3, 0.03, 1e8 + 0.5, 1e8 - 0.5,
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		values = append(values, math.Round(r.NormFloat64()*1e6)/1e3, r.NormFloat64(), math.Float64frombits(r.Uint64()), float64(r.IntN(1e9))/1e6,
			math.Ldexp(1+r.Float64(), r.IntN(80)-22), float64(r.Uint64N(1<<53))/float64(uint64(1)<<r.IntN(60)))
	}
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		if got, want := string(AppendFloat64(nil, v)), jsonText(t, v); got != want {
			t.Errorf("AppendFloat64(%g) = %s, want %s", v, got, want)
		}
		if f := float32(v); !math.IsInf(float64(f), 0) {
			if got, want := string(AppendFloat32(nil, f)), jsonText(t, f); got != want {
				t.Errorf("AppendFloat32(%g) = %s, want %s", f, got, want)
			}
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(AppendFloat64(nil, v)); got != "null" {
			t.Errorf("AppendFloat64(%g) = %s, want null", v, got)
		}
	}
}

func FuzzAppendFloat(f *testing.F) {
	for _, v := range []float64{12.5, 1e-6, 123456.789, 1e21} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		if got, want := string(AppendFloat64(nil, v)), jsonText(t, v); got != want {
			t.Fatalf("= %s, want %s", got, want)
		}
	})
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", `""`},
		{"plain text of some length", `"plain text of some length"`},
		{"\"\\\b\f\n\r\t\x00\x1f\x7f", `"\"\\\b\f\n\r\t\u0000\u001f` + "\x7f\""},
		{"<&>é世😀\u2028", "\"<&>é世😀\u2028\""},
		{"a\xffb\xc3", "\"a\ufffdb\ufffd\""},
	}
	for _, tt := range tests {
		if got := string(AppendString(nil, tt.in)); got != tt.want {
			t.Errorf("AppendString(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzAppendString reads back what was written with both decoders.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"plain", "é\n\"\\", "1234567\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := AppendString(nil, s)
		var std, own string
		if err := json.Unmarshal(text, &std); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := read(string(text), func(d *Decoder) { own = d.String(nil) }); err != nil || own != std {
			t.Fatalf("%s: %q (%v), encoding/json has %q", text, own, err, std)
		}
		if utf8.ValidString(s) && own != s {
			t.Fatalf("%s: %q, want %q", text, own, s)
		}
	})
}

func TestAppendTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 23, 30, 0, 120000000, time.FixedZone("", 3600))
	if got, want := string(AppendTime(nil, at)), `"2024-02-29T22:30:00.12Z"`; got != want {
		t.Errorf("= %s, want %s", got, want)
	}
	if got := string(AppendTime(nil, at.AddDate(9000, 0, 0))); got != "null" {
		t.Errorf("a time without a text = %s, want null", got)
	}
}

func TestAppendKey(t *testing.T) {
	t.Parallel()
	dst := AppendKey([]byte("{"), "a")
	dst = AppendKey(append(dst, '1'), "b\n")
	if got, want := string(dst), `{"a":1,"b\n":`; got != want {
		t.Errorf("= %s, want %s", got, want)
	}
}
