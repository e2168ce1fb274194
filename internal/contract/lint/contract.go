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

// securitySchemes compares the security schemes of one name, and what the two
// documents ask for at all.
func securitySchemes(v *view, diags *source.Diagnostics) {
	if v.OpenAPI == nil || v.AsyncAPI == nil {
		return
	}
	rest := v.OpenAPI.Get("components", "securitySchemes")
	for _, p := range v.AsyncAPI.Get("components", "securitySchemes").Members() {
		other, has := rest.Lookup(p.Key)
		if !has {
			continue
		}
		a, b := v.resolve(other.Value), v.resolve(p.Value)
		for _, key := range []string{"type", "scheme", "in", "name", "openIdConnectUrl"} {
			x, y := schemeValue(a, key), schemeValue(b, key)
			if x != y {
				diags.Errorf(b.Place(p.KeyPos), "security-differs", "describe one scheme in both documents, or rename one",
					"the security scheme %q has %s %q here and %q at %s", p.Key, key, y, x, a.Place(other.KeyPos))
				break
			}
		}
	}
	secured := v.restSecured()
	if v.Model == nil || secured == nil {
		return
	}
	for _, s := range v.Model.Sockets {
		if len(s.Security) == 0 {
			diags.Warnf(s.Pos, "security-missing", "name the schemes under security of the server or of the operations",
				"the socket %s wants no credential, and the REST API does, at %s", s.Path, secured.Pos)
		}
	}
}

// schemeValue gives a member of a security scheme, in the words of OpenAPI.
func schemeValue(n *spec.Node, key string) string {
	text := n.Get(key).Str()
	switch {
	case key == "type" && text == "httpApiKey":
		return "apiKey"
	case key == "scheme":
		return strings.ToLower(text)
	case key == "name" && n.Get("in").Str() == "header":
		return strings.ToLower(text)
	}
	return text
}

// restSecured gives the first operation that wants a credential, or nil.
func (v *view) restSecured() *spec.Node {
	for _, op := range v.operations() {
		list := v.OpenAPI.Get("security")
		if op.Value.Has("security") {
			list = op.Value.Get("security")
		}
		optional := slices.ContainsFunc(list.Elems(), func(n *spec.Node) bool { return len(n.Members()) == 0 })
		if len(list.Elems()) > 0 && !optional {
			return op.Value
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
