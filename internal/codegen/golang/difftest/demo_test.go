package difftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/gen/schema"
	demo "github.com/duet-api/duet/internal/codegen/golang/testdata/demo"
	"github.com/duet-api/duet/runtime/wire"
)

const pointID = "0191d2c4-7b3a-7c3e-8f00-ab00cd00ef00"

// findings gives what an error found, as pointer and rule.
func findings(t *testing.T, err error) []string {
	t.Helper()
	var invalid *wire.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("error = %v, want a ValidationError", err)
	}
	var out []string
	for _, e := range invalid.Errors {
		out = append(out, e.Pointer+" "+e.Rule)
	}
	return out
}

func TestFindings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, typ, text string
		want            []string
	}{
		{"all at once", "demo/Point", `{"id":"x","x":1000001,"y":1000000,"q":1,"x":"a"}`,
			[]string{"/id format", "/x maximum", "/y exclusiveMaximum", " additionalProperties", "/x duplicate", "/x type"}},
		{"missing", "demo/Point", `{"x":1}`, []string{"/id required", "/y required"}},
		{"inside an array", "demo/Moved", `{"type":"moved","data":{"points":[{"id":"` + pointID + `","x":0,"y":0},{"id":7}]}}`,
			[]string{"/data/points/1/id type", "/data/points/1/x required", "/data/points/1/y required"}},
		{"wrong constant", "demo/Moved", `{"type":"told","data":{"points":[]}}`, []string{"/type const"}},
		{"unknown variant", "demo/Choice", `{"shape":"star"}`, []string{"/shape enum"}},
		{"no discriminator", "demo/Choice", `{"side":1}`, []string{"/shape required"}},
		{"no object", "demo/Choice", `[1]`, []string{" type"}},
		{"wrong variant", "demo/Choice", `{"shape":"square","side":-1}`, []string{"/side minimum"}},
		{"integer enum", "demo/Level", `4`, []string{" enum"}},
		{"number of members", "demo/Few", `{"a":1,"b":2,"z":3}`, []string{" maxProperties"}},
		{"no members", "demo/Few", `{}`, []string{" minProperties"}},
		{"kept members", "demo/Loose", `{"a":1,"k":"abc","k":"a"}`, []string{" maxLength", " duplicate"}},
		{"beyond a word of bits", "demo/Crowd", `{"a65":1,"a64":2,"a65":3}`, []string{"/a65 duplicate", "/a01 required", "/a66 required"}},
		{"recursion", "demo/Tree", `{"value":"a","left":{"value":"b","right":null,"more":[{"value":1}]}}`, []string{"/left/more/0/value type"}},
		{"depth", "demo/Tree", strings.Repeat(`{"value":"a","left":`, wire.MaxDepth) + `{"value":"a"}` + strings.Repeat("}", wire.MaxDepth), []string{strings.Repeat("/left", wire.MaxDepth) + " depth"}},
	}
	byName := map[string]subject{}
	for _, s := range subjects(t) {
		byName[s.name] = s
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := byName[tt.typ].codec.decode([]byte(tt.text))
			if diff := cmp.Diff(tt.want, findings(t, err)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorsHoldNoInput(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"hunter2":1,"id":"hunter2","x":"hunter2","y":{"hunter2":"hunter2"}}`,
		`{"id":"hunter2" hunter2}`,
		`{"hunter2`,
	} {
		var p demo.Point
		if err := p.UnmarshalJSON([]byte(text)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want an error without the input", text, err)
		}
	}
	var all demo.All
	err := all.UnmarshalJSON([]byte(`{"deep":{"hunter2":{"hunter2":[{"id":1}]}},"dict":{"hunter2":-1}}`))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v, want an error without free keys", err)
	}
}

func TestSecretsStayOutOfLogs(t *testing.T) {
	t.Parallel()
	login := demo.Login{Name: "ann", Password: "hunter2", Token: wire.Some("hunter2")}
	all := demo.All{Login: wire.Some(login)}
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&logged, nil), slog.NewTextHandler(&logged, nil)} {
		slog.New(h).Info("seen", "login", login, "all", all, "told", demo.Told{All: all})
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&logged, verb+" "+verb+" "+verb+"\n", login, &login, demo.Told{All: all})
	}
	if strings.Contains(logged.String(), "hunter2") {
		t.Errorf("the log holds a secret:\n%s", &logged)
	}
	if !strings.Contains(logged.String(), "ann") {
		t.Errorf("the log holds nothing of the value:\n%s", &logged)
	}
	text, err := json.Marshal(login)
	if err != nil || !strings.Contains(string(text), `"password":"hunter2"`) {
		t.Errorf("JSON = %s (%v), want it whole", text, err)
	}
}

