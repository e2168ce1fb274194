package codegen_test

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
)

var version3 = regexp.MustCompile(`(?m)^\s*"?asyncapi"?: *['"]?3\.`)

// TestCorpus reads public AsyncAPI 3 documents, which are kept beside the
// repository and not in it. Whatever they hold, generation ends in files or in
// errors that have a place.
func TestCorpus(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	rules := map[string]int{}
	read, generated := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".json", ".yaml", ".yml"}, filepath.Ext(path)) {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || !version3.Match(data) {
			return err
		}
		read++
		if corpusDocument(t, path, rules) {
			generated++
		}
		return nil
	})
	if err != nil || read == 0 {
		t.Fatalf("%d documents read: %v", read, err)
	}
	t.Logf("%d documents, %d generate", read, generated)
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		t.Logf("%4d %s", rules[rule], rule)
	}
}

func corpusDocument(t *testing.T, path string, rules map[string]int) bool {
	in := codegen.Input{FS: os.DirFS(filepath.Dir(path)), AsyncAPI: filepath.Base(path), Package: "example.com/gen"}
	files, _, diags := codegen.Generate(context.Background(), in)
	for _, d := range diags {
		if d.Severity == source.Error {
			rules[d.Rule]++
			t.Logf("%s: %s", filepath.Dir(path), d)
		}
		if !d.Pos.IsValid() || d.Rule == "emit" || strings.Contains(d.Message, "\n") {
			t.Errorf("%s: a finding without a place, or not in one line: %s", path, d)
		}
	}
	for name, data := range files {
		if bytes.Contains(data, []byte("%!")) {
			t.Errorf("%s: %s holds a formatting error", path, name)
		}
	}
	return files != nil
}
