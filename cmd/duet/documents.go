package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/contract/lint"
)

// location says where documents are: paths as the user wrote them.
type location struct {
	openapi, asyncapi string // either may be empty
	// root is the folder that is read from; empty for the nearest folder that
	// holds the documents, and base where that is not empty.
	root string
	// base is the folder that relative paths start at; empty for the working one.
	base string
}

// documents are the documents of a contract and the folder that they, and
// everything that they refer to, are read from. Nothing outside is read.
type documents struct {
	root              *os.Root
	openapi, asyncapi string            // slash-separated, below root
	given             map[string]string // the user's spelling, by path below root
	dir               string            // of root, absolute
	working           string            // what shown paths are relative to; empty for absolute ones
	ignore            []lint.Ignore     // of the configuration
}

// open opens the folder of the documents. An error is one of use or of the file
// system. The documents themselves are not read.
func (l location) open() (*documents, error) {
	working, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	d := &documents{given: map[string]string{}, working: working}
	var files []string
	for _, file := range []string{l.openapi, l.asyncapi} {
		if file == "" {
			continue
		}
		if filepath.IsAbs(file) || filepath.IsAbs(l.base) {
			d.working = ""
		}
		files = append(files, l.abs(working, file))
	}
	if d.dir, err = l.folder(working, files); err != nil {
		return nil, err
	}
	if d.openapi, err = d.below(l, working, l.openapi); err != nil {
		return nil, err
	}
	if d.asyncapi, err = d.below(l, working, l.asyncapi); err != nil {
		return nil, err
	}
	d.root, err = os.OpenRoot(d.dir)
	return d, err
}

func (l location) abs(working, file string) string {
	if !filepath.IsAbs(file) {
		file = filepath.Join(l.base, file)
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(working, file)
	}
	return filepath.Clean(file)
}

// folder gives the folder that is read from.
func (l location) folder(working string, files []string) (string, error) {
	if l.root != "" {
		return l.abs(working, l.root), nil
	}
	var dir string
	if l.base != "" {
		dir = l.abs(working, ".")
	}
	for _, file := range files {
		if parent := filepath.Dir(file); dir == "" {
			dir = parent
		} else if dir = commonFolder(dir, parent); dir == "" {
			return "", errors.New("the documents have no folder in common; put them below one, or name one by -root FOLDER, or by root: in duet.yaml")
		}
	}
	return dir, nil
}

// commonFolder gives the nearest folder that holds both, which are absolute;
// empty where that is the root of the file system.
func commonFolder(a, b string) string {
	for dir := a; ; {
		if rel, err := filepath.Rel(dir, b); err == nil && filepath.IsLocal(rel) {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == filepath.Dir(parent) {
			return ""
		}
		dir = parent
	}
}

// below gives the path of a document below the root.
func (d *documents) below(l location, working, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	rel, err := filepath.Rel(d.dir, l.abs(working, file))
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is not below the folder %s that documents are read from; name a wider one by -root FOLDER, or by root: in duet.yaml", file, l.root)
	}
	shown := file
	if !filepath.IsAbs(file) {
		shown = filepath.Join(l.base, file)
	}
	name := filepath.ToSlash(rel)
	d.given[name] = filepath.ToSlash(filepath.Clean(shown))
	return name, nil
}

// exist gives an error where a document can't be found.
func (d *documents) exist() error {
	for _, name := range []string{d.openapi, d.asyncapi} {
		if name == "" {
			continue
		}
		info, err := d.root.Stat(name)
		if err == nil && info.IsDir() {
			err = errors.New("it is a folder")
		}
		if path := (*os.PathError)(nil); errors.As(err, &path) {
			err = path.Err
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.show(name), err)
		}
	}
	return nil
}

// show gives the path of a file below the root as the user can open it.
func (d *documents) show(name string) string {
	if given, ok := d.given[name]; ok {
		return given
	}
	if strings.Contains(name, "://") { // of the network
		return name
	}
	file := filepath.Join(d.dir, filepath.FromSlash(name))
	if d.working != "" {
		if rel, err := filepath.Rel(d.working, file); err == nil {
			file = rel
		}
	}
	return filepath.ToSlash(file)
}

// placeInText matches what may be a position in the text of a diagnostic.
var placeInText = regexp.MustCompile(`[^\s"'()]+:\d+:\d+`)

// showPlace gives a position in a text as the user can open it.
func (d *documents) showPlace(text string) string {
	name, position, _ := strings.Cut(text, ":")
	if _, err := d.root.Stat(name); err != nil {
		return text
	}
	return d.show(name) + ":" + position
}

// relocate gives the places of what the configuration file ignores as paths below
// the root, as all others are.
func (d *documents) relocate(config string) {
	name := filepath.Base(config)
	if full, err := filepath.Abs(config); err == nil {
		if rel, err := filepath.Rel(d.dir, full); err == nil {
			name = filepath.ToSlash(rel)
		}
	}
	for i := range d.ignore {
		d.ignore[i].Pos.File = name
	}
}

// outsideFix says how a reference that leaves the folder is put right.
func (d *documents) outsideFix() string {
	return "move the file below " + strings.TrimSuffix(d.show("."), "/") + ", or allow a wider folder by -root FOLDER, or by root: in duet.yaml"
}

// print writes diagnostics, one a line, with paths as the user has them. Warnings
// and notes that the configuration ignores are left out.
func (d *documents) print(w io.Writer, diags source.Diagnostics) {
	for _, diag := range lint.Heard(diags, d.ignore) {
		if diag.Pos.File != "" {
			diag.Pos.File = d.show(diag.Pos.File)
		}
		diag.Message = placeInText.ReplaceAllStringFunc(diag.Message, d.showPlace)
		if diag.Rule == "ref-outside" {
			diag.Fix = d.outsideFix()
		}
		fmt.Fprintln(w, diag)
	}
}
