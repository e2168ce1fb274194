package gate

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// mistakes knows where the errors are that were found so far, and the warnings about
// the structure of an OpenAPI document, so that what merely follows from them is not
// said too.
type mistakes struct {
	loader *spec.Loader
	at     map[source.Pos]source.Diagnostic
	clean  map[*spec.Node]bool // values without any, in what they refer to neither
}

func mistakesOf(loader *spec.Loader, diags source.Diagnostics) *mistakes {
	m := &mistakes{loader: loader, at: map[source.Pos]source.Diagnostic{}, clean: map[*spec.Node]bool{}}
	for _, d := range diags {
		if d.Severity == source.Error || strings.HasPrefix(d.Rule, "openapi-") {
			d.Message += " " + m.at[d.Pos].Message // of several there
			m.at[d.Pos] = d
		}
	}
	return m
}

// below gives the errors in n and in everything that it refers to.
func (m *mistakes) below(n *spec.Node) []source.Diagnostic {
	if len(m.at) == 0 {
		return nil
	}
	var out []source.Diagnostic
	seen := map[*spec.Node]bool{}
	note := func(pos source.Pos) {
		if d, ok := m.at[pos]; ok {
			out = append(out, d)
		}
	}
	var walk func(n *spec.Node)
	walk = func(n *spec.Node) {
		n.Walk(func(n *spec.Node) bool {
			if seen[n] || m.clean[n] {
				return false
			}
			seen[n] = true
			note(n.Pos)
			for _, p := range n.Pairs {
				note(p.KeyPos)
			}
			if _, isRef := n.Ref(); isRef {
				if target, ok := m.loader.Follow(n); ok {
					walk(target)
				}
			}
			return true
		})
	}
	walk(n)
	if len(out) == 0 {
		maps.Copy(m.clean, seen)
	}
	return out
}

var quoted = regexp.MustCompile(`"([^"]+)"`)

// repeats reports whether a finding about what stands at its place in doc only
// says again what an error below that place says: it names the same word.
func (m *mistakes) repeats(doc *spec.Node, d source.Diagnostic) bool {
	at := valueAt(doc, d.Pos)
	if at == nil {
		return false
	}
	return slices.ContainsFunc(m.below(at), func(e source.Diagnostic) bool {
		for _, word := range quoted.FindAllStringSubmatch(e.Message, -1) {
			if strings.Contains(d.Message, word[1]) {
				return true
			}
		}
		return false
	})
}

// valueAt gives the value that stands at a place, or whose key does.
func valueAt(doc *spec.Node, pos source.Pos) (found *spec.Node) {
	doc.Walk(func(n *spec.Node) bool {
		if n.Pos == pos && found == nil {
			found = n
		}
		for _, p := range n.Pairs {
			if p.KeyPos == pos && found == nil {
				found = p.Value
			}
		}
		return found == nil
	})
	return found
}
