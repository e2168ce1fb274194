package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// restExamples reports bodies and successful responses without an example.
// Errors are left to the examples of their schema.
func restExamples(v *view, diags *source.Diagnostics) {
	seen := map[*spec.Node]bool{}
	for _, op := range v.operations() {
		v.media(op, func(what string, media *spec.Node, at source.Pos) {
			isError := strings.HasPrefix(what, "the response") && isErrorStatus(strings.Fields(what)[2])
			if isError || seen[media] || media.Has("example") || media.Has("examples") || v.exemplified(media.Get("schema")) {
				return
			}
			seen[media] = true
			notef(diags, at, "example-missing", "add examples: here, or to the schema", "%s has no example", what)
		})
	}
}

// messageExamples reports messages without an example.
func messageExamples(v *view, diags *source.Diagnostics) {
	seen := map[*spec.Node]bool{}
	report := func(key string, at source.Pos, n *spec.Node) {
		n = v.resolve(n)
		if n == nil || seen[n] || !n.Has("payload") {
			return
		}
		seen[n] = true
		for _, e := range n.Get("examples").Elems() {
			if v.resolve(e).Has("payload") {
				return
			}
		}
		payload := n.Get("payload")
		if wrapped := v.resolve(payload); wrapped.Has("schemaFormat") {
			payload = wrapped.Get("schema")
		}
		what := "the message"
		if key != "" {
			what += fmt.Sprintf(" %q", key)
		}
		if !v.exemplified(payload) {
			notef(diags, at, "example-missing", "add examples: with a payload, or to the schema of the payload", "%s has no example", what)
		}
	}
	for _, c := range v.AsyncAPI.Get("channels").Members() {
		c := v.resolve(c.Value)
		for _, m := range c.Get("messages").Members() {
			report(m.Key, m.KeyPos, m.Value)
		}
		for _, old := range []string{"publish", "subscribe"} { // AsyncAPI 2
			entry := c.Get(old, "message")
			message := v.resolve(entry)
			v.reportOld(entry, c.KeyPos(old), report)
			for _, m := range message.Get("oneOf").Elems() {
				v.reportOld(m, m.Pos, report)
			}
		}
	}
}

// reportOld calls report for a message of AsyncAPI 2 with a name for it: that of
// the message, or its key among the components, or its title. A message that is
// not written at the place itself is reported where it is.
func (v *view) reportOld(entry *spec.Node, at source.Pos, report func(string, source.Pos, *spec.Node)) {
	message := v.resolve(entry)
	key := cmp.Or(message.Get("messageId").Str(), message.Get("name").Str())
	if message != entry && message != nil {
		at = message.Pos
		if tokens, err := spec.SplitPointer(message.Pointer); err == nil && len(tokens) > 0 {
			key = cmp.Or(key, tokens[len(tokens)-1])
			at = v.keyPos(message, at)
		}
	}
	report(cmp.Or(key, message.Get("title").Str()), at, entry)
}

// keyPos gives the place of the key that a value stands under, or else at.
func (v *view) keyPos(n *spec.Node, at source.Pos) source.Pos {
	i := strings.LastIndexByte(n.Pointer, '/')
	if i < 0 {
		return at
	}
	parent, err := v.Loader.Load(n.Pos.File).At(n.Pointer[:i])
	if err != nil {
		return at
	}
	for _, p := range parent.Members() {
		if p.Value == n {
			return p.KeyPos
		}
	}
	return at
}

// exemplified reports whether a schema, a choice or a part of it, or that of the
// items of a list, has an example.
func (v *view) exemplified(n *spec.Node) bool { return v.hasExample(n, map[*spec.Node]bool{}) }

// hasExample looks at each schema once.
func (v *view) hasExample(n *spec.Node, seen map[*spec.Node]bool) bool {
	_, isRef := n.Ref()
	n = v.resolve(n)
	switch {
	case n == nil:
		return isRef // one that leads nowhere is told elsewhere
	case seen[n]:
		return false
	case n.Has("example") || n.Has("examples") || n.Has("const"):
		return true
	}
	seen[n] = true
	parts := slices.Concat(n.Get("oneOf").Elems(), n.Get("anyOf").Elems(), n.Get("allOf").Elems(), []*spec.Node{n.Get("items")})
	return slices.ContainsFunc(parts, func(part *spec.Node) bool { return v.hasExample(part, seen) })
}

// notef adds a note: advice that fails nothing.
func notef(diags *source.Diagnostics, pos source.Pos, rule, fix, format string, args ...any) {
	*diags = append(*diags, source.Diagnostic{Pos: pos, Severity: source.Note, Rule: rule, Fix: fix, Message: fmt.Sprintf(format, args...)})
}
