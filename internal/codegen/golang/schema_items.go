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

// inner gives the method of the struct below that writes its part, or "" where
// the array itself is below.
func (p itemsPath) inner(part string) string {
	if len(p.fields) == 1 {
		return ""
	}
	v := value{expr: "v." + p.fields[0].Name}.inside(p.fields[0])
	return v.expr + "." + itemsPath{fields: p.fields[1:]}.method(part)
}

// itemsMethods renders the writing of a message around its items.
func (f *schemaFile) itemsMethods(t *ir.Type, path itemsPath) {
	at := slices.IndexFunc(t.Object.Fields, func(field *ir.Field) bool { return field.Name == path.fields[0].Name })
	if at < 0 {
		return
	}
	f.itemsHead(t, path, at)
	f.itemsTail(t, path, at)
}

// itemsHead renders the writing up to and with the bracket that opens the items;
// at is the index of the member that they are in.
func (f *schemaFile) itemsHead(t *ir.Type, path itemsPath, at int) {
	if path.exported {
		f.Comment("AppendItemsHead appends the JSON of v up to and with the bracket that opens its items. The items joined by commas and the tail make it whole.")
	}
	f.P("func (v %s) %s(dst []byte) []byte {", t.Name, path.method("Head"))
	var o objectWriter
	f.text("{")
	for _, field := range t.Object.Fields[:at] {
		f.appendField(&o, field)
	}
	f.key(&o, t.Object.Fields[at].JSON)
	if inner := path.inner("Head"); inner != "" {
		f.code("dst = %s(dst)", inner)
	} else {
		f.text("[")
	}
	f.code("return dst\n}\n")
}

// itemsTail renders the writing from the bracket that closes the items on.
func (f *schemaFile) itemsTail(t *ir.Type, path itemsPath, at int) {
	if path.exported {
		f.Comment("AppendItemsTail appends the JSON of v from the bracket that closes its items on.")
	}
	f.P("func (v %s) %s(dst []byte) []byte {", t.Name, path.method("Tail"))
	if inner := path.inner("Tail"); inner != "" {
		f.code("dst = %s(dst)", inner)
	} else {
		f.text("]")
	}
	o := objectWriter{filled: true}
	for _, field := range t.Object.Fields[at+1:] {
		f.appendField(&o, field)
	}
	f.appendAdditional(t)
	f.text("}")
	f.code("return dst\n}\n")
}
