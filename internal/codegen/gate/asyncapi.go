package gate

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/asyncapi/parser-go/pkg/decode"
	"github.com/asyncapi/parser-go/pkg/schema"
	schemas "github.com/asyncapi/spec-json-schemas/v6"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// judges guards the libraries that keep their state in package variables:
// spec-json-schemas and parser-go.
var judges sync.Mutex

// AsyncAPI makes an AsyncAPI 3 document self-contained and checks it against the
// official meta-schema of its version. Findings on lines where diags has an
// error already are left out, since they say the same in more words. It gives
// nil where the document can't be bundled. AsyncAPI may be called by several
// goroutines at the same time.
func AsyncAPI(loader *spec.Loader, doc *spec.Node, diags *source.Diagnostics) *spec.Node {
	judges.Lock()
	defer judges.Unlock()
	raw, err := schemas.Get(doc.Get("asyncapi").Str() + "-without-$id")
	if err != nil || raw == nil {
		return nil // a version that lower has reported
	}
	root := loader.Bundle(doc, section).Root
	var found source.Diagnostics
	meta, err := compileMeta(raw)
	if err != nil {
		diags.Errorf(doc.Pos, "asyncapi-invalid", "", "the meta-schema can't be used: %v", err)
		return nil
	}
	v := &verdict{root: root, rule: "asyncapi-invalid", meta: meta, diags: &found}
	v.judge()
	if len(found) == 0 {
		second(raw, root, &found)
	}
	add(diags, found)
	return root
}

// metaSchema is a compiled meta-schema with what is needed to explain errors.
type metaSchema struct {
	compiler *jsonschema.Compiler
	schema   *jsonschema.Schema
}

func compileMeta(raw []byte) (*metaSchema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource(metaURL, doc); err != nil {
		return nil, err
	}
	s, err := c.Compile(metaURL)
	if err != nil {
		return nil, err
	}
	return &metaSchema{compiler: c, schema: s}, nil
}

const metaURL = "duet:///meta-schema.json"

// noLoader keeps the compiler from reading files and the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) { return nil, fmt.Errorf("%s is not read", url) }

// second asks parser-go, whose validator is another one. It panics on some
// documents, and gives no positions.
func second(raw []byte, root *spec.Node, diags *source.Diagnostics) {
	defer func() {
		if r := recover(); r != nil {
			diags.Warnf(root.Pos, "asyncapi-parser", "", "parser-go fails on the document: %v", r)
		}
	}()
	doc, err := decode.ToMap(bytes.NewReader(root.AppendJSON(nil)))
	if err == nil {
		err = schema.NewParser(raw).Parse(doc)
	}
	if err == nil {
		return
	}
	for text := range strings.SplitSeq(err.Error(), "\n") {
		place, _, _ := strings.Cut(text, ": ")
		pointer := "/" + strings.ReplaceAll(place, ".", "/")
		diags.Errorf(root.Nearest(pointer).Pos, "asyncapi-parser", "", "parser-go refuses the document: %s", text)
	}
}

// verdict turns the errors of a validator into diagnostics.
type verdict struct {
	root  *spec.Node
	rule  string
	meta  *metaSchema
	diags *source.Diagnostics
}

func (v *verdict) judge() {
	err := v.meta.schema.Validate(value(v.root))
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		v.explain(invalid)
	}
}
