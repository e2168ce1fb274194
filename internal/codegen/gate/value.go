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

// modern rewrites, in a document as value gives it, what OpenAPI 3.0 has of its
// own in schemas: nullable, and exclusive bounds that are booleans.
func modern(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = modern(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = modern(v[key])
		}
		for bound, exclusive := range map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"} {
			switch v[exclusive] {
			case true:
				v[exclusive] = v[bound]
				delete(v, bound)
				if v[exclusive] == nil {
					delete(v, exclusive)
				}
			case false:
				delete(v, exclusive)
			}
		}
		if kind, ok := v["type"].(string); ok && v["nullable"] == true {
			v["type"] = []any{kind, "null"}
			if enum, ok := v["enum"].([]any); ok {
				v["enum"] = append(enum[:len(enum):len(enum)], nil)
			}
		}
	}
	return v
}
