package lint

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Report is what was found in a contract.
type Report struct {
	// Findings are sorted by place. Those that are ignored are left out.
	Findings source.Diagnostics
	// Ignored counts the findings that were left out.
	Ignored int
	// Files are the documents of the contract and all that they refer to, by
	// slash-separated path.
	Files []string
}

// Failed reports whether there are errors, or, where strict is set, warnings; notes
// do not count.
func (r *Report) Failed(strict bool) bool {
	return slices.ContainsFunc(r.Findings, func(d source.Diagnostic) bool {
		return d.Severity == source.Error || strict && d.Severity == source.Warning
	})
}

// Run checks a contract. It may be called by several goroutines at the same time.
func Run(ctx context.Context, in codegen.Input, ignore []Ignore) *Report {
	i := codegen.Inspect(ctx, in)
	if i.Loader == nil {
		return &Report{Findings: i.Diagnostics}
	}
	v := newView(in, i)
	var found source.Diagnostics
	for _, check := range checks() {
		check(v, &found)
	}
	all := withoutEchoes(slices.Concat(i.Diagnostics, found))
	all.Sort()
	r := &Report{Files: i.Loader.Files()}
	r.Findings, r.Ignored = withoutIgnored(all, ignore)
	return r
}

// check is a rule, or several that look at the same things.
type check func(v *view, diags *source.Diagnostics)

func checks() []check {
	return []check{
		portability, numbers, titles, extensions,
		operations, errorResponses, inlineSchemas, restExamples, messageExamples,
		names, copies, errorCodes, securitySchemes, infos,
	}
}

// replaces lists, by rule of this package, the rules of the generator that say
// less about the same line.
func replaces(rule string) []string {
	switch {
	case strings.HasPrefix(rule, "portable-"):
		return []string{
			"unsupported-keyword", "unchecked-keyword", "nullable", "choice-tried", "keyword-value", "keyword-type", "discriminator",
			"schema-invalid", "schema-kind", "asyncapi-invalid", "asyncapi-parser",
		}
	case rule == "path-parameter":
		return []string{"rest-path"}
	case rule == "message-repeated":
		return []string{"message-unused"}
	case rule == "schema-conflict", rule == "schema-copy":
		return []string{"name-collision"}
	}
	return nil
}

// withoutEchoes leaves out findings that others say better: on the same line, or
// where a judge of whole documents meets what was found in a part.
func withoutEchoes(all source.Diagnostics) source.Diagnostics {
	return slices.DeleteFunc(slices.Clone(all), func(d source.Diagnostic) bool {
		return slices.ContainsFunc(all, func(f source.Diagnostic) bool {
			sameLine := f.Pos.File == d.Pos.File && f.Pos.Line == d.Pos.Line
			return sameLine && slices.Contains(replaces(f.Rule), d.Rule) || echoes(d, f)
		})
	})
}

// echoes reports whether d says only that a judge stumbled over f: kin-openapi
// tells the operation, not the place, and a schema can't be used that refers to
// a file that can't be read.
func echoes(d, f source.Diagnostic) bool {
	switch {
	case f.Severity != source.Error || f.Rule == d.Rule:
		return false
	case d.Rule == "openapi-invalid":
		return !strings.HasPrefix(f.Rule, "asyncapi-")
	}
	return d.Rule == "schema-invalid" && strings.Contains(d.Message, `"duet:///`+f.Pos.File+`"`)
}

// view is a contract as the rules see it.
type view struct {
	*codegen.Inspection
	documents []string // the files of the two documents
	schemas   []*schema
	byNode    map[*spec.Node]*schema
}

func newView(in codegen.Input, i *codegen.Inspection) *view {
	v := &view{Inspection: i, byNode: map[*spec.Node]*schema{}}
	for _, name := range []string{in.OpenAPI, in.AsyncAPI} {
		if name != "" {
			v.documents = append(v.documents, path.Clean(name))
		}
	}
	v.collect(i.OpenAPI, openAPI)
	v.collect(i.AsyncAPI, asyncAPI)
	return v
}

// resolve gives what n stands for, or nil.
func (v *view) resolve(n *spec.Node) *spec.Node {
	target, _ := v.Loader.Resolve(n)
	return target
}
