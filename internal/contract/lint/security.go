package lint

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// securitySchemes compares the security schemes of one name, and what the two
// documents ask for at all.
func securitySchemes(v *view, diags *source.Diagnostics) {
	if v.OpenAPI == nil || v.AsyncAPI == nil {
		return
	}
	v.sameSchemes(diags)
	secured := v.restSecurity()
	if v.Model == nil || secured == nil {
		return
	}
	for _, s := range v.Model.Sockets {
		if len(s.Security) == 0 {
			diags.Warnf(s.Pos, "security-missing", "name the schemes under security of the server or of the operations",
				"the socket %s wants no credential, and the REST API does, at %s", s.Path, secured.KeyPos)
			continue
		}
		var names []string
		for _, sec := range s.Security {
			names = append(names, sec.Scheme)
		}
		v.commonScheme(s.Path, names, secured, diags)
	}
}

// sameSchemes reports schemes of one name that are not the same.
func (v *view) sameSchemes(diags *source.Diagnostics) {
	rest := v.OpenAPI.Get("components", "securitySchemes")
	for _, p := range v.AsyncAPI.Get("components", "securitySchemes").Members() {
		other, has := rest.Lookup(p.Key)
		if !has {
			continue
		}
		a, b := v.resolve(other.Value), v.resolve(p.Value)
		for _, key := range []string{"type", "scheme", "in", "name", "openIdConnectUrl"} {
			if schemeValue(a, key) != schemeValue(b, key) {
				diags.Errorf(b.Place(p.KeyPos), "security-differs", "describe one scheme in both documents, or rename one",
					"the security scheme %q has %s %q here and %q at %s", p.Key, key, b.Get(key).Str(), a.Get(key).Str(), a.Place(other.KeyPos))
				break
			}
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

// commonScheme reports that a socket takes no credential that the REST API takes.
// A scheme that only a socket has, such as a query parameter or a message, may well
// carry what the REST API gave out.
func (v *view) commonScheme(path string, names []string, secured *spec.Pair, diags *source.Diagnostics) {
	schemes := v.AsyncAPI.Get("components", "securitySchemes")
	rest := v.OpenAPI.Get("components", "securitySchemes")
	var taken []string
	for _, requirement := range secured.Value.Elems() {
		for _, name := range requirement.Keys() {
			taken = append(taken, credential(v.resolve(rest.Get(name))))
		}
	}
	var own []string
	at := secured.KeyPos
	for _, name := range names {
		scheme, has := schemes.Lookup(name)
		kind := credential(v.resolve(scheme.Value))
		if !has || kind == "" || slices.Contains(taken, kind) || rest.Has(name) { // of one name they were compared
			return
		}
		own, at = append(own, kind), scheme.KeyPos
	}
	if slices.Contains(taken, "") {
		return
	}
	diags.Warnf(at, "security-differs", "let both take one credential",
		"the socket %s takes %s, and the REST API %s, at %s: who has logged in for one can't speak to the other",
		path, strings.Join(own, " or "), strings.Join(slices.Compact(taken), " or "), secured.KeyPos)
}

// credential says what a scheme of either document wants in a header or of TLS. It
// is empty for any other.
func credential(n *spec.Node) string {
	switch typ := n.Get("type").Str(); typ {
	case "http":
		return "HTTP " + strings.ToLower(n.Get("scheme").Str())
	case "oauth2", "openIdConnect":
		return "HTTP bearer"
	case "userPassword":
		return "HTTP basic"
	case "X509", "mutualTLS":
		return "a certificate"
	case "apiKey", "httpApiKey":
		if n.Get("in").Str() == "header" && !n.Has("x-subprotocol-prefix") {
			return "the header " + strings.ToLower(n.Get("name").Str())
		}
	}
	return ""
}

// restSecurity gives the first security of an operation, or of the document for
// it, that is not optional, or nil.
func (v *view) restSecurity() *spec.Pair {
	for _, op := range v.operations() {
		from := v.OpenAPI
		if op.Value.Has("security") {
			from = op.Value
		}
		p, _ := from.Lookup("security")
		list := p.Value.Elems()
		optional := slices.ContainsFunc(list, func(n *spec.Node) bool { return len(n.Members()) == 0 })
		if len(list) > 0 && !optional {
			return &p
		}
	}
	return nil
}
