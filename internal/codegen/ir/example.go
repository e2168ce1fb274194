package ir

import (
	"slices"

	"github.com/duet-api/duet/internal/codegen/source"
)

// DropValues removes the examples and defaults at the given places from the
// declared types, the messages and the parameters.
func (m *Model) DropValues(wrong map[source.Pos]bool) {
	if len(wrong) == 0 {
		return
	}
	m.dropDefaults(wrong)
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

func (m *Model) dropDefaults(wrong map[source.Pos]bool) {
	for _, t := range m.Types {
		if t.Object == nil {
			continue
		}
		for _, f := range t.Object.Fields {
			if wrong[f.DefaultAt] {
				f.Default = ""
			}
		}
	}
	if m.REST == nil {
		return
	}
	for _, op := range m.REST.Operations {
		for _, p := range op.Params {
			if wrong[p.DefaultAt] {
				p.Default = ""
			}
		}
	}
}
