package lower

import (
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// mend rewrites what public documents of AsyncAPI 3 often keep from version 2 and
// what can be meant in one way only, with a warning each. The document that is
// served is mended too.
type mend struct{ diags *source.Diagnostics }

// Mend mends an AsyncAPI document of version 3 in place.
func Mend(doc *spec.Node, diags *source.Diagnostics) {
	if doc.Get("asyncapi").Str() < "3" {
		return
	}
	m := &mend{diags}
	components := doc.Get("components")
	for _, holder := range []*spec.Node{doc, components} {
		for _, p := range holder.Get("servers").Members() {
			m.security(p.Value)
		}
		for _, p := range holder.Get("operations").Members() {
			m.security(p.Value)
		}
		for _, p := range holder.Get("channels").Members() {
			m.parameters(p.Value.Get("parameters"))
			m.messages(p.Value.Get("messages"))
		}
	}
	m.parameters(components.Get("parameters"))
	m.messages(components.Get("messages"))
}

// security replaces a requirement that names a scheme by a reference to it.
func (m *mend) security(n *spec.Node) {
	for i, item := range n.Get("security").Elems() {
		if len(item.Pairs) != 1 || item.Pairs[0].Value.Kind != spec.Seq {
			continue
		}
		p := item.Pairs[0]
		pointer := "#" + spec.JoinPointer("components", "securitySchemes", p.Key)
		m.diags.Warnf(p.KeyPos, "mixed-versions", "write {$ref: '"+pointer+"'}", "a requirement by the name of a scheme is of AsyncAPI 2; it is read as a reference to the scheme")
		n.Get("security").Items[i] = spec.NewMap(item.Pos).Set("$ref", spec.NewString(p.KeyPos, pointer))
	}
}

// parameters takes over what the schema of a parameter says and version 3 has.
func (m *mend) parameters(n *spec.Node) {
	for _, p := range n.Members() {
		m.texts(p)
		schema, has := p.Value.Lookup("schema")
		if !has {
			continue
		}
		m.diags.Warnf(schema.KeyPos, "mixed-versions", "write enum, default, examples and description in the parameter itself", "the schema of a parameter is of AsyncAPI 2: {%s} is a string in generated code", p.Key)
		p.Value.Delete("schema")
		for _, key := range []string{"enum", "default", "examples", "description"} {
			if q, has := schema.Value.Lookup(key); has && !p.Value.Has(key) {
				p.Value.Pairs = append(p.Value.Pairs, q)
			}
		}
		m.texts(p)
	}
}

// texts writes the numbers and booleans that a parameter may be as strings, which
// the parameters of an address are.
func (m *mend) texts(p spec.Pair) {
	said := false
	for _, key := range []string{"enum", "default", "examples"} {
		value := p.Value.Get(key)
		for _, n := range append([]*spec.Node{value}, value.Elems()...) {
			if !n.IsKind(spec.Bool) && !n.IsKind(spec.Number) {
				continue
			}
			if !said {
				m.diags.Warnf(n.Pos, "address-parameter", "write it as a string", "the parameter {%s} of an address is a string: %s is read as text", p.Key, n.Text)
			}
			said = true
			n.Kind = spec.String
		}
	}
}

// messages puts the format of a payload beside its schema.
func (m *mend) messages(n *spec.Node) {
	for _, p := range n.Members() {
		format, has := p.Value.Lookup("schemaFormat")
		payload, described := p.Value.Lookup("payload")
		if !has || payload.Value.Has("schemaFormat") {
			continue
		}
		m.diags.Warnf(format.KeyPos, "mixed-versions", "write payload: {schemaFormat: …, schema: …}", "schemaFormat of a message is of AsyncAPI 2; it is read as that of the payload")
		p.Value.Delete("schemaFormat")
		if described {
			wrapped := spec.NewMap(payload.Value.Pos)
			wrapped.Pairs = []spec.Pair{format, {Key: "schema", KeyPos: payload.KeyPos, Value: payload.Value}}
			p.Value.Set("payload", wrapped)
		}
	}
}
