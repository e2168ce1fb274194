package rest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

// annotate builds the document that oapi-codegen reads. It holds the operations
// and nothing of the schemas but their Go types: each type of the model is a
// component that says `x-go-type: schema.Player`. The document is OpenAPI 3.0,
// whatever the author's is, since nothing in it differs between the versions.
func annotate(model *ir.Model, opts Options, diags *source.Diagnostics) *openapi3.T {
	a := &annotator{opts: opts, diags: diags, reserved: reservedNames(model.REST), doc: &openapi3.T{
		OpenAPI:    "3.0.3",
		Info:       &openapi3.Info{Title: model.Title, Version: model.Version},
		Paths:      openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: openapi3.Schemas{}, SecuritySchemes: openapi3.SecuritySchemes{}},
	}}
	a.doc.Components.SecuritySchemes[scheme] = &openapi3.SecuritySchemeRef{Value: openapi3.NewJWTSecurityScheme()}
	for _, op := range model.REST.Operations {
		item := a.doc.Paths.Value(op.Path)
		if item == nil {
			item = &openapi3.PathItem{}
			a.doc.Paths.Set(op.Path, item)
		}
		item.SetOperation(strings.ToUpper(op.Method), a.operation(op))
	}
	return a.doc
}

// scheme names the one security scheme of the annotated document. That an
// operation has it is all that the generated code says about security.
const scheme = "secured"

type annotator struct {
	opts     Options
	diags    *source.Diagnostics
	doc      *openapi3.T
	reserved map[string]bool // names that can't be aliases of types
}

func (a *annotator) operation(op *ir.Operation) *openapi3.Operation {
	out := &openapi3.Operation{
		OperationID: op.Name,
		Summary:     op.Doc,
		Responses:   openapi3.NewResponsesWithCapacity(len(op.Responses)),
		Security:    openapi3.NewSecurityRequirements(),
	}
	if op.Secured {
		out.Security.With(openapi3.NewSecurityRequirement().Authenticate(scheme))
	}
	seen := map[string]bool{}
	for _, p := range op.Params {
		one := a.param(p)
		if p.In != "path" {
			if seen[p.JSON] { // in another place: two fields can't have one tag
				one.Extensions["x-go-json-ignore"] = true
			}
			seen[p.JSON] = true
		}
		out.Parameters = append(out.Parameters, &openapi3.ParameterRef{Value: one})
	}
	if op.BodyMedia != "" {
		out.RequestBody = &openapi3.RequestBodyRef{Value: a.body(op)}
	}
	out.Extensions = map[string]any{} // what the templates look for
	if op.Form != nil {
		out.Extensions["x-duet-form"] = true
	}
	if len(op.BodyAlso) > 0 {
		out.Extensions["x-duet-also"] = fmt.Sprintf("%#v", op.BodyAlso)
	}
	for _, r := range responses(op) {
		one := a.response(r)
		if known := out.Responses.Value(statusKey(r)); known != nil { // in another media type
			maps.Copy(known.Value.Content, one.Content)
			continue
		}
		out.Responses.Set(statusKey(r), &openapi3.ResponseRef{Value: one})
	}
	return out
}

// statusKey gives the key of a response in the document.
func statusKey(r *ir.Response) string {
	switch {
	case r.Status == 0:
		return "default"
	case r.Range:
		return strconv.Itoa(r.Status/100) + "XX"
	}
	return strconv.Itoa(r.Status)
}

// responses gives the responses of an operation without the errors that are like
// its default response but for the status: one type serves them all, and has a
// field for the status.
func responses(op *ir.Operation) []*ir.Response {
	byDefault := slices.IndexFunc(op.Responses, func(r *ir.Response) bool { return r.Status == 0 })
	if byDefault < 0 {
		return op.Responses
	}
	d := op.Responses[byDefault]
	return slices.DeleteFunc(slices.Clone(op.Responses), func(r *ir.Response) bool {
		return r.Status >= 400 && r.Type == d.Type && r.MediaType == d.MediaType
	})
}

func (a *annotator) body(op *ir.Operation) *openapi3.RequestBody {
	out := &openapi3.RequestBody{Required: op.BodyRequired}
	if op.Body != nil && op.BodyMedia != formMedia(op) {
		out.Content = openapi3.Content{op.BodyMedia: {Schema: a.schema(op.Body)}}
	} else {
		out.Content = rawContent(op.BodyMedia)
	}
	return out
}

