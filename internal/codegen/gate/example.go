package gate

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// fileURL starts the URL that stands for a file of the contract.
const fileURL = "duet:///"

// Examples checks the examples and defaults of a contract against their schemas,
// as they stand in the documents, with formats asserted. A wrong one is a warning:
// it is left out. Values of a schema that has errors, in itself or in what it
// refers to, are not checked. It gives the places of the wrong ones.
func Examples(loader *spec.Loader, checks []lower.Check, diags *source.Diagnostics) map[source.Pos]bool {
	wrong := map[source.Pos]bool{}
	known := mistakesOf(loader, *diags)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseRegexpEngine(engine)
	c.AssertFormat()
	c.UseLoader(files{loader})
	done := map[lower.Check]bool{}
	refused := map[string]bool{}
	for _, check := range checks {
		if done[check] {
			continue
		}
		done[check] = true
		if len(known.below(check.Schema)) > 0 {
			continue // what is wrong with the schema was said
		}
		u := url.URL{Fragment: check.Schema.Pointer}
		s, err := c.Compile(fileURL + check.Schema.Pos.File + "#" + u.EscapedFragment())
		if err != nil {
			if text := err.Error(); !refused[text] {
				refused[text] = true
				report(loader, check, err, diags)
			}
			continue
		}
		if !judge(s, check, diags) {
			wrong[check.Value.Pos] = true
		}
	}
	return wrong
}

// judge reports what is wrong with a value, and whether nothing is.
func judge(s *jsonschema.Schema, check lower.Check, diags *source.Diagnostics) bool {
	var invalid *jsonschema.ValidationError
	if !errors.As(s.Validate(value(check.Value)), &invalid) {
		return true
	}
	var found source.Diagnostics
	v := &verdict{root: check.Value, rule: check.What + "-invalid", diags: &found}
	v.explain(invalid)
	for _, d := range found {
		d.Message = fmt.Sprintf("the %s breaks its schema at %s: %s", check.What, check.Schema.Pos, d.Message)
		d.Severity = source.Warning
		*diags = append(*diags, d)
	}
	return false
}

// report tells that a schema can't be used at all. What is wrong may be in
// another file than the schema.
func report(loader *spec.Loader, check lower.Check, err error, diags *source.Diagnostics) {
	var bad *jsonschema.SchemaValidationError
	var invalid *jsonschema.ValidationError
	if errors.As(err, &bad) && errors.As(bad.Err, &invalid) {
		root := check.Schema
		if n := (files{loader}).node(bad.URL); n != nil {
			root = n
		}
		v := &verdict{root: root, rule: "schema-invalid", diags: diags}
		v.explain(invalid)
		return
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	diags.Warnf(check.Schema.Pos, "schema-invalid", "", "the schema can't be used to check its %s: %s", check.What, text)
}

// files reads the documents of a contract for the compiler, and nothing else.
type files struct{ loader *spec.Loader }

func (f files) Load(u string) (any, error) {
	n := f.node(u)
	if n == nil {
		return nil, fmt.Errorf("%s is no file of the contract that can be read", u)
	}
	if n.Kind == spec.Map && (n.Has("$id") || n.Has("$schema")) {
		c := *n
		c.Pairs = append([]spec.Pair(nil), n.Pairs...)
		c.Delete("$id")
		c.Delete("$schema")
		n = &c
	}
	return modern(value(n)), nil
}

// node gives what a URL of the compiler stands for: a file, or what its fragment
// points at in it. It gives nil for nothing of the contract.
func (f files) node(text string) *spec.Node {
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	name, local := strings.CutPrefix(text, fileURL)
	name, _, _ = strings.Cut(name, "#")
	var root *spec.Node
	if local && !strings.Contains(name, "://") {
		root = f.loader.Load(strings.TrimPrefix(u.Path, "/"))
	} else {
		root = f.loader.Remote(name)
	}
	if root == nil {
		return nil
	}
	n, err := root.At(u.Fragment)
	if err != nil {
		return nil
	}
	return n
}

// engine compiles a pattern as generated code has it, and one that generated code
// does not check as one that everything matches.
func engine(text string) (jsonschema.Regexp, error) {
	re, err := lower.Pattern(text)
	if err != nil {
		return nil, err
	}
	return expression{re, text}, nil
}

// expression is a pattern. A nil Regexp matches everything.
type expression struct {
	*regexp.Regexp
	text string
}

func (e expression) MatchString(s string) bool { return e.Regexp == nil || e.Regexp.MatchString(s) }

func (e expression) String() string { return e.text }
