package spec

import (
	"net/url"
	"strconv"
	"strings"
)

// Bundle is a document made self-contained.
type Bundle struct {
	// Root is a copy of the document in which every reference is local. Its
	// nodes keep the positions that they have in their own files. It is nil where
	// the copy would be too large, which is reported.
	Root *Node
	// Hoisted gives, by the pointer of a component in Root such as
	// /components/schemas/Player, the value of another file that it came from.
	Hoisted map[string]*Node
}

// Section tells where a value that is referred to from a place in the bundled
// document goes: the name of a section below /components, or "" where it is to
// be copied to the place itself. The place is given as the tokens of its pointer.
type Section func(place []string) string

// Bundle copies the document doc, hoists everything that it refers to in other
// files to its components, and makes the references local. A component that is
// only a reference to another file takes that value itself and gives it its
// name; other values are named by [TypeName]. Unresolved references are reported
// and left as they are.
func (l *Loader) Bundle(doc *Node, section Section) *Bundle {
	b := &bundler{
		loader: l, section: section, file: doc.Pos.File,
		out:     &Bundle{Hoisted: map[string]*Node{}},
		pointer: map[hoistKey]string{}, taken: map[string]bool{}, inline: map[*Node]bool{},
	}
	b.claim(doc)
	b.out.Root = b.copy(doc, nil)
	b.flush()
	if b.copied > maxNodes {
		b.out.Root = nil
	}
	return b.out
}

type hoistKey struct {
	section string
	target  *Node
}

type bundler struct {
	loader  *Loader
	section Section
	file    string // of the root document
	out     *Bundle
	pointer map[hoistKey]string // of hoisted values
	taken   map[string]bool     // pointers in use
	inline  map[*Node]bool      // values being copied in place, to find cycles
	copied  int                 // values, so that what is copied in place has an end
	pending []hoisted
}

type hoisted struct {
	section, name string
	target        *Node
}

// claim notes the components that the document has: their names, and which of
// them stand for a value of another file.
func (b *bundler) claim(doc *Node) {
	for _, section := range doc.Get("components").Members() {
		if strings.HasPrefix(section.Key, "x-") {
			continue
		}
		for _, c := range section.Value.Members() {
			pointer := JoinPointer("components", section.Key, c.Key)
			b.taken[pointer] = true
			target := b.external(c.Value)
			key := hoistKey{section.Key, target}
			if target != nil && b.pointer[key] == "" {
				b.pointer[key] = pointer
				b.out.Hoisted[pointer] = target
			}
		}
	}
}

// external gives the value of another file that n refers to, and nil where n is
// no reference or stays in the root document.
func (b *bundler) external(n *Node) *Node {
	if _, isRef := n.Ref(); !isRef {
		return nil
	}
	target, ok := b.loader.Follow(n)
	if !ok || target.Pos.File == b.file {
		return nil
	}
	target, _ = b.loader.Resolve(target)
	if target == nil || target.Pos.File == b.file {
		return nil
	}
	return target
}

func (b *bundler) copy(n *Node, place []string) *Node {
	if b.copied++; b.copied > maxNodes {
		if b.copied == maxNodes+1 {
			b.loader.diags.Errorf(n.Pos, "document-limit", "split the document", "with what it refers to the document has more than %d values", maxNodes)
		}
		return &Node{Pos: n.Pos, Pointer: JoinPointer(place...)}
	}
	if _, isRef := n.Ref(); isRef {
		return b.reference(n, place)
	}
	c := *n
	c.Pointer = JoinPointer(place...)
	if n.Kind == Map {
		c.Pairs = make([]Pair, len(n.Pairs))
	}
	for i, p := range n.Pairs {
		value := p.Value
		if isData(place, p) {
			value = value.Clone() // what looks like a reference there is none
		} else {
			value = b.copy(value, push(place, p.Key))
		}
		c.Pairs[i] = Pair{Key: p.Key, KeyPos: p.KeyPos, Value: value}
	}
	if n.Kind == Seq {
		c.Items = make([]*Node, len(n.Items))
	}
	for i, item := range n.Items {
		c.Items[i] = b.copy(item, push(place, strconv.Itoa(i)))
	}
	return &c
}

