package lint

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// protocol is a set of documents.
type protocol uint8

const (
	openAPI protocol = 1 << iota
	asyncAPI
)

// schema is a schema of the contract that is no reference.
type schema struct {
	node   *spec.Node
	usedBy protocol
	// shared says that it is in a file other than the two documents, so that any
	// reader of JSON Schema may come upon it.
	shared bool
	// payload says that it is the whole payload of a message.
	payload bool
}

// standsAlone reports whether the schema has a name of its own: it is a whole
// file, or a component.
func (s *schema) standsAlone() bool {
	if s.node.Pointer == "" {
		return true
	}
	tokens, err := spec.SplitPointer(s.node.Pointer)
	return err == nil && len(tokens) >= 2 && tokens[len(tokens)-2] == "schemas"
}

// walker finds the schemas of one document.
type walker struct {
	*view
	kind protocol
	seen map[*spec.Node]bool // values that are no schemas
}

// collect notes all schemas that a document reaches, in the order of the
// document.
func (v *view) collect(doc *spec.Node, kind protocol) {
	w := &walker{view: v, kind: kind, seen: map[*spec.Node]bool{}}
	w.value(doc)
}

// names are the members whose own members are named by the author, so that a
// name that looks like a keyword is none.
func (w *walker) names(n *spec.Node) bool {
	tokens, err := spec.SplitPointer(n.Pointer)
	if err != nil || len(tokens) == 0 {
		return false
	}
	last := tokens[len(tokens)-1]
	list := []string{"channels", "operations", "messages", "servers", "parameters", "paths", "responses", "requestBodies", "callbacks",
		"webhooks", "content", "components", "messageTraits", "operationTraits", "securitySchemes", "links", "encoding"}
	return slices.Contains(list, last) || last == "headers" && w.kind == openAPI
}

// value looks for schemas in a value that is none.
func (w *walker) value(n *spec.Node) {
	n = w.resolve(n)
	if n == nil || w.seen[n] {
		return
	}
	w.seen[n] = true
	named := w.names(n)
	for _, p := range n.Members() {
		switch {
		case p.Key == "schemas" && strings.HasSuffix(n.Pointer, "/components"):
			for _, c := range p.Value.Members() {
				w.schema(c.Value)
			}
		case named:
			w.value(p.Value)
		case w.holdsSchema(p.Key):
			n := w.unwrapped(p.Value)
			w.schema(n)
			if s := w.byNode[w.resolve(n)]; s != nil && p.Key == "payload" {
				s.payload = true
			}
		case holdsData(p.Key):
		default:
			w.value(p.Value)
		}
	}
	for _, item := range n.Elems() {
		w.value(item)
	}
}

func (w *walker) holdsSchema(key string) bool {
	if w.kind == asyncAPI && slices.Contains([]string{"payload", "headers", "query"}, key) {
		return true
	}
	return key == "schema"
}

// holdsData reports whether the value of a keyword is data, not description.
func holdsData(key string) bool {
	return strings.HasPrefix(key, "x-") || slices.Contains([]string{"example", "examples", "default", "const", "enum", "value", "security"}, key)
}

// unwrapped gives the schema of a payload that names its format, and nil where
// that is not JSON Schema.
func (w *walker) unwrapped(n *spec.Node) *spec.Node {
	wrapped := w.resolve(n)
	if !wrapped.Has("schemaFormat") {
		return n
	}
	format := wrapped.Get("schemaFormat").Str()
	if strings.Contains(format, "asyncapi") || strings.Contains(format, "application/schema+") {
		return wrapped.Get("schema")
	}
	return nil
}

func (w *walker) schema(n *spec.Node) {
	n = w.resolve(n)
	if !n.IsKind(spec.Map) {
		return
	}
	s := w.byNode[n]
	switch {
	case s == nil:
		s = &schema{node: n, shared: w.isShared(n.Pos.File)}
		w.byNode[n] = s
		w.schemas = append(w.schemas, s)
	case s.usedBy&w.kind != 0:
		return
	}
	s.usedBy |= w.kind
	for _, p := range n.Pairs {
		for _, sub := range subschemas(p) {
			w.schema(sub)
		}
	}
}

// isShared reports whether a file is neither one of the documents nor another
// document of their kinds.
func (v *view) isShared(file string) bool {
	if slices.Contains(v.documents, file) {
		return false
	}
	root := v.Loader.Load(file) // it was read already
	return !root.Has("openapi") && !root.Has("asyncapi") && !root.Has("swagger")
}

// subschemas gives the schemas that a keyword holds.
func subschemas(p spec.Pair) []*spec.Node {
	switch p.Key {
	case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
		var out []*spec.Node
		for _, m := range p.Value.Members() {
			out = append(out, m.Value)
		}
		return out
	case "allOf", "anyOf", "oneOf", "prefixItems":
		return p.Value.Elems()
	case "items":
		if p.Value.IsKind(spec.Seq) {
			return p.Value.Items
		}
		return []*spec.Node{p.Value}
	case "additionalProperties", "additionalItems", "contains", "propertyNames", "not", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties":
		return []*spec.Node{p.Value}
	}
	return nil
}
