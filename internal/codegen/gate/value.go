package gate

import (
	"encoding/json"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// value gives n as the JSON Schema library wants it: maps, slices, strings,
// booleans, nil and json.Number. Every validator of this package takes it, and
// none of our code reads it again.
func value(n *spec.Node) any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case spec.Bool:
		return n.Text == "true"
	case spec.Number:
		return json.Number(n.Text)
	case spec.String:
		return n.Text
	case spec.Seq:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = value(item)
		}
		return out
	case spec.Map:
		out := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			out[p.Key] = value(p.Value)
		}
		return out
	}
	return nil
}
