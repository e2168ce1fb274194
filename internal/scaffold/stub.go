package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"path"
	"strings"
)

// method is a method of a generated interface.
type method struct {
	name            string
	params, results []string // types, as package pkg has them
}

// methods reads an interface of generated code, so that what is laid out fits
// whatever the generator has decided about names.
func methods(files map[string][]byte, pkg, name string) ([]method, error) {
	for file, text := range files {
		if path.Dir(file) != pkg || path.Ext(file) != ".go" {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if found := interfaceOf(parsed, name); found != nil {
			return signatures(set, found), nil
		}
	}
	return nil, fmt.Errorf("package %s has no interface %s", pkg, name)
}

func interfaceOf(file *ast.File, name string) *ast.InterfaceType {
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range decl.Specs {
			if t, ok := s.(*ast.TypeSpec); ok && t.Name.Name == name {
				found, _ := t.Type.(*ast.InterfaceType)
				return found
			}
		}
	}
	return nil
}

func signatures(set *token.FileSet, t *ast.InterfaceType) []method {
	types := func(list *ast.FieldList) []string {
		var out []string
		if list == nil {
			return nil
		}
		for _, f := range list.List {
			var b bytes.Buffer
			_ = printer.Fprint(&b, set, f.Type) // to a Buffer, which takes everything
			for range max(1, len(f.Names)) {
				out = append(out, b.String())
			}
		}
		return out
	}
	var out []method
	for _, m := range t.Methods.List {
		if f, ok := m.Type.(*ast.FuncType); ok && len(m.Names) == 1 {
			out = append(out, method{m.Names[0].Name, types(f.Params), types(f.Results)})
		}
	}
	return out
}

// stubs lays out the handlers of given documents.
func (v *values) stubs(out map[string][]byte) error {
	if v.OpenAPI != "" {
		if err := v.restStubs(out); err != nil {
			return err
		}
	}
	for i, s := range v.Sockets {
		text, err := v.socketStub(s)
		if err != nil {
			return err
		}
		name := "internal/ws/" + strings.ToLower(s.Name) + ".go"
		if strings.HasSuffix(name, "_test.go") || name == "internal/ws/ws.go" || out[name] != nil {
			name = fmt.Sprintf("internal/ws/socket%d.go", i+1)
		}
		if err := goFile(out, name, text); err != nil {
			return err
		}
	}
	if len(v.Sockets) > 0 {
		return v.render("template/socketstub", out)
	}
	return nil
}

// goFile formats and adds a file.
func goFile(out map[string][]byte, name, text string) error {
	data, err := format.Source([]byte(text))
	if err != nil {
		return fmt.Errorf("lay out %s: %w", name, err)
	}
	out[name] = data
	return nil
}

// restStubs lays out the operations, one method each.
func (v *values) restStubs(out map[string][]byte) error {
	list, err := methods(v.Generated, "restapi", "StrictServerInterface")
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package rest\n\nimport (\n\"context\"\n\n%q\n)\n\n", v.Module+"/gen/restapi")
	for _, m := range list {
		fmt.Fprintf(&b, "// %s is not implemented yet.\nfunc (s *server) %s(context.Context, restapi.%s) (restapi.%s, error) {\nreturn nil, errNotImplemented\n}\n\n",
			m.name, m.name, m.params[1], m.results[0])
	}
	if err := goFile(out, "internal/rest/operations.go", b.String()); err != nil {
		return err
	}
	if err := goFile(out, "internal/rest/problem.go", v.problem.restFile(v.Module)); err != nil {
		return err
	}
	return v.render("template/stub", out)
}

// socketStub prints the handler of one socket.
func (v *values) socketStub(s socketRoute) (string, error) {
	list, err := methods(v.Generated, "wsapi", s.Name+"Handler")
	if err != nil {
		return "", err
	}
	parts, err := parts(v.Generated, s.Name)
	if err != nil {
		return "", err
	}
	v.Handshakes = v.Handshakes || len(parts) > 0
	body := strings.NewReplacer("NAME", s.Name, "PATH", s.Path, "SESSION\n", session(s.Name, parts), "UPGRADE\n", upgrade(s.Name, parts)).Replace(socketHead)
	var b strings.Builder
	for _, m := range list {
		m.print(&b, s.Name)
	}
	b.WriteString(failureOf(s.model).method(s.Name))
	text := body + b.String()
	if strings.Contains(text, "cut(") {
		v.Cuts = true
	}
	imports := imported(text, v.Module, "context", "errors", "log/slog", "strconv", "time")
	return "package ws\n\n" + importBlock(imports) + text, nil
}

// imported gives the imports of code that has none yet: those of std, of the
// module's generated packages and of the runtime that it uses.
func imported(text, module string, std ...string) []string {
	used := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, 0)
	if err != nil {
		return nil // the caller formats the code, and reports it
	}
	for _, id := range file.Unresolved {
		used[id.Name] = true
	}
	var out []string
	add := func(paths ...string) {
		for _, p := range paths {
			if used[path.Base(p)] {
				out = append(out, p)
			}
		}
	}
	add(std...)
	out = append(out, "")
	add(module+"/gen/schema", module+"/gen/wsapi", "github.com/duet-api/duet/runtime/socket", "github.com/duet-api/duet/runtime/wire")
	return out
}

// socketHead begins the file of a socket.
const socketHead = `
SESSION

// NAME handles PATH. Its methods are called by the runtime:
// one at a time for one connection, at the same time for different ones.
type NAME struct{ log *slog.Logger }

var (
	_ wsapi.NAMEHandler[NAMESession] = (*NAME)(nil)
	_ wsapi.NAMEEvents[NAMESession]  = (*NAME)(nil)
)

// NewNAME returns a NAME.
func NewNAME(log *slog.Logger) *NAME { return &NAME{log} }

UPGRADE

// Open is called before the first message. Send what a new connection is to know.
func (h *NAME) Open(context.Context, *wsapi.NAMEConn[NAMESession]) error { return nil }

// Closed is called after everything else.
func (h *NAME) Closed(*wsapi.NAMEConn[NAMESession], socket.CloseInfo) {}

`

// print writes a method that is not implemented.
func (m method) print(b *strings.Builder, socket string) {
	conn := "*wsapi." + socket + "Conn[" + socket + "Session]"
	params := m.params[2]
	for _, topic := range m.params[3:] {
		params += ", wsapi." + topic
	}
	fmt.Fprintf(b, "// %s is not implemented yet.\nfunc (h *%s) %s(context.Context, %s, %s)", m.name, socket, m.name, conn, params)
	if len(m.results) == 1 {
		b.WriteString(" error {\nreturn errNotImplemented\n}\n\n")
		return
	}
	fmt.Fprintf(b, " (reply %s, err error) {\nreturn reply, errNotImplemented\n}\n\n", m.results[0])
}

// importBlock prints imports; an empty one is an empty line.
func importBlock(list []string) string {
	var b strings.Builder
	b.WriteString("import (\n")
	for _, name := range list {
		if name != "" {
			name = fmt.Sprintf("%q", name)
		}
		b.WriteString(name + "\n")
	}
	b.WriteString(")\n")
	return b.String()
}
