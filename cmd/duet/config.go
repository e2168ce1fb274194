package main

import (
	"cmp"
	gotoken "go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// settings are the settings of duet.yaml.
func settings() []string {
	return append([]string{remoteFlag, "asyncapi", "lint", "module", "openapi", "out", "perspective", "root"}, packageSettings()...)
}

// packageSettings are the settings that name generated packages.
func packageSettings() []string { return []string{"client", "restapi", "schema", "wsapi"} }

// configJob makes a job of a configuration file. diags are about the file, whose
// folder they are shown below; the job is nil where there are any.
func configJob(file string, diags *source.Diagnostics) (*job, error) {
	dir, name := filepath.Dir(file), filepath.Base(file)
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	values := readConfig(folder.FS(), name, diags)
	diags.Sort()
	if len(*diags) > 0 {
		return nil, nil
	}
	docs, err := location{openapi: values["openapi"], asyncapi: values["asyncapi"], root: values["root"], base: dir}.open()
	if err != nil {
		return nil, err
	}
	out := path.Clean(values["out"])
	j := &job{
		docs: docs, remote: values[remoteFlag],
		out: &output{within: dir, dir: out, shown: out},
		input: codegen.Input{
			FS: docs.root.FS(), OpenAPI: docs.openapi, AsyncAPI: docs.asyncapi,
			Package: path.Join(values["module"], out), Perspective: values["perspective"], Names: values,
		},
	}
	return j, allowRemote(values[remoteFlag], &j.input)
}

// readConfig reads a configuration file, a map of strings.
func readConfig(fsys fs.FS, name string, diags *source.Diagnostics) map[string]string {
	doc := spec.NewLoader(fsys, diags).Load(name)
	if doc == nil {
		return nil
	}
	values := map[string]string{}
	for _, p := range doc.Members() {
		switch {
		case !slices.Contains(settings(), p.Key):
			diags.Errorf(p.KeyPos, "config", "", "there is no setting %q%s", p.Key, spec.DidYouMean(p.Key, settings()))
		case p.Key == "lint": // duet lint reads it
		case p.Value.Str() == "":
			diags.Errorf(p.Value.Pos, "config", "", "%s must be a string", p.Key)
		case p.Key == "perspective" && !isPerspective(p.Value.Str()):
			diags.Errorf(p.Value.Pos, "config", "", "perspective must be server or client")
		case slices.Contains(packageSettings(), p.Key):
			checkPackageName(p, values, diags)
		}
		values[p.Key] = p.Value.Str()
	}
	for _, key := range []string{"out", "module"} {
		if values[key] == "" && !doc.Has(key) {
			diags.Errorf(doc.Pos, "config", "add "+key+":", "the setting %s is missing", key)
		}
	}
	if out := path.Clean(values["out"]); doc.Has("out") && (!fs.ValidPath(out) || out == ".") {
		diags.Errorf(doc.Get("out").Pos, "config", "write a folder such as gen", "out must be a folder below that of %s", name)
	}
	return values
}

var packageName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// checkPackageName reports a name that a package can't have: one that is no plain
// name, that generated code has for another package, or that is given twice.
func checkPackageName(p spec.Pair, given map[string]string, diags *source.Diagnostics) {
	name := p.Value.Str()
	used := strings.Fields("big bytes context embed errors fmt http io iter json math mime reflect regexp roundtrip runtime " +
		"sample slices slog socket spec strconv strings testing time token trip url utf8 wire")
	for _, pkg := range packageSettings() {
		if pkg != p.Key {
			used = append(used, cmp.Or(given[pkg], pkg))
		}
	}
	if !packageName.MatchString(name) || gotoken.IsKeyword(name) || slices.Contains(used, name) {
		diags.Errorf(p.Value.Pos, "config", "write a short word in lower case", "%q can't be the name of the package %s", name, p.Key)
	}
}

func isPerspective(s string) bool { return s == "server" || s == "client" }
