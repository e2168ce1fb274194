package lower

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// openapi reads an OpenAPI 3.0 or 3.1 document. It gives nil for a document of
// another kind or version.
func (l *lowering) openapi(doc *spec.Node) *ir.REST {
	if !l.openapiVersion(doc) {
		return nil
	}
	r := &rest{lowering: l, doc: doc, out: &ir.REST{BasePath: l.basePath(doc)}, names: map[string]*ir.Operation{}}
	for _, p := range doc.Get("paths").Members() {
		if strings.HasPrefix(p.Key, "x-") {
			continue
		}
		if item, ok := l.loader.Resolve(p.Value); ok {
			r.path(p, item)
		}
	}
	for _, key := range []string{"webhooks"} {
		if doc.Has(key) {
			l.diags.Warnf(doc.KeyPos(key), "openapi-unsupported", "", "%s are not generated", key)
		}
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

// basePath gives the path of the first server, without a slash at its end.
func (l *lowering) basePath(doc *spec.Node) string {
	servers := doc.Get("servers").Elems()
	if len(servers) == 0 {
		return ""
	}
	v := servers[0].Get("url")
	u, err := url.Parse(v.Str())
	if err != nil || strings.ContainsAny(u.Path, "{}") {
		l.diags.Errorf(v.Place(servers[0].Pos), "server-url", "write the path out", "the path of the server's URL %s can't be told", v.JSON())
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

// rest is the state of reading one OpenAPI document.
type rest struct {
	*lowering
	doc   *spec.Node
	out   *ir.REST
	names map[string]*ir.Operation
}

func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

func (r *rest) path(p spec.Pair, item *spec.Node) {
	for _, m := range item.Members() {
		switch {
		case slices.Contains(methods(), m.Key):
			r.operation(p, item, m)
		case slices.Contains([]string{"parameters", "summary", "description", "servers", "$ref"}, m.Key), strings.HasPrefix(m.Key, "x-"):
		default:
			r.diags.Errorf(m.KeyPos, "openapi-key", "", "a path item has no %q%s", m.Key, spec.DidYouMean(m.Key, append(methods(), "parameters", "summary", "description", "servers")))
		}
	}
}

func (r *rest) operation(path spec.Pair, item *spec.Node, m spec.Pair) {
	n := m.Value
	op := &ir.Operation{Method: strings.ToUpper(m.Key), Path: path.Key, Doc: doc(n), Pos: m.KeyPos, Secured: r.secured(n)}
	op.Name = spec.Pascal(cmp.Or(n.Get("operationId").Str(), m.Key+" "+path.Key))
	if first, taken := r.names[op.Name]; taken {
		r.diags.Errorf(n.Get("operationId").Place(op.Pos), "name-collision", "rename one of them", "the operation at %s is called %s too", first.Pos, op.Name)
		return
	}
	r.names[op.Name] = op
	r.params(op, item, n)
	r.body(op, n)
	r.responses(op, n)
	if n.Has("callbacks") {
		r.diags.Warnf(n.KeyPos("callbacks"), "openapi-unsupported", "", "callbacks are not generated")
	}
	r.out.Operations = append(r.out.Operations, op)
}

// secured reports whether the operation wants a credential: its own security,
// or else the document's, lists requirements and none of them is empty.
func (r *rest) secured(n *spec.Node) bool {
	list := r.doc.Get("security")
	if n.Has("security") {
		list = n.Get("security")
	}
	for _, requirement := range list.Elems() {
		if len(requirement.Members()) == 0 {
			return false
		}
		for _, s := range requirement.Pairs {
			schemes := r.doc.Get("components", "securitySchemes")
			if !schemes.Has(s.Key) {
				r.diags.Errorf(s.KeyPos, "security-scheme", "", "there is no security scheme %q%s", s.Key, spec.DidYouMean(s.Key, schemes.Keys()))
			}
		}
	}
	return len(list.Elems()) > 0
}

// body reads the JSON body of an operation.
func (r *rest) body(op *ir.Operation, n *spec.Node) {
	body, ok := r.loader.Resolve(n.Get("requestBody"))
	if !ok {
		return
	}
	media, schema := r.json(body, "the body of "+op.Name)
	if media == "" {
		return
	}
	op.BodyRequired = r.flag(body, "required")
	op.Body = r.schema(schema, op.Name+"Body")
}

// json gives the first JSON media type of a body and its schema. The others are
// reported: nothing is generated for them.
func (r *rest) json(n *spec.Node, what string) (media string, schema *spec.Node) {
	for _, p := range n.Get("content").Members() {
		switch {
		case !isJSON(p.Key):
			r.diags.Warnf(p.KeyPos, "media-type", "describe it as application/json", "%s of media type %s is not typed", what, p.Key)
		case media != "":
			r.diags.Warnf(p.KeyPos, "media-type", "remove one of them", "%s has two JSON media types; %s is read", what, media)
		case !p.Value.Has("schema"):
			r.diags.Warnf(p.KeyPos, "media-type", "add a schema", "%s of media type %s has no schema", what, p.Key)
		default:
			media, schema = p.Key, p.Value.Get("schema")
			r.mediaExamples(p.Value, schema)
		}
	}
	return media, schema
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
