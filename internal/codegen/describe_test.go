package codegen_test

import (
	"fmt"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// describe writes what a model says, for golden files that do not change with
// the text of generated code.
func describe(m *ir.Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, the %s's view\n", m.Title, m.Version, m.Perspective)
	for _, t := range m.Types {
		fmt.Fprintf(&b, "\ntype %s %s\n", t.Name, kindText(t))
		describeMembers(&b, t)
	}
	for _, s := range m.Sockets {
		fmt.Fprintf(&b, "\nsocket %s %s subprotocol=%q max=%d\n", s.Name, s.Path, s.Subprotocol, s.MaxBytes)
		describeMessages(&b, "to server", s.ServerUnion, s.ToServer)
		describeMessages(&b, "to client", s.ClientUnion, s.ToClient)
		for _, c := range s.CloseCodes {
			fmt.Fprintf(&b, "  close %d %s reconnect=%v\n", c.Code, c.Name, c.Reconnect)
		}
		for _, sec := range s.Security {
			fmt.Fprintf(&b, "  security %s %s %q\n", sec.Scheme, sec.Kind, sec.Name)
		}
	}
	if len(m.Extras) > 0 {
		b.WriteString("\n")
	}
	for _, e := range m.Extras {
		fmt.Fprintf(&b, "%q %s\n", e.Name, e.JSON)
	}
	if m.REST != nil {
		describeREST(&b, m.REST)
	}
	return b.String()
}

func describeMembers(b *strings.Builder, t *ir.Type) {
	if t.Object != nil {
		for _, f := range t.Object.Fields {
			fmt.Fprintf(b, "  %s %q %s%s\n", f.Name, f.JSON, typeText(f.Type), fieldFlags(f))
		}
		if t.Object.Additional != nil {
			fmt.Fprintf(b, "  additional %s\n", typeText(t.Object.Additional))
		}
	}
	if t.Extra != "" {
		fmt.Fprintf(b, "  checked by %q\n", t.Extra)
	}
	if t.Box != nil {
		fmt.Fprintf(b, "  of %s\n", typeText(t.Box))
	}
	for _, v := range t.Enum {
		fmt.Fprintf(b, "  %s %s %q\n", v.Name, v.JSON, v.Doc)
	}
	if t.Union != nil {
		for _, v := range t.Union.Variants {
			fmt.Fprintf(b, "  %s %v%s\n", v.Type.Name, v.Values, variantTests(v))
		}
		if by := t.Union.By; by != nil {
			fmt.Fprintf(b, "  by %s%s, rule %d\n", by.Pointer, by.Second, by.Rule)
		}
	}
}

// variantTests says by what else than its values a variant is told.
func variantTests(v *ir.Variant) string {
	text := ""
	if len(v.Second) > 0 {
		text += fmt.Sprintf(" and %v", v.Second)
	}
	for _, t := range v.Topics {
		text += fmt.Sprintf(" topic=%q%q", t.Separators, t.Parts)
	}
	if len(v.JSON) > 0 {
		text += fmt.Sprintf(" kind=%v", v.JSON)
	}
	if v.Member != "" {
		text += " member=" + v.Member
	}
	return text
}

func fieldFlags(f *ir.Field) string {
	flags := ""
	if f.Required {
		flags += " required"
	}
	if f.Recursive {
		flags += " recursive"
	}
	if f.Default != "" {
		flags += " default=" + f.Default
	}
	return flags
}

func kindText(t *ir.Type) string {
	text := [...]string{"any", "boolean", "integer", "number", "string", "array", "map", "object", "union", "box"}[t.Kind]
	if t.Object != nil && t.Object.Closed {
		text += " closed"
	}
	return text
}

func typeText(t *ir.Type) string {
	text := kindText(t)
	switch {
	case t.Name != "":
		text = t.Name
	case t.IsConst():
		text += "=" + t.Enum[0].JSON
	case t.Kind == ir.Array:
		text = fmt.Sprintf("[%d:%s]%s", t.Array.MinItems, bound(t.Array.MaxItems), typeText(t.Array.Elem))
	case t.Kind == ir.Map:
		text = fmt.Sprintf("map[%d:%s]%s", t.Object.MinProps, bound(t.Object.MaxProps), typeText(t.Object.Additional))
	case t.Kind == ir.String:
		text += fmt.Sprintf("[%d:%s]%s%s", t.String.MinLength, bound(t.String.MaxLength), t.String.Format, t.String.Pattern)
	case t.Kind == ir.Integer || t.Kind == ir.Number:
		text += fmt.Sprintf(" %s[%s:%s]%s", t.Number.Format, limit(t.Number.Min), limit(t.Number.Max), t.Number.MultipleOf)
	}
	if t.Nullable {
		text += "?"
	}
	return text
}

func bound(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

func limit(b *ir.Bound) string {
	switch {
	case b == nil:
		return ""
	case b.Exclusive:
		return b.Value + "!"
	}
	return b.Value
}

func describeMessages(b *strings.Builder, direction string, union *ir.Type, list []*ir.Message) {
	fmt.Fprintf(b, "  %s: %s\n", direction, union.Name)
	for _, m := range list {
		fmt.Fprintf(b, "    %s %q %s tag=%s max=%d", m.Name, m.Key, m.Type.Name, m.Tag, m.MaxBytes)
		if m.Correlation != nil {
			fmt.Fprintf(b, " id=%s", m.Correlation.Name)
		}
		if m.Reply != nil {
			fmt.Fprintf(b, " reply=%s", m.Reply.Name)
		}
		if m.ReplyError != nil {
			fmt.Fprintf(b, " error=%s", m.ReplyError.Name)
		}
		if m.Rate != nil {
			fmt.Fprintf(b, " rate=%v/%d", m.Rate.PerSecond, m.Rate.Burst)
		}
		if m.Latest != nil {
			var path []string
			for _, f := range m.Latest.Items {
				path = append(path, f.Name)
			}
			fmt.Fprintf(b, " latest=%s/%s", strings.Join(path, "."), m.Latest.Key.Name)
		}
		fmt.Fprintf(b, " push=%v reply=%v\n", m.IsPush, m.IsReply)
	}
}

func describeREST(b *strings.Builder, r *ir.REST) {
	fmt.Fprintf(b, "\nrest %q\n", r.BasePath)
	for _, op := range r.Operations {
		fmt.Fprintf(b, "  %s %s %s secured=%v\n", op.Name, op.Method, op.Path, op.Secured)
		for _, p := range op.Params {
			fmt.Fprintf(b, "    %s %s %s required=%v default=%s\n", p.In, p.JSON, typeText(p.Type), p.Required, p.Default)
		}
		if op.Body != nil {
			fmt.Fprintf(b, "    body %s required=%v\n", typeText(op.Body), op.BodyRequired)
		}
		for _, resp := range op.Responses {
			body := ""
			if resp.Type != nil {
				body = " " + typeText(resp.Type)
			}
			fmt.Fprintf(b, "    %d %s%s headers=%d\n", resp.Status, resp.MediaType, body, len(resp.Headers))
		}
	}
	if r.Session != nil {
		fmt.Fprintf(b, "  session %s\n", r.Session.Create.Name)
	}
}
