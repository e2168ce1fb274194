package gate

import (
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// OpenAPI checks the objects of an OpenAPI document: that each has the keys that
// it may have and must have, with values of the right kind. A key that nearly is
// another one is an error, since what it says would be lost; so is a value of the
// wrong kind. Schemas are not looked into.
func OpenAPI(loader *spec.Loader, doc *spec.Node, diags *source.Diagnostics) {
	version := doc.Get("openapi").Str()
	if !doc.IsKind(spec.Map) || !strings.HasPrefix(version, "3.") {
		return // which was reported
	}
	var found source.Diagnostics
	s := &structure{loader: loader, version: version[:3], objects: map[string][]key{}, seen: map[*spec.Node]bool{}, diags: &found}
	for name, keys := range openapiObjects() {
		s.objects[name] = s.keys(keys)
	}
	s.object("document", doc)
	add(diags, found)
}

// structure is the state of checking one document.
type structure struct {
	loader  *spec.Loader
	version string // 3.0 or 3.1
	objects map[string][]key
	seen    map[*spec.Node]bool
	diags   *source.Diagnostics
}

// key is one key of an object, as openapiObjects has it.
type key struct {
	name, value string
	required    bool
}

func (s *structure) keys(text string) []key {
	var out []key
	for word := range strings.FieldsSeq(text) {
		word, version, _ := strings.Cut(word, "@")
		if version != "" && version != s.version {
			continue
		}
		name, value, _ := strings.Cut(strings.ReplaceAll(word, "_", " "), ":")
		k := key{name: strings.TrimSuffix(name, "!"), value: value, required: strings.HasSuffix(name, "!")}
		if i := slices.IndexFunc(out, func(o key) bool { return o.name == k.name }); i >= 0 {
			out[i] = k
			continue
		}
		out = append(out, k)
	}
	return out
}

// value checks a value of a kind. What another place of the document is referred to
// for is checked there.
func (s *structure) value(kind string, p spec.Pair) {
	n := p.Value
	_, isRef := n.Ref()
	switch {
	case kind == "":
	case kind == "string" && n.Kind != spec.String:
		s.diags.Warnf(n.Pos, "openapi-kind", "put it in quotes, if it is the text that is meant", "%q is of kind %s and must be a string", p.Key, n.Kind)
	case kind == "string":
	case kind == "boolean":
		s.want(p, spec.Bool, "a boolean")
	case kind[0] == '[':
		if s.want(p, spec.Seq, "a list") {
			for _, item := range n.Items {
				s.value(inner(kind), spec.Pair{Key: p.Key, KeyPos: item.Pos, Value: item})
			}
		}
	case !s.want(p, spec.Map, "an object"):
	case kind[0] != '{' && kind[0] != '<':
		s.object(kind, n)
	case !isRef:
		for _, m := range n.Pairs {
			if kind[0] == '{' || !strings.HasPrefix(m.Key, "x-") {
				s.value(inner(kind), m)
			}
		}
	}
}

// inner gives the kind of what a list or map holds.
func inner(kind string) string { return kind[1 : len(kind)-1] }

// want reports whether a value is of a kind, and that it is not.
func (s *structure) want(p spec.Pair, kind spec.Kind, words string) bool {
	if p.Value.Kind == kind {
		return true
	}
	s.diags.Errorf(p.Value.Pos, "openapi-kind", "", "%q is of kind %s and must be %s", p.Key, p.Value.Kind, words)
	return false
}

// object checks one object.
func (s *structure) object(kind string, n *spec.Node) {
	if ref, isRef := n.Ref(); isRef {
		target, ok := n, false
		if !strings.HasPrefix(ref, "#") {
			target, ok = s.loader.Resolve(n)
		}
		if !ok || !target.IsKind(spec.Map) {
			return
		}
		n = target
	}
	if s.seen[n] {
		return
	}
	s.seen[n] = true
	keys := s.objects[kind]
	var names, unknown []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	for _, p := range n.Pairs {
		i := slices.Index(names, p.Key)
		switch {
		case i >= 0:
			s.value(keys[i].value, p)
		case !strings.HasPrefix(p.Key, "x-") && kind != "path item": // those are told where it is read
			unknown = append(unknown, spec.Closest(p.Key, names))
			s.unknown(kind, p, names)
		}
	}
	for _, k := range keys {
		if k.required && !n.Has(k.name) && !slices.Contains(unknown, k.name) {
			s.diags.Warnf(n.Pos, "openapi-missing", "add "+k.name+":", "the %s object lacks the key %q", kind, k.name)
		}
	}
}

func (s *structure) unknown(kind string, p spec.Pair, names []string) {
	near := spec.DidYouMean(p.Key, names)
	read := !slices.Contains([]string{"info", "contact", "license", "tag", "external documentation", "example", "link"}, kind)
	switch {
	case near != "" && read:
		s.diags.Errorf(p.KeyPos, "openapi-key", "", "the %s object has no key %q%s", kind, p.Key, near)
	case near != "": // no code is generated from these
		s.diags.Warnf(p.KeyPos, "openapi-key", "", "the %s object has no key %q%s", kind, p.Key, near)
	default:
		s.diags.Warnf(p.KeyPos, "openapi-key", "remove it, or call it x-"+p.Key, "the %s object of OpenAPI %s has no key %q; it has no effect", kind, s.version, p.Key)
	}
}
