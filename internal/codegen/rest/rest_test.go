package rest

import (
	"cmp"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func ptr[T any](v T) *T { return &v }

func options() Options {
	return Options{Package: "restapi", Schema: "github.com/duet-api/duet/internal/codegen/rest/testdata/schema", Sources: []string{"api/openapi.yaml"}}
}

// notes is a contract with each kind of parameter, body and response.
func notes() *ir.Model {
	id := &ir.Type{Kind: ir.String, String: ir.Text{Format: "uuid"}}
	order := &ir.Type{Kind: ir.String, Name: "Order", Enum: []ir.EnumValue{{Name: "Old", JSON: `"old"`}, {Name: "New", JSON: `"new"`}}}
	note := &ir.Type{Kind: ir.Object, Name: "Note", Doc: "Note is a note.", Object: &ir.Members{}}
	problem := &ir.Type{Kind: ir.Object, Name: "Problem", Object: &ir.Members{}}
	failed := &ir.Response{MediaType: "application/problem+json", Type: problem, Headers: []*ir.Param{{Name: "RetryAfter", JSON: "Retry-After", Type: &ir.Type{Kind: ir.Integer}}}}
	count := func(format string, least, most string) *ir.Type {
		return &ir.Type{Kind: ir.Integer, Number: ir.Numeric{Format: format, Min: &ir.Bound{Value: least}, Max: &ir.Bound{Value: most}}}
	}
	param := func(in, json, name string, t *ir.Type) *ir.OpParam {
		style := map[string]string{"path": "simple", "header": "simple"}
		return &ir.OpParam{In: in, Required: in == "path", Style: cmp.Or(style[in], "form"), Explode: style[in] == "", Param: ir.Param{Name: name, JSON: json, Type: t, Doc: "The " + json + "."}}
	}
	limit := param("query", "limit", "Limit", count("int32", "1", "100"))
	limit.Default = "20"
	after := param("query", "after", "After", &ir.Type{Kind: ir.String, String: ir.Text{MinLength: 1, MaxLength: ptr(8), Pattern: "^[a-z]+$"}})
	after.Required = true
	return &ir.Model{Title: "Notes", Version: "1", Types: []*ir.Type{note, order, problem}, REST: &ir.REST{Operations: []*ir.Operation{
		{
			Name: "CreateNote", Method: "POST", Path: "/notes", Doc: "Create a note.", Secured: true,
			Body: note, BodyMedia: "application/json", BodyRequired: true,
			Responses: []*ir.Response{{Status: 201, Type: note, Headers: []*ir.Param{{Name: "Location", JSON: "Location", Type: &ir.Type{Kind: ir.String}}}}, failed},
		},
		{
			Name: "DeleteNote", Method: "DELETE", Path: "/books/{book-id}/notes/{noteId}",
			Params:    []*ir.OpParam{param("path", "noteId", "NoteID", id), param("path", "book-id", "BookID", count("", "1", "9e99"))},
			Responses: []*ir.Response{{Status: 204}, failed},
		},
		{
			Name: "ListNotes", Method: "GET", Path: "/notes",
			Params: []*ir.OpParam{
				limit, after,
				param("query", "order", "Order", order),
				param("query", "tag", "Tag", &ir.Type{Kind: ir.Array, Array: &ir.ArrayOf{Elem: id, MaxItems: ptr(3), Unique: true}}),
				param("query", "pinned", "Pinned", &ir.Type{Kind: ir.Boolean}),
				param("query", "weight", "Weight", &ir.Type{Kind: ir.Number, Number: ir.Numeric{Min: &ir.Bound{Value: "0", Exclusive: true}}}),
				param("query", "since", "Since", &ir.Type{Kind: ir.String, String: ir.Text{Format: "date-time"}}),
				param("header", "If-None-Match", "IfNoneMatch", &ir.Type{Kind: ir.String}),
				param("cookie", "theme", "Theme", &ir.Type{Kind: ir.String, Enum: []ir.EnumValue{{Name: "Dark", JSON: `"dark"`}}}),
			},
			Responses: []*ir.Response{{Status: 200, Type: &ir.Type{Kind: ir.Array, Array: &ir.ArrayOf{Elem: note}}}, {Status: 304}, failed},
		},
		{
			Name: "ReadNote", Method: "GET", Path: "/notes/text", Responses: []*ir.Response{{Status: 200, MediaType: "text/plain"}, {Status: 206, MediaType: "application/octet-stream"}},
		},
		{
			Name: "UpdateNote", Method: "PATCH", Path: "/notes", Body: note, BodyMedia: "application/json", Responses: []*ir.Response{{Status: 200, Type: note}},
		},
	}}}
}

// TestGenerate compares the generated package with the golden one, which
// TestGolden compiles and tests.
func TestGenerate(t *testing.T) {
	t.Parallel()
	var diags source.Diagnostics
	files := Generate(notes(), options(), &diags)
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %v", diags)
	}
	for name, text := range files {
		path := filepath.Join("testdata", "restapi", name+".golden")
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got, want := slices.Sorted(maps.Keys(files)), []string{"client.gen.go", "params.gen.go", "server.gen.go", "strict.gen.go", "support.gen.go", "types.gen.go"}; !slices.Equal(got, want) {
		t.Errorf("files = %v, want %v", got, want)
	}
}

// TestGolden compiles the golden package, laid over the module together with the
// package of types that testdata has for it, and runs the tests there.
func TestGolden(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	golden, err := filepath.Glob(filepath.Join("testdata", "restapi", "*.golden"))
	if err != nil || len(golden) == 0 {
		t.Fatalf("golden files: %v, %v", golden, err)
	}
	replace := map[string]string{}
	for _, path := range golden {
		name := path[:len(path)-len(".golden")]
		replace[filepath.Join(here, name)] = filepath.Join(here, path)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "test", "-overlay", file, "./testdata/restapi").CombinedOutput()
	if err != nil {
		t.Errorf("go test: %v\n%s", err, out)
	}
}
