package wire

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCheckerFindings(t *testing.T) {
	t.Parallel()
	text := &Text{MinLength: 2, MaxLength: 3, Pattern: MustPattern(`^[a-z]*$`)}
	tests := []struct {
		name  string
		check func(c *Checker)
		want  []string // rules
	}{
		{"string", func(c *Checker) { c.String("éé", &Text{MinLength: 2, MaxLength: 2}) }, nil},
		{"all rules of a string", func(c *Checker) { c.String("A", text) }, []string{"minLength", "pattern"}},
		{"only the empty string", func(c *Checker) { c.String("", &Text{MaxLength: -1}); c.String("a", &Text{MaxLength: -1}) }, []string{"maxLength"}},
		{"format", func(c *Checker) { c.String("a", &Text{Format: FormatUUID}) }, []string{"format"}},
		{"utf8", func(c *Checker) { c.String("\xff", text) }, []string{"utf8"}},
		{"NaN", func(c *Checker) { c.Float64(math.NaN(), nil) }, []string{"finite"}},
		{"exclusive bounds", func(c *Checker) {
			rule := &Number{Min: 0, Max: 1, ExclusiveMin: true, ExclusiveMax: true}
			c.Float64(0, rule)
			c.Float64(0.5, rule)
			c.Float64(1, rule)
		}, []string{"exclusiveMinimum", "exclusiveMaximum"}},
		{"multiple", func(c *Checker) {
			rule := &Number{Min: -1e300, Max: 1e300, MultipleOf: 0.1}
			c.Float64(0.3, rule)
			c.Float64(1e22, rule)
			c.Float64(0.35, rule)
		}, []string{"multipleOf"}},
		{"float32 as it is written", func(c *Checker) {
			rule := &Number{Min: 0, Max: 0.1, MultipleOf: 0.1}
			c.Float32(0.1, rule)
			c.Float32(0.2, rule)
			c.Float32(float32(math.Inf(1)), rule)
		}, []string{"maximum", "finite"}},
		{"integer", func(c *Checker) {
			rule := &Integer{Min: 1, Max: 9, MultipleOf: 3, ExclusiveMax: true}
			c.Int64(0, rule)
			c.Int64(10, rule)
			c.Int64(9, rule)
		}, []string{"minimum", "exclusiveMaximum", "multipleOf"}},
		{"items", func(c *Checker) { c.Items(0, Size{Min: 1}); c.Items(2, Size{Max: 1}) }, []string{"minItems", "maxItems"}},
		{"properties", func(c *Checker) { c.Properties(1, Size{Max: -1}) }, []string{"maxProperties"}},
		{"time", func(c *Checker) { c.Time(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) }, []string{"format"}},
		{"raw", func(c *Checker) {
			c.Raw(nil)
			c.Raw(json.RawMessage(`{"a":1}`))
			c.Raw(json.RawMessage(`{a:1}`))
		}, []string{"type"}},
		{"unique", func(c *Checker) {
			c.Unique([]byte(`[1,2,"1",[1],{"a":1}]`))
			c.Unique([]byte(`[{"a":1,"b":"\u0041"},{"b":"A","a":1.0}]`))
		}, []string{"uniqueItems"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var c Checker
			tt.check(&c)
			var got []string
			for _, finding := range c.findings.list {
				got = append(got, finding.Rule)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckerPointer(t *testing.T) {
	t.Parallel()
	var c Checker
	c.Open()
	c.Member("a/b")
	c.Open()
	c.Elem(3)
	c.Fail("type", "")
	c.Close()
	c.Member("map")
	c.Open()
	c.FreeKey("secret")
	c.Open()
	c.Member("x")
	c.Missing()
	want := []FieldError{{"/a~1b/3", "type", ""}, {"/map", "required", "is required"}}
	if diff := cmp.Diff(want, c.findings.list); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestCheckerDepth(t *testing.T) {
	t.Parallel()
	var c Checker
	n := 0
	for c.Open() {
		n++
	}
	if err := c.Err(); n != MaxDepth || err == nil || !strings.Contains(err.Error(), "nested deeper") {
		t.Errorf("%d levels and %v, want %d and a finding", n, err, MaxDepth)
	}
}

func TestPeek(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		path []string
		want string
		ok   bool
	}{
		{`{"type":"a","data":{}}`, []string{"type"}, "a", true},
		{` { "data" : {"x":[1,"}",{"a":"\""}]} , "type" : "a\n" }`, []string{"type"}, "a\n", true},
		{`{"\u0074ype":"a"}`, []string{"type"}, "a", true},
		{`{"h":{"k":1.0},"x":2}`, []string{"h", "k"}, "1", true},
		{`{"h":{"k":15}}`, []string{"h", "k"}, "15", true},
		{`{"k":true}`, []string{"k"}, "true", true},
		{`{"k":{}}`, []string{"k"}, "", false},
		{`{"h":[],"k":1}`, []string{"h", "k"}, "", false},
		{`{"a":1}`, []string{"type"}, "", false},
		{`{"a":1 "type":"x"}`, []string{"type"}, "", false},
		{`{"type":"x`, []string{"type"}, "", false},
		{`{"type":`, []string{"type"}, "", false},
		{`[]`, []string{"type"}, "", false},
		{``, []string{"type"}, "", false},
	}
	for _, tt := range tests {
		got, ok := Peek([]byte(tt.text), tt.path...)
		if string(got) != tt.want || ok != tt.ok {
			t.Errorf("Peek(%s, %q) = %q, %v, want %q, %v", tt.text, tt.path, got, ok, tt.want, tt.ok)
		}
	}
}

func TestPeekText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"id":"a\u0062"}`: "ab",
		`{"id":7}`:         "",
		`{"id":null}`:      "",
		`{"id":"\ud800"}`:  "",
		`{"type":"x"}`:     "",
	} {
		got, ok := PeekText([]byte(text), "id")
		if string(got) != want || ok != (want != "") {
			t.Errorf("PeekText(%s) = %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestPeekDoesNotAllocate(t *testing.T) {
	text := []byte(`{"data":{"x":[1,2,{}]},"type":"player.update"}`)
	if n := testing.AllocsPerRun(100, func() { Peek(text, "type") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// FuzzPeek compares what is found with a whole decoding, for valid texts.
func FuzzPeek(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"type":2}],"type":"x"}`))
	f.Add([]byte(`{"type":"\u0041"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := Peek(text, "type")
		want, found := "", false
		err := read(string(text), func(d *Decoder) {
			for d.Object(); d.NextMember(); {
				if string(d.Key()) == "type" && !found && d.space() == '"' {
					want, found = d.String(nil), true
					continue
				}
				d.Unknown()
			}
		})
		if err == nil && found && (!ok || string(got) != want) {
			t.Fatalf("%q: %q, %v, want %q", text, got, ok, want)
		}
	})
}

func TestVariants(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]FieldError{
		`[{"k":1}]`:        {"/0/k", "enum", "must be one of the declared values"},
		`[{"j":1}]`:        {"/0/k", "required", "is required"},
		`[{"k":[1,2,{}]}]`: {"/0/k", "enum", "must be one of the declared values"},
		`["k"]`:            {"/0", "type", "must be an object"},
	} {
		err := read(text, func(d *Decoder) {
			for d.Array(); d.NextElem(); {
				d.NoVariant("k")
			}
		})
		if diff := cmp.Diff(&ValidationError{Errors: []FieldError{want}}, err); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	err := read(`{"a":"x"}`, func(d *Decoder) {
		start := d.Mark()
		var p point
		p.DecodeJSON(d)
		if d.Clean(start) {
			t.Error("nothing was found in another type")
		}
		d.Rewind(start)
		for d.Object(); d.NextMember(); {
			if got := d.String(nil); got != "x" {
				t.Errorf("read %q after Rewind, want x", got)
			}
		}
	})
	if err != nil {
		t.Errorf("error = %v, want the findings forgotten", err)
	}
}

func TestScalars(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		read func(d *Decoder)
		rule string
	}{
		{"true", func(d *Decoder) { d.ConstBool(true) }, ""},
		{"false", func(d *Decoder) { d.ConstBool(true) }, "const"},
		{"0", func(d *Decoder) { d.ConstBool(false) }, "type"},
		{"1.0", func(d *Decoder) { d.ConstInt64(1) }, ""},
		{"2", func(d *Decoder) { d.ConstInt64(1) }, "const"},
		{"5e-1", func(d *Decoder) { d.ConstFloat64(0.5) }, ""},
		{"1e999", func(d *Decoder) { d.ConstFloat64(0.5) }, "const"},
		{`"a"`, func(d *Decoder) { d.ConstString("a") }, ""},
		{`"b"`, func(d *Decoder) { d.ConstString("a") }, "const"},
		{"0.1", func(d *Decoder) { d.Float32(&Number{Min: 0, Max: 0.1}) }, ""},
		{"0.2", func(d *Decoder) { d.Float32(&Number{Min: 0, Max: 0.1}) }, "maximum"},
		{"1e39", func(d *Decoder) { d.Float32(nil) }, "finite"},
		{"3000000000", func(d *Decoder) { d.Int32(nil) }, "format"},
		{"[1,1]", func(d *Decoder) {
			start := d.Mark()
			d.Raw()
			d.CheckUnique(start)
		}, "uniqueItems"},
		{"null", func(d *Decoder) {
			if !d.Null() {
				t.Error("null was not read")
			}
		}, ""},
	}
	for _, tt := range tests {
		err := read(tt.text, tt.read)
		var rule string
		if invalid, ok := err.(*ValidationError); ok {
			rule = invalid.Errors[0].Rule
		}
		if rule != tt.rule || (err == nil) != (tt.rule == "") {
			t.Errorf("%s: %v, want the rule %q", tt.text, err, tt.rule)
		}
	}
}

func TestOpt(t *testing.T) {
	t.Parallel()
	if v, ok := Some(1).Get(); v != 1 || !ok || Some(2).Or(3) != 2 || (Opt[int]{}).Or(3) != 3 {
		t.Error("Opt does not hold its value")
	}
	if v, ok := NonNull(1).Get(); v != 1 || !ok || NonNull(2).Or(3) != 2 || (Null[int]{}).Or(3) != 3 {
		t.Error("Null does not hold its value")
	}
}
