package codegen_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/duet-api/duet/internal/codegen"
)

// maxSeedBytes keeps the runs of the fuzzer short.
const maxSeedBytes = 12 << 10

// seeds gives the AsyncAPI documents of the golden cases and, where it is there,
// of the public corpus beside the repository.
func seeds(f *testing.F) []string {
	f.Helper()
	var out []string
	for _, root := range []string{"testdata", filepath.Join("..", "..", "..", "shared", "corpus")} {
		if _, err := os.Stat(root); err != nil {
			f.Logf("no seeds of %s: %v", root, err)
			continue
		}
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{".json", ".yaml", ".yml"}, filepath.Ext(path)) {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil && len(data) <= maxSeedBytes && strings.Contains(string(data), "asyncapi") {
				out = append(out, string(data))
			}
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	return out
}

// FuzzGenerate reads any text as an AsyncAPI document, to the end: it gives files,
// or errors that have a place and are not the generator's own mistakes.
func FuzzGenerate(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
		f.Add(s[:len(s)/2])
		i := strings.IndexByte(s, ':')
		f.Add(s[:i] + s[i+1:])
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2*maxSeedBytes {
			t.Skip("long inputs make slow runs and find nothing new")
		}
		in := codegen.Input{FS: fstest.MapFS{"a.yaml": {Data: []byte(text)}}, AsyncAPI: "a.yaml", Package: "example.com/gen"}
		files, _, diags := codegen.Generate(context.Background(), in)
		if (files == nil) != diags.HasErrors() {
			t.Errorf("%d files, errors: %v", len(files), diags.HasErrors())
		}
		for _, d := range diags {
			if !d.Pos.IsValid() || d.Rule == "emit" || strings.Contains(d.Message, "\n") {
				t.Errorf("a finding without a place, of more than a line or about duet: %s", d)
			}
		}
	})
}
