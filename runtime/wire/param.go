package wire

import (
	"encoding/json"
	"maps"
	"slices"
)

// Param is a member of an object that a query or headers carry as text.
type Param struct {
	Name string // of the member
	Key  string // of the text; empty for Name
	// Kind is what the text is: a string, a number, a boolean, and for KindNone
	// any JSON.
	Kind Kind
	List bool // an array of all texts of the key; otherwise the first one counts
}

func (p Param) key() string {
	if p.Key != "" {
		return p.Key
	}
	return p.Name
}

// AppendParams appends the object that values carry as text to dst as JSON, to be
// decoded and checked. A member without a text is left out. A text that is not of
// its kind is written as a string, which decoding then refuses. With rest the
// texts that no Param names become string members too.
func AppendParams(dst []byte, params []Param, values map[string][]string, rest bool) []byte {
	dst = append(dst, '{')
	named := map[string]bool{}
	member := func(name string) {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, name), ':')
	}
	for _, p := range params {
		named[p.key()] = true
		texts := values[p.key()]
		if len(texts) == 0 {
			continue
		}
		member(p.Name)
		if !p.List {
			dst = appendParam(dst, texts[0], p.Kind)
			continue
		}
		dst = append(dst, '[')
		for i, text := range texts {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendParam(dst, text, p.Kind)
		}
		dst = append(dst, ']')
	}
	if rest {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if texts := values[key]; !named[key] && len(texts) > 0 {
				member(key)
				dst = AppendString(dst, texts[0])
			}
		}
	}
	return append(dst, '}')
}

func appendParam(dst []byte, text string, kind Kind) []byte {
	plain := kind != KindString && json.Valid([]byte(text)) && (kind == KindNone || KindOf([]byte(text)) == kind)
	if plain {
		return append(dst, text...)
	}
	return AppendString(dst, text)
}

// Texts gives the members of an encoded object as a query or headers carry them:
// a string as its text, an array as the texts of its elements, and anything else
// as JSON. A null is left out.
func Texts(object []byte) map[string][]string {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return nil
	}
	out := make(map[string][]string, len(members))
	for name, value := range members {
		var list []json.RawMessage
		if KindOf(value) != KindArray || json.Unmarshal(value, &list) != nil {
			list = []json.RawMessage{value}
		}
		for _, item := range list {
			switch text := ""; {
			case KindOf(item) == KindNull:
			case json.Unmarshal(item, &text) == nil:
				out[name] = append(out[name], text)
			default:
				out[name] = append(out[name], string(item))
			}
		}
	}
	return out
}