func formMedia(op *ir.Operation) string {
	if op.Form == nil {
		return ""
	}
	return op.Form.MediaType
}

// rawContent describes a body that is no JSON: text, or else bytes.
func rawContent(media string) openapi3.Content {
	if isPlainText(media) {
		return openapi3.Content{media: {Schema: openapi3.NewStringSchema().NewRef()}}
	}
	return openapi3.Content{bytesMedia(media): {}}
}

// isPlainText reports whether a media type is one that oapi-codegen reads as text.
func isPlainText(media string) bool { return media == "text/plain" }

// bytesMedia gives the media type under which a body is passed on as bytes.
// oapi-codegen takes forms apart by types of its own, which nothing checks.
func bytesMedia(media string) string {
	if base, _, _ := strings.Cut(media, ";"); strings.HasPrefix(base, "multipart/") || base == "application/x-www-form-urlencoded" {
		return "*/*"
	}
	return media
}

func (a *annotator) response(r *ir.Response) *openapi3.Response {
	doc := ""
	out := &openapi3.Response{Description: &doc}
	switch {
	case r.Type != nil:
		out.Content = openapi3.Content{mediaType(r): {Schema: a.schema(r.Type)}}
	case r.MediaType != "":
		out.Content = rawContent(r.MediaType)
	}
	if len(r.Headers) > 0 {
		out.Headers = openapi3.Headers{}
	}
	for _, h := range r.Headers {
		schema, _ := a.plain(h.Type, h.Pos, "header "+h.JSON)
		// A required header has no pointer in Go. That is for text alone: the server
		// leaves out the empty text, but can't do so with zero.
		out.Headers[h.JSON] = &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{
			Description: h.Doc, Required: isText(schema), Schema: schema.NewRef(),
		}}}
	}
	return out
}

func isText(s *openapi3.Schema) bool {
	return s.Type.Is(openapi3.TypeString) && s.Format == "" && s.Extensions == nil
}

func mediaType(r *ir.Response) string {
	if r.MediaType == "" {
		return "application/json"
	}
	return r.MediaType
}

func (a *annotator) param(p *ir.OpParam) *openapi3.Parameter {
	out := &openapi3.Parameter{
		Name: p.JSON, In: p.In, Description: p.Doc, Required: p.Required || p.In == openapi3.ParameterInPath,
		Extensions: map[string]any{"x-go-name": p.Name},
	}
	schema := a.paramSchema(p)
	if p.Media != "" {
		out.Content = openapi3.Content{"application/json": {Schema: schema}}
		return out
	}
	out.Schema, out.Style, out.Explode = schema, p.Style, &p.Explode
	return out
}

func (a *annotator) paramSchema(p *ir.OpParam) *openapi3.SchemaRef {
	if isStructured(p.Type) {
		return a.schema(p.Type)
	}
	schema, _ := a.plain(p.Type, p.Pos, p.In+" parameter "+p.JSON)
	return schema.NewRef()
}

// isStructured reports whether a parameter is more than a scalar or a list of
// them, and so has a codec.
func isStructured(t *ir.Type) bool { return t.Kind == ir.Object || t.Kind == ir.Box }

// plain gives the schema of a value that is spelled as text: its Go type and
// nothing else. Constraints are the business of printParams. It reports whether
// the value is a list.
func (a *annotator) plain(t *ir.Type, pos source.Pos, what string) (schema *openapi3.Schema, list bool) {
	switch t.Kind {
	case ir.Boolean:
		return openapi3.NewBoolSchema(), false
	case ir.Integer:
		return a.named(t, openapi3.NewIntegerSchema().WithFormat(integerFormat(t))), false
	case ir.Number:
		return a.named(t, openapi3.NewFloat64Schema().WithFormat(numberFormat(t))), false
	case ir.String:
		s := openapi3.NewStringSchema()
		if t.String.Format == "date-time" && len(t.Enum) == 0 {
			s.Format = "date-time"
		}
		return a.named(t, s), false
	case ir.Array:
		item, nested := a.plain(t.Array.Elem, pos, what)
		if !nested {
			return openapi3.NewArraySchema().WithItems(item), true
		}
	}
	a.diags.Warnf(pos, "rest-parameter", "use text, a number, a boolean, or a list of those", "the %s has a type that can't be spelled as text; it is passed on as it is", what)
	return openapi3.NewStringSchema(), false
}

