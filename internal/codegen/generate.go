package codegen

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path"

	"github.com/duet-api/duet/internal/codegen/gate"
	"github.com/duet-api/duet/internal/codegen/golang"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/rest"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Input says what to generate, and from what.
type Input struct {
	// FS holds the documents and everything that they refer to. Nothing outside
	// is read.
	FS fs.FS
	// OpenAPI and AsyncAPI are the paths of the documents in FS. One of them may
	// be empty.
	OpenAPI, AsyncAPI string
	// Package is the import path of the folder that the files will be in, such
	// as example.com/game/gen.
	Package string
	// Perspective says whose view the AsyncAPI document takes, server or client.
	// Empty means that of its x-perspective, or else the server's.
	Perspective string
	// Remote reads the documents of the network that are referred to. Nil means
	// that such references are refused. What it reads is kept with the generated
	// files, in spec/remote.
	Remote func(ctx context.Context, u *url.URL) ([]byte, error)
	// Folders are the folders of packages, below that of Package, where they are
	// not called as [Packages] has them. The last element is the package's name.
	Folders map[string]string
}

// Folder gives the folder of a package of [Packages].
func (in Input) Folder(pkg string) string { return cmp.Or(in.Folders[pkg], pkg) }

// name gives the name of a package.
func (in Input) name(pkg string) string { return path.Base(in.Folder(pkg)) }

// Packages gives the names of all packages that Generate may make.
func Packages() []string {
	return []string{"client", "restapi", "roundtrip", "schema", "spec", "wsapi"}
}

// documents gives the paths of the documents that there are.
func (in Input) documents() []string {
	var out []string
	for _, p := range []string{in.AsyncAPI, in.OpenAPI} {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// contract is a contract that was read and judged.
type contract struct {
	model             *ir.Model
	openapi, asyncapi *spec.Node // bundled; nil without the document
	docs              lower.Input
}

// Generate makes the files of a contract, by slash-separated path below the
// folder that they go to. It gives no files where the findings, which are sorted,
// hold an error. It may be called by several goroutines at the same time. The
// context ends it early, with a diagnostic.
func Generate(ctx context.Context, in Input) (map[string][]byte, *ir.Model, source.Diagnostics) {
	var diags source.Diagnostics
	c := read(ctx, in, &diags)
	if err := ctx.Err(); err != nil {
		diags.Errorf(source.Pos{}, "interrupted", "", "%v", err)
	}
	var files map[string][]byte
	if !diags.HasErrors() {
		files = emitAll(in, c, &diags)
		in.remoteFiles(c.docs.Loader, files)
	}
	diags.Sort()
	if diags.HasErrors() {
		return nil, nil, diags
	}
	return files, c.model, diags
}

// read loads, lowers and judges the documents.
func read(ctx context.Context, in Input, diags *source.Diagnostics) *contract {
	if len(in.documents()) == 0 {
		diags.Errorf(source.Pos{}, "no-document", "name an OpenAPI or an AsyncAPI document", "there is nothing to generate from")
		return nil
	}
	loader := spec.NewLoader(in.FS, diags)
	if in.Remote != nil {
		loader.Allow(func(u *url.URL) ([]byte, error) { return in.Remote(ctx, u) })
	}
	docs := lower.Input{Loader: loader}
	if in.OpenAPI != "" {
		docs.OpenAPI = loader.Load(in.OpenAPI)
	}
	if in.AsyncAPI != "" {
		docs.AsyncAPI = loader.Load(in.AsyncAPI)
		setPerspective(docs.AsyncAPI, in.Perspective)
		lower.Mend(docs.AsyncAPI, diags)
	}
	result := lower.Lower(docs, diags)
	c := &contract{model: result.Model, docs: docs}
	c.model.DropValues(gate.Examples(loader, result.Checks, diags))
	if docs.AsyncAPI != nil {
		c.asyncapi = gate.AsyncAPI(loader, docs.AsyncAPI, diags)
	}
	if result.Model.REST != nil {
		gate.OpenAPI(loader, docs.OpenAPI, diags)
		c.openapi = gate.Quietly(loader, docs.OpenAPI, diags, func(diags *source.Diagnostics) *spec.Node {
			return rest.Bundle(loader, docs.OpenAPI, diags)
		})
		if len(c.model.REST.Operations) == 0 {
			c.model.REST = nil // its schemas are all that there is to generate
		}
	}
	return c
}

// setPerspective has a document say whose view it takes, so that what is served
// of it says so too.
func setPerspective(doc *spec.Node, perspective string) {
	if perspective == "" || !doc.IsKind(spec.Map) {
		return
	}
	doc.Set("x-perspective", &spec.Node{Kind: spec.String, Text: perspective, Pos: doc.Pos, Pointer: "/x-perspective"})
}

// emitAll calls the emitters.
func emitAll(in Input, c *contract, diags *source.Diagnostics) map[string][]byte {
	out := map[string][]byte{}
	opts := options(in, c.model)
	for _, e := range emitters(in, c, opts, diags) {
		files, err := guarded(e.emit)
		if err != nil {
			diags.Errorf(source.Pos{}, "emit", "this is a mistake of duet; please report it", "package %s: %v", e.folder, err)
		}
		for name, data := range files {
			out[path.Join(e.folder, name)] = data
		}
	}
	return out
}

// emitter makes the files of one package.
type emitter struct {
	folder string
	emit   func() (map[string][]byte, error)
}

func emitters(in Input, c *contract, opts golang.Options, diags *source.Diagnostics) []emitter {
	m := c.model
	list := []emitter{
		{in.Folder("schema"), func() (map[string][]byte, error) { return golang.Schema(m, opts) }},
		{in.Folder("spec"), func() (map[string][]byte, error) { return specFiles(in, c) }},
		{in.Folder("roundtrip"), func() (map[string][]byte, error) { return golang.RoundTrip(m, opts) }},
	}
	if m.REST != nil {
		list = append(list, emitter{in.Folder("restapi"), func() (map[string][]byte, error) {
			return rest.Generate(m, rest.Options{Package: in.name("restapi"), Schema: opts.Schema, Sources: opts.Sources}, diags), nil
		}})
	}
	if m.REST != nil || len(m.Sockets) > 0 {
		list = append(list, emitter{in.Folder("client"), func() (map[string][]byte, error) { return golang.Client(m, opts) }})
	}
	if len(m.Sockets) > 0 {
		list = append(list, emitter{in.Folder("wsapi"), func() (map[string][]byte, error) { return golang.WSAPI(m, opts) }})
	}
	return list
}

// guarded turns a panic of an emitter into an error: a document must not bring
// the tool down.
func guarded(emit func() (map[string][]byte, error)) (files map[string][]byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			files, err = nil, fmt.Errorf("panic: %v", r)
		}
	}()
	return emit()
}

func options(in Input, m *ir.Model) golang.Options {
	opts := golang.Options{
		Sources: in.documents(), Schema: path.Join(in.Package, in.Folder("schema")),
		Client: in.name("client"), RoundTrip: in.name("roundtrip"),
	}
	if m.REST != nil {
		opts.REST = path.Join(in.Package, in.Folder("restapi"))
	}
	if len(m.Sockets) > 0 {
		opts.WSAPI = path.Join(in.Package, in.Folder("wsapi"))
	}
	return opts
}
