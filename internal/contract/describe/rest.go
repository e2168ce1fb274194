package describe

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// REST is the OpenAPI half of a contract.
type REST struct {
	BasePath   string      `json:"basePath"`
	Operations []Operation `json:"operations"` // in the order of the document
}

// Operation is one REST operation.
type Operation struct {
	Name      string   `json:"name"` // in generated code
	Method    string   `json:"method"`
	Path      string   `json:"path"`
	About     string   `json:"about,omitempty"`
	Params    []string `json:"params,omitempty"` // query limit?, header If-None-Match
	Body      string   `json:"body,omitempty"`
	Responses []string `json:"responses"` // 201 User, 204
	Secured   bool     `json:"secured"`
}

func rest(r *ir.REST) *REST {
	out := &REST{BasePath: r.BasePath, Operations: []Operation{}}
	list := slices.Clone(r.Operations)
	slices.SortStableFunc(list, func(a, b *ir.Operation) int { return cmp.Or(a.PathPos.Compare(b.PathPos), a.Pos.Compare(b.Pos)) })
	for _, op := range list {
		o := Operation{Name: op.Name, Method: op.Method, Path: op.Path, About: sentence(op.Doc), Secured: op.Secured, Body: cmp.Or(typeName(op.Body), op.BodyMedia), Responses: []string{}}
		for _, p := range op.Params {
			if p.In == "path" {
				continue
			}
			name := p.In + " " + p.JSON
			if !p.Required {
				name += "?"
			}
			o.Params = append(o.Params, name)
		}
		for _, r := range op.Responses {
			o.Responses = append(o.Responses, response(r))
		}
		out.Operations = append(out.Operations, o)
	}
	return out
}

func response(r *ir.Response) string {
	status := "default"
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	if r.Range {
		status = status[:1] + "XX"
	}
	return strings.TrimSpace(status + " " + cmp.Or(typeName(r.Type), r.MediaType))
}

// typeName names a type: its own name, or what it is.
func typeName(t *ir.Type) string {
	switch {
	case t == nil:
		return ""
	case t.Kind == ir.Box && t.Box != nil: // named after its place
		return typeName(t.Box)
	case t.Name != "":
		return t.Name
	case t.Kind == ir.Array && t.Array != nil:
		return "[" + typeName(t.Array.Elem) + "]"
	}
	names := map[ir.Kind]string{
		ir.Any: "any", ir.Boolean: "boolean", ir.Integer: "integer", ir.Number: "number", ir.String: "string", ir.Map: "object", ir.Object: "object",
	}
	return names[t.Kind]
}
