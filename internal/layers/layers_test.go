package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/duet-api/duet/"

// rule says what the packages that match pkg may import besides the standard
// library. A name that ends in /... stands for the package and all below it.
type rule struct {
	pkg     string
	imports []string
}

// table has the most specific rules first.
var table = []rule{
	{"runtime/wire", nil},
	{"runtime/sample", []string{"runtime/wire"}},
	{"runtime/socket/trip", []string{"runtime/sample", "runtime/socket/..."}},
	{"runtime/socket/...", []string{"runtime/wire", "runtime/socket", "github.com/gorilla/websocket"}},

	{"gen/schema", []string{"runtime/wire"}},
	{"gen/wsapi", []string{"gen/schema", "runtime/..."}},
	{"gen/restapi", []string{"gen/schema", "runtime/wire", "github.com/oapi-codegen/runtime/..."}},
	{"gen/client", []string{"gen/schema", "gen/restapi", "gen/wsapi", "runtime/..."}},
	{"gen/spec", nil},

	{"internal/codegen/source", nil},
	{"internal/codegen/emit", nil},
	{"internal/codegen/ir", []string{"internal/codegen/source"}},
	{"internal/codegen/spec", []string{"internal/codegen/source", "gopkg.in/yaml.v3"}},
	{"internal/codegen/lower", []string{"internal/codegen/spec", "internal/codegen/ir", "internal/codegen/source"}},
	{"internal/codegen/golang", []string{"internal/codegen/ir", "internal/codegen/emit"}},
	{"internal/codegen/...", []string{
		"internal/codegen/...", "gopkg.in/yaml.v3",
		"github.com/oapi-codegen/oapi-codegen/v2/...", "github.com/getkin/kin-openapi/...",
		"github.com/asyncapi/...", "github.com/santhosh-tekuri/jsonschema/v6/...",
		"golang.org/x/text/...",
	}},

	{"internal/game", []string{"gen/schema", "golang.org/x/text/..."}},
	{"internal/auth", []string{"internal/game", "github.com/golang-jwt/jwt/v5", "golang.org/x/crypto/...", "golang.org/x/time/rate"}},
	{"internal/store/storetest", []string{"internal/game", "github.com/google/go-cmp/..."}},
	{"internal/store/sqlite", []string{"internal/game", "modernc.org/sqlite/...", "github.com/pressly/goose/v3/..."}},
	{"internal/bus/bustest", []string{"internal/game", "github.com/google/go-cmp/..."}},
	{"internal/bus/local", []string{"internal/game"}},
	{"internal/present", []string{"gen/schema", "internal/game", "runtime/wire"}},
	{"internal/rest", []string{"gen/restapi", "gen/schema", "gen/spec", "internal/present", "internal/game", "internal/auth", "runtime/..."}},
	{"internal/ws", []string{"gen/wsapi", "gen/schema", "gen/spec", "internal/present", "internal/game", "internal/auth", "runtime/..."}},
	{"internal/server", []string{
		"internal/rest", "internal/ws", "internal/present", "internal/store/...", "internal/bus/...", "internal/auth", "internal/game",
		"gen/...", "runtime/...", "github.com/prometheus/client_golang/...",
	}},
	{"cmd/server", []string{"internal/server", "gen/client", "gen/schema", "runtime/...", "golang.org/x/term"}},
	{"cmd/duet", []string{"internal/codegen/...", "internal/contract/...", "internal/scaffold", "internal/remote", "gopkg.in/yaml.v3", "golang.org/x/mod/..."}},
	{"internal/scaffold", []string{"internal/codegen/ir"}},
	{"internal/contract/lint", []string{"internal/codegen", "internal/codegen/source", "internal/codegen/spec"}},
	{"internal/contract/describe", []string{"internal/codegen/ir", "internal/codegen/source", "internal/codegen/spec"}},
	{"internal/contract/...", []string{"internal/codegen/...", "github.com/getkin/kin-openapi/...", "github.com/santhosh-tekuri/jsonschema/v6/...", "gopkg.in/yaml.v3"}},
}

// TestImports checks the imports of every package outside tests against the
// first rule of the table that matches it.
func TestImports(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	files := token.NewFileSet()
	seen := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") || isModule(path)) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(rel))
		if pkg == "." {
			return nil // tools.go
		}
		file, err := parser.ParseFile(files, path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		seen++
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !allowed(pkg, imported) {
				t.Errorf("%s: %s must not import %s", files.Position(spec.Pos()), pkg, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatal("no package was checked")
	}
}

// isModule reports whether a folder is a module of its own, such as bench.
func isModule(path string) bool {
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

// allowed reports whether pkg may import path. A package without a rule may
// import the standard library only.
func allowed(pkg, path string) bool {
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") {
		return true
	}
	path = strings.TrimPrefix(path, module)
	i := slices.IndexFunc(table, func(r rule) bool { return matches(r.pkg, pkg) })
	return i >= 0 && slices.ContainsFunc(table[i].imports, func(p string) bool { return matches(p, path) })
}

func matches(pattern, path string) bool {
	prefix, deep := strings.CutSuffix(pattern, "/...")
	return path == prefix || deep && strings.HasPrefix(path, prefix+"/")
}

// TestAllowed pins what the table forbids, so that a rule can't be widened
// without a test saying so.
func TestAllowed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pkg, path string
		want      bool
	}{
		{"runtime/wire", "strconv", true},
		{"runtime/wire", "github.com/gorilla/websocket", false},
		{"internal/codegen/golang", module + "gen/schema", false},
		{"internal/codegen", module + "runtime/wire", false},
		{"internal/game", "github.com/gorilla/websocket", false},
		{"internal/rest", module + "internal/ws", false},
		{"internal/ws", module + "internal/rest", false},
		{"internal/server", module + "internal/codegen", false},
		{"internal/nowhere", module + "runtime/wire", false},
	}
	for _, tt := range tests {
		if got := allowed(tt.pkg, tt.path); got != tt.want {
			t.Errorf("allowed(%q, %q) = %v, want %v", tt.pkg, tt.path, got, tt.want)
		}
	}
}

// TestGameKnowsNoTransport pins the second wall: std packages count there.
func TestGameKnowsNoTransport(t *testing.T) {
	t.Parallel()
	forbidden := []string{"net/http", "database/sql", "encoding/json"}
	paths, err := filepath.Glob(filepath.Join("..", "game", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if name, _ := strconv.Unquote(spec.Path.Value); slices.Contains(forbidden, name) {
				t.Errorf("%s imports %s", path, name)
			}
		}
	}
}
