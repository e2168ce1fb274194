package corpus

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// outcome is what became of one document.
type outcome struct {
	name, folder string
	kind         string // asyncapi or openapi
	version      string
	transport    string // websocket, other, none: what its servers speak
	sockets      int
	messages     int
	types        int
	refusals     []source.Diagnostic
	warnings     []source.Diagnostic
}

var topKey = regexp.MustCompile(`(?m)^\s*"?(asyncapi|openapi)"?\s*:`)

// kindOf tells what kind of document a text is, empty for another one.
func kindOf(data []byte) string {
	if m := topKey.FindSubmatch(data); m != nil {
		return string(m[1])
	}
	return ""
}

// generate generates from the document, and checks what was read of it.
func (o *outcome) generate(t *testing.T, fsys fs.FS, pkg string) map[string][]byte {
	t.Helper()
	data, err := fs.ReadFile(fsys, o.name)
	if err != nil {
		t.Fatal(err)
	}
	o.kind = kindOf(data)
	o.transport = transport(fsys, o.name, data)
	o.load(t, fsys, data)
	in := codegen.Input{FS: fsys, AsyncAPI: o.name, Package: pkg}
	if o.kind == "openapi" {
		in.OpenAPI, in.AsyncAPI = o.name, ""
	}
	files, model, diags := codegen.Generate(context.Background(), in)
	for _, d := range diags {
		o.finding(t, d)
	}
	if model != nil {
		o.count(model)
	}
	if (files == nil) != (len(o.refusals) > 0) {
		t.Errorf("%s: %d files and %d errors", o.name, len(files), len(o.refusals))
	}
	if o.transport == "websocket" && files != nil && o.sockets == 0 && len(o.warnings) == 0 {
		t.Errorf("%s: a WebSocket document without a socket, and nothing says so", o.name)
	}
	return files
}

// finding notes a diagnostic: each has a place, is one line, and is no mistake of
// duet's own.
func (o *outcome) finding(t *testing.T, d source.Diagnostic) {
	t.Helper()
	if !d.Pos.IsValid() || d.Rule == "emit" || strings.Contains(d.Message, "\n") {
		t.Errorf("%s: a finding without a place, not in one line, or a mistake of duet: %s", o.name, d)
	}
	switch d.Severity {
	case source.Error:
		o.refusals = append(o.refusals, d)
	case source.Warning:
		o.warnings = append(o.warnings, d)
	}
}

func (o *outcome) count(model *ir.Model) {
	o.sockets, o.types = len(model.Sockets), len(model.Types)
	for _, s := range model.Sockets {
		o.messages += len(s.ToServer) + len(s.ToClient)
	}
}

// load compares what the loader reads with what a plain YAML reader does.
func (o *outcome) load(t *testing.T, fsys fs.FS, data []byte) {
	t.Helper()
	var diags source.Diagnostics
	doc := spec.NewLoader(fsys, &diags).Load(o.name)
	var plain struct {
		AsyncAPI   string                    `yaml:"asyncapi"`
		OpenAPI    string                    `yaml:"openapi"`
		Servers    any                       `yaml:"servers"`
		Channels   map[string]any            `yaml:"channels"`
		Operations map[string]any            `yaml:"operations"`
		Paths      map[string]any            `yaml:"paths"`
		Components map[string]map[string]any `yaml:"components"`
	}
	if err := yaml.Unmarshal(data, &plain); err != nil || doc == nil {
		t.Errorf("%s can't be read: %v, %v", o.name, err, diags)
		return
	}
	o.version = cmp.Or(plain.AsyncAPI, plain.OpenAPI)
	got := []int{len(doc.Get("channels").Members()), len(doc.Get("operations").Members()), len(doc.Get("paths").Members())}
	want := []int{len(plain.Channels), len(plain.Operations), len(plain.Paths)}
	for section, members := range plain.Components {
		got, want = append(got, len(doc.Get("components", section).Members())), append(want, len(members))
	}
	if read := cmp.Or(doc.Get("asyncapi").Str(), doc.Get("openapi").Str()); read != o.version || !slices.Equal(got, want) {
		t.Errorf("%s: version %q and counts %v, want %q and %v", o.name, read, got, o.version, want)
	}
}

var (
	protocolLine  = regexp.MustCompile(`(?m)"?protocol"?\s*:\s*["']?([\w.+-]+)`)
	referredFiles = regexp.MustCompile(`\$ref"?\s*:\s*["']?([^"'#\s]+\.(?:ya?ml|json))`)
)

// transport tells what the servers of a document speak, servers of files that it
// refers to included.
func transport(fsys fs.FS, name string, data []byte) string {
	texts := [][]byte{data}
	for _, m := range referredFiles.FindAllSubmatch(data, -1) {
		if more, err := fs.ReadFile(fsys, path.Join(path.Dir(name), string(m[1]))); err == nil && strings.Contains(string(m[1]), "server") {
			texts = append(texts, more)
		}
	}
	found := "none"
	for _, text := range texts {
		for _, m := range protocolLine.FindAllSubmatch(text, -1) {
			switch strings.ToLower(string(m[1])) {
			case "ws", "wss", "websocket", "websockets", "socket.io", "socketio":
				return "websocket"
			}
			found = "other"
		}
	}
	return found
}

// verdict says in a word what became of the document, and why.
func (o *outcome) verdict() (word, why string) {
	if len(o.refusals) > 0 {
		first := o.refusals[0]
		for _, d := range o.refusals {
			if d.Pos.File == o.name {
				first = d
				break
			}
		}
		return "refused", fmt.Sprintf("%s at %d:%d", first.Rule, first.Pos.Line, first.Pos.Column)
	}
	switch {
	case o.kind == "openapi":
		return "rest", ""
	case o.sockets > 0:
		return "socket", ""
	}
	for _, d := range o.warnings {
		if strings.HasPrefix(d.Rule, "protocol") {
			return "types", d.Rule
		}
	}
	return "types", ""
}

// render prints the table and its totals.
func render(outcomes []*outcome) string {
	var b strings.Builder
	totals := map[string]map[string]int{}
	row := func(cells ...any) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-85s %-8s %-9s %7v %8v %5v  %-8s %s", cells...), " ") + "\n")
	}
	row("document", "version", "transport", "sockets", "messages", "types", "outcome", "rule and place")
	for _, o := range outcomes {
		word, why := o.verdict()
		row(strings.TrimPrefix(o.name, "third-party/"), o.version, o.transport, o.sockets, o.messages, o.types, word, why)
		if totals[o.transport] == nil {
			totals[o.transport] = map[string]int{}
		}
		totals[o.transport][word]++
		totals[o.transport]["all"]++
	}
	b.WriteString("\n")
	for _, kind := range []string{"websocket", "other", "none"} {
		n := totals[kind]
		fmt.Fprintf(&b, "%-9s %3d documents: %d with sockets, %d with types alone, %d with REST, %d refused\n", kind, n["all"], n["socket"], n["types"], n["rest"], n["refused"])
	}
	return b.String()
}
