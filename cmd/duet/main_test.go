package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/modfile"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"duet": main})
}

// TestScripts runs the command as users do. Each script of testdata tells one
// story.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "", RequireExplicitExec: true, Setup: setup,
	})
}

// setup lets scripts run the go command on generated modules, offline: with the
// caches of whoever runs the tests, and Duet's own folder as DUET.
func setup(env *testscript.Env) error {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return err
	}
	env.Setenv("DUET", filepath.ToSlash(root))
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		return err
	}
	dirs := strings.Fields(string(out))
	env.Setenv("GOCACHE", dirs[0])
	env.Setenv("GOMODCACHE", dirs[1])
	env.Setenv("GOPROXY", "off")
	env.Setenv("GOSUMDB", "off")
	env.Setenv("GOFLAGS", "-mod=mod")
	env.Setenv("GOWORK", "off")
	return nil
}

// TestPinnedVersions compares what generated modules require with what Duet does.
func TestPinnedVersions(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", goModName))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(goModName, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{"go": goVersion, oapiRuntime: oapiVersion, gorilla: gorillaVersion}
	want := map[string]string{"go": mod.Go.Version}
	for _, r := range mod.Require {
		if got[r.Mod.Path] != "" {
			want[r.Mod.Path] = r.Mod.Version
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-go.mod +generated):\n%s", diff)
	}
}
