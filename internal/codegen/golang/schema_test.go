package golang_test

import (
	"bytes"
	"flag"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/golang"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files and the registries of package difftest")

// model lowers the documents in dir.
func model(t *testing.T, dir, openapi, asyncapi string) *ir.Model {
	t.Helper()
	var diags source.Diagnostics
	in := lower.Input{Loader: spec.NewLoader(os.DirFS(dir), &diags)}
	if openapi != "" {
		in.OpenAPI = in.Loader.Load(openapi)
	}
	in.AsyncAPI = in.Loader.Load(asyncapi)
	result := lower.Lower(in, &diags)
	for _, d := range diags {
		if d.Severity == source.Error {
			t.Error(d)
		}
	}
	return result.Model
}

func demo(t *testing.T) *ir.Model   { return model(t, "testdata", "", "demo.yaml") }
func checks(t *testing.T) *ir.Model { return model(t, "testdata", "", "checks.yaml") }

// TestSchemaGolden compares package schema of two documents with its golden files,
// which package difftest compiles and runs.
func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*ir.Model{"demo": demo(t), "checks": checks(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := golang.Schema(m, golang.Options{Sources: []string{name + ".yaml"}})
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, filepath.Join("testdata", name), files)
		})
	}
}

func writeAll(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSchemaIsDeterministic(t *testing.T) {
	t.Parallel()
	first, err := golang.Schema(demo(t), golang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := golang.Schema(demo(t), golang.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(first, again, bytes.Equal) {
			t.Fatal("two runs differ")
		}
	}
}

// TestSchemaCorners renders what the demonstration has no room for.
func TestSchemaCorners(t *testing.T) {
	t.Parallel()
	object := func(name string, fields ...*ir.Field) *ir.Type {
		return &ir.Type{Kind: ir.Object, Name: name, Object: &ir.Members{Fields: fields}}
	}
	one, two := object("One"), object("Two")
	text := func() *ir.Type { return &ir.Type{Kind: ir.String, String: ir.Text{MinLength: 1}} }
	tests := []struct {
		name  string
		types []*ir.Type
		want  map[string][]string // what a file holds
	}{
		{"a union without a discriminator tries all", []*ir.Type{one, two, {
			Kind: ir.Union, Name: "Which", Union: &ir.UnionOf{Variants: []*ir.Variant{{Type: one}, {Type: two}}},
		}}, map[string][]string{"which.gen.go": {"d.NotOne()", "d.Rewind(start)"}}},
		{"a default variant takes the rest", []*ir.Type{one, two, {
			Kind: ir.Union, Name: "Which", Union: &ir.UnionOf{
				Variants: []*ir.Variant{{Type: one, Values: []string{`"a~"`, "1"}}, {Type: two}},
				By:       &ir.Discriminator{Pointer: "/a~1b/c"},
			},
		}}, map[string][]string{"which.gen.go": {`d.Peek("a/b", "c")`, `case "a~", "1":`, "\tvar v Two\n\tv.DecodeJSON(d)\n\treturn v\n}"}}},
		{"rules of one name get numbers", []*ir.Type{
			object("Ab", &ir.Field{Name: "CdE", JSON: "cdE", Type: text()}),
			object("AbCd", &ir.Field{Name: "E", JSON: "e", Type: text()}),
		}, map[string][]string{"ab.gen.go": {"abCdE = wire"}, "abcd.gen.go": {"abCdE2 = wire"}}},
		{"a type of one user is with it", []*ir.Type{
			object("Ab", &ir.Field{Name: "Cd", JSON: "cd", Type: &ir.Type{Kind: ir.Array, Array: &ir.ArrayOf{Elem: object("AbCd")}}}),
			object("AbCd"),
		}, map[string][]string{"ab.gen.go": {"type Ab struct", "type AbCd struct"}}},
		{"bounds are those of the Go type where the schema's are wider", []*ir.Type{object("Ab",
			&ir.Field{Name: "N", JSON: "n", Type: &ir.Type{Kind: ir.Number, Number: ir.Numeric{Min: &ir.Bound{Value: "-1e400"}}}},
			&ir.Field{Name: "I", JSON: "i", Type: &ir.Type{Kind: ir.Integer, Number: ir.Numeric{
				Min: &ir.Bound{Value: "-2.5"}, Max: &ir.Bound{Value: "1e30", Exclusive: true}, MultipleOf: "1.5",
			}}},
			&ir.Field{Name: "J", JSON: "j", Type: &ir.Type{Kind: ir.Integer, Number: ir.Numeric{
				Format: "int32", Min: &ir.Bound{Value: "-3", Exclusive: true}, Max: &ir.Bound{Value: "2.5", Exclusive: true},
			}}},
		)}, map[string][]string{"ab.gen.go": {
			"Min: -1.7976931348623157e+308, Max: math.MaxFloat64}",
			"Min: -2, Max: math.MaxInt64, ExclusiveMax: true, MultipleOf: 3}",
			"Min: -2, Max: 2, ExclusiveMin: true, ExclusiveMax: true}",
		}}},
		{"a type called Doc is with the package comment", []*ir.Type{object("Doc")},
			map[string][]string{"doc.gen.go": {"// Package schema holds", "type Doc struct"}}},
		{"a deprecated type says so", []*ir.Type{{Kind: ir.Object, Name: "Old", Doc: "Old is old.", Deprecated: true, Object: &ir.Members{}}},
			map[string][]string{"old.gen.go": {"// Old is old.\n//\n// Deprecated: "}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files, err := golang.Schema(&ir.Model{Types: tt.types}, golang.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for name, parts := range tt.want {
				for _, part := range parts {
					if !strings.Contains(string(files[name]), part) {
						t.Errorf("%s has no %q:\n%s", name, part, files[name])
					}
				}
			}
		})
	}
}

// TestRegistry compares the lists of declared types that package difftest works
// through with the models.
func TestRegistry(t *testing.T) {
	t.Parallel()
	demoTypes, apiTypes := demo(t), model(t, filepath.Join("..", "..", "..", "api"), "openapi.yaml", "asyncapi.yaml")
	got := registry(t, demoTypes, checks(t), apiTypes)
	path := filepath.Join("difftest", "registry_test.go")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is out of date, run make generate (-file +want):\n%s", path, diff)
	}
}

// registry writes the file that names all declared types.
func registry(t *testing.T, demoTypes, checksTypes, apiTypes *ir.Model) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString("// Code generated by the tests of package golang with -update. DO NOT EDIT.\n\npackage difftest\n\nimport (\n")
	b.WriteString("\"github.com/duet-api/duet/gen/schema\"\n")
	b.WriteString("checks \"github.com/duet-api/duet/internal/codegen/golang/testdata/checks\"\n")
	b.WriteString("demo \"github.com/duet-api/duet/internal/codegen/golang/testdata/demo\"\n)\n\n")
	list := func(function, pkg string, m *ir.Model) {
		b.WriteString("func " + function + "() map[string]codec {\nreturn map[string]codec{\n")
		for _, typ := range m.Types {
			name := pkg + "." + typ.Name
			constructor := "enum[" + name + "]()"
			switch typ.Kind {
			case ir.Object, ir.Box:
				constructor = "object[" + name + "]()"
			case ir.Union:
				constructor = "union(" + pkg + ".Unmarshal" + typ.Name + ")"
			}
			b.WriteString("\"" + typ.Name + "\": " + constructor + ",\n")
		}
		b.WriteString("}\n}\n\n")
	}
	list("demoCodecs", "demo", demoTypes)
	list("checksCodecs", "checks", checksTypes)
	list("apiCodecs", "schema", apiTypes)
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
