package golang

import (
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// topics renders the topics of a socket that have parameters: a type for each
// with the way to its text and back.
func (f *wsapiFile) topics() {
	for i, t := range withParams(f.s.Topics) {
		if i > 0 {
			f.P("")
		}
		f.topic(t)
	}
}

func withParams(topics []*ir.Topic) []*ir.Topic {
	var out []*ir.Topic
	for _, t := range topics {
		if len(t.Params) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func topicType(t *ir.Topic) string { return t.Name + "Topic" }

func (f *wsapiFile) topic(t *ir.Topic) {
	name, wire := topicType(t), f.Use(runtimeWire)
	f.Comment(docText(name, t.Doc, "is the parameters of the topic "+t.Address+"."))
	f.P("type %s struct {", name)
	for _, p := range t.Params {
		f.Comment(strings.TrimSpace(p.Doc))
		f.P("%s string", p.Name)
	}
	f.P("}\n")
	f.Comment("Parse" + name + " reads a topic of the form " + t.Address + ", which messages hold in " + f.s.TopicPointer + ". It returns a *wire.ValidationError for another one.")
	f.P("func Parse%s(topic string) (t %s, err error) {", name, name)
	f.P("values, err := %s.SplitTopic(topic, %s)", wire, topicArgs(t))
	f.P("if err != nil {\nreturn t, err\n}")
	for i, p := range t.Params {
		if len(p.Type.Enum) > 0 {
			f.P("if err := %s.TopicValue(values[%d], %s); err != nil {\nreturn t, err\n}", wire, i, enumTexts(p.Type))
		}
	}
	for i, p := range t.Params {
		f.P("t.%s = values[%d]", p.Name, i)
	}
	f.P("return t, nil\n}\n")
	note := ""
	if t.Separators != "" {
		note = ", none of which may have a sign of " + strconv.Quote(t.Separators)
	}
	f.Comment("String gives the topic of the parameters" + note + ".")
	var values []string
	for _, p := range t.Params {
		values = append(values, "t."+p.Name)
	}
	f.P("func (t %s) String() string {", name)
	f.P("return %s.JoinTopic([]string{%s}, %s)\n}", wire, quoteList(t.Parts), strings.Join(values, ", "))
}

// topicArgs prints what the functions of package wire want of a topic.
func topicArgs(t *ir.Topic) string { return quoteList(append([]string{t.Separators}, t.Parts...)) }

func enumTexts(t *ir.Type) string {
	var values []string
	for _, v := range t.Enum {
		values = append(values, unquoteJSON(v.JSON))
	}
	return quoteList(values)
}

// topicParam gives the type of the handler's parameter for a message's topic, with
// a comma before it; empty where it has none.
func topicParam(m *ir.Message) string {
	if m.Topic == nil {
		return ""
	}
	return ", topic " + topicType(m.Topic)
}

// handle prints the call of a message's handler. It renders what reads the topic.
func (f *wsapiFile) handle(m *ir.Message) string {
	call := "g.messages." + handlerMethod(m) + "(ctx, c, m"
	if m.Topic == nil {
		return call + ")"
	}
	f.P("text, _ := %s.PeekText(frame, %s)", f.Use(runtimeWire), quoteList(pointerPath(f.s.TopicPointer)))
	f.P("topic, err := Parse%s(string(text))", topicType(m.Topic))
	f.P("if err != nil {\nreturn %s(err)\n}", f.runtime("BadFrame"))
	return call + ", topic)"
}
