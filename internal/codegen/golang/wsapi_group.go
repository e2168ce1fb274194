package golang

import (
	"cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// group renders the fan-out to many connections.
func (f *wsapiFile) group() {
	name := f.s.Name
	f.P("// %sGroup sends to many connections. Its methods may be called by any number of", name)
	f.P("// goroutines at the same time and do not wait for the members.")
	f.P("type %sGroup struct{ group *%s }\n", name, f.runtime("Group"))
	f.newGroup()
	f.P("// Join adds a *%sConn, which gets the first messages and then everything that is", name)
	f.P("// sent from now on, except what belongs to key.")
	f.P("func (g *%sGroup) Join(m %s, key string, first ...%s) error { return g.group.Join(m, key, first...) }\n", name, f.runtime("Member"), f.runtime("Outgoing"))
	f.P("// Leave removes a *%sConn. One that ends leaves by itself.", name)
	f.P("func (g *%sGroup) Leave(m %s) { g.group.Leave(m) }\n", name, f.runtime("Member"))
	f.P("// Len is the number of members.")
	f.P("func (g *%sGroup) Len() int { return g.group.Len() }\n", name)
	f.P("// Flush sends what waits for the flush interval at once.")
	f.P("func (g *%sGroup) Flush() { g.group.Flush() }\n", name)
	f.P("// Close empties the group, and waits until what was sent before is written.")
	f.P("func (g *%sGroup) Close() { g.group.Close() }", name)
	for _, m := range f.s.ToClient {
		if m.Binary || m.Latest == nil && m.IsReply && !m.IsPush {
			continue
		}
		f.P("")
		f.publish(m)
	}
}

func (f *wsapiFile) newGroup() {
	name, options, ms := f.s.Name, f.runtime("GroupOptions"), f.s.FlushInterval
	if ms == 0 {
		f.P("// New%sGroup makes a group without members. Nil options are the defaults.", name)
		f.P("func New%[1]sGroup(o *%[2]s) *%[1]sGroup { return &%[1]sGroup{%[3]s(o)} }\n", name, options, f.runtime("NewGroup"))
		return
	}
	f.P("// New%sGroup makes a group without members. Nil options are what the contract says:", name)
	f.P("// two deliveries are at least %d ms apart.", ms)
	f.P("func New%[1]sGroup(o *%[2]s) *%[1]sGroup {", name, options)
	f.P("if o == nil {\no = &%s{FlushInterval: %d * %s.Millisecond}\n}", options, ms, f.Use("time"))
	f.P("return &%sGroup{%s(o)}\n}\n", name, f.runtime("NewGroup"))
}

func (f *wsapiFile) publish(m *ir.Message) {
	name, method := f.s.Name, groupMethod(m)
	if m.Latest == nil {
		f.Comment(docText(method, "", "sends "+wireName(m)+" to all members but those that joined with the key except; an empty one excepts nobody."))
		f.P("func (g *%sGroup) %s(m %s, except string) error {", name, method, f.schema(m.Type.Name))
		f.flushNow(m)
		f.P("return g.group.Publish(m, except)\n}")
		return
	}
	f.Comment(docText(method, "", "sends "+wireName(m)+" to all members, each item but to those that joined with its key. Where a member is slow, newer items replace older ones of the same key."))
	f.P("func (g *%sGroup) %s(m %s) error {", name, method, f.schema(m.Type.Name))
	f.P("if err := m.Validate(); err != nil {\nreturn err\n}")
	f.flushNow(m)
	f.P("return g.group.Update(%s(&m))\n}\n", f.private(m.Name+"Items"))
	f.items(m)
}

// flushNow lets a message, and what was sent before it, leave at once.
func (f *wsapiFile) flushNow(m *ir.Message) {
	if m.FlushNow {
		f.P("defer g.group.Flush()")
	}
}

// items renders what takes a message of the latest class apart.
func (f *wsapiFile) items(m *ir.Message) {
	slot, items, list := f.private(m.Name+"Slots"), f.private(m.Name+"Items"), itemsOf(m)
	f.P("// %s stands for %s in logs; only its address counts.", slot, wireName(m))
	f.P("var %s = %s{Name: %q, MaxBytes: %d}\n", slot, f.runtime("Latest"), wireName(m), cmp.Or(m.MaxBytes, 16<<10))
	f.P("// %s takes m apart.", items)
	f.P("func %s(m *%s) *%s {", items, f.schema(m.Type.Name), f.runtime("Update"))
	f.P("u := %s(&%s)", f.runtime("NewUpdate"), slot)
	f.P("u.Buf = m.AppendItemsHead(u.Buf)\nu.EndHead()")
	f.P("for i := range %s {", list)
	f.P("item := &%s[i]", list)
	f.P("u.Buf = item.AppendJSON(u.Buf)")
	f.P("u.EndItem(%s)", f.itemKey(m.Latest.Key))
	f.P("}")
	f.P("u.Buf = m.AppendItemsTail(u.Buf)\nreturn u\n}")
}

// itemsOf prints the way to the array of items.
func itemsOf(m *ir.Message) string {
	path := "m"
	for _, field := range m.Latest.Items {
		path += "." + field.Name
		if presenceOf(field) == byOpt {
			path += ".Value"
		}
	}
	return path
}

// itemKey prints an item's key, which lower has found to be a required string.
func (f *wsapiFile) itemKey(key *ir.Field) string {
	if key.Type.Name != "" {
		return "string(item." + key.Name + ")"
	}
	return "item." + key.Name
}
