package lower

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// openapi reads an OpenAPI 3.0 or 3.1 document. It gives nil for a document of
// another kind or version.
func (l *lowering) openapi(doc *spec.Node) *ir.REST {
	if !l.openapiVersion(doc) {
		return nil
	}
	r := &rest{lowering: l, doc: doc, out: &ir.REST{BasePath: l.basePath(doc)}, names: map[string]*ir.Operation{}, boxes: map[*ir.Type]*ir.Type{}}
	for _, p := range doc.Get("paths").Members() {
		if strings.HasPrefix(p.Key, "x-") {
			continue
		}
		if item, ok := l.loader.Resolve(p.Value); ok {
			r.besideRef(p.Value)
			r.path(p, item)
		}
	}
	for _, p := range doc.Get("webhooks").Members() {
		r.incoming(doc.KeyPos("webhooks"), spec.Pascal(p.Key), p.Value)
	}
	slices.SortFunc(r.out.Operations, func(a, b *ir.Operation) int { return cmp.Compare(a.Name, b.Name) })
	r.session()
	return r.out
}

func (l *lowering) openapiVersion(doc *spec.Node) bool {
	v := doc.Get("openapi")
	switch {
	case v == nil && doc.Has("swagger"):
		l.diags.Errorf(doc.KeyPos("swagger"), "openapi-version", "convert the document to 3.1.0", "OpenAPI 2 is not supported; 3.0 and 3.1 are")
	case v == nil:
		l.diags.Errorf(doc.Pos, "openapi-version", "write openapi: 3.1.0 at the top", "this is no OpenAPI document: it has no key openapi%s", spec.DidYouMean("openapi", doc.Keys()))
	case !strings.HasPrefix(v.Str(), "3.0.") && !strings.HasPrefix(v.Str(), "3.1."):
		l.diags.Errorf(v.Pos, "openapi-version", "write openapi: 3.1.0", "OpenAPI %s is not supported; 3.0 and 3.1 are", v.JSON())
	default:
		return true
	}
	return false
}

