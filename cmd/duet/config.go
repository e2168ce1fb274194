package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
	"github.com/duet-api/duet/internal/contract/lint"
)

// setting is a setting of duet.yaml.
type setting struct{ name, doc string }

// settings are all of them. This is what duet generate -help prints.
func settings() []setting {
	return []setting{
		{remoteFlag, "the prefixes of URLs, with commas between them, that references may name (default none)"},
		{"asyncapi", "the AsyncAPI document"},
		{"openapi", "the OpenAPI document; one of the two may be left out"},
		{"out", "the folder to generate into; . for that of the file"},
		{"module", "the import path of the folder of the file"},
		{"perspective", "whose view the AsyncAPI document takes: server or client (default what it says)"},
		{"root", "the folder that references may reach (default the nearest that holds the documents)"},
		{"packages", "names or folders below out of generated packages, such as {schema: model}; there are\n" + strings.Join(codegen.Packages(), ", ")},
		{"lint", "ignore: a list of {rule: NAME, path: PATTERN, reason: TEXT}; path may be left out"},
	}
}

// settingNames are the names of the settings.
func settingNames() []string {
	var out []string
	for _, s := range settings() {
		out = append(out, s.name)
	}
	return out
}

// explainSettings prints all settings.
func explainSettings(w io.Writer) {
	fmt.Fprint(w, "\nSettings of duet.yaml (paths are relative to its folder):\n")
	for _, s := range settings() {
		fmt.Fprintf(w, "  %-12s %s\n", s.name, strings.ReplaceAll(s.doc, "\n", "\n"+strings.Repeat(" ", 15)))
	}
}

// config is what a configuration file says.
type config struct {
	values   map[string]string
	packages packages
	ignore   []lint.Ignore
}

// configJob makes a job of a configuration file. diags are about the file, whose
// folder they are shown below; the job is nil where there are any.
func configJob(file string, diags *source.Diagnostics) (*job, error) {
	dir, name := filepath.Dir(file), filepath.Base(file)
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	c := readConfig(folder.FS(), name, diags)
	diags.Sort()
	if len(*diags) > 0 {
		return nil, nil
	}
	docs, err := location{openapi: c.values["openapi"], asyncapi: c.values["asyncapi"], root: c.values["root"], base: dir}.open()
	if err != nil {
		return nil, err
	}
	docs.ignore = c.ignore
	docs.relocate(file)
	out := path.Clean(c.values["out"])
	j := &job{
		docs: docs, config: file, remote: c.values[remoteFlag], packages: c.packages,
		out: &output{within: dir, dir: out, shown: out},
		input: codegen.Input{
			FS: docs.root.FS(), OpenAPI: docs.openapi, AsyncAPI: docs.asyncapi,
			Package: path.Join(c.values["module"], out), Perspective: c.values["perspective"], Folders: c.packages.folders,
		},
	}
	if out == "." { // the rest of the module is the user's
		j.out.folders = c.packages.all()
	}
	return j, allowRemote(c.values[remoteFlag], &j.input)
}

// readConfig reads a configuration file.
func readConfig(fsys fs.FS, name string, diags *source.Diagnostics) config {
	c := config{values: map[string]string{}}
	if _, err := fs.Stat(fsys, name); errors.Is(err, fs.ErrNotExist) {
		diags.Errorf(source.Pos{File: name, Line: 1, Column: 1}, "file-missing",
			"write it, or name documents by -asyncapi FILE and -openapi FILE, or lay a project out by duet init", "there is no configuration file %q", name)
		return c
	}
	doc := spec.NewLoader(fsys, diags).Load(name)
	if doc == nil {
		return c
	}
	for _, p := range doc.Members() {
		switch {
		case !slices.Contains(settingNames(), p.Key):
			diags.Errorf(p.KeyPos, "config", "the settings are "+strings.Join(settingNames(), ", "), "there is no setting %q%s", p.Key, spec.DidYouMean(p.Key, settingNames()))
		case p.Key == "lint":
			c.ignore = lint.ParseIgnores(p.Value, diags)
		case p.Key == "packages":
			c.packages = readPackages(p.Value, diags)
		case p.Value.Str() == "":
			diags.Errorf(p.Value.Pos, "config", "", "%s must be a string", p.Key)
		case p.Key == "perspective" && !isPerspective(p.Value.Str()):
			diags.Errorf(p.Value.Pos, "config", "", "perspective must be server or client")
		}
		c.values[p.Key] = p.Value.Str()
	}
	for _, key := range []string{"out", "module"} {
		if c.values[key] == "" && !doc.Has(key) {
			diags.Errorf(doc.Pos, "config", "add "+key+":", "the setting %s is missing", key)
		}
	}
	if c.values["asyncapi"] == "" && c.values["openapi"] == "" && !doc.Has("asyncapi") && !doc.Has("openapi") {
		diags.Errorf(doc.Pos, "config", "add asyncapi: or openapi:", "there is nothing to generate from")
	}
	if doc.Has("out") && !fs.ValidPath(path.Clean(c.values["out"])) {
		diags.Errorf(doc.Get("out").Pos, "config", "write a folder such as gen", "out must be the folder of %s or one below it", name)
	}
	return c
}

func isPerspective(s string) bool { return s == "server" || s == "client" }
