package wire_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/runtime/wire"
)

func TestAppendParams(t *testing.T) {
	t.Parallel()
	params := []wire.Param{
		{Name: "s", Kind: wire.KindString}, {Name: "n", Kind: wire.KindNumber}, {Name: "b", Kind: wire.KindBoolean},
		{Name: "l", Kind: wire.KindNumber, List: true}, {Name: "any"}, {Name: "x-h", Key: "X-H", Kind: wire.KindString},
	}
	tests := []struct {
		name   string
		values map[string][]string
		rest   bool
		want   string
	}{
		{"nothing", nil, false, `{}`},
		{"each kind", map[string][]string{"s": {"1", "2"}, "n": {"1.5"}, "b": {"true"}, "l": {"1", "2"}, "any": {`{"a":1}`}, "X-H": {"v"}}, false,
			`{"s":"1","n":1.5,"b":true,"l":[1,2],"any":{"a":1},"x-h":"v"}`},
		{"of another kind", map[string][]string{"n": {"true"}, "b": {"1"}, "l": {"x"}, "any": {"{"}}, false, `{"n":"true","b":"1","l":["x"],"any":"{"}`},
		{"an injection", map[string][]string{"n": {`1,"s":2`}, "s": {`"}`}}, false, `{"s":"\"}","n":"1,\"s\":2"}`},
		{"the rest", map[string][]string{"z": {"1"}, "a": {}, "s": {"x"}}, true, `{"s":"x","z":"1"}`},
	}
	for _, tt := range tests {
		if got := string(wire.AppendParams(nil, params, tt.values, tt.rest)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	got := wire.Texts([]byte(`{"s":"a b","n":1.50,"b":false,"l":["x",2],"none":null,"o":{"a":1}}`))
	want := map[string][]string{"s": {"a b"}, "n": {"1.50"}, "b": {"false"}, "l": {"x", "2"}, "o": {`{"a":1}`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