// isData reports whether a member of the value at a place is data, as examples and
// the extensions of others are, and no part of the document's grammar.
func isData(place []string, p Pair) bool {
	parent := ""
	if len(place) > 0 {
		parent = place[len(place)-1]
	}
	switch parent {
	case "properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas", "dependencies",
		"headers", "responses", "parameters", "examples", "requestBodies", "links", "callbacks", "pathItems", "webhooks", "encoding",
		"channels", "operations", "messages", "servers", "variables", "serverVariables", "securitySchemes", "replies", "replyAddresses",
		"correlationIds", "operationTraits", "messageTraits", "serverBindings", "channelBindings", "operationBindings", "messageBindings":
		return false // p.Key is a name
	}
	switch p.Key {
	case "example", "default", "const", "enum":
		return true
	case "examples":
		return p.Value.IsKind(Seq)
	case "value":
		return len(place) > 1 && place[len(place)-2] == "examples"
	}
	return strings.HasPrefix(p.Key, "x-")
}

func (b *bundler) reference(n *Node, place []string) *Node {
	target := b.external(n)
	if target == nil {
		return b.local(n, place)
	}
	here := JoinPointer(place...)
	if b.out.Hoisted[here] == target {
		return b.body(target, place)
	}
	section := b.section(place)
	if section == "" {
		if b.inline[target] {
			b.loader.diags.Errorf(n.Pos, "ref-cycle", "move the value to components", "the value holds itself and can't be copied here")
			return n.Clone()
		}
		b.inline[target] = true
		defer delete(b.inline, target)
		return b.body(target, place)
	}
	return b.refTo(n, b.hoist(section, target))
}

// local copies a reference that names a value of the root document, whichever
// file it is written in.
func (b *bundler) local(n *Node, place []string) *Node {
	target, ok := b.loader.Follow(n)
	if !ok {
		return n.Clone()
	}
	if target.Pos.File != b.file { // a chain through another file back to this one
		if target, ok = b.loader.Resolve(target); !ok {
			return n.Clone()
		}
	}
	if pointer, isLocal := strings.CutPrefix(n.Get("$ref").Str(), "#"); isLocal && n.Pos.File == b.file {
		if u, err := url.Parse("#" + pointer); err == nil {
			if _, err := b.loader.at(b.loader.load(b.file, n.Pos), u.Fragment); err == nil {
				return b.refTo(n, "")
			}
		}
	}
	return b.refTo(n, target.Pointer)
}

// refTo copies the reference n and points it at pointer, where there is one.
// Its siblings, a description for example, stay.
func (b *bundler) refTo(n *Node, pointer string) *Node {
	c := n.Clone()
	if pointer != "" {
		c.Set("$ref", NewString(n.Get("$ref").Pos, "#"+fragment(pointer)))
	}
	return c
}

// fragment percent-encodes a pointer for use in a URI reference.
func fragment(pointer string) string {
	u := url.URL{Fragment: pointer}
	return u.EscapedFragment()
}

func (b *bundler) body(target *Node, place []string) *Node {
	c := b.copy(target, place)
	c.Delete("$id")
	c.Delete("$schema")
	return c
}

func (b *bundler) hoist(section string, target *Node) string {
	key := hoistKey{section, target}
	if p := b.pointer[key]; p != "" {
		return p
	}
	name := TypeName(target)
	pointer := JoinPointer("components", section, name)
	for i := 2; b.taken[pointer]; i++ {
		pointer = JoinPointer("components", section, name+strconv.Itoa(i))
	}
	b.taken[pointer] = true
	b.pointer[key] = pointer
	b.out.Hoisted[pointer] = target
	tokens, _ := SplitPointer(pointer)
	b.pending = append(b.pending, hoisted{section: section, name: tokens[2], target: target})
	return pointer
}

// flush writes the hoisted values to the components, and those that they in
// turn refer to.
func (b *bundler) flush() {
	for len(b.pending) > 0 {
		h := b.pending[0]
		b.pending = b.pending[1:]
		body := b.body(h.target, []string{"components", h.section, h.name})
		b.componentMap(h.section).Set(h.name, body)
	}
}

// componentMap gives the map of a components section of the copy, made where it is
// missing.
func (b *bundler) componentMap(name string) *Node {
	m := b.out.Root
	for _, key := range []string{"components", name} {
		next := m.Get(key)
		if !next.IsKind(Map) {
			next = NewMap(m.Pos)
			next.Pointer = m.Pointer + "/" + EscapeToken(key)
			m.Set(key, next)
		}
		m = next
	}
	return m
}

// push appends without sharing memory with other paths.
func push(place []string, token string) []string {
	return append(place[:len(place):len(place)], token)
}
