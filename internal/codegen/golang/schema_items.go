package golang

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// itemsPath is the way from a struct to the array of a message whose delivery
// is latest.
type itemsPath struct {
	fields []*ir.Field
	// exported says that the struct is the payload itself.
	exported bool
}

// itemsPaths gives the ways from the payloads, and from the structs on them, by
// the name of the struct.
func itemsPaths(m *ir.Model) map[string][]itemsPath {
	paths := map[string][]itemsPath{}
	for _, socket := range m.Sockets {
		for _, message := range socket.ToClient {
			if message.Latest == nil {
				continue
			}
			owner := message.Type.Name
			for i := range message.Latest.Items {
				addPath(paths, owner, itemsPath{message.Latest.Items[i:], i == 0})
				owner = message.Latest.Items[i].Type.Name
			}
		}
	}
	return paths
}

func addPath(paths map[string][]itemsPath, owner string, path itemsPath) {
	for _, known := range paths[owner] {
		if known.exported == path.exported && slices.Equal(known.fields, path.fields) {
			return
		}
	}
	paths[owner] = append(paths[owner], path)
}

// method gives the name of the method for one part.
func (p itemsPath) method(part string) string {
	if p.exported {
		return "AppendItems" + part
	}
	var names strings.Builder
	for _, field := range p.fields {
		names.WriteString(field.Name)
	}
	return "append" + names.String() + part
}

// itemsMethods renders the writing of a message around its items.
func (f *schemaFile) itemsMethods(t *ir.Type, path itemsPath) {
	at := slices.IndexFunc(t.Object.Fields, func(field *ir.Field) bool { return field.Name == path.fields[0].Name })
	if at < 0 {
		return
	}
	if path.exported {
		f.P("// AppendItemsHead appends the JSON of v up to and with the bracket that opens its")
		f.P("// items. The items joined by commas and the tail make it whole.")
	}
	f.P("func (v %s) %s(dst []byte) []byte {", t.Name, path.method("Head"))
	var o objectWriter
	f.text("{")
	for _, field := range t.Object.Fields[:at] {
		f.appendField(&o, field)
	}
	f.key(&o, t.Object.Fields[at].JSON)
	inner := "v." + path.fields[0].Name
	if presenceOf(path.fields[0]) == byOpt {
		inner += ".Value"
	}
	if len(path.fields) == 1 {
		f.text("[")
	} else {
		f.code("dst = %s.%s(dst)", inner, itemsPath{fields: path.fields[1:]}.method("Head"))
	}
	f.code("return dst\n}\n")

	if path.exported {
		f.P("// AppendItemsTail appends the JSON of v from the bracket that closes its items on.")
	}
	f.P("func (v %s) %s(dst []byte) []byte {", t.Name, path.method("Tail"))
	if len(path.fields) == 1 {
		f.text("]")
	} else {
		f.code("dst = %s.%s(dst)", inner, itemsPath{fields: path.fields[1:]}.method("Tail"))
	}
	o = objectWriter{filled: true}
	for _, field := range t.Object.Fields[at+1:] {
		f.appendField(&o, field)
	}
	f.appendAdditional(t)
	f.text("}")
	f.code("return dst\n}\n")
}
