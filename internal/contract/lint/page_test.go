package lint_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
	"github.com/duet-api/duet/internal/contract/lint"
)

// unshown are the rules whose pages have no example to run: what breaks them is
// no document, or too big to show, or a mistake of a library.
func unshown() []string {
	return []string{
		"asyncapi-parser", "document-limit", "emit", "encoding", "file-size", "file-unreadable", "interrupted", "no-document", "rest-default", "rest-format", "rest-generate", "rest-pattern",
	}
}

// TestPages holds each page to its examples: the wrong one breaks exactly its
// rule, and the right one none.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, rule := range lint.Rules() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.HasPrefix(rule.Page, "# "+name+"\n") || rule.Summary == "" || rule.Severity == "" {
				t.Errorf("the page lacks its heading, its severity %q or its summary %q", rule.Severity, rule.Summary)
			}
			wrong, right := examples(rule.Page, "Wrong"), examples(rule.Page, "Right")
			if slices.Contains(unshown(), name) {
				return
			}
			if len(wrong) == 0 || len(right) == 0 {
				t.Fatal("the page has no examples")
			}
			found := check(t, wrong)
			broken := map[string]bool{}
			for _, d := range found {
				broken[d.Rule] = true
				if d.Rule == name && !strings.Contains(rule.Severity, d.Severity.String()) {
					t.Errorf("%v is not of severity %s", d, rule.Severity)
				}
			}
			if len(broken) != 1 || !broken[name] {
				t.Errorf("the wrong example gives %v", found)
			}
			if found := check(t, right); len(found) > 0 {
				t.Errorf("the right example gives %v", found)
			}
		})
	}
}

// TestEveryRuleHasAPage looks for the rules in the source of the generator and
// of this package.
func TestEveryRuleHasAPage(t *testing.T) {
	t.Parallel()
	rules := lint.Rules()
	used := map[string]string{"example-invalid": "", "default-invalid": "", "config": ""}
	for _, dir := range []string{".", filepath.Join("..", "..", "codegen")} {
		rulesIn(t, dir, used)
	}
	for name, place := range used {
		if rules[name] == nil {
			t.Errorf("%s: the rule %s has no page in pages/", place, name)
		}
	}
	for name := range rules {
		if _, ok := used[name]; !ok {
			t.Errorf("nothing breaks the rule of pages/%s.md", name)
		}
	}
}

// rulesIn finds calls of Errorf, Warnf and report with a rule.
func rulesIn(t *testing.T, dir string, used map[string]string) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if rule := ruleOf(call); rule != "" {
					used[rule] = set.Position(call.Pos()).String()
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ruleOf gives the rule that a call reports, or nothing.
func ruleOf(call *ast.CallExpr) string {
	at := -1
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if slices.Contains([]string{"Errorf", "Warnf", "Notef"}, f.Sel.Name) && len(call.Args) >= 4 {
			at = 1
		}
	case *ast.Ident:
		at = map[string]int{"report": 0, "notef": 2}[f.Name]
		if at >= len(call.Args) || f.Name != "report" && f.Name != "notef" {
			at = -1
		}
	}
	if at < 0 {
		return ""
	}
	lit, ok := call.Args[at].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	name, _ := strconv.Unquote(lit.Value)
	return name
}

// TestOwnContract keeps the reference contract clean.
func TestOwnContract(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	r := lint.Run(t.Context(), codegen.Input{FS: os.DirFS(root), OpenAPI: "api/openapi.yaml", AsyncAPI: "api/asyncapi.yaml", Package: "example.com/demo/gen"}, nil)
	if len(r.Findings) > 0 {
		t.Errorf("api/ has findings: %v", r.Findings)
	}
	if len(r.Files) < 10 {
		t.Errorf("only these files were read: %v", r.Files)
	}
}

// check lints the files of an example.
func check(t *testing.T, blocks []block) source.Diagnostics {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files(blocks) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in := codegen.Input{FS: fsys, Package: "example.com/demo/gen"}
	for name, field := range map[string]*string{"openapi.yaml": &in.OpenAPI, "asyncapi.yaml": &in.AsyncAPI} {
		if fsys[name] != nil {
			*field = name
		}
	}
	var ignore []lint.Ignore
	if fsys["duet.yaml"] != nil {
		var diags source.Diagnostics
		ignore = lint.ParseIgnores(spec.NewLoader(fsys, &diags).Load("duet.yaml").Get("lint"), &diags)
		if len(diags) > 0 {
			return diags
		}
	}
	return lint.Run(context.Background(), in, ignore).Findings
}

// block is a fenced block of a page.
type block struct{ slot, text string }

// examples gives the fenced blocks of a section of a page.
func examples(page, section string) []block {
	_, text, found := strings.Cut(page, "\n## "+section+"\n")
	if !found {
		return nil
	}
	text, _, _ = strings.Cut(text, "\n## ")
	var out []block
	for {
		_, rest, found := strings.Cut(text, "```yaml ")
		if !found {
			return out
		}
		slot, rest, _ := strings.Cut(rest, "\n")
		body, rest, _ := strings.Cut(rest, "```")
		out = append(out, block{slot, body})
		text = rest
	}
}

// files makes whole documents of the blocks of an example, whose slots are:
// the name of a file; schema, a shared schema file that a message uses;
// message or channel, the members of the message say or of the channel chat;
// paths, the paths of an OpenAPI document.
func files(blocks []block) map[string]string {
	out := map[string]string{}
	for _, b := range blocks {
		switch b.slot {
		case "schema":
			out["thing.yaml"] = b.text
			out["say.yaml"] = say + "  data: {$ref: thing.yaml}\n"
			out["asyncapi.yaml"] = asyncapiHead + "    messages:\n      say: {payload: {$ref: say.yaml}}\n" + asyncapiTail
		case "message":
			out["asyncapi.yaml"] = asyncapiHead + "    messages:\n      say:\n" + indent(8, b.text) + asyncapiTail
			out["say.yaml"] = say
		case "channel":
			out["asyncapi.yaml"] = asyncapiHead + indent(4, b.text) + asyncapiTail
			out["say.yaml"] = say
		case "paths":
			out["openapi.yaml"] = openapiHead + indent(2, b.text)
		}
	}
	for _, b := range blocks {
		if strings.HasSuffix(b.slot, ".yaml") {
			out[b.slot] = b.text
		}
	}
	return out
}

func indent(n int, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(strings.Repeat(" ", n))
		}
		b.WriteString(line)
	}
	return b.String()
}

// The documents around the blocks.
const (
	asyncapiHead = `asyncapi: 3.0.0
info: {title: Demo, version: 1.0.0}
servers: {local: {host: 'localhost:8080', protocol: ws}}
channels:
  chat:
    address: /chat
`
	asyncapiTail = `operations:
  say: {action: receive, channel: {$ref: '#/channels/chat'}}
`
	openapiHead = `openapi: 3.1.0
info: {title: Demo, version: 1.0.0}
paths:
`
	say = `title: Say
examples: [{"type": "say"}]
type: object
required: [type]
properties:
  type: {type: string, const: say}
`
)

// TestSlots keeps the examples to the slots that files knows.
func TestSlots(t *testing.T) {
	t.Parallel()
	for name, rule := range lint.Rules() {
		for _, b := range slices.Concat(examples(rule.Page, "Wrong"), examples(rule.Page, "Right")) {
			if !strings.HasSuffix(b.slot, ".yaml") && !slices.Contains([]string{"schema", "message", "channel", "paths"}, b.slot) {
				t.Errorf("%s: there is no slot %q", name, b.slot)
			}
		}
	}
}
