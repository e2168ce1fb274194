package spec

import "github.com/duet-api/duet/internal/codegen/source"

// Kind tells the JSON shape of a Node.
type Kind uint8

// The kinds of node.
const (
	Null Kind = iota
	Bool
	Number
	String
	Seq
	Map
)

func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Node is one value of a document. A tree that a Loader gave is shared and must
// not be changed; copy it with [Node.Clone] first. Its methods accept a nil
// Node, which has no members, no items and no text.
type Node struct {
	Kind Kind
	// Text is the text of a String, the exact JSON text of a Number, "true" or
	// "false" for a Bool and empty otherwise.
	Text  string
	Pairs []Pair  // the members of a Map, in document order
	Items []*Node // the items of a Seq
	Pos   source.Pos
	// Pointer is the RFC 6901 pointer of the node in its file: empty for the
	// root of the file.
	Pointer string
}

// Pair is one member of a Map.
type Pair struct {
	Key    string
	KeyPos source.Pos
	Value  *Node
}

// Lookup gives the member named key and whether there is one.
func (n *Node) Lookup(key string) (Pair, bool) {
	if n != nil {
		for _, p := range n.Pairs {
			if p.Key == key {
				return p, true
			}
		}
	}
	return Pair{}, false
}

// Get gives the value at a path of keys, or nil where one of them is missing.
func (n *Node) Get(path ...string) *Node {
	for _, key := range path {
		p, ok := n.Lookup(key)
		if !ok {
			return nil
		}
		n = p.Value
	}
	return n
}

// Has reports whether n has a member named key.
func (n *Node) Has(key string) bool {
	_, ok := n.Lookup(key)
	return ok
}

// IsKind reports whether n exists and is of kind k.
func (n *Node) IsKind(k Kind) bool { return n != nil && n.Kind == k }

// Str gives the text of a String, and "" for anything else.
func (n *Node) Str() string {
	if n.IsKind(String) {
		return n.Text
	}
	return ""
}

// True reports whether n is the boolean true.
func (n *Node) True() bool { return n.IsKind(Bool) && n.Text == "true" }

// Members gives the pairs of a Map and nil for anything else.
func (n *Node) Members() []Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}

// Elems gives the items of a Seq and nil for anything else.
func (n *Node) Elems() []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// Place gives n's position, and that of a fallback where n is nil.
func (n *Node) Place(fallback source.Pos) source.Pos {
	if n == nil {
		return fallback
	}
	return n.Pos
}

// KeyPos gives the position of the key named key, or else of n itself.
func (n *Node) KeyPos(key string) source.Pos {
	if p, ok := n.Lookup(key); ok {
		return p.KeyPos
	}
	return n.Place(source.Pos{})
}

// Keys gives the keys of a Map in document order.
func (n *Node) Keys() []string {
	keys := make([]string, 0, len(n.Members()))
	for _, p := range n.Members() {
		keys = append(keys, p.Key)
	}
	return keys
}

// Ref gives the text of n's $ref and whether n is a reference.
func (n *Node) Ref() (string, bool) {
	r := n.Get("$ref")
	return r.Str(), r.IsKind(String)
}

// NewString makes a String node.
func NewString(pos source.Pos, text string) *Node { return &Node{Kind: String, Text: text, Pos: pos} }

// NewMap makes an empty Map node.
func NewMap(pos source.Pos) *Node { return &Node{Kind: Map, Pos: pos} }

// Set replaces the member named key, or adds it as the last one. The key has
// the position of its value. It returns n.
func (n *Node) Set(key string, value *Node) *Node {
	for i, p := range n.Pairs {
		if p.Key == key {
			n.Pairs[i].Value = value
			return n
		}
	}
	n.Pairs = append(n.Pairs, Pair{Key: key, KeyPos: value.Pos, Value: value})
	return n
}

// Delete removes the member named key, where there is one.
func (n *Node) Delete(key string) {
	for i, p := range n.Pairs {
		if p.Key == key {
			n.Pairs = append(n.Pairs[:i:i], n.Pairs[i+1:]...)
			return
		}
	}
}

// Clone copies a tree, positions and pointers included.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	if n.Pairs != nil {
		c.Pairs = make([]Pair, len(n.Pairs))
		for i, p := range n.Pairs {
			c.Pairs[i] = Pair{Key: p.Key, KeyPos: p.KeyPos, Value: p.Value.Clone()}
		}
	}
	if n.Items != nil {
		c.Items = make([]*Node, len(n.Items))
		for i, item := range n.Items {
			c.Items[i] = item.Clone()
		}
	}
	return &c
}

// Walk calls visit for n and everything below it, parents first, in document
// order. It does not follow references. Where visit returns false the node's
// children are left out.
func (n *Node) Walk(visit func(*Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, p := range n.Pairs {
		p.Value.Walk(visit)
	}
	for _, item := range n.Items {
		item.Walk(visit)
	}
}
