package lint_test

import (
	"io"
	"testing"
	"testing/fstest"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/contract/lint"
)

// FuzzRun lints and prints whatever comes, without a panic.
func FuzzRun(f *testing.F) {
	for _, rule := range lint.Rules() {
		for _, section := range []string{"Wrong", "Right"} {
			all := files(examples(rule.Page, section))
			if all["openapi.yaml"] != "" && all["asyncapi.yaml"] != "" {
				f.Add(all["openapi.yaml"], all["asyncapi.yaml"], all["thing.yaml"])
			}
		}
	}
	f.Fuzz(func(t *testing.T, openapi, asyncapi, thing string) {
		fsys := fstest.MapFS{
			"openapi.yaml": {Data: []byte(openapi)}, "asyncapi.yaml": {Data: []byte(asyncapi)}, "thing.yaml": {Data: []byte(thing)},
			"say.yaml": {Data: []byte(say + "  data: {$ref: thing.yaml}\n")},
		}
		r := lint.Run(t.Context(), codegen.Input{FS: fsys, OpenAPI: "openapi.yaml", AsyncAPI: "asyncapi.yaml", Package: "example.com/demo/gen"}, nil)
		p := &lint.Printed{Report: r, FS: fsys}
		p.Text(io.Discard)
		p.GitHub(io.Discard)
		if err := lint.SARIF(io.Discard, []*lint.Printed{p}); err != nil {
			t.Error(err)
		}
	})
}
