package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInit lays projects out beside this working copy of Duet and has them
// checked, built, tested and run, without a network.
func TestInit(t *testing.T) {
	t.Parallel()
	repo, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args  []string
		has   []string
		extra string // a test of testdata/init to add; empty for none
		clean bool   // lint has no warnings
	}{
		"example": {nil, []string{"internal/counter/counter.go", "internal/ws/ws.go", ".ci/run", ".gitignore", "gen/spec/spec.gen.go"}, "", true},
		"given documents": {
			[]string{"-openapi", filepath.Join(repo, "api", "openapi.yaml"), "-asyncapi", filepath.Join(repo, "api", "asyncapi.yaml")},
			[]string{"api/schemas/player.yaml", "internal/rest/operations.go", "internal/ws/room.go"}, "", true,
		},
		"declared errors": {
			[]string{"-openapi", filepath.Join("testdata", "init", "openapi.yaml"), "-asyncapi", filepath.Join("testdata", "init", "asyncapi.yaml")},
			[]string{"internal/ws/orders.go", "internal/ws/events.go", "internal/ws/audit.go"}, "declared_test.go", false,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "mygame")
			var out, errs bytes.Buffer
			args := append([]string{"init", dir, "-module", "example.com/mygame", "-replace", repo}, tt.args...)
			if code := run(t.Context(), args, &out, &errs); code != exitOK {
				t.Fatalf("init: exit code %d\n%s", code, errs.String())
			}
			for _, name := range tt.has {
				if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					t.Error(err)
				}
			}
			commands := [][]string{{"check"}, {"lint"}}
			if tt.clean {
				commands = append(commands, []string{"lint", "-strict"})
			}
			for _, command := range commands {
				var text bytes.Buffer
				if code := run(t.Context(), append(command, "-config", filepath.Join(dir, "duet.yaml")), &text, &text); code != exitOK {
					t.Errorf("duet %s: exit code %d\n%s", command, code, text.String())
				}
			}
			gofmt(t, dir)
			if tt.extra != "" {
				text, err := os.ReadFile(filepath.Join("testdata", "init", tt.extra+".txt"))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, "internal", "server", tt.extra), text, 0o666)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			golang(t, dir, "vet", "./...")
			golang(t, dir, "test", "./...")
			if tt.args == nil { // what follows is the same for all
				golang(t, dir, "mod", "tidy")
				smoke(t, dir)
			}
		})
	}
}

// golang runs a go command in a project that has no network.
func golang(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -buildvcs=false", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// gofmt checks that what was laid out is formatted.
func gofmt(t *testing.T, dir string) {
	t.Helper()
	out, err := exec.Command("gofmt", "-l", dir).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("gofmt: %v\n%s", err, out)
	}
}

// smoke builds the server, starts it on a free port and stops it.
func smoke(t *testing.T, dir string) {
	t.Helper()
	golang(t, dir, "build", "-o", filepath.Join(dir, "bin", "server.exe"), "./cmd/server")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "bin", "server.exe"), "-addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 64)
	n, err := out.Read(line)
	if !strings.HasPrefix(string(line[:n]), "listening on http://127.0.0.1:") {
		t.Errorf("the server says %q, %v", line[:n], err)
	}
	stop()
	_ = cmd.Wait() // it was killed
}

// TestInitKeeps checks that nothing in a folder is overwritten, and that what is
// missing is added.
func TestInitKeeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lay := func() (int, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"init", "-module", "example.com/mygame", dir}, &out, &errs)
		return code, errs.String()
	}
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, text := lay(); code != exitOK {
		t.Fatalf("beside a file of another name: exit code %d\n%s", code, text)
	}
	makefile := filepath.Join(dir, "Makefile")
	if err := os.Remove(makefile); err != nil {
		t.Fatal(err)
	}
	if code, text := lay(); code != exitOK {
		t.Fatalf("to add what is missing: exit code %d\n%s", code, text)
	}
	if _, err := os.Stat(makefile); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(makefile); err != nil {
		t.Fatal(err)
	}
	code, text := lay()
	if code != exitUsage || !strings.Contains(text, "README.md; nothing was written") {
		t.Errorf("over a changed file: exit code %d\n%s", code, text)
	}
	if _, err := os.Stat(makefile); err == nil {
		t.Error("a run that failed wrote the Makefile")
	}
	if data, err := fs.ReadFile(os.DirFS(dir), "notes.txt"); err != nil || string(data) != "mine" {
		t.Errorf("notes.txt: %q, %v", data, err)
	}
}
