package lower

import (
	"cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// envelope says where the frames of a channel carry the message's name, its
// payload and, for a request and its reply, its id: x-envelope: {type: /event,
// payload: /data, id: /id}. The schemas of the messages then describe the
// payload alone.
type envelope struct {
	node              *spec.Node
	typ, payload, key string // members of the frame; key is empty for none
}

// envelope reads x-envelope of a channel, or else of the document. It is nil
// where there is none.
func (s *sockets) envelope(c *channel) *envelope {
	n := c.node.Get("x-envelope")
	if n == nil {
		n = s.doc.Get("x-envelope")
	}
	if n == nil {
		return nil
	}
	if !s.onlyKeys(n, "x-envelope", "type", "payload", "id") {
		return nil
	}
	e := &envelope{node: n}
	for _, p := range n.Members() {
		tokens, err := spec.SplitPointer(p.Value.Str())
		if err != nil || len(tokens) != 1 {
			s.diags.Errorf(p.Value.Pos, "x-envelope", "write /"+p.Key, "x-envelope wants a pointer to a member of the frame, not %s", p.Value.JSON())
			return nil
		}
		switch p.Key {
		case "type":
			e.typ = tokens[0]
		case "payload":
			e.payload = tokens[0]
		case "id":
			e.key = tokens[0]
		}
	}
	if e.typ == "" || e.payload == "" || e.typ == e.payload || e.key == e.typ || e.key == e.payload {
		s.diags.Errorf(n.Pos, "x-envelope", "write {type: /type, payload: /data}", "x-envelope must give different places for type and payload")
		return nil
	}
	return e
}

// enclose makes the object that a frame with the message is. Its name is the
// message's with Message at the end.
func (s *sockets) enclose(m *message, payload *spec.Node, e *envelope) *ir.Type {
	t := &ir.Type{Kind: ir.Object, Doc: m.out.Doc, Pos: m.node.Pos, Object: &ir.Members{}}
	tag := cmp.Or(m.node.Get("name").Str(), m.out.Key)
	t.Object.Fields = append(t.Object.Fields, &ir.Field{
		Name: fieldName(e.typ), JSON: e.typ, Required: true, Pos: e.node.Pos, Doc: "Tells the message.",
		Type: &ir.Type{Kind: ir.String, Pos: e.node.Pos, Enum: []ir.EnumValue{{Name: spec.Pascal(tag), JSON: spec.NewString(e.node.Pos, tag).JSON()}}},
	})
	if m.node.Has("correlationId") && e.key != "" {
		t.Object.Fields = append(t.Object.Fields, &ir.Field{
			Name: fieldName(e.key), JSON: e.key, Required: true, Pos: e.node.Pos, Doc: "Ties a reply to its request.",
			Type: &ir.Type{Kind: ir.String, Pos: e.node.Pos},
		})
	}
	if payload != nil {
		f := &ir.Field{Name: fieldName(e.payload), JSON: e.payload, Required: true, Pos: payload.Pos, Type: s.schema(payload, m.out.Name)}
		f.Doc = f.Type.Doc
		t.Object.Fields = append(t.Object.Fields, f)
	}
	s.declare(t, m.out.Name+"Message")
	return t
}
