package spec

import (
	"errors"
	"io/fs"
	"net/url"
	"path"

	"github.com/duet-api/duet/internal/codegen/source"
)

// Loader reads documents and resolves references. It reads each file once. A
// Loader must not be used by several goroutines at the same time.
type Loader struct {
	fsys  fs.FS
	diags *source.Diagnostics
	files map[string]*Node // nil for a file that can't be read
	refs  map[*Node]*Node  // resolved references, one step; nil for a bad one
	// fetch reads documents of the network; nil where none may be read. urls and
	// copies hold those that were, by the names of their files and by [CopyName].
	fetch  Fetcher
	urls   map[string]*url.URL
	copies map[string]Copy
}

// NewLoader makes a Loader for files below fsys. Findings are added to diags.
func NewLoader(fsys fs.FS, diags *source.Diagnostics) *Loader {
	return &Loader{
		fsys: fsys, diags: diags, files: map[string]*Node{}, refs: map[*Node]*Node{},
		urls: map[string]*url.URL{}, copies: map[string]Copy{},
	}
}

// Load reads the document named by a slash-separated path below the root, or gives
// the one of the network that has the name in positions. It gives nil where the
// document can't be read, which is then in the diagnostics.
func (l *Loader) Load(name string) *Node {
	if l.urls[name] != nil {
		return l.files[name]
	}
	return l.load(path.Clean(name), source.Pos{File: name})
}

// Files gives the paths of all files that were read or asked for.
func (l *Loader) Files() []string {
	return sortedKeys(l.files)
}

// load reads a file that is asked for from a place.
func (l *Loader) load(name string, from source.Pos) *Node {
	if n, ok := l.files[name]; ok {
		return n
	}
	data, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		l.files[name] = nil
		l.unreadable(name, from, err)
		return nil
	}
	n := parse(name, data, l.diags)
	l.files[name] = n
	return n
}

func (l *Loader) unreadable(name string, from source.Pos, err error) {
	if !errors.Is(err, fs.ErrNotExist) {
		l.diags.Errorf(from, "file-unreadable", "", "the file %q can't be read: %v", name, errors.Unwrap(err))
		return
	}
	var names []string
	entries, _ := fs.ReadDir(l.fsys, path.Dir(name))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	l.diags.Errorf(from, "file-missing", "", "there is no file %q%s", name, DidYouMean(path.Base(name), names))
}
