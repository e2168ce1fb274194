package profile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/pprof/profile"
)

// stack makes a sample of functions, the innermost first.
func stack(n int64, functions ...string) *profile.Sample {
	s := &profile.Sample{Value: []int64{n, n}}
	for _, f := range functions {
		s.Location = append(s.Location, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: f}}}})
	}
	return s
}

func TestRead(t *testing.T) {
	t.Parallel()
	const socket = "github.com/duet-api/duet/runtime/socket."
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	p.Sample = []*profile.Sample{
		stack(50, "syscall.Syscall6", socket+"(*direct).writeOnce", socket+"(*Group).flush"),
		stack(20, "runtime.memmove", "github.com/duet-api/duet/gen/schema.Position.AppendJSON", socket+"(*Group).Update", "github.com/duet-api/duet/internal/game.(*Member).Move"),
		stack(20, "github.com/duet-api/duet/runtime/wire.(*Decoder).Float64", socket+"(*Server[...]).receive"),
		stack(10, "runtime.findRunnable"),
	}
	for i, s := range p.Sample {
		for j, l := range s.Location {
			l.ID, l.Line[0].Function.ID = uint64(10*i+j+1), uint64(10*i+j+1)
			p.Location, p.Function = append(p.Location, l), append(p.Function, l.Line[0].Function)
		}
	}
	path := filepath.Join(t.TempDir(), "p")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(f); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"writing to connections": .5, encoding: .2, "decoding and checking": .2, Parts()[len(Parts())-1]: .1}
	for part, share := range want {
		if got[part] != share || !slices.Contains(Parts(), part) {
			t.Errorf("%s: %v, want %v", part, got[part], share)
		}
	}
	if len(got) != len(want) {
		t.Errorf("parts %v", got)
	}
}
