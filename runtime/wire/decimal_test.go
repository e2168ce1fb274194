package wire_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/duet-api/duet/runtime/wire"
)

// TestDecimal takes numbers through a Decimal without a loss.
func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "-0", "0.10", "12345678901234567890123", "1e-30", "-1.50E+2", "0.30000000000000004"} {
		var v wire.Decimal
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(v)
		if err != nil || string(again) != text || string(wire.AppendDecimal(nil, v)) != text {
			t.Errorf("%s became %s (%v)", text, again, err)
		}
	}
	for _, text := range []string{`"1"`, "null", "1e5000", strings.Repeat("1", 2000)} {
		var v wire.Decimal
		if err := v.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%.20s is taken as %s", text, v)
		}
	}
	for _, v := range []wire.Decimal{"x", "01", "1 ", "NaN", "1e5000"} {
		if _, err := v.MarshalJSON(); err == nil || string(wire.AppendDecimal(nil, v)) != "null" {
			t.Errorf("%s is written", v)
		}
	}
}

func TestDecimalValue(t *testing.T) {
	t.Parallel()
	large, _ := new(big.Int).SetString("12345678901234567890123", 10)
	if v := wire.DecimalOf(large); v != "12345678901234567890123" {
		t.Errorf("DecimalOf = %s", v)
	}
	if v, ok := wire.Decimal("1.2345678901234567890123e22").Int(); !ok || v.Cmp(large) != 0 {
		t.Errorf("Int = %v, %v", v, ok)
	}
	if _, ok := wire.Decimal("1.5").Int(); ok {
		t.Error("1.5 is an integer")
	}
	if v, ok := wire.Decimal("0.1").Rat(); !ok || v.Cmp(big.NewRat(1, 10)) != 0 {
		t.Errorf("Rat = %v, %v", v, ok)
	}
	if v := wire.Decimal("").Float64(); v != 0 {
		t.Errorf("the empty one is %v", v)
	}
	for _, tt := range []struct {
		a, b wire.Decimal
		want int
	}{{"1", "1.0", 0}, {"", "-0", 0}, {"-1", "1", -1}, {"1e3", "999", 1}, {"-10", "-9", -1}, {"0.1", "0.11", -1}, {"100000000000000000001", "100000000000000000000", 1}} {
		if got := tt.a.Compare(tt.b); got != tt.want {
			t.Errorf("%s to %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestUint64(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]uint64{"0": 0, "-0": 0, "18446744073709551615": 1<<64 - 1, "1e19": 1e19, "2.0": 2, "9223372036854775808": 1 << 63} {
		var d wire.Decoder
		d.Reset([]byte(text))
		if got := d.Uint64(); d.End() != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, d.End())
		}
	}
	for _, text := range []string{"-1", "18446744073709551616", "1.5", "1e20", "true"} {
		var d wire.Decoder
		d.Reset([]byte(text))
		if got := d.Uint64(); d.End() == nil || got != 0 {
			t.Errorf("%s: %d", text, got)
		}
	}
}