// basePath gives the path of the first server, with the defaults of its
// variables and without a slash at its end.
func (l *lowering) basePath(doc *spec.Node) string {
	servers := doc.Get("servers").Elems()
	if len(servers) == 0 {
		return ""
	}
	v := servers[0].Get("url")
	text := v.Str()
	for _, p := range servers[0].Get("variables").Members() {
		if value := p.Value.Get("default"); value != nil && (value.Kind == spec.String || value.Kind == spec.Number) {
			text = strings.ReplaceAll(text, "{"+p.Key+"}", value.Text)
		}
	}
	if _, rest, found := strings.Cut(text, "://"); found {
		_, rest, _ = strings.Cut(rest, "/")
		text = "/" + rest
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsAny(u.Path, "{}") {
		l.diags.Warnf(v.Place(servers[0].Pos), "server-url", "write the path out, or give its variables defaults", "the path of the server's URL %s can't be told; none is put before the paths", v.JSON())
		return ""
	}
	return strings.TrimSuffix(path.Join("/", u.Path), "/")
}

// rest is the state of reading one OpenAPI document.
type rest struct {
	*lowering
	doc   *spec.Node
	out   *ir.REST
	names map[string]*ir.Operation
	boxes map[*ir.Type]*ir.Type // bodies that are no objects, by what is in them
}

func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

// besideRef reports what stands beside the $ref of a path item and would be lost.
func (r *rest) besideRef(item *spec.Node) {
	if _, isRef := item.Ref(); !isRef {
		return
	}
	for _, p := range item.Members() {
		if p.Key == "parameters" || slices.Contains(methods(), p.Key) {
			r.diags.Errorf(p.KeyPos, "ref-sibling", "move it to where $ref leads", "%q beside the $ref of a path item has a meaning that depends on the reader", p.Key)
		}
	}
}

func (r *rest) path(p spec.Pair, item *spec.Node) {
	for _, m := range item.Members() {
		switch {
		case slices.Contains(methods(), m.Key):
			r.operation(p, item, m)
		case slices.Contains([]string{"parameters", "summary", "description", "servers", "$ref"}, m.Key), strings.HasPrefix(m.Key, "x-"):
		default:
			near := spec.DidYouMean(m.Key, append(methods(), "parameters", "summary", "description", "servers"))
			r.diags.Warnf(m.KeyPos, "openapi-key", "", "a path item has no %q%s", m.Key, near)
			(*r.diags)[len(*r.diags)-1].Severity = severity(near)
		}
	}
}

// severity tells how bad a name is that means nothing: where another one is near,
// it is a slip, and an error.
func severity(near string) source.Severity {
	if near != "" {
		return source.Error
	}
	return source.Warning
}

func (r *rest) operation(path spec.Pair, item *spec.Node, m spec.Pair) {
	n := m.Value
	op := &ir.Operation{Method: strings.ToUpper(m.Key), Path: path.Key, Doc: doc(n), Pos: m.KeyPos}
	op.Secured, op.QueryKeys = r.secured(n)
	r.nameOperation(op, n.Get("operationId"))
	r.params(op, item, n)
	r.body(op, n)
	r.responses(op, n)
	for _, p := range n.Get("callbacks").Members() {
		r.callback(n.KeyPos("callbacks"), op.Name+spec.Pascal(p.Key), p.Value)
	}
	op.PathPos = path.KeyPos
	r.out.Operations = append(r.out.Operations, op)
}

// nameOperation gives an operation the name of its operationId, or else one of its
// method and path. Of several with one name the later ones get a number.
func (r *rest) nameOperation(op *ir.Operation, id *spec.Node) {
	name := spec.Pascal(cmp.Or(id.Str(), strings.ToLower(op.Method)+" "+op.Path))
	op.Name = name
	for i := 2; r.names[op.Name] != nil; i++ {
		op.Name = name + strconv.Itoa(i)
	}
	if op.Name != name {
		r.diags.Warnf(id.Place(op.Pos), "name-collision", "give it an operationId of its own", "the operation at %s is called %s already; this one is called %s", r.names[name].Pos, name, op.Name)
	}
	r.names[op.Name] = op
}

// callback reads the types of the requests that a server makes.
func (r *rest) callback(pos source.Pos, name string, n *spec.Node) {
	n, ok := r.loader.Resolve(n)
	if !ok {
		return
	}
	for _, p := range n.Members() {
		if !strings.HasPrefix(p.Key, "x-") {
			r.incoming(pos, name, p.Value)
		}
	}
}

// incoming reads the types of a path item whose requests the server makes and the
// client answers: those of the bodies of its requests and responses.
func (r *rest) incoming(pos source.Pos, name string, item *spec.Node) {
	item, ok := r.loader.Resolve(item)
	if !ok {
		return
	}
	r.diags.Warnf(pos, "openapi-unsupported", "", "webhooks and callbacks keep their place in the document and get types, but no server or client")
	for _, m := range item.Members() {
		if slices.Contains(methods(), m.Key) {
			op := &ir.Operation{Name: name, Pos: m.KeyPos}
			r.body(op, m.Value)
			r.responses(op, m.Value)
		}
	}
}

// secured reports whether the operation wants a credential: its own security,
// or else the document's, lists requirements and none of them is empty. queryKeys
// are the parameters of the query that hold credentials.
func (r *rest) secured(n *spec.Node) (secured bool, queryKeys []string) {
	list := r.doc.Get("security")
	if n.Has("security") {
		list = n.Get("security")
	}
	optional := false
	for _, requirement := range list.Elems() {
		if len(requirement.Members()) == 0 {
			optional = true
		}
		for _, s := range requirement.Pairs {
			schemes := r.doc.Get("components", "securitySchemes")
			scheme := r.resolved(schemes.Get(s.Key))
			if name := scheme.Get("name").Str(); scheme.Get("in").Str() == "query" && name != "" && !slices.Contains(queryKeys, name) {
				queryKeys = append(queryKeys, name)
			}
			if !schemes.Has(s.Key) {
				near := spec.DidYouMean(s.Key, schemes.Keys())
				r.diags.Warnf(s.KeyPos, "security-scheme", "", "there is no security scheme %q%s", s.Key, near)
				(*r.diags)[len(*r.diags)-1].Severity = severity(near)
			}
		}
	}
	return len(list.Elems()) > 0 && !optional, queryKeys
}

// body reads the body of an operation.
func (r *rest) body(op *ir.Operation, n *spec.Node) {
	body, ok := r.loader.Resolve(n.Get("requestBody"))
	if !ok {
		return
	}
	op.BodyRequired = r.flag(body, "required")
	if r.form(op, body) {
		return
	}
	media, schema, also := r.content(body, "the body of "+op.Name)
	op.BodyMedia, op.BodyAlso = media, also
	if schema != nil {
		op.Body = r.whole(schema, op.Name+"Body")
	}
}

// whole gives the type of a schema that is a body as a whole. What is no object
// gets a struct around it, so that it has a codec: named after the component, or
// else as given.
func (r *rest) whole(schema *spec.Node, name string) *ir.Type {
	t := r.schema(schema, name)
	if t.Kind == ir.Object && !t.Nullable || r.broken[t] {
		return t
	}
	if box := r.boxes[t]; box != nil {
		return box
	}
	target, _ := r.loader.Resolve(schema)
	if tokens, err := spec.SplitPointer(target.Pointer); err == nil && len(tokens) == 3 && tokens[0] == "components" && t.Name == "" {
		name = spec.TypeName(target)
	}
	base := name
	for i := 0; t.Name == name || r.declared[name] != nil; i++ {
		name = base + "JSON" + strings.Repeat("X", i)
	}
	r.boxes[t] = r.box(t, name, schema.Pos)
	return r.boxes[t]
}

// content gives the media type of a body, and its schema where that is JSON. The
// JSON one is taken, or else the first one. also are further JSON types of the same
// schema. The others are reported: nothing is generated for them.
func (r *rest) content(n *spec.Node, what string) (media string, schema *spec.Node, also []string) {
	members := n.Get("content").Members()
	if len(members) == 0 {
		return "", nil, nil
	}
	taken := members[preferred(members)]
	for _, p := range members {
		switch {
		case p.Key == taken.Key:
		case r.sameJSON(p, taken):
			also = append(also, p.Key)
		default:
			r.diags.Warnf(p.KeyPos, "media-type", "remove one of them", "%s has several media types; %s is taken", what, taken.Key)
		}
	}
	media, schema = r.mediaSchema(taken, what)
	return media, schema, also
}

// preferred gives the place of the media type that is read of several: JSON itself,
// or else a kind of JSON, or else the first one.
func preferred(members []spec.Pair) int {
	plain := slices.IndexFunc(members, func(p spec.Pair) bool { return mediaBase(p.Key) == "application/json" })
	if plain < 0 {
		plain = slices.IndexFunc(members, func(p spec.Pair) bool { return isJSON(p.Key) })
	}
	return max(plain, 0)
}

// sameJSON reports whether two media types are JSON of one schema.
func (r *rest) sameJSON(p, taken spec.Pair) bool {
	if !isJSON(p.Key) && mediaBase(p.Key) != "text/json" || !isJSON(taken.Key) {
		return false
	}
	a, b := p.Value.Get("schema"), taken.Value.Get("schema")
	return r.resolved(a) == r.resolved(b) || a.JSON() == b.JSON()
}

// mediaSchema gives a media type, and its schema where it is JSON.
func (r *rest) mediaSchema(p spec.Pair, what string) (media string, schema *spec.Node) {
	if !isJSON(p.Key) {
		r.untyped(p, what)
		return p.Key, nil
	}
	schema = p.Value.Get("schema")
	if schema == nil {
		r.diags.Warnf(p.KeyPos, "media-type", "add a schema", "%s of media type %s has no schema", what, p.Key)
		schema = spec.NewMap(p.Value.Pos)
	}
	r.mediaExamples(p.Value, schema)
	return p.Key, schema
}

// untyped warns of a body whose parts are described and not read.
func (r *rest) untyped(p spec.Pair, what string) {
	schema, _ := r.loader.Resolve(p.Value.Get("schema"))
	if len(schema.Get("properties").Members()) > 0 || schema.Has("$ref") {
		r.diags.Warnf(p.KeyPos, "media-type", "describe it as application/json to have it typed", "%s of media type %s is passed on as bytes: its schema is not checked", what, p.Key)
	}
}

// isJSON reports whether a media type is JSON or has the suffix +json (RFC 6839).
func isJSON(media string) bool {
	base, _, _ := strings.Cut(media, ";")
	return base == "application/json" || strings.HasSuffix(strings.TrimSpace(base), "+json")
}

func (r *rest) mediaExamples(n, schema *spec.Node) {
	if v := n.Get("example"); v != nil {
		r.checks = append(r.checks, Check{Schema: schema, Value: v, What: "example"})
	}
	for _, p := range n.Get("examples").Members() {
		if e, ok := r.loader.Resolve(p.Value); ok && e.Has("value") {
			r.checks = append(r.checks, Check{Schema: schema, Value: e.Get("value"), What: "example"})
		}
	}
}
