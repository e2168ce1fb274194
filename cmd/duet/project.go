package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"testing/fstest"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/scaffold"
)

// project is what init lays out.
type project struct {
	scaffold.Project
	docs *documents // nil for the example
	api  map[string][]byte
}

// project finds the documents.
func (f *initFlags) project() (*project, error) {
	p := &project{Project: scaffold.Project{Module: f.module, Perspective: f.perspective}}
	if f.openapi == "" && f.asyncapi == "" {
		api, err := scaffold.Example()
		p.api, p.Example, p.OpenAPI, p.AsyncAPI = api, true, "openapi.yaml", "asyncapi.yaml"
		return p, err
	}
	docs, err := location{openapi: f.openapi, asyncapi: f.asyncapi, root: f.root}.open()
	if err == nil {
		err = docs.exist()
	}
	if err != nil {
		return nil, err
	}
	p.docs, p.OpenAPI, p.AsyncAPI = docs, docs.openapi, docs.asyncapi
	return p, nil
}

// fsys gives the files of the documents.
func (p *project) fsys() fs.FS {
	if p.docs != nil {
		return p.docs.root.FS()
	}
	out := fstest.MapFS{}
	for name, data := range p.api {
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

// files gives all files of the project but its go.mod. ok is false where the
// documents have errors, which are printed.
func (p *project) files(ctx context.Context, stderr io.Writer) (out map[string][]byte, model *ir.Model, ok bool) {
	fsys := p.fsys()
	i := codegen.Inspect(ctx, codegen.Input{
		FS: fsys, OpenAPI: p.OpenAPI, AsyncAPI: p.AsyncAPI, Package: path.Join(p.Module, "gen"), Perspective: p.Perspective,
	})
	if p.docs != nil {
		p.docs.print(stderr, i.Diagnostics)
	}
	if i.Files == nil {
		return nil, nil, false
	}
	out = map[string][]byte{}
	for _, name := range i.Loader.Files() {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			fmt.Fprintf(stderr, "duet init: %v\n", err)
			return nil, nil, false
		}
		out[path.Join("api", name)] = data
	}
	generated, err := p.generate(ctx, out)
	if err == nil {
		for name, data := range generated {
			out[path.Join("gen", name)] = data
		}
		err = p.layOut(i.Model, generated, out)
	}
	if err != nil {
		fmt.Fprintf(stderr, "duet init: %v\n", err)
		return nil, nil, false
	}
	return out, i.Model, true
}

// generate makes the generated files from the documents at their new places, as
// duet generate will.
func (p *project) generate(ctx context.Context, copied map[string][]byte) (map[string][]byte, error) {
	fsys := fstest.MapFS{}
	for name, data := range copied {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	for _, name := range []*string{&p.OpenAPI, &p.AsyncAPI} {
		if *name != "" {
			*name = path.Join("api", *name)
		}
	}
	files, _, diags := codegen.Generate(ctx, codegen.Input{
		FS: fsys, OpenAPI: p.OpenAPI, AsyncAPI: p.AsyncAPI, Package: path.Join(p.Module, "gen"), Perspective: p.Perspective,
	})
	if diags.HasErrors() {
		return nil, fmt.Errorf("the documents can't be moved: %v", diags[0])
	}
	return files, nil
}

func (p *project) layOut(model *ir.Model, generated, out map[string][]byte) error {
	p.Model, p.Generated = model, generated
	files, err := scaffold.Files(p.Project)
	maps.Copy(out, files)
	return err
}

// advise says what was made and what to do next.
func (p *project) advise(w io.Writer, f *initFlags, count int, model *ir.Model) {
	printDirections(w, model)
	fmt.Fprintf(w, "%s: %d files\n\nNow:\n", filepath.ToSlash(filepath.Clean(f.dir)), count)
	if f.dir != "." {
		fmt.Fprintf(w, "  cd %s\n", f.dir)
	}
	if f.replaced == "" {
		if duetVersion() == "" {
			fmt.Fprintf(w, "  %s\n", replaceCommand())
		}
		fmt.Fprintln(w, "  go mod tidy")
	}
	fmt.Fprintln(w, "  make test\n  make run")
	if f.replaced == "" && duetVersion() == "" {
		fmt.Fprintf(w, "\n%s:\nthe line with -replace names it. duet init -replace %s does that at once.\n", unpublished, copyFolder())
	}
}
