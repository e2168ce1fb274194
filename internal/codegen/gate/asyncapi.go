package gate

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	schemas "github.com/asyncapi/spec-json-schemas/v6"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// judges guards the libraries that keep their state in package variables:
// spec-json-schemas and parser-go.
var judges sync.Mutex

// AsyncAPI makes an AsyncAPI document self-contained and checks it against the
// official meta-schema of its version. Findings on lines where diags has an
// error already are left out, since they say the same in more words. It gives
// nil where the document can't be bundled. AsyncAPI may be called by several
// goroutines at the same time.
func AsyncAPI(loader *spec.Loader, doc *spec.Node, diags *source.Diagnostics) *spec.Node {
	judges.Lock()
	defer judges.Unlock()
	version := doc.Get("asyncapi").Str()
	raw, err := schemas.Get(version + "-without-$id")
	if err != nil || raw == nil || version < "2" {
		return nil // a version that lower has reported
	}
	root := loader.Bundle(doc, sectionOf(version)).Root
	if root == nil {
		return nil
	}
	var found source.Diagnostics
	meta, err := compileMeta(raw)
	if err != nil {
		diags.Errorf(doc.Pos, "asyncapi-invalid", "", "the meta-schema can't be used: %v", err)
		return nil
	}
	judged := plain(root)
	v := &verdict{root: judged, rule: "asyncapi-invalid", meta: meta, diags: &found, grammar: grammarOf(version)}
	v.judge()
	if len(found) == 0 {
		second(raw, judged, &found)
		if version < "3" {
			whole(judged, &found)
		}
	}
	add(diags, found)
	return root
}

// plain copies a document with the references replaced by what they name that the
// meta-schemas take for a value too, and then refuse: those to the parameters of
// channels, in AsyncAPI 2, and to the query and the headers of a WebSocket binding.
func plain(root *spec.Node) *spec.Node {
	c := root.Clone()
	replace := func(n *spec.Node, keys ...string) {
		for _, key := range keys {
			ref, isRef := n.Get(key).Ref()
			if target, err := root.At(strings.TrimPrefix(ref, "#")); isRef && err == nil {
				n.Set(key, target.Clone())
			}
		}
	}
	for _, holder := range []*spec.Node{c, c.Get("components")} {
		for _, channel := range holder.Get("channels").Members() {
			if params := channel.Value.Get("parameters"); root.Get("asyncapi").Str() < "3" {
				replace(params, params.Keys()...)
			}
			replace(channel.Value.Get("bindings", "ws"), "query", "headers")
		}
	}
	for _, binding := range c.Get("components", "channelBindings").Members() {
		replace(binding.Value.Get("ws"), "query", "headers")
	}
	return c
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
	c.UseRegexpEngine(engine)
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

// verdict turns the errors of a validator into diagnostics.
type verdict struct {
	root  *spec.Node
	rule  string
	meta  *metaSchema
	diags *source.Diagnostics
	// grammar tells the kinds of values of an AsyncAPI document; nil for others.
	grammar map[string]map[string]string
}

func (v *verdict) judge() {
	err := v.meta.schema.Validate(value(v.root))
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		v.explain(invalid)
	}
}
