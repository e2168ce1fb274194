package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path"
	"strings"
)

// part is a part of a handshake that generated code reads and checks.
type part struct {
	name, typ string // Query, schema.ChatQuery
}

// handshakeParts are the names of the functions of generated code that read the
// handshake of a socket, after the name of the socket.
func handshakeParts() []string { return []string{"Params", "Query", "Headers"} }

// parts finds what generated code reads of the handshake of a socket.
func parts(files map[string][]byte, socket string) ([]part, error) {
	var out []part
	for _, name := range handshakeParts() {
		typ, err := readerOf(files, socket+name)
		if err != nil {
			return nil, err
		}
		if typ != "" {
			out = append(out, part{name, typ})
		}
	}
	return out, nil
}

// readerOf gives the type that a function of package wsapi makes of a handshake;
// empty where there is no such function.
func readerOf(files map[string][]byte, name string) (string, error) {
	for file, text := range files {
		if path.Dir(file) != "wsapi" || !bytes.Contains(text, []byte("func "+name+"(")) {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || f.Name.Name != name || f.Type.Results.NumFields() != 2 || f.Type.Params.NumFields() != 1 {
				continue
			}
			var b bytes.Buffer
			err := printer.Fprint(&b, set, f.Type.Results.List[0].Type)
			return b.String(), err
		}
	}
	return "", nil
}

// session prints the type of what a server knows of a connection.
func session(socket string, list []part) string {
	head := fmt.Sprintf("// %[1]sSession is what the server knows of a connection.\ntype %[1]sSession struct", socket)
	if len(list) == 0 {
		return head + "{}\n"
	}
	var b strings.Builder
	b.WriteString(head + "{\n")
	for _, p := range list {
		fmt.Fprintf(&b, "%s %s // of the handshake\n", p.name, p.typ)
	}
	return b.String() + "}\n"
}

// upgrade prints the handler's method Upgrade.
func upgrade(socket string, list []part) string {
	if len(list) == 0 {
		return fmt.Sprintf("// Upgrade lets everyone in. Look at the credential here.\nfunc (h *%[1]s) Upgrade(context.Context, *socket.Handshake) (%[1]sSession, error) {\nreturn %[1]sSession{}, nil\n}\n", socket)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// Upgrade refuses a handshake that breaks the contract, and lets everyone else in.\n// Look at the credential here.\nfunc (h *%[1]s) Upgrade(_ context.Context, r *socket.Handshake) (s %[1]sSession, err error) {\n", socket)
	for _, p := range list {
		fmt.Fprintf(&b, "if s.%[1]s, err = wsapi.%[2]s%[1]s(r); err != nil {\nreturn s, refuse(err)\n}\n", p.name, socket)
	}
	return b.String() + "return s, nil\n}\n"
}
