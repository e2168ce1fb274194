package golang_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/golang"
)

// chatPackage is where the golden files of chat.yaml are.
const chatPackage = "github.com/duet-api/duet/internal/codegen/golang/testdata/chat"

var chatOptions = golang.Options{Sources: []string{"chat.yaml"}, Schema: chatPackage + "/schema", WSAPI: chatPackage + "/wsapi"}

// TestWSAPIGolden compares package wsapi of a contract full of awkward names
// with its golden files, which must compile together with its package schema.
func TestWSAPIGolden(t *testing.T) {
	t.Parallel()
	m := model(t, "testdata", "", "chat.yaml")
	for folder, render := range map[string]func() (map[string][]byte, error){
		"schema": func() (map[string][]byte, error) { return golang.Schema(m, chatOptions) },
		"wsapi":  func() (map[string][]byte, error) { return golang.WSAPI(m, chatOptions) },
	} {
		files, err := render()
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, filepath.Join("testdata", "chat", folder), files)
	}
	if out, err := exec.Command("go", "vet", "./testdata/chat/...").CombinedOutput(); err != nil {
		t.Errorf("the golden files do not compile: %v\n%s", err, out)
	}
}

func compareGolden(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if *update {
		writeAll(t, dir, files)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff(names, slices.Sorted(maps.Keys(files))); diff != "" {
		t.Errorf("files of %s (-golden +got):\n%s", dir, diff)
	}
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(files[name])); diff != "" {
			t.Errorf("%s (-golden +got):\n%s", filepath.Join(dir, name), diff)
		}
	}
}

// TestWSAPILinesPerMessage holds generated code to its budget: what repeats for
// each message belongs in runtime/socket.
func TestWSAPILinesPerMessage(t *testing.T) {
	t.Parallel()
	const budget = 50
	m := model(t, "testdata", "", "chat.yaml")
	lines := func() int {
		files, err := golang.WSAPI(m, chatOptions)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, text := range files {
			n += bytes.Count(text, []byte("\n"))
		}
		return n
	}
	whole := lines()
	s := m.Sockets[0]
	for len(s.ToServer) > 0 {
		name := s.ToServer[0].Name
		s.ToServer = s.ToServer[1:]
		rest := lines()
		if whole-rest > budget {
			t.Errorf("%s takes %d lines, want at most %d", name, whole-rest, budget)
		}
		whole = rest
	}
	for len(s.ToClient) > 1 {
		name := s.ToClient[0].Name
		s.ToClient = s.ToClient[1:]
		rest := lines()
		t.Logf("%s takes %d lines", name, whole-rest)
		if whole-rest > budget {
			t.Errorf("%s takes %d lines, want at most %d", name, whole-rest, budget)
		}
		whole = rest
	}
}

func TestWSAPIIsStable(t *testing.T) {
	t.Parallel()
	m := model(t, "testdata", "", "chat.yaml")
	first, err := golang.WSAPI(m, chatOptions)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := golang.WSAPI(m, chatOptions)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatalf("two runs differ:\n%s", diff)
		}
	}
}
