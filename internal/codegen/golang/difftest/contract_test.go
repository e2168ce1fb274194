package difftest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// subject is one declared type with its code and its judge.
type subject struct {
	name   string
	codec  codec
	schema *jsonschema.Schema
	// orNull says that the schema takes null as well, which the declared type
	// leaves to where it is used.
	orNull bool
	// exact says that numbers are judged as they are written, which generated code
	// holds without a loss.
	exact    bool
	examples []ir.Example
}

// subjects gives all declared types of the demonstration and of the API, in
// order.
func subjects(t testing.TB) []subject {
	t.Helper()
	all := contract{dir: "../testdata", asyncapi: "demo.yaml"}.subjects(t, "demo/", demoCodecs())
	all = append(all, contract{dir: "../testdata", asyncapi: "checks.yaml", components: true}.subjects(t, "checks/", checksCodecs())...)
	return append(all, contract{dir: "../../../../api", openapi: "openapi.yaml", asyncapi: "asyncapi.yaml"}.subjects(t, "api/", apiCodecs())...)
}

// contract is a folder of documents.
type contract struct {
	dir, openapi, asyncapi string
	// components says that the other types are tested inside the components alone:
	// what they are made from may be no schema of the document's by itself.
	components bool
}

func (c contract) subjects(t testing.TB, prefix string, codecs map[string]codec) []subject {
	t.Helper()
	var diags source.Diagnostics
	in := lower.Input{Loader: spec.NewLoader(os.DirFS(c.dir), &diags)}
	if c.openapi != "" {
		in.OpenAPI = in.Loader.Load(c.openapi)
	}
	in.AsyncAPI = in.Loader.Load(c.asyncapi)
	types := map[string]*ir.Type{}
	for _, typ := range lower.Lower(in, &diags).Model.Types {
		types[typ.Name] = typ
	}
	judge := c.judge(t, in.Loader)
	var out []subject
	for _, name := range slices.Sorted(maps.Keys(codecs)) {
		place := judge.places[types[name].Pos]
		if strings.HasSuffix(name, "Address") && place == "" {
			continue // made of the parameters of an address, which have no schema
		}
		if c.components && (!strings.Contains(place, "/schemas/") || path.Base(path.Dir(place)) != "schemas") {
			continue
		}
		schema, err := judge.schema(types[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, subject{
			name: prefix + name, codec: codecs[name], schema: schema, orNull: schema.Validate(nil) == nil,
			exact: strings.HasPrefix(name, "Exact"), examples: types[name].Examples,
		})
	}
	return out
}

// judge compiles schemas from the documents themselves, not from the model, so
// that a mistake of lowering is seen too.
type judge struct {
	compiler *jsonschema.Compiler
	places   map[source.Pos]string // URL of what is at a place
}

const root = "file:///"

func (c contract) judge(t testing.TB, loader *spec.Loader) *judge {
	t.Helper()
	j := &judge{compiler: jsonschema.NewCompiler(), places: map[source.Pos]string{}}
	j.compiler.AssertFormat()
	for _, name := range loader.Files() {
		var doc any
		text, err := os.ReadFile(path.Join(c.dir, name))
		if err == nil {
			err = yaml.Unmarshal(text, &doc)
		}
		if err == nil {
			doc, err = plain(doc)
		}
		if err == nil && c.components { // YAML reads large numbers as float64
			doc, err = jsonschema.UnmarshalJSON(strings.NewReader(loader.Load(name).JSON()))
		}
		if err == nil {
			err = j.compiler.AddResource(root+name, doc)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		loader.Load(name).Walk(func(n *spec.Node) bool {
			if n.Kind == spec.Map {
				j.places[n.Pos] = root + name + "#" + n.Pointer
			}
			return true
		})
	}
	return j
}

// plain gives a YAML value as encoding/json would.
func plain(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(text, &out)
	return out, err
}

// schema compiles the schema that a type was lowered from. The unions of
// messages have none: they are the choice of their variants.
func (j *judge) schema(t *ir.Type) (*jsonschema.Schema, error) {
	if t == nil {
		return nil, fmt.Errorf("the model has no such type")
	}
	if place := j.places[t.Pos]; strings.Contains(place, "/schemas/") {
		return j.compiler.Compile(place)
	}
	if t.Kind != ir.Union || len(t.Union.Variants) == 0 {
		return j.compile(t)
	}
	var variants []any
	for _, v := range t.Union.Variants {
		variants = append(variants, map[string]any{"$ref": j.places[v.Type.Pos]})
	}
	url := root + "unions/" + t.Name
	if err := j.compiler.AddResource(url, map[string]any{"oneOf": variants}); err != nil {
		return nil, err
	}
	return j.compiler.Compile(url)
}

func (j *judge) compile(t *ir.Type) (*jsonschema.Schema, error) {
	if t.Kind == ir.Union {
		url := root + "unions/" + t.Name
		if err := j.compiler.AddResource(url, false); err != nil {
			return nil, err
		}
		return j.compiler.Compile(url)
	}
	return j.compiler.Compile(j.places[t.Pos])
}
