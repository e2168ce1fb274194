package lower

import (
	"cmp"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// form reads a body that may come as a form: as a form alone, or as JSON of the
// same schema too. It reports whether the body is such a one.
func (r *rest) form(op *ir.Operation, body *spec.Node) bool {
	members := body.Get("content").Members()
	i := slices.IndexFunc(members, func(p spec.Pair) bool { return isForm(p.Key) })
	if i < 0 {
		return false
	}
	p := members[i]
	schema, ok := r.loader.Resolve(p.Value.Get("schema"))
	if !ok {
		return false
	}
	rest, files := r.splitFiles(schema, p.Value.Get("encoding"))
	form := &ir.Form{MediaType: mediaBase(p.Key), Files: files, Fields: encodings(p.Value.Get("encoding"))}
	op.BodyMedia = form.MediaType
	if j := slices.IndexFunc(members, func(p spec.Pair) bool { return isJSON(p.Key) }); j >= 0 {
		if same, _ := r.loader.Resolve(members[j].Value.Get("schema")); same != schema || len(files) > 0 {
			return false // they are different bodies, of which one is taken
		}
		op.BodyMedia = members[j].Key
		r.mediaExamples(members[j].Value, schema)
	}
	op.Form = form
	for _, other := range members {
		if other.Key != p.Key && other.Key != op.BodyMedia {
			r.diags.Warnf(other.KeyPos, "media-type", "remove one of them", "the body of %s has several media types; %s is taken", op.Name, op.BodyMedia)
		}
	}
	switch {
	case len(files) == 0:
		op.Body = r.whole(p.Value.Get("schema"), op.Name+"Body")
	case hasFields(rest):
		op.Body = r.whole(rest, op.Name+"Fields")
	}
	return true
}

func isForm(media string) bool {
	base := mediaBase(media)
	return base == "multipart/form-data" || base == "application/x-www-form-urlencoded"
}

func mediaBase(media string) string {
	base, _, _ := strings.Cut(media, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// encodings reads how the fields of a form are spelled.
// https://spec.openapis.org/oas/v3.1.0#encoding-object
func encodings(n *spec.Node) map[string]ir.FormField {
	separators := map[string]string{"": ",", "form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
	out := map[string]ir.FormField{}
	for _, p := range n.Members() {
		style := p.Value.Get("style").Str()
		field := ir.FormField{Deep: style == "deepObject", JSON: isJSON(p.Value.Get("contentType").Str())}
		explode := p.Value.Get("explode")
		if explode != nil && !explode.True() || explode == nil && style != "" && style != "form" {
			field.Separator = separators[style]
		}
		if field != (ir.FormField{}) {
			out[p.Key] = field
		}
	}
	return out
}

// formFiles takes the files out of the schema of a form, which is not changed.
type formFiles struct {
	*rest
	encoding *spec.Node
	list     []*ir.FormFile
	required map[string]bool           // what any part of the schema requires
	seen     map[*spec.Node]bool       // the parts that were searched
	plain    map[*spec.Node]*spec.Node // the parts without their files
}

// splitFiles gives a schema without its files, and those.
func (r *rest) splitFiles(n, encoding *spec.Node) (rest *spec.Node, files []*ir.FormFile) {
	f := &formFiles{rest: r, encoding: encoding, required: map[string]bool{}, seen: map[*spec.Node]bool{}, plain: map[*spec.Node]*spec.Node{}}
	f.find(n)
	for _, file := range f.list {
		file.Required = f.required[file.JSON]
	}
	return f.without(n), f.list
}

// find looks for files in a schema and its parts.
func (f *formFiles) find(n *spec.Node) {
	if f.seen[n] {
		return
	}
	f.seen[n] = true
	for _, item := range n.Get("required").Elems() {
		f.required[item.Str()] = true
	}
	for _, p := range n.Get("properties").Members() {
		f.property(p)
	}
	for _, item := range n.Get("allOf").Elems() {
		if part, ok := f.loader.Resolve(item); ok {
			f.find(part)
		}
	}
}

func (f *formFiles) property(p spec.Pair) {
	schema, _ := f.loader.Resolve(p.Value)
	items, _ := f.loader.Resolve(schema.Get("items"))
	media := f.encoding.Get(p.Key, "contentType").Str()
	list := schema.Get("type").Str() == "array" && isFile(items, media)
	if !list && !isFile(schema, media) || f.has(p.Key) {
		return
	}
	name := fieldName(p.Key)
	for name == "Fields" || slices.ContainsFunc(f.list, func(o *ir.FormFile) bool { return o.Name == name }) {
		name += "File"
	}
	f.list = append(f.list, &ir.FormFile{Name: name, JSON: p.Key, Doc: cmp.Or(doc(p.Value), doc(schema)), List: list})
}

// has reports whether a property is a file.
func (f *formFiles) has(name string) bool {
	return slices.ContainsFunc(f.list, func(o *ir.FormFile) bool { return o.JSON == name })
}

// without gives a schema without its files: itself where it has none.
func (f *formFiles) without(n *spec.Node) *spec.Node {
	if known := f.plain[n]; known != nil {
		return known
	}
	f.plain[n] = n // meanwhile: that it includes itself is reported elsewhere
	rest := spec.NewMap(n.Pos)
	rest.Pointer = n.Pointer + "/form"
	changed := false
	for _, p := range n.Members() {
		kept := *p.Value
		switch p.Key {
		case "title", "example", "examples":
			continue // they are those of the form as a whole
		case "allOf":
			kept.Items = f.parts(p.Value)
			changed = changed || !slices.Equal(kept.Items, p.Value.Items)
		case "properties":
			kept.Pairs = slices.DeleteFunc(slices.Clone(p.Value.Pairs), func(m spec.Pair) bool { return f.has(m.Key) })
			changed = changed || len(kept.Pairs) < len(p.Value.Pairs)
		case "required":
			kept.Items = slices.DeleteFunc(slices.Clone(p.Value.Items), func(item *spec.Node) bool { return f.has(item.Str()) })
			changed = changed || len(kept.Items) < len(p.Value.Items)
			if len(kept.Items) == 0 {
				continue
			}
		default:
			rest.Pairs = append(rest.Pairs, p)
			continue
		}
		rest.Pairs = append(rest.Pairs, spec.Pair{Key: p.Key, KeyPos: p.KeyPos, Value: &kept})
	}
	if changed {
		f.plain[n] = rest
	}
	return f.plain[n]
}

// parts gives the parts of an allOf without files. Those that have none stay
// references.
func (f *formFiles) parts(list *spec.Node) []*spec.Node {
	var out []*spec.Node
	for _, item := range list.Elems() {
		target, ok := f.loader.Resolve(item)
		if !ok {
			continue
		}
		if part := f.without(target); part != target {
			item = part
		}
		out = append(out, item)
	}
	return out
}

// isFile reports whether the schema of a part of a form is that of a file: bytes
// that are not spelled as text. media is the part's content type, if it is given.
func isFile(schema *spec.Node, media string) bool {
	kind := schema.Get("type").Str()
	if schema == nil || kind != "" && kind != "string" && kind != "file" {
		return false
	}
	text := media == "" || strings.HasPrefix(media, "text/plain") || isJSON(media)
	content := schema.Get("contentMediaType").Str()
	return kind == "file" || schema.Get("format").Str() == "binary" ||
		content != "" && !schema.Has("contentEncoding") && !isJSON(content) || !text && kind == "string"
}

// hasFields reports whether anything is left of a form but its files.
func hasFields(n *spec.Node) bool {
	return len(n.Get("properties").Members()) > 0 || n.Has("allOf") || n.Has("oneOf") || n.Has("anyOf") || n.Has("additionalProperties")
}
