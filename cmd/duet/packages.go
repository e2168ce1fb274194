package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// packages are the folders of generated packages that a configuration names, and
// where it does.
type packages struct {
	folders map[string]string
	pos     map[string]source.Pos
}

// readPackages reads the setting packages.
func readPackages(n *spec.Node, diags *source.Diagnostics) packages {
	out := packages{map[string]string{}, map[string]source.Pos{}}
	known := codegen.Packages()
	if n.Kind != spec.Map {
		diags.Errorf(n.Pos, "config", "write packages: {schema: model}", "packages must be a map")
		return out
	}
	for _, p := range n.Members() {
		switch {
		case !slices.Contains(known, p.Key):
			diags.Errorf(p.KeyPos, "config", "the packages are "+strings.Join(known, ", "), "there is no package %q%s", p.Key, spec.DidYouMean(p.Key, known))
		case p.Value.Str() == "":
			diags.Errorf(p.Value.Pos, "config", "", "%s must be a string", p.Key)
		default:
			out.folders[p.Key], out.pos[p.Key] = p.Value.Str(), p.Value.Pos
		}
	}
	for _, pkg := range known {
		if folder := out.folders[pkg]; folder != "" {
			if why, fix := out.wrong(pkg, folder); why != "" {
				diags.Errorf(out.pos[pkg], "config", fix, "%q can't be the package %s: %s", folder, pkg, why)
			}
		}
	}
	return out
}

var packageName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// takenNames are the names of packages that generated code imports besides its
// own.
var takenNames = strings.Fields("big bytes context embed errors fmt http io iter json math mime reflect regexp runtime " +
	"sample slices slog socket strconv strings testing time token trip url utf8 wire")

// wrong says why a folder can't hold a package; empty where it can.
func (p packages) wrong(pkg, folder string) (why, fix string) {
	const word = "write a short word in lower case, or a folder below out that ends in one"
	name := path.Base(folder)
	elements := strings.Split(folder, "/")
	switch {
	case !fs.ValidPath(folder):
		return "it is no path below the folder out", word
	case !packageName.MatchString(name) || strings.HasSuffix(name, "_test"):
		return fmt.Sprintf("%q is no name of a package", name), word
	case gotoken.IsKeyword(name) || slices.Contains([]string{"main", "internal", "vendor", "testdata"}, name):
		return fmt.Sprintf("%q means something else in Go", name), word
	case slices.Contains(takenNames, name):
		return fmt.Sprintf("generated code imports another package %q", name), "choose another name"
	case slices.Contains(elements[1:], "internal"):
		return "other packages can't import what is below an internal folder of its own", "let internal come first"
	}
	for _, e := range elements {
		if !folderName.MatchString(e) || e == "vendor" || e == "testdata" {
			return fmt.Sprintf("Go looks at no folder %q", e), "choose another folder"
		}
	}
	for _, other := range codegen.Packages() {
		if other != pkg && path.Base(p.folder(other)) == name {
			return "it has the name of the package " + other, "choose another name"
		}
	}
	return "", ""
}

var folderName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*$`)

// folder gives the folder of a package.
func (p packages) folder(pkg string) string { return codegen.Input{Folders: p.folders}.Folder(pkg) }

// all gives the folders of all packages.
func (p packages) all() []string {
	var out []string
	for _, pkg := range codegen.Packages() {
		out = append(out, p.folder(pkg))
	}
	return out
}

// checkNames reports the chosen names that generated code has for something else
// where it imports the package.
func (p packages) checkNames(files map[string][]byte, importPath string, diags *source.Diagnostics) {
	for _, pkg := range slices.Sorted(maps.Keys(p.folders)) {
		name, quoted := path.Base(p.folder(pkg)), strconv.Quote(path.Join(importPath, p.folder(pkg)))
		importing := map[string]bool{} // folders
		for file, text := range files {
			importing[path.Dir(file)] = importing[path.Dir(file)] || strings.Contains(string(text), quoted)
		}
		for _, file := range slices.Sorted(maps.Keys(files)) {
			if importing[path.Dir(file)] && declares(files[file], name) {
				diags.Errorf(p.pos[pkg], "config", "choose another name", "%q can't be the package %s: %s has another thing of that name", p.folder(pkg), pkg, file)
				break
			}
		}
	}
}

// declares reports whether Go code declares a name. Code that can't be parsed
// declares nothing.
func declares(text []byte, name string) bool {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "", text, 0)
	if err != nil {
		return false
	}
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name && id.Obj != nil {
			found = true // resolved to a declaration of this file
		}
		return !found
	})
	return found
}
