package lint

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// errorCodes compares the error codes of the two documents, where both list
// them and the lists are not one schema.
func errorCodes(v *view, diags *source.Diagnostics) {
	rest, socket := v.restCodes(), v.socketCodes()
	if rest == nil || socket == nil || rest == socket {
		return
	}
	report := func(from, other *spec.Node, protocol string) {
		for _, code := range from.Get("enum").Elems() {
			known := slices.ContainsFunc(other.Get("enum").Elems(), func(n *spec.Node) bool { return n.JSON() == code.JSON() })
			if !known {
				diags.Warnf(code.Pos, "error-code-missing", "let both refer to one file of api/schemas",
					"the error code %s is not among those of the %s, at %s", code.JSON(), protocol, other.Pos)
			}
		}
	}
	report(rest, socket, "socket")
	report(socket, rest, "REST API")
}

// restCodes gives the enum of the code in the first error response that has one.
func (v *view) restCodes() *spec.Node {
	seen := map[*spec.Node]bool{}
	for _, op := range v.operations() {
		for _, r := range v.responses(op) {
			if !isErrorStatus(r.Key) {
				continue
			}
			for _, media := range r.Value.Get("content").Members() {
				if n := v.codeIn(media.Value.Get("schema"), 2, seen); n != nil {
					return n
				}
			}
		}
	}
	return nil
}

// socketCodes gives the enum of the code in the first message that is called an
// error.
func (v *view) socketCodes() *spec.Node {
	seen := map[*spec.Node]bool{}
	for _, c := range v.AsyncAPI.Get("channels").Members() {
		for _, m := range v.resolve(c.Value).Get("messages").Members() {
			if !strings.HasSuffix(spec.Pascal(m.Key), "Error") {
				continue
			}
			if n := v.codeIn(v.resolve(m.Value).Get("payload"), 2, seen); n != nil {
				return n
			}
		}
	}
	return nil
}

// codeIn finds a property named code with an enum in an object, at most depth
// objects deep. Each object is looked at once.
func (v *view) codeIn(n *spec.Node, depth int, seen map[*spec.Node]bool) *spec.Node {
	n = v.resolve(n)
	if n == nil || depth < 0 || seen[n] {
		return nil
	}
	seen[n] = true
	if code := v.resolve(n.Get("properties", "code")); code.Has("enum") {
		return code
	}
	for _, p := range n.Get("properties").Members() {
		if found := v.codeIn(p.Value, depth-1, seen); found != nil {
			return found
		}
	}
	return nil
}

// infos compares the titles and versions of the two documents.
func infos(v *view, diags *source.Diagnostics) {
	for _, key := range []string{"title", "version"} {
		a, b := v.OpenAPI.Get("info", key), v.AsyncAPI.Get("info", key)
		if a.Str() != "" && b.Str() != "" && a.Text != b.Text {
			diags.Warnf(b.Pos, "info-differs", "write one in both: they are one contract", "the %s is %q here and %q at %s", key, b.Text, a.Text, a.Pos)
		}
	}
}
