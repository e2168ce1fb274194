package wire_test

import (
	"testing"

	"github.com/duet-api/duet/runtime/wire"
)

func TestBytes(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want, fault string }{
		{`""`, "", ""},
		{`"aGVsbG8="`, "hello", ""},
		{`"aGVsbG8"`, "", "format"},
		{`"*"`, "", "format"},
		{`1`, "", "type"},
	}
	for _, tt := range tests {
		var d wire.Decoder
		d.Reset([]byte(tt.text))
		got := d.Bytes()
		err, _ := d.End().(*wire.ValidationError)
		switch {
		case tt.fault == "" && (err != nil || string(got) != tt.want || got == nil):
			t.Errorf("%s: got %q, %v", tt.text, got, err)
		case tt.fault != "" && (err == nil || err.Errors[0].Rule != tt.fault):
			t.Errorf("%s: got %v, want a finding of rule %s", tt.text, err, tt.fault)
		case tt.fault == "" && string(wire.AppendBytes(nil, got)) != tt.text:
			t.Errorf("%s: encoded as %s", tt.text, wire.AppendBytes(nil, got))
		}
	}
}
