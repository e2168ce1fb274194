package rest

import (
	"embed"
	"fmt"
	"path"
	"slices"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

//go:embed templates
var templates embed.FS

// Options holds what Generate needs to know besides the model. Package and
// Schema have no default.
type Options struct {
	// Package names the generated package: restapi.
	Package string
	// Schema is the import path of the generated package of types.
	Schema string
	// Sources are the paths of the documents, for the header of each file.
	Sources []string
}

// schema names the package of types.
func (o Options) schema() string { return path.Base(o.Schema) }

// Generate makes the files of the REST package, by name. It gives nil where the
// model has no REST half, or where diags got an error. Generate may be called by
// several goroutines at the same time; the part of it that is oapi-codegen runs
// in one of them at a time.
func Generate(model *ir.Model, opts Options, diags *source.Diagnostics) map[string][]byte {
	if model.REST == nil {
		return nil
	}
	before := len(*diags)
	doc := annotate(model, opts, diags)
	groups := routes(model.REST, diags)
	params := printParams(model.REST, opts, diags)
	if slices.ContainsFunc((*diags)[before:], isError) {
		return nil
	}
	for _, g := range groups {
		g.mark(doc)
	}
	files := map[string][]byte{}
	for _, part := range parts() {
		text, err := generate(doc, opts.Package, part)
		if err == nil {
			files[part.file], err = tidy(text, part.doc(model, opts), opts)
		}
		if err != nil {
			report(model.REST, part, err, diags)
			return nil
		}
	}
	var err error
	if files["params.gen.go"], err = params.Bytes(); err == nil {
		err = support("support", opts, files)
	}
	if err == nil && (params.forms || len(params.shapes) > 0) {
		err = support("shape", opts, files)
	}
	if err == nil && params.forms {
		err = support("form", opts, files)
	}
	if err == nil && len(groups) > 0 {
		err = printGroups(groups, opts, files)
	}
	if err != nil {
		report(model.REST, part{}, err, diags)
		return nil
	}
	return files
}

// CheckRoutes reports the paths that net/http can't route. It is for models that
// are not whole, of which Generate would say more than is so.
func CheckRoutes(model *ir.Model, diags *source.Diagnostics) {
	if model.REST != nil {
		routes(model.REST, diags)
	}
}

// packageDoc is the package comment of the generated package.
const packageDoc = `Package %s is the REST half of %s: what a server implements and a client.

A server implements [StrictServerInterface], whose operations take and return typed values, and serves it by [NewStrictHandler] and [HandlerWithOptions]. By then requests have been checked against the contract. [ClientWithResponses] calls the operations and decodes what they answer.`

// doc gives the package comment where the part has it.
func (p part) doc(model *ir.Model, opts Options) string {
	if !p.generate.Models {
		return ""
	}
	return fmt.Sprintf(packageDoc, opts.Package, model.Title)
}

func isError(d source.Diagnostic) bool { return d.Severity == source.Error }
