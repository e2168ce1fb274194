package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
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
// a working copy, whose version no proxy has: such a one has no checksum.
func duetVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != duetPath || info.Main.Sum == "" || module.Check(duetPath, info.Main.Version) != nil {
		return ""
	}
	return info.Main.Version
}

// workingCopy finds the working copy of Duet that this program was built from, or
// else is run in; empty where there is none.
func workingCopy() string {
	var starts []string
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		starts = append(starts, filepath.Dir(file))
	}
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	for _, dir := range starts {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if data, err := os.ReadFile(filepath.Join(dir, goModName)); err == nil && modfile.ModulePath(data) == duetPath {
				return dir
			}
		}
	}
	return ""
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
		fmt.Fprintf(w, "%s: add -replace %s, or run the first of these\n", unpublished, copyFolder())
	}
	fmt.Fprintf(w, "%s is the module %s; now run there:\n", dir, m.path)
	if m.version == "" {
		fmt.Fprintf(w, "  %s\n", replaceCommand())
	}
	fmt.Fprintln(w, "  go mod tidy\n  go test ./...")
}

const unpublished = "This duet is a working copy and has no version that go mod tidy could get"

// copyFolder is the working copy to name to the user.
func copyFolder() string { return cmp.Or(workingCopy(), "FOLDER-OF-DUET") }

// replaceCommand has a module use the working copy.
func replaceCommand() string {
	arg := duetPath + "=" + copyFolder()
	if strings.ContainsAny(arg, " \t'\"$") {
		arg = strconv.Quote(arg)
	}
	return "go mod edit -replace " + arg
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
