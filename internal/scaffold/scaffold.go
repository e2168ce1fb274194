package scaffold

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"github.com/duet-api/duet/internal/codegen/ir"
)

//go:embed all:template
var templates embed.FS

// Project says what to lay out.
type Project struct {
	// Module is the import path of the project.
	Module string
	// OpenAPI and AsyncAPI are the paths of the documents in the project, such as
	// api/openapi.yaml. Either may be empty.
	OpenAPI, AsyncAPI string
	// Perspective is what duet.yaml says about it; empty for nothing.
	Perspective string
	// Example says that the documents are those of [Example].
	Example bool
	// Model and Generated are what the documents give.
	Model     *ir.Model
	Generated map[string][]byte // by path below gen
}

// Example gives the documents of the project that has none, by path below api.
func Example() (map[string][]byte, error) {
	const dir = "template/example/api"
	out := map[string][]byte{}
	err := fs.WalkDir(templates, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := templates.ReadFile(name)
		out[strings.TrimPrefix(name, dir+"/")] = data
		return err
	})
	return out, err
}

// Files gives the files of a project by slash-separated path, without its api and
// gen folders and its go.mod.
func Files(p Project) (map[string][]byte, error) {
	v, err := p.values()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	if err := v.render("template/project", out); err != nil {
		return nil, err
	}
	if v.OpenAPI != "" {
		if err := v.render("template/rest", out); err != nil {
			return nil, err
		}
	}
	if p.Example {
		return out, v.render("template/example", out)
	}
	return out, v.stubs(out)
}

// values is what the templates know.
type values struct {
	Project
	Title   string
	Sockets []socketRoute
	// Callable are the paths of the operations that a plain GET reaches, and
	// Dialable the sockets that need no parameter. They are tested from outside.
	Callable  []string
	ErrorType string // the content type of an operation that is not implemented
	Dialable  []socketRoute
	// Handshakes says that handlers check handshakes, and Cuts that they shorten
	// texts.
	Handshakes, Cuts bool
	problem          *problem
}

// socketRoute is a socket and where it is served.
type socketRoute struct {
	Name, Var string // Room, room
	Path      string // as the contract has it
	Pattern   string // as net/http has it
	model     *ir.Socket
}

func (p Project) values() (*values, error) {
	v := &values{Project: p, Title: oneLine(p.Model.Title)}
	if v.Title == "" {
		v.Title = path.Base(p.Module)
	}
	if p.Model.REST == nil {
		v.OpenAPI = ""
	}
	for _, s := range p.Model.Sockets {
		r := socketRoute{Name: s.Name, Var: variable(s.Name), Path: s.Path, Pattern: pattern(s.Path), model: s}
		v.Sockets = append(v.Sockets, r)
		if !p.Example && dialable(s) {
			v.Dialable = append(v.Dialable, r)
		}
	}
	if err := checkPatterns(v.Sockets); err != nil {
		return nil, err
	}
	v.problem = problemOf(p.Model)
	v.ErrorType = v.problem.contentType()
	if p.Model.REST != nil && !p.Example {
		v.Callable = callable(p.Model.REST)
	}
	return v, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// render executes the templates below dir into files of the same place. Files
// that are no templates, such as documents, are left out.
func (v *values) render(dir string, out map[string][]byte) error {
	return fs.WalkDir(templates, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".tmpl" {
			return err
		}
		target := strings.TrimSuffix(strings.TrimPrefix(name, dir+"/"), ".tmpl")
		text, err := v.execute(name)
		if err == nil && path.Ext(target) == ".go" {
			text, err = format.Source(text)
		}
		if err != nil {
			return fmt.Errorf("lay out %s: %w", target, err)
		}
		out[rename(target)] = text
		return nil
	})
}

// rename gives the files their names that can't be embedded under them.
func rename(target string) string {
	switch target {
	case "gitignore":
		return ".gitignore"
	case "ci/run":
		return ".ci/run"
	}
	return target
}

func (v *values) execute(name string) ([]byte, error) {
	t, err := template.New(path.Base(name)).Delims("[[", "]]").ParseFS(templates, name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, v)
	return b.Bytes(), err
}