// latest is a message that is delivered by items.
type latest interface {
	value
	AppendItemsHead(dst []byte) []byte
	AppendItemsTail(dst []byte) []byte
}

func TestItems(t *testing.T) {
	t.Parallel()
	point := demo.Point{ID: pointID, X: 1}
	moved := func(note wire.Opt[string], before wire.Opt[bool], points ...demo.Point) demo.Moved {
		return demo.Moved{Note: note, Data: demo.MovedData{Before: before, Points: points, After: wire.Some(int32(2))}}
	}
	tests := []struct {
		name  string
		m     latest
		items []string
	}{
		{"none", moved(wire.Opt[string]{}, wire.Opt[bool]{}), nil},
		{"two", moved(wire.Some("n"), wire.Some(true), point, point), []string{string(point.AppendJSON(nil)), string(point.AppendJSON(nil))}},
		{"the API", schema.PlayersUpdated{Data: schema.PlayersUpdatedData{Version: "1"}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.m.AppendItemsHead(nil)
			got = append(got, strings.Join(tt.items, ",")...)
			got = tt.m.AppendItemsTail(got)
			if diff := cmp.Diff(string(tt.m.AppendJSON(nil)), string(got)); diff != "" {
				t.Errorf("head, items and tail (-whole +got):\n%s", diff)
			}
		})
	}
}

func TestValidateFindsWhatJSONCannotHold(t *testing.T) {
	t.Parallel()
	tree := demo.Tree{Value: "\xff", Left: &demo.Tree{Value: "a"}, Right: wire.Some(&demo.Tree{Value: "\xff"})}
	if diff := cmp.Diff([]string{"/value utf8", "/right/value utf8"}, findings(t, tree.Validate())); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	point := demo.Point{ID: pointID, X: math.NaN(), Y: math.Inf(1), Z: wire.Some(float32(math.Inf(-1)))}
	if diff := cmp.Diff([]string{"/x finite", "/y finite", "/z finite"}, findings(t, point.Validate())); diff != "" {
		t.Errorf("point (-want +got):\n%s", diff)
	}
	if got, want := string(point.AppendJSON(nil)), `{"id":"`+pointID+`","x":null,"y":null,"z":null}`; got != want {
		t.Errorf("JSON = %s, want %s", got, want)
	}
	all := demo.All{When: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), Level: 9, Any: json.RawMessage("{"), Choice: &demo.Square{}}
	want := []string{"/seats minimum", "/when format", "/any type", "/list minItems", "/dict minProperties", "/choice required", "/level enum"}
	if diff := cmp.Diff(want, findings(t, all.Validate())); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	cyclic := &demo.Tree{Value: "a"}
	cyclic.Left = cyclic
	if got := findings(t, cyclic.Validate()); len(got) != 1 || !strings.HasSuffix(got[0], " depth") {
		t.Errorf("a cycle: %v, want the rule depth", got)
	}
}

// TestNothingIsEncodedWhole checks that the zero value has every required member.
func TestNothingIsEncodedWhole(t *testing.T) {
	t.Parallel()
	got := string(demo.All{}.AppendJSON(nil))
	want := `{"must":false,"seats":0,"wide":0,"when":"0001-01-01T00:00:00Z","any":null,"list":[],"dict":{},"nothing":null,` +
		`"choice":null,"level":0,"one":1,"yes":true,"pi":3.14,"odd/~ name":""}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	loose := demo.Loose{A: wire.Some(int64(1)), Additional: map[string]string{"z": "1", "a": "hidden", "b": "hidden", "c": "2"}}
	if got, want := string(loose.AppendJSON(nil)), `{"a":1,"c":"2","z":"1"}`; got != want {
		t.Errorf("JSON = %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{" duplicate", " maxLength", " duplicate", " maxLength"}, findings(t, loose.Validate())); diff != "" {
		t.Errorf("a declared member among the additional ones (-want +got):\n%s", diff)
	}
}

// TestStandardLibrary checks that the types work inside other types too.
func TestStandardLibrary(t *testing.T) {
	t.Parallel()
	var held struct {
		Point demo.Point
		Trees []*demo.Tree
	}
	text := `{"Point":{"id":"` + pointID + `","x":1,"y":2.5},"Trees":[{"value":"<"}]}`
	if err := json.Unmarshal([]byte(text), &held); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(held)
	if err != nil || strings.ReplaceAll(string(again), `\u003c`, "<") != text {
		t.Errorf("JSON = %s (%v), want %s", again, err, text)
	}
}
