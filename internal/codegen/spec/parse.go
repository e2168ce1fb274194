package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/duet-api/duet/internal/codegen/source"
	"gopkg.in/yaml.v3"
)

// Limits of one file, so that a small document can't cost much memory or stack.
const (
	maxFileBytes = 16 << 20
	maxDepth     = 200
	maxNodes     = 1 << 20
	maxAliased   = 1 << 16 // nodes that aliases may add to a file
)

// parser turns the yaml.v3 nodes of one file into Nodes.
type parser struct {
	file    string
	lines   []string
	diags   *source.Diagnostics
	nodes   int
	aliased int
	inAlias map[*yaml.Node]bool // anchors being expanded, to find cycles
	full    bool                // a limit was reported
	last    mark                // of the last position
	plain   struct {            // whether the line looked at last is of ASCII alone
		line  int
		ascii bool
	}
}

// parse reads data as one YAML or JSON document. It gives nil where the document
// can't be read as a whole; what is wrong is then in diags.
func parse(file string, data []byte, diags *source.Diagnostics) *Node {
	start := source.Pos{File: file, Line: 1, Column: 1}
	if len(data) > maxFileBytes {
		diags.Errorf(start, "file-size", "split the document", "the file has more than %d bytes", maxFileBytes)
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if form := otherEncoding(data); form != "" {
		diags.Errorf(start, "encoding", "save the file as UTF-8", "the file is in %s", form)
		return nil
	}
	if i := bytes.IndexFunc(data, isControl); i >= 0 && utf8.Valid(data) {
		diags.Errorf(positionAt(file, data, i), "yaml-syntax", "remove it", "there is a control character, %U", data[i])
		return nil
	}
	if !utf8.Valid(data) {
		diags.Errorf(invalidUTF8(file, data), "encoding", "save the file as UTF-8", "the file is not valid UTF-8")
		return nil
	}
	if json.Valid(data) {
		data = yamlEscapes(data)
	}
	p := &parser{file: file, lines: strings.Split(string(data), "\n"), diags: diags, inAlias: map[*yaml.Node]bool{}}
	root, err := decodeYAML(data)
	if err != nil {
		p.syntax(err)
		return nil
	}
	if root == nil {
		diags.Errorf(start, "empty-document", "", "the file holds no document")
		return nil
	}
	before := len(*diags)
	n := p.node(root.Content[0], "", 0)
	if (*diags)[before:].HasErrors() {
		return nil
	}
	return n
}

// decodeYAML reads the only document of a stream; nil means an empty stream.
func decodeYAML(data []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("yaml: the document can't be parsed: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	root = new(yaml.Node)
	if err := dec.Decode(root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	second := new(yaml.Node)
	switch err := dec.Decode(second); {
	case err == nil:
		return nil, fmt.Errorf("yaml: line %d: a second document starts here; a file holds one", second.Line)
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	return root, nil
}

// pos gives the position of y. Package yaml counts columns in code points; a
// Pos counts bytes.
func (p *parser) pos(y *yaml.Node) source.Pos {
	pos := source.Pos{File: p.file, Line: y.Line, Column: y.Column}
	if y.Line < 1 || y.Line > len(p.lines) {
		return pos
	}
	if p.ascii(y.Line) {
		return pos
	}
	if p.last.line != y.Line || p.last.runes >= y.Column {
		p.last = mark{line: y.Line}
	}
	runes := p.last.runes
	for i := range p.lines[y.Line-1][p.last.offset:] {
		if runes++; runes == y.Column {
			pos.Column = p.last.offset + i + 1
			p.last = mark{y.Line, runes - 1, p.last.offset + i}
			break
		}
	}
	return pos
}

// mark is a place in a line: so many code points, and bytes, from its start. The
// next value mostly comes after it, which counts where a document is one line.
type mark struct{ line, runes, offset int }

// ascii reports whether a line is of ASCII alone, and remembers it of the last one.
func (p *parser) ascii(line int) bool {
	if p.plain.line != line {
		p.plain.line = line
		p.plain.ascii = !strings.ContainsFunc(p.lines[line-1], func(r rune) bool { return r >= utf8.RuneSelf })
	}
	return p.plain.ascii
}

// limit counts a node and reports, once a file, that there are too many.
func (p *parser) limit(y *yaml.Node, depth int) bool {
	p.nodes++
	if len(p.inAlias) > 0 {
		p.aliased++
	}
	what := ""
	switch {
	case depth > maxDepth:
		what = fmt.Sprintf("values are nested more than %d deep", maxDepth)
	case p.nodes > maxNodes:
		what = fmt.Sprintf("the file has more than %d values", maxNodes)
	case p.aliased > maxAliased:
		what = fmt.Sprintf("aliases repeat more than %d values", maxAliased)
	default:
		return p.full
	}
	if !p.full {
		p.full = true
		p.diags.Errorf(p.pos(y), "document-limit", "split the document", "%s", what)
	}
	return true
}

func (p *parser) node(y *yaml.Node, pointer string, depth int) *Node {
	n := &Node{Pos: p.pos(y), Pointer: pointer}
	if p.limit(y, depth) {
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		return p.alias(y, pointer, depth)
	case yaml.SequenceNode:
		n.Kind = Seq
		n.Items = make([]*Node, 0, len(y.Content))
		for i, item := range y.Content {
			n.Items = append(n.Items, p.node(item, pointer+"/"+strconv.Itoa(i), depth+1))
		}
	case yaml.MappingNode:
		n.Kind = Map
		p.members(n, y, depth)
	default:
		p.scalar(n, y)
	}
	return n
}

// alias repeats the anchored value, with its own pointer and the position of
// the anchored text.
func (p *parser) alias(y *yaml.Node, pointer string, depth int) *Node {
	if y.Alias == nil || p.inAlias[y.Alias] {
		p.diags.Errorf(p.pos(y), "yaml-alias", "use $ref, which may be recursive", "alias %q holds itself", "*"+y.Value)
		return &Node{Pos: p.pos(y), Pointer: pointer}
	}
	p.inAlias[y.Alias] = true
	defer delete(p.inAlias, y.Alias)
	return p.node(y.Alias, pointer, depth+1)
}

func (p *parser) members(n *Node, y *yaml.Node, depth int) {
	n.Pairs = make([]Pair, 0, len(y.Content)/2)
	seen := make(map[string]source.Pos, len(y.Content)/2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		key := k
		if k.Kind == yaml.AliasNode && k.Alias != nil {
			key = k.Alias
		}
		if key.Kind != yaml.ScalarNode {
			p.diags.Errorf(p.pos(k), "key-type", "write a string", "the key is not a string")
			continue
		}
		if key.Value == "<<" && key.Style == 0 {
			merged = append(merged, v)
			continue
		}
		pos := p.pos(k)
		if first, ok := seen[key.Value]; ok {
			p.diags.Errorf(pos, "duplicate-key", "remove one of them", "key %q is already at %s", key.Value, first)
			continue
		}
		seen[key.Value] = pos
		n.Pairs = append(n.Pairs, Pair{Key: key.Value, KeyPos: pos, Value: p.node(v, n.Pointer+"/"+EscapeToken(key.Value), depth+1)})
	}
	for _, m := range merged {
		p.merge(n, m, depth)
	}
}

// merge adds the members of a "<<" key, which is not part of YAML 1.2 but
// common: a member of the map itself wins, then the earliest of the merged.
func (p *parser) merge(n *Node, y *yaml.Node, depth int) {
	from := p.node(y, n.Pointer, depth+1)
	list := []*Node{from}
	if from.Kind == Seq {
		list = from.Items
	}
	for _, m := range list {
		if m.Kind != Map {
			if !p.full {
				p.diags.Errorf(p.pos(y), "yaml-merge", "merge an alias of a map", "the key << holds a value of kind %s", m.Kind)
			}
			return
		}
		for _, pair := range m.Pairs {
			if !n.Has(pair.Key) {
				n.Pairs = append(n.Pairs, pair)
			}
		}
	}
}

func (p *parser) scalar(n *Node, y *yaml.Node) {
	quoted := y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	explicit := y.Style&yaml.TaggedStyle != 0
	n.Kind, n.Text = String, y.Value
	if explicit && y.Tag == "!!str" || quoted && !explicit {
		return
	}
	kind, text, ok := coreScalar(y.Value)
	if !ok {
		p.diags.Errorf(n.Pos, "number-not-json", "leave the bound out, or write a finite number", "%s is not a JSON number", y.Value)
		return
	}
	if explicit && !tagFits(y.Tag, kind) {
		p.diags.Errorf(n.Pos, "yaml-tag", "remove the tag", "tag %s does not fit %q", y.Tag, y.Value)
		return
	}
	n.Kind, n.Text = kind, text
}

func tagFits(tag string, kind Kind) bool {
	switch tag {
	case "!!null":
		return kind == Null
	case "!!bool":
		return kind == Bool
	case "!!int", "!!float":
		return kind == Number
	}
	return false
}

// invalidUTF8 gives the place of the first byte that is not UTF-8.
func invalidUTF8(file string, data []byte) source.Pos {
	pos := source.Pos{File: file, Line: 1, Column: 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		pos.Column += size
		if r == '\n' {
			pos.Line, pos.Column = pos.Line+1, 1
		}
		data = data[size:]
	}
	return pos
}

var jsonEscape = regexp.MustCompile(`\\\\|\\/|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)

// yamlEscapes replaces the escapes of JSON that the YAML parser lacks: \/ and
// pairs of surrogates.
func yamlEscapes(data []byte) []byte {
	return jsonEscape.ReplaceAllFunc(data, func(m []byte) []byte {
		switch {
		case string(m) == `\/`:
			return []byte("/")
		case len(m) == 2:
			return m
		}
		high, _ := strconv.ParseUint(string(m[2:6]), 16, 32)
		low, _ := strconv.ParseUint(string(m[8:12]), 16, 32)
		return fmt.Appendf(nil, `\U%08X`, 0x10000+(high-0xd800)<<10+(low-0xdc00))
	})
}
