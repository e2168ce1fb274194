package rest

import (
	"context"
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Bundle makes an OpenAPI document self-contained: what it refers to in other
// files becomes components, named as the generated types are. Instructions to
// generators (x-go-…) are left out. kin-openapi is asked what it thinks of the
// result. That is worth a warning and no more: what is generated comes from the
// model, which has its own opinion of what can't be read.
func Bundle(loader *spec.Loader, doc *spec.Node, diags *source.Diagnostics) *spec.Node {
	root := loader.Bundle(doc, section).Root
	if root == nil {
		return nil
	}
	root.Walk(func(n *spec.Node) bool {
		for _, key := range n.Keys() {
			if strings.HasPrefix(key, "x-go-") {
				n.Delete(key)
			}
		}
		return true
	})
	if err := validate(root.AppendJSON(nil)); err != nil {
		explain(root, err, diags)
	}
	return root
}

// load reads a bundled document as kin-openapi has it. It reads nothing else.
func load(data []byte) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	return loader.LoadFromData(data)
}

// validate checks a bundled document. Examples are not its business: they are
// checked against the model, with positions.
func validate(data []byte) (err error) {
	doc, err := load(data)
	if err != nil {
		return err
	}
	return doc.Validate(context.Background(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaPatternValidation(), openapi3.EnableMultiError())
}

// explain reports the errors of kin-openapi, each at the operation or component
// that its text names, or else at the document.
func explain(root *spec.Node, err error, diags *source.Diagnostics) {
	var several openapi3.MultiError
	if !errors.As(err, &several) {
		several = openapi3.MultiError{err}
	}
	for _, e := range several {
		if strings.Contains(e.Error(), "invalid default") {
			continue // checked against the documents, with its place
		}
		diags.Warnf(locate(root, e.Error()), "openapi-invalid", "", "%s", firstLine(e.Error()))
	}
}

// firstLine gives the first line of a text of kin-openapi, without the way to the
// place: invalid paths: invalid path /users: ….
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	for {
		_, rest, found := strings.Cut(line, ": ")
		if !found || !strings.HasPrefix(line, "invalid ") || strings.HasPrefix(rest, "must ") {
			return line
		}
		line = rest
	}
}

// locate finds the most precise place that a text names: an operation by its
// method and path, a path, or a component.
func locate(root *spec.Node, text string) source.Pos {
	best, size := root.Pos, 0
	consider := func(words string, pos source.Pos) {
		if len(words) > size && strings.Contains(text, words) {
			best, size = pos, len(words)
		}
	}
	for _, path := range root.Get("paths").Members() {
		consider(path.Key, path.KeyPos)
		for _, op := range path.Value.Members() {
			method := strings.ToUpper(op.Key)
			consider(method+" "+path.Key, op.KeyPos)
			consider(path.Key+": invalid operation "+method, op.KeyPos)
			consider(`"`+op.Value.Get("operationId").Str()+`"`, op.KeyPos)
		}
	}
	for _, section := range root.Get("components").Members() {
		for _, c := range section.Value.Members() {
			consider(`"`+c.Key+`"`, c.KeyPos)
		}
	}
	return best
}
