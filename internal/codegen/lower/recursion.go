package lower

import "github.com/duet-api/duet/internal/codegen/ir"

// placed is a type with the name that it would get if it were declared.
type placed struct {
	typ  *ir.Type
	name string
}

// boxRecursion declares arrays and maps that hold themselves, which could not be
// written in place: what is inside refers to a box of them.
func (l *lowering) boxRecursion() {
	for _, p := range l.inPlace {
		edges := selfEdges(p.typ)
		if len(edges) == 0 {
			continue
		}
		box := l.box(p.typ, p.name, p.typ.Pos)
		for _, e := range edges {
			*e = box
		}
	}
}

// selfEdges gives the places inside a type written in place that refer to it
// again, without a declared type between.
func selfEdges(t *ir.Type) []**ir.Type {
	var out []**ir.Type
	seen := map[*ir.Type]bool{}
	var walk func(at *ir.Type)
	follow := func(e **ir.Type) {
		switch {
		case *e == nil:
		case *e == t:
			out = append(out, e)
		default:
			walk(*e)
		}
	}
	walk = func(at *ir.Type) {
		if at.Name != "" || seen[at] {
			return
		}
		seen[at] = true
		switch at.Kind {
		case ir.Array:
			follow(&at.Array.Elem)
		case ir.Map:
			follow(&at.Object.Additional)
		}
	}
	walk(t)
	return out
}

// markRecursion marks the fields that close a cycle of structs. Types are
// searched in order of their names, so that the same fields are found each time.
func markRecursion(types []*ir.Type) {
	const active, done = 1, 2
	state := map[string]int{}
	var visit func(t *ir.Type)
	visit = func(t *ir.Type) {
		state[t.Name] = active
		for _, f := range t.Object.Fields {
			if f.Type.Kind != ir.Object {
				continue
			}
			switch state[f.Type.Name] {
			case active:
				f.Recursive = true
			case 0:
				visit(f.Type)
			}
		}
		state[t.Name] = done
	}
	for _, t := range types {
		if t.Kind == ir.Object && state[t.Name] == 0 {
			visit(t)
		}
	}
}
