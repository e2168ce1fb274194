package corpus

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/gentest"
)

var (
	update = flag.Bool("update", false, "rewrite the golden table")
	table  = flag.Bool("table", false, "print the table")
)

const golden = "testdata/outcomes.txt"

// folder gives the corpus, which is beside the repository. Without it the test is
// skipped, but on a CI machine only where the folder above is missing too.
func folder(t testing.TB) fs.FS {
	t.Helper()
	root, err := gentest.Root()
	if err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(filepath.Dir(root), "shared")
	corpus := filepath.Join(beside, "corpus", "asyncapi")
	entries, err := os.ReadDir(corpus)
	if err == nil && len(entries) > 0 {
		return os.DirFS(corpus)
	}
	if _, missing := os.Stat(beside); os.Getenv("CI") == "true" && !errors.Is(missing, fs.ErrNotExist) {
		t.Fatalf("the corpus can't be read: %v", err)
	}
	t.Skipf("the corpus is not here: %v", err)
	return nil
}

// TestCorpus generates from every document, builds, vets and runs everything that
// was generated at once, and compares the outcomes with the golden table.
func TestCorpus(t *testing.T) {
	t.Parallel()
	fsys := folder(t)
	names := documents(t, fsys)
	module := gentest.New(t)
	var outcomes []*outcome
	for i, name := range names {
		o := &outcome{name: name, folder: fmt.Sprintf("d%03d", i)}
		files := o.generate(t, fsys, module.Package(o.folder))
		module.Add(t, o.folder, files)
		outcomes = append(outcomes, o)
	}
	text := render(outcomes)
	if *table {
		fmt.Print(text)
	}
	compare(t, text)
	if testing.Short() {
		return
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "-vet=off", "-ldflags=-s -w", "./..."}} {
		if out, err := module.Go(t, args...); err != nil {
			t.Errorf("go %s: %v\n%s", args[0], err, legible(out, outcomes))
		}
	}
}

// legible puts the names of documents into what the go command says.
func legible(out []byte, outcomes []*outcome) string {
	text := string(out)
	for _, o := range outcomes {
		text = strings.ReplaceAll(text, o.folder+"/", "<"+o.name+">/")
	}
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "ok  \t") && !strings.HasSuffix(line, "[no test files]\n") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// documents lists the AsyncAPI and OpenAPI documents of the corpus. Files that
// are parts of others are left out.
func documents(t *testing.T, fsys fs.FS) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch path.Ext(name) {
		case ".json", ".yaml", ".yml":
		default:
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err == nil && kindOf(data) != "" {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d documents: %v", len(names), err)
	}
	return names
}

func compare(t *testing.T, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}
