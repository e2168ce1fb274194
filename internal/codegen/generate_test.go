package codegen_test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/gentest"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// cases gives the folders of testdata. Each holds an asyncapi.yaml, an
// openapi.yaml or both, and the diagnostics that they give.
func cases(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob("testdata/*/diagnostics.txt")
	if *update {
		folders, err = filepath.Glob("testdata/*/*api.yaml")
	}
	if err != nil || len(folders) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	var out []string
	for _, f := range folders {
		if dir := filepath.Dir(f); len(out) == 0 || out[len(out)-1] != dir {
			out = append(out, dir)
		}
	}
	return out
}

// goldenPackage is where the output of a case would be in this module.
func goldenPackage(dir string) string {
	return "github.com/duet-api/duet/internal/codegen/" + filepath.ToSlash(dir) + "/gen"
}

func generate(t *testing.T, dir string) (map[string][]byte, *ir.Model, source.Diagnostics) {
	t.Helper()
	return generateAs(t, dir, goldenPackage(dir))
}

func generateAs(t *testing.T, dir, pkg string) (map[string][]byte, *ir.Model, source.Diagnostics) {
	t.Helper()
	in := codegen.Input{FS: os.DirFS(dir), Package: pkg}
	if _, err := os.Stat(filepath.Join(dir, "asyncapi.yaml")); err == nil {
		in.AsyncAPI = "asyncapi.yaml"
	}
	if _, err := os.Stat(filepath.Join(dir, "openapi.yaml")); err == nil {
		in.OpenAPI = "openapi.yaml"
	}
	return codegen.Generate(context.Background(), in)
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, dir := range cases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			files, model, diags := generate(t, dir)
			var text strings.Builder
			for _, d := range diags {
				text.WriteString(d.String() + "\n")
			}
			compare(t, filepath.Join(dir, "diagnostics.txt"), text.String())
			if diags.HasErrors() != (files == nil) {
				t.Errorf("%d files and errors: %v", len(files), diags.HasErrors())
			}
			if model != nil {
				compare(t, filepath.Join(dir, "model.txt"), describe(model))
			}
			compareFiles(t, filepath.Join(dir, "gen"), files)
		})
	}
}

// compareFiles compares the output of a case that keeps it.
func compareFiles(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		return
	}
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range files {
		compare(t, filepath.Join(dir, filepath.FromSlash(name)), string(data))
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if _, ok := files[filepath.ToSlash(name)]; err == nil && !d.IsDir() && !ok {
			t.Errorf("%s is not generated any more", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestGoldenRuns builds the output of all cases at once, in a module of its own, and
// runs the generated tests. A case may have a test of its own, use_test.go.txt, in
// which GENERATED stands for the path of its packages.
func TestGoldenRuns(t *testing.T) {
	t.Parallel()
	module := gentest.New(t)
	some := false
	for _, dir := range cases(t) {
		folder := filepath.Base(dir)
		files, _, _ := generateAs(t, dir, module.Package(folder))
		module.Add(t, folder, files)
		if text, err := os.ReadFile(filepath.Join(dir, "use_test.go.txt")); err == nil {
			text = bytes.ReplaceAll(text, []byte("GENERATED"), []byte(module.Package(folder)))
			module.Add(t, folder+"/use", map[string][]byte{"use_test.go": text})
		}
		some = some || len(files) > 0
	}
	if !some {
		t.Fatal("no case generates anything")
	}
	if out, err := module.Go(t, "test", "./..."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestGenerateTwice(t *testing.T) {
	t.Parallel()
	for _, dir := range cases(t) {
		a, _, _ := generate(t, dir)
		b, _, _ := generate(t, dir)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: two runs differ:\n%s", dir, diff)
		}
	}
}
