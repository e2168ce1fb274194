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

// splitFiles takes the files out of the schema of a form, which is not changed.
func (r *rest) splitFiles(n, encoding *spec.Node) (rest *spec.Node, files []*ir.FormFile) {
	rest = spec.NewMap(n.Pos)
	rest.Pointer = n.Pointer + "/form"
	for _, p := range n.Members() {
		switch p.Key {
		case "title", "example", "examples":
			continue // they are those of the form as a whole
		case "allOf":
			p.Value, files = r.splitParts(p.Value, encoding, files)
		case "properties":
			p.Value, files = r.splitProperties(p.Value, n.Get("required"), encoding)
		}
		rest.Pairs = append(rest.Pairs, p)
	}
	isFile := func(name string) bool {
		return slices.ContainsFunc(files, func(f *ir.FormFile) bool { return f.JSON == name })
	}
	if required := n.Get("required"); required != nil {
		kept := *required
		kept.Items = slices.DeleteFunc(slices.Clone(required.Items), func(item *spec.Node) bool { return isFile(item.Str()) })
		rest.Set("required", &kept)
		if len(kept.Items) == 0 {
			rest.Delete("required")
		}
	}
	return rest, files
}

func (r *rest) splitParts(list, encoding *spec.Node, files []*ir.FormFile) (*spec.Node, []*ir.FormFile) {
	parts := *list
	parts.Items = nil
	for _, item := range list.Elems() {
		target, ok := r.loader.Resolve(item)
		if !ok {
			continue
		}
		part, found := r.splitFiles(target, encoding)
		if len(found) == 0 {
			part = item
		}
		parts.Items = append(parts.Items, part)
		files = append(files, found...)
	}
	return &parts, files
}

func (r *rest) splitProperties(n, required, encoding *spec.Node) (rest *spec.Node, files []*ir.FormFile) {
	kept := *n
	kept.Pairs = nil
	for _, p := range n.Members() {
		schema, _ := r.loader.Resolve(p.Value)
		items, _ := r.loader.Resolve(schema.Get("items"))
		media := encoding.Get(p.Key, "contentType").Str()
		list := schema.Get("type").Str() == "array" && isFile(items, media)
		if !list && !isFile(schema, media) {
			kept.Pairs = append(kept.Pairs, p)
			continue
		}
		name := fieldName(p.Key)
		for name == "Fields" || slices.ContainsFunc(files, func(f *ir.FormFile) bool { return f.Name == name }) {
			name += "File"
		}
		files = append(files, &ir.FormFile{
			Name: name, JSON: p.Key, Doc: cmp.Or(doc(p.Value), doc(schema)), List: list,
			Required: slices.ContainsFunc(required.Elems(), func(n *spec.Node) bool { return n.Str() == p.Key }),
		})
	}
	return &kept, files
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
