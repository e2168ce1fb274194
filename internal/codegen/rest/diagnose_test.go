package rest

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

func at(line int) source.Pos { return source.Pos{File: "openapi.yaml", Line: line, Column: 3} }

// TestDiagnostics gives what can't be generated, and where that is said to be.
func TestDiagnostics(t *testing.T) {
	t.Parallel()
	text := &ir.Type{Kind: ir.String}
	note := &ir.Type{Kind: ir.Object, Name: "Note", Object: &ir.Members{}}
	param := func(in string, p *ir.Type) func(*ir.Operation) {
		return func(op *ir.Operation) {
			op.Params = []*ir.OpParam{{In: in, Style: "form", Explode: true, Param: ir.Param{Name: "P", JSON: "p", Type: p, Pos: at(9)}}}
		}
	}
	tests := map[string]struct {
		change func(op *ir.Operation)
		want   string
	}{
		"object as header": {
			func(op *ir.Operation) {
				op.Responses[0].Headers = []*ir.Param{{Name: "H", JSON: "h", Type: note, Pos: at(9)}}
			},
			"openapi.yaml:9:3: warning: rest-parameter: the header h has a type that can't be spelled as text; it is passed on as it is; use text, a number, a boolean, or a list of those",
		},
		"pattern that Go has not": {
			param("query", &ir.Type{Kind: ir.String, Pos: at(9), String: ir.Text{Pattern: "(?=a)"}}),
			"openapi.yaml:9:3: error: rest-pattern: the pattern of a parameter is not supported by Go: error parsing regexp: invalid or unsupported Perl syntax: `(?=`; write it without look-around and back-references",
		},
		"unknown format": {
			param("query", &ir.Type{Kind: ir.String, Pos: at(9), String: ir.Text{Format: "isbn"}}),
			`openapi.yaml:9:3: warning: rest-format: the format "isbn" of a parameter is not checked; use a pattern`,
		},
		"fraction of an integer": {
			param("query", &ir.Type{Kind: ir.Integer, Pos: at(9), Number: ir.Numeric{MultipleOf: "0.5"}}),
			"openapi.yaml:9:3: error: rest-multiple: multipleOf 0.5 of an integer parameter is not supported; use a whole number",
		},
		"default of a list": {
			func(op *ir.Operation) {
				param("query", &ir.Type{Kind: ir.Array, Array: &ir.ArrayOf{Elem: text}})(op)
				op.Params[0].Default = `[{}]`
			},
			"openapi.yaml:9:3: error: rest-default: the default of query parameter p is not text, a number, a boolean, or a list of those; leave it out and describe it",
		},
		"parameters with nothing between": {
			func(op *ir.Operation) { op.Path = "/notes/{p}{q}" },
			`openapi.yaml:1:3: error: rest-path: the path "/notes/{p}{q}" has the segment "{p}{q}", in which nothing tells where one parameter ends and the next begins; put a text between them, or a slash`,
		},
		"brace that is not closed": {
			func(op *ir.Operation) { op.Path = "/notes/{p" },
			`openapi.yaml:1:3: error: rest-path: the path "/notes/{p" has the segment "{p", whose braces hold no name; write {name} for a parameter, and nothing else in braces`,
		},
		"query in a path": {
			func(op *ir.Operation) { op.Path = "/notes/{p}?x=1" },
			`openapi.yaml:1:3: error: rest-path: the path "/notes/{p}?x=1" has the segment "{p}?x=1", which holds more than a path; leave out what is behind the path, and declare a query under parameters`,
		},
		"path that is never asked for": {
			func(op *ir.Operation) { op.Path = "/notes/../note" },
			`openapi.yaml:1:3: error: rest-path: the path "/notes/../note" is not one that net/http can route; write another path, which begins with a slash`,
		},
		"path without a slash": {
			func(op *ir.Operation) { op.Path = "notes/all" },
			`openapi.yaml:1:3: error: rest-path: the path "notes/all" is not one that net/http can route; write another path, which begins with a slash`,
		},
		"default beyond all numbers": {
			func(op *ir.Operation) {
				param("query", &ir.Type{Kind: ir.Number})(op)
				op.Params[0].Default = "1e400"
			},
			"openapi.yaml:9:3: error: rest-default: the default of query parameter p is not text, a number, a boolean, or a list of those; leave it out and describe it",
		},
		"path like another": {
			func(op *ir.Operation) { param("path", text)(op); op.Path = "/other/{p}" },
			`openapi.yaml:4:3: error: rest-path: the path "/other/{q}" can't be routed: GET /other/{p}, at openapi.yaml:1:3, is the same but for the names of parameters; change one of the paths, or leave out one of the operations`,
		},
		"path parameters that are one in Go": {
			func(op *ir.Operation) {
				param("path", text)(op)
				op.Params[0].JSON, op.Path = "p-q", "/notes/{p-q}/{p_q}"
			},
			`openapi.yaml:1:3: error: rest-path: the path "/notes/{p-q}/{p_q}" has the parameters "p-q" and "p_q", which are p_q both in generated code; rename one of them`,
		},
		"path parameter that comes twice": {
			func(op *ir.Operation) { param("path", text)(op); op.Path = "/notes/{p}/of/{p}" },
			`openapi.yaml:1:3: error: rest-path: the path "/notes/{p}/of/{p}" has the parameter "p" more than once; give each its own name`,
		},
		"undeclared path parameter": {
			func(op *ir.Operation) { op.Path = "/notes/{p}" },
			`openapi.yaml:2:3: error: rest-path: the path "/notes/{p}" has the parameter "p", which is not declared; declare it under parameters with in: path`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op := &ir.Operation{Name: "GetNote", Method: "GET", Path: "/note", PathPos: at(1), Pos: at(2), Responses: []*ir.Response{{Status: 200, Type: note}}}
			tt.change(op)
			fixed := &ir.Operation{Name: "Other", Method: "GET", Path: "/other/{q}", PathPos: at(4), Pos: at(5), Responses: []*ir.Response{{Status: 204}},
				Params: []*ir.OpParam{{In: "path", Param: ir.Param{Name: "Q", JSON: "q", Type: text}}}}
			var diags source.Diagnostics
			files := Generate(&ir.Model{REST: &ir.REST{Operations: []*ir.Operation{fixed, op}}}, options(), &diags)
			if diags.HasErrors() != (files == nil) {
				t.Errorf("%d files and diagnostics %v", len(files), diags)
			}
			var got []string
			for _, d := range diags {
				got = append(got, d.String())
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGenerateTogether runs several generations at the same time, which the
// race detector watches, and compares their results.
func TestGenerateTogether(t *testing.T) {
	t.Parallel()
	results := make([]map[string][]byte, 4)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			var diags source.Diagnostics
			results[i] = Generate(notes(), options(), &diags)
		})
	}
	wg.Wait()
	for _, files := range results[1:] {
		if diff := cmp.Diff(results[0], files); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
	}
}

// TestReservedNames gives a type the name of something that oapi-codegen
// declares: it gets no alias.
func TestReservedNames(t *testing.T) {
	t.Parallel()
	model := notes()
	model.Types[0].Name = "CreateNoteResponse"
	var diags source.Diagnostics
	files := Generate(model, options(), &diags)
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %v", diags)
	}
	if want := "type CreateNoteJSONBody = schema.CreateNoteResponse\n"; !strings.Contains(string(files["types.gen.go"]), want) {
		t.Errorf("types have no line %q:\n%s", want, files["types.gen.go"])
	}
}
