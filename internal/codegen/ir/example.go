package ir

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/source"
)

// DropExamples removes the examples at the given places from the declared types
// and the messages.
func (m *Model) DropExamples(wrong map[source.Pos]bool) {
	if len(wrong) == 0 {
		return
	}
	keep := func(list []Example) []Example {
		return slices.DeleteFunc(list, func(e Example) bool { return wrong[e.Pos] })
	}
	for _, t := range m.Types {
		t.Examples = keep(t.Examples)
	}
	for _, s := range m.Sockets {
		for _, message := range append(s.ToServer[:len(s.ToServer):len(s.ToServer)], s.ToClient...) {
			message.Examples = keep(message.Examples)
		}
	}
}