func integerFormat(t *ir.Type) string {
	if t.Number.Format == "int32" {
		return "int32"
	}
	return "int64"
}

func numberFormat(t *ir.Type) string {
	if t.Number.Format == "float" {
		return "float"
	}
	return "double"
}

// named gives a declared enum its Go type.
func (a *annotator) named(t *ir.Type, s *openapi3.Schema) *openapi3.Schema {
	if t.Name != "" && len(t.Enum) > 1 {
		s.Extensions = a.goType(a.opts.schema() + "." + t.Name)
	}
	return s
}

// schema gives the schema of a body: a reference to the component of a declared
// type, or a stub that says its Go type.
func (a *annotator) schema(t *ir.Type) *openapi3.SchemaRef {
	stub := &openapi3.Schema{Type: &openapi3.Types{"object"}, Extensions: a.goType(a.opts.goType(t))}
	if t.Name == "" || a.reserved[t.Name] {
		return stub.NewRef()
	}
	stub.Description = strings.TrimPrefix(t.Doc, t.Name+" ") // oapi-codegen puts the name first
	if known := a.doc.Components.Schemas[t.Name]; known != nil {
		stub = known.Value
	} else {
		a.doc.Components.Schemas[t.Name] = stub.NewRef()
	}
	return openapi3.NewSchemaRef("#/components/schemas/"+t.Name, stub)
}

func (a *annotator) goType(expr string) map[string]any {
	ext := map[string]any{"x-go-type": expr}
	if strings.Contains(expr, a.opts.schema()+".") {
		ext["x-go-type-import"] = map[string]any{"path": a.opts.Schema}
	}
	return ext
}

// goType gives the Go type of a body.
func (o Options) goType(t *ir.Type) string {
	if t.Name != "" {
		return o.schema() + "." + t.Name
	}
	switch t.Kind {
	case ir.Boolean:
		return "bool"
	case ir.Integer:
		return integerFormat(t)
	case ir.Number:
		return map[string]string{"float": "float32", "double": "float64"}[numberFormat(t)]
	case ir.String:
		if t.String.Format == "date-time" {
			return "time.Time"
		}
		return "string"
	case ir.Array:
		return "[]" + o.goType(t.Array.Elem)
	case ir.Map:
		if t.Object.Additional != nil {
			return "map[string]" + o.goType(t.Object.Additional)
		}
		return "map[string]json.RawMessage"
	}
	return "json.RawMessage"
}

// reservedNames lists the names that oapi-codegen declares besides the types.
func reservedNames(rest *ir.REST) map[string]bool {
	names := map[string]bool{}
	fixed := "BasePath File Client ClientInterface ClientOption ClientWithResponses ClientWithResponsesInterface DefaultMaxBodyBytes " +
		"Handler HandlerWithOptions HttpRequestDoer Middleware NewClient NewClientWithResponses NewStrictHandler Operation " +
		"RequestEditorFn RequestError ServeMux ServerInterface StdHTTPServerOptions StrictServerInterface StrictServerOptions " +
		"WithBaseURL WithHTTPClient WithRequestEditorFn"
	for name := range strings.FieldsSeq(fixed) {
		names[name] = true
	}
	for _, op := range rest.Operations {
		for _, suffix := range []string{"Params", "JSONRequestBody", "JSONBody", "Form", "Response", "RequestObject", "ResponseObject"} {
			names[op.Name+suffix] = true
		}
		names["Encode"+op.Name+"Form"] = true
		names["New"+op.Name+"Request"], names["New"+op.Name+"RequestWithBody"], names["Parse"+op.Name+"Response"] = true, true, true
		for _, r := range responses(op) {
			status := statusKey(r)
			if r.Status == 0 {
				status = "Default"
			}
			for _, suffix := range []string{"JSONResponse", "ProblemResponse", "Response", "ResponseHeaders"} {
				names[op.Name+status+suffix] = true
			}
		}
	}
	return names
}
