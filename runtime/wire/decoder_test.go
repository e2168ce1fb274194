package wire

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// read runs a reader over a whole text.
func read(text string, f func(d *Decoder)) error {
	var d Decoder
	d.Reset([]byte(text))
	f(&d)
	return d.End()
}

// point is a decoder as generated code writes it.
type point struct {
	X, Y float64
	Tags []string
}

func (p *point) DecodeJSON(d *Decoder) {
	*p = point{}
	if !d.Object() {
		return
	}
	var seen Seen
	for d.NextMember() {
		switch string(d.Key()) {
		case "x":
			seen.Mark(d, 0)
			p.X = d.Float64(&Number{Min: -10, Max: 10})
		case "y/~":
			seen.Mark(d, 1)
			p.Y = d.Float64(nil)
		case "tags":
			seen.Mark(d, 2)
			if !d.Array() {
				break
			}
			for d.NextElem() {
				p.Tags = append(p.Tags, d.String(&Text{MinLength: 1, MaxLength: 3}))
			}
		default:
			d.Refuse()
		}
	}
	if !seen.All(2) {
		d.Missing(seen, "x", "y/~")
	}
}

func TestDecoderFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []FieldError
	}{
		{"valid", ` { "x" : 1.5 , "y/~" : -2 , "tags" : [ "a" , "\u00e9\ud83d\ude00" ] } `, nil},
		{"bounds", `{"x":11,"y/~":1}`, []FieldError{{"/x", "maximum", "must be at most 10"}}},
		{"missing", `{"x":1}`, []FieldError{{"/y~1~0", "required", "is required"}}},
		{"type", `[1,{"a":null}]`, []FieldError{{"", "type", "must be an object"}}},
		{"null", `null`, []FieldError{{"", "type", "must be an object"}}},
		{"case", `{"X":1,"x":1,"y/~":1}`, []FieldError{{"", "additionalProperties", "must not have members that are not declared"}}},
		{"escaped name", `{"\u0078":1,"y\/~":"s"}`, []FieldError{{"/y~1~0", "type", "must be a number"}}},
		{"duplicate", `{"x":1,"y/~":1,"x":2}`, []FieldError{{"/x", "duplicate", "must not come twice"}}},
		{"elements", `{"x":1,"y/~":1,"tags":["","abcd",7]}`, []FieldError{
			{"/tags/0", "minLength", "must have at least 1 character"},
			{"/tags/1", "maxLength", "must have at most 3 characters"},
			{"/tags/2", "type", "must be a string"},
		}},
		{"surrogate", `{"x":1,"y/~":1,"tags":["\ud800"]}`, []FieldError{{"/tags/0", "utf8", "must not hold half of a surrogate pair"}}},
		{"surrogate in a name", `{"x":1,"y/~":1,"\udc00":1}`, []FieldError{
			{"", "utf8", "must not hold half of a surrogate pair"},
			{"", "additionalProperties", "must not have members that are not declared"},
		}},
		{"out of range", `{"x":1e999,"y/~":1}`, []FieldError{{"/x", "finite", "must be within the range of a double"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var p point
			err := read(tt.text, p.DecodeJSON)
			var invalid *ValidationError
			if errors.As(err, &invalid) != (tt.want != nil) || invalid == nil && err != nil {
				t.Fatalf("error = %v, want findings %v", err, tt.want)
			}
			if invalid != nil {
				if diff := cmp.Diff(tt.want, invalid.Errors); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestDecoderSyntax(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text   string
		offset int
	}{
		{"", 0},
		{" ", 1},
		{`{`, 1},
		{`{"x":1,}`, 7},
		{`{"x":1 "y":2}`, 7},
		{`{"x" 1}`, 5},
		{`{x:1}`, 1},
		{`{"x":01}`, 6},
		{`{"x":1.}`, 7},
		{`{"x":.5}`, 5},
		{`{"x":-}`, 6},
		{`{"x":+1}`, 5},
		{`{"x":1e}`, 7},
		{`{"x":NaN}`, 5},
		{`{"x":nul}`, 5},
		{`{"tags":["a",]}`, 13},
		{`{"tags":["a" "b"]}`, 13},
		{`{"tags":["` + "\n" + `"]}`, 10},
		{`{"tags":["\x"]}`, 10},
		{`{"tags":["\u12G4"]}`, 10},
		{"{\"tags\":[\"\xff\"]}", 10},
		{`{"tags":["a`, 11},
		{`{"x":1}{`, 7},
		{`{"x":1]`, 6},
		{"\ufeff{}", 0},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			var p point
			err := read(tt.text, p.DecodeJSON)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("error = %v, want a SyntaxError", err)
			}
			if syntax.Offset != tt.offset {
				t.Errorf("offset = %d (%s), want %d", syntax.Offset, syntax.Message, tt.offset)
			}
		})
	}
}

func TestDecoderIsReused(t *testing.T) {
	t.Parallel()
	var d Decoder
	var p point
	for _, text := range []string{`{"x":`, `{"x":"\n"}`, `{"\u0078":1,"y/~":2}`} {
		d.Reset([]byte(text))
		p.DecodeJSON(&d)
	}
	if err := d.End(); err != nil {
		t.Errorf("error = %v after Reset, want none", err)
	}
}

func TestDecoderDepth(t *testing.T) {
	t.Parallel()
	for _, open := range []string{"[", `{"a":`} {
		shut := map[string]string{"[": "]", `{"a":`: "}"}[open]
		nested := func(n int) string { return strings.Repeat(open, n) + "1" + strings.Repeat(shut, n) }
		if err := read(nested(MaxDepth), (*Decoder).skipValue); err != nil {
			t.Errorf("%d levels: error = %v, want none", MaxDepth, err)
		}
		var invalid *ValidationError
		if err := read(nested(MaxDepth+1), (*Decoder).skipValue); !errors.As(err, &invalid) || invalid.Errors[0].Rule != "depth" {
			t.Errorf("%d levels: error = %v, want the rule depth", MaxDepth+1, err)
		}
	}
}

// TestDecoderTriesAreBounded reads a text as choices do that hold each other and
// are found by trying: without a bound the work doubles with each level.
func TestDecoderTriesAreBounded(t *testing.T) {
	t.Parallel()
	var tried func(d *Decoder)
	tried = func(d *Decoder) {
		start := d.Mark()
		end := start
		for range 2 {
			for ok := d.Array(); ok && d.NextElem(); {
				tried(d)
			}
			end = d.Mark()
			d.Rewind(start)
		}
		d.Rewind(end)
	}
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	if err := read(nested(12), tried); err != nil {
		t.Errorf("12 levels: error = %v, want none", err)
	}
	var invalid *ValidationError
	if err := read(nested(MaxDepth), tried); !errors.As(err, &invalid) || invalid.Errors[0].Rule != "depth" {
		t.Errorf("%d levels: error = %v, want the rule depth", MaxDepth, err)
	}
}

func TestDecoderFindingsAreBounded(t *testing.T) {
	t.Parallel()
	var p point
	err := read(`{"x":1,"y/~":1,"tags":[`+strings.Repeat("1,", 99)+`1]}`, p.DecodeJSON)
	var invalid *ValidationError
	if !errors.As(err, &invalid) || len(invalid.Errors) != MaxFindings {
		t.Errorf("error = %v, want %d findings", err, MaxFindings)
	}
}

func TestDecoderIntegers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int64
		rule string
	}{
		{"0", 0, ""},
		{"-0", 0, ""},
		{"0e5", 0, ""},
		{"0.000", 0, ""},
		{"1.0", 1, ""},
		{"1e2", 100, ""},
		{"-120e-1", -12, ""},
		{"1.50e1", 15, ""},
		{"1.5", 0, "type"},
		{"1e-1", 0, "type"},
		{"9223372036854775807", math.MaxInt64, ""},
		{"-9223372036854775808", math.MinInt64, ""},
		{"9223372036854775808", 0, "format"},
		{"-9223372036854775809", 0, "format"},
		{"10000000000000000000.0", 0, "format"},
		{"1.00000000000000000000000000", 1, ""},
		{"1.00000000000000000000000001", 0, "type"},
		{"0.00000000000000000000000001e26", 1, ""},
		{"1e999999999999999999999", 0, "format"},
		{"1e-999999999999999999999", 0, "type"},
		{"0e999999999999999999999", 0, ""},
		{`"1"`, 0, "type"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			var got int64
			err := read(tt.text, func(d *Decoder) { got = d.Int64(nil) })
			rule := ""
			var invalid *ValidationError
			if errors.As(err, &invalid) {
				rule = invalid.Errors[0].Rule
			}
			if got != tt.want || rule != tt.rule {
				t.Errorf("= %d, %q, want %d, %q", got, rule, tt.want, tt.rule)
			}
		})
	}
}

