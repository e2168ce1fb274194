package spec

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// AppendJSON appends n as compact JSON, members in document order and numbers
// exactly as they are. A nil Node is null.
func (n *Node) AppendJSON(dst []byte) []byte {
	if n == nil {
		return append(dst, "null"...)
	}
	switch n.Kind {
	case Null:
		return append(dst, "null"...)
	case String:
		return appendString(dst, n.Text)
	case Seq:
		dst = append(dst, '[')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Map:
		dst = append(dst, '{')
		for i, p := range n.Pairs {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, p.Key), ':')
			dst = p.Value.AppendJSON(dst)
		}
		return append(dst, '}')
	}
	return append(dst, n.Text...)
}

// JSON gives n as compact JSON text.
func (n *Node) JSON() string { return string(n.AppendJSON(nil)) }

func appendString(dst []byte, s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can always be encoded
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// YAML gives n as a YAML document, indented by two spaces. Strings that some
// readers take for something else (y, on, dates) are quoted.
func (n *Node) YAML() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n.yaml()); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (n *Node) yaml() *yaml.Node {
	switch n.Kind {
	case String:
		return yamlString(n.Text)
	case Seq:
		y := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range n.Items {
			y.Content = append(y.Content, item.yaml())
		}
		if len(n.Items) == 0 {
			y.Style = yaml.FlowStyle
		}
		return y
	case Map:
		y := &yaml.Node{Kind: yaml.MappingNode}
		for _, p := range n.Pairs {
			y.Content = append(y.Content, yamlString(p.Key), p.Value.yaml())
		}
		if len(n.Pairs) == 0 {
			y.Style = yaml.FlowStyle
		}
		return y
	case Null:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}
}

// otherScalar matches plain text that a YAML 1.1 reader takes for a boolean, a
// date, a sexagesimal number or a merge key.
var otherScalar = regexp.MustCompile(`^(?i:y|yes|n|no|on|off|<<|=|[-+]?[0-9][0-9_:.\-tTzZ+]*|0[xob].*)$`)

func yamlString(s string) *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	kind, _, ok := coreScalar(s)
	if kind != String || !ok || otherScalar.MatchString(s) {
		y.Style = yaml.DoubleQuotedStyle
	} else if strings.Contains(s, "\n") {
		y.Style = yaml.LiteralStyle
	}
	return y
}
