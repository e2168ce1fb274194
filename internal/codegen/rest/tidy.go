package rest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"

	"github.com/duet-api/duet/internal/codegen/emit"
)

// tidy gives a Go file the header of generated files, a package comment, which may
// be empty, and exactly the imports that it uses, chosen from those that it has,
// and formats it.
func tidy(text, doc string, opts Options) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, opts.Package+".go", text, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("parse generated text: %w", err)
	}
	used := map[string]bool{}
	for _, id := range file.Unresolved { // package names are not resolved by the parser
		used[id.Name] = true
	}
	out := emit.NewGoFile(opts.Package, opts.Sources...)
	out.PackageDoc(doc)
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if !used[name] {
			continue
		}
		if got := out.Use(importPath); got != name {
			return nil, fmt.Errorf("import %q is named %s, not %s", importPath, got, name)
		}
	}
	out.P("%s", text[bodyStart(fset, file):])
	return out.Bytes()
}

// bodyStart gives the offset at which the text after the imports starts.
func bodyStart(fset *token.FileSet, file *ast.File) int {
	end := file.Name.End()
	for _, decl := range file.Decls {
		if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			end = d.End()
		}
	}
	return fset.Position(end).Offset
}

// support adds a file of functions that the generated files share.
func support(name string, opts Options, files map[string][]byte) error {
	text, err := templates.ReadFile("templates/" + name + ".go.txt")
	if err == nil {
		files[name+".gen.go"], err = tidy(string(text), "", opts)
	}
	return err
}