func TestDecoderDoesNotAllocate(t *testing.T) {
	text := []byte(`{"x":2.5,"y/~":-3.25}`)
	var d Decoder
	var p point
	allocs := testing.AllocsPerRun(100, func() {
		d.Reset(text)
		p.DecodeJSON(&d)
		if err := d.End(); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}

// FuzzSkip compares what is accepted with encoding/json, which does not look
// at UTF-8 and surrogates and nests deeper.
func FuzzSkip(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,true,false,null,"\u00e9\n"]}`, `[1,]`, "\"\xff\"", `"\ud800"`, `01`, ` [ ] `, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := read(string(text), (*Decoder).skipValue)
		var invalid *ValidationError
		if errors.As(err, &invalid) {
			for _, finding := range invalid.Errors {
				if finding.Rule != "utf8" && finding.Rule != "depth" {
					t.Fatalf("%q: unexpected finding %v", text, finding)
				}
			}
			if !json.Valid(text) && invalid.Errors[len(invalid.Errors)-1].Rule != "depth" {
				t.Fatalf("%q: %v, want a SyntaxError", text, err)
			}
			return
		}
		if want := json.Valid(text) && utf8.Valid(text); (err == nil) != want {
			t.Fatalf("%q: error = %v, want valid %v", text, err, want)
		}
	})
}

// FuzzDecodeString compares strings with encoding/json.
func FuzzDecodeString(f *testing.F) {
	for _, seed := range []string{`"plain"`, `"\"\\\/\b\f\n\r\t\u0041"`, `"é\ud83d\ude00世界"`, `"1234567\n12345678\n"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, want string
		if err := read(string(text), func(d *Decoder) { got = d.String(nil) }); err != nil {
			return
		}
		if err := json.Unmarshal(text, &want); err != nil || got != want {
			t.Fatalf("%q: %q, want %q (%v)", text, got, want, err)
		}
	})
}

// FuzzDecodeNumber compares numbers with encoding/json.
func FuzzDecodeNumber(f *testing.F) {
	for _, seed := range []string{"12.5", "-3.25", "1e22", "1e23", "0.1", "-0", "123456789012345678", "1.7976931348623157e308", "5e-324", "16777217", "0.30000001192092896"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want float64
		var got32, want32 float32
		err := read(text, func(d *Decoder) { got = d.Float64(nil) })
		wantErr := json.Unmarshal([]byte(text), &want)
		if (err == nil) != (wantErr == nil && strings.TrimSpace(text) != "null") {
			t.Fatalf("%q: error = %v, want %v", text, err, wantErr)
		}
		if err == nil && math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
		err = read(text, func(d *Decoder) { got32 = d.Float32(nil) })
		if wantErr := json.Unmarshal([]byte(text), &want32); err == nil && (wantErr != nil || math.Float32bits(got32) != math.Float32bits(want32)) {
			t.Fatalf("%q: float32 %v, want %v (%v)", text, got32, want32, wantErr)
		}
	})
}
