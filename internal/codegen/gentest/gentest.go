// Package gentest builds and runs generated code in tests: in a module of its own
// in a temporary folder, as its users have it.
package gentest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"
)

// modulePath is the path of the temporary module.
const modulePath = "generated.test/all"

// Module is a Go module in a temporary folder, which takes Duet and everything
// that Duet requires from where the test runs. Nothing is downloaded.
type Module struct {
	dir string
}

// New makes an empty module.
func New(t testing.TB) *Module {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	m := &Module{dir: t.TempDir()}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod = bytes.Replace(mod, []byte("module github.com/duet-api/duet\n"), []byte("module "+modulePath+"\n"), 1)
	mod = fmt.Appendf(mod, "\nrequire github.com/duet-api/duet v0.0.0\n\nreplace github.com/duet-api/duet => %s\n", filepath.ToSlash(root))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.Add(t, "", map[string][]byte{"go.mod": mod, "go.sum": sum})
	return m
}

// Root gives the folder of Duet's module, above the working folder.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = parent
	}
}

// Package gives the import path of a folder of the module.
func (m *Module) Package(folder string) string { return path.Join(modulePath, folder) }

// Add writes files, by slash-separated path, below a folder of the module.
func (m *Module) Add(t testing.TB, folder string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		file := filepath.Join(m.dir, filepath.FromSlash(folder), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Go runs the go command in the module and gives what it prints.
func (m *Module) Go(t testing.TB, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	return cmd.CombinedOutput()
}
