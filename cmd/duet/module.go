package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// What the go.mod of a generated module asks for. The versions are those that
// Duet itself is built and tested with.
const (
	duetPath         = "github.com/duet-api/duet"
	goVersion        = "1.25.0"
	oapiRuntime      = "github.com/oapi-codegen/runtime"
	oapiVersion      = "v1.8.0"
	gorilla          = "github.com/gorilla/websocket"
	gorillaVersion   = "v1.5.3"
	replacedVersion  = "v0.0.0" // of a Duet that is replaced by a folder
	goModName        = "go.mod"
	importsRESTParts = `"` + oapiRuntime
	importsSockets   = `"` + duetPath + "/runtime/socket"
)

// goModule is the go.mod of a generated module.
type goModule struct {
	path    string
	replace string // the folder of Duet, as go.mod has it; empty for none
	version string // of Duet; empty where it is not known
}

// newGoModule prepares the go.mod of a module below out. replace is a folder as
// the user wrote it; it must hold Duet.
func newGoModule(path, out, replace string) (*goModule, error) {
	m := &goModule{path: path, version: duetVersion()}
	if replace == "" {
		return m, nil
	}
	data, err := os.ReadFile(filepath.Join(replace, goModName))
	if err != nil {
		return nil, fmt.Errorf("-replace: %w", err)
	}
	if modfile.ModulePath(data) != duetPath {
		return nil, fmt.Errorf("-replace: %s is not the module %s", replace, duetPath)
	}
	m.version = replacedVersion
	m.replace = replace
	if !filepath.IsAbs(replace) {
		if m.replace, err = relative(out, replace); err != nil {
			return nil, fmt.Errorf("-replace: %w", err)
		}
	}
	m.replace = filepath.ToSlash(m.replace)
	return m, nil
}

// relative gives the path from one folder to another as a go.mod wants it.
func relative(from, to string) (string, error) {
	a, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	b, err := filepath.Abs(to)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(a, b)
	if err != nil || strings.HasPrefix(rel, "..") {
		return rel, err
	}
	return "./" + rel, nil
}

// duetVersion is the version of this program; empty for one that was built from
// a working copy.
func duetVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != duetPath || module.Check(duetPath, info.Main.Version) != nil {
		return ""
	}
	return info.Main.Version
}

// file gives the go.mod for generated files. A go.mod that is there keeps what
// it has and gets what is missing.
func (m *goModule) file(old []byte, files map[string][]byte) ([]byte, error) {
	f := &modfile.File{}
	if old != nil {
		var err error
		if f, err = modfile.Parse(goModName, old, nil); err != nil {
			return nil, err
		}
		if f.Module == nil || f.Module.Mod.Path != m.path {
			return nil, fmt.Errorf("%s is of the module %s and not of %s", goModName, modfile.ModulePath(old), m.path)
		}
	} else if err := errors.Join(f.AddModuleStmt(m.path), f.AddGoStmt(goVersion)); err != nil {
		return nil, err
	}
	m.require(f, files)
	if m.replace != "" {
		if err := f.AddReplace(duetPath, "", m.replace, ""); err != nil {
			return nil, err
		}
	}
	f.Cleanup()
	return f.Format()
}

// require adds the requirements that the files have and the go.mod has not.
func (m *goModule) require(f *modfile.File, files map[string][]byte) {
	has := map[string]bool{}
	for _, r := range f.Require {
		has[r.Mod.Path] = true
	}
	add := func(path, version string, indirect bool) {
		if !has[path] && version != "" {
			f.AddNewRequire(path, version, indirect)
		}
	}
	add(duetPath, m.version, false)
	if imports(files, importsRESTParts) {
		add(oapiRuntime, oapiVersion, false)
	}
	if imports(files, importsSockets) {
		add(gorilla, gorillaVersion, true)
	}
}

// imports reports whether any file has the start of an import.
func imports(files map[string][]byte, start string) bool {
	for _, data := range files {
		if bytes.Contains(data, []byte(start)) {
			return true
		}
	}
	return false
}

// update writes the go.mod of a module in root where it is not as it must be.
func (m *goModule) update(root *os.Root, files map[string][]byte) (want []byte, changed bool, err error) {
	old, err := root.ReadFile(goModName)
	if errors.Is(err, fs.ErrNotExist) {
		old, err = nil, nil
	}
	if err != nil {
		return nil, false, err
	}
	want, err = m.file(old, files)
	return want, old == nil || !bytes.Equal(old, want), err
}

// advise tells what the module still needs.
func (m *goModule) advise(w io.Writer, dir string) {
	if m.version == "" {
		fmt.Fprintln(w, "this duet has no version: go mod tidy takes the latest that is published; to use a copy, add -replace FOLDER")
	}
	fmt.Fprintf(w, "%s is the module %s; now run go mod tidy and go test ./... there\n", dir, m.path)
}

// compare adds the go.mod to the differences of an output folder where it lacks
// something.
func (m *goModule) compare(o *output, files map[string][]byte, differences []difference) ([]difference, error) {
	root, err := o.open(false)
	if errors.Is(err, fs.ErrNotExist) {
		return append(differences, difference{name: goModName, what: "missing"}), nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if _, changed, err := m.update(root, files); err != nil || changed {
		return append(differences, difference{name: goModName, what: "lacks what the module needs"}), err
	}
	return differences, nil
}
