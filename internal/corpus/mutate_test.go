package corpus

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
)

const (
	mutations    = 1        // of each document and kind
	mutatedBytes = 32 << 10 // of a document that is mutated
)

// TestMutations generates from documents with a byte deleted, an end cut off or two
// nodes swapped. Whatever they are then, generation ends in files or in errors with
// a place.
func TestMutations(t *testing.T) {
	t.Parallel()
	fsys := folder(t)
	kinds := []struct {
		name   string
		mutate func(*rand.Rand, []byte) []byte
	}{{"delete", deleteByte}, {"truncate", truncate}, {"swap", swapNodes}}
	names := documents(t, fsys)
	for j, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			for i, name := range names {
				data, err := fs.ReadFile(fsys, name)
				if err != nil {
					t.Fatal(err)
				}
				r := rand.New(rand.NewPCG(uint64(i), uint64(j)))
				for range mutations {
					if len(data) <= mutatedBytes {
						survives(t, name, fsys, name, kind.mutate(r, data))
					}
				}
			}
		})
	}
}

func deleteByte(r *rand.Rand, data []byte) []byte {
	i := r.IntN(len(data))
	return slices.Delete(slices.Clone(data), i, i+1)
}

func truncate(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data))] }

// swapNodes swaps two values of a document.
func swapNodes(r *rand.Rand, data []byte) []byte {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return data
	}
	var values []*yaml.Node
	var collect func(n *yaml.Node)
	collect = func(n *yaml.Node) {
		for i, c := range n.Content {
			if n.Kind != yaml.MappingNode || i%2 == 1 {
				values = append(values, c)
			}
			collect(c)
		}
	}
	collect(&doc)
	a, b := values[r.IntN(len(values))], values[r.IntN(len(values))]
	if !holds(a, b) && !holds(b, a) {
		*a, *b = *b, *a
	}
	text, err := yaml.Marshal(&doc)
	if err != nil {
		return data
	}
	return text
}

func holds(outer, inner *yaml.Node) bool {
	return outer == inner || slices.ContainsFunc(outer.Content, func(n *yaml.Node) bool { return holds(n, inner) })
}

// survives generates from a document in the place of one of the corpus.
func survives(t *testing.T, what string, fsys fs.FS, name string, data []byte) {
	t.Helper()
	in := codegen.Input{FS: replaced{fsys, name, data}, AsyncAPI: name, Package: "example.com/gen"}
	files, _, diags := codegen.Generate(context.Background(), in)
	if (files == nil) != diags.HasErrors() {
		t.Errorf("%s: %d files and errors: %v", what, len(files), diags.HasErrors())
	}
	for _, d := range diags {
		if d.Rule == "emit" || !d.Pos.IsValid() || strings.Contains(d.Message, "\n") && d.Severity == source.Error {
			t.Errorf("%s: a finding without a place, not in one line, or a mistake of duet: %s", what, d)
		}
	}
}

// replaced is a file system with one file changed.
type replaced struct {
	fs.FS
	name string
	data []byte
}

func (r replaced) Open(name string) (fs.File, error) {
	if name == r.name {
		return fstest.MapFS{r.name: {Data: r.data}}.Open(name)
	}
	return r.FS.Open(name)
}

// FuzzDocument has the documents of the corpus as its seeds.
func FuzzDocument(f *testing.F) {
	fsys := folder(f)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".md" || path.Ext(name) == ".tsv" {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if len(data) <= mutatedBytes/4 {
			f.Add(data)
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > mutatedBytes {
			t.Skip("long inputs make slow runs and find nothing new")
		}
		survives(t, "fuzz", fstest.MapFS{}, "doc.yaml", data)
	})
}
