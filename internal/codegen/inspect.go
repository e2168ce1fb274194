package codegen

import (
	"context"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/rest"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Inspection is a contract as it was read, for those that look at it and
// generate nothing.
type Inspection struct {
	// Loader has read the documents; what it finds while references are resolved
	// later goes to Diagnostics.
	Loader *spec.Loader
	// OpenAPI and AsyncAPI are the documents as they are written. Nil where there
	// is none, or where it can't be read.
	OpenAPI, AsyncAPI *spec.Node
	// Model is what the documents mean. It is not whole where there are errors,
	// and nil where nothing could be read.
	Model *ir.Model
	// Files are what would be generated; nil where there are errors.
	Files map[string][]byte
	// Diagnostics are those that Generate gives, and those of later steps that it
	// does not get to where an earlier one fails. They are sorted.
	Diagnostics source.Diagnostics
}

// Inspect reads a contract as Generate does, and keeps what it learns where there
// are errors. It may be called by several goroutines at the same time.
func Inspect(ctx context.Context, in Input) *Inspection {
	i := &Inspection{}
	diags := &i.Diagnostics
	c := read(ctx, in, diags)
	if err := ctx.Err(); err != nil {
		diags.Errorf(source.Pos{}, "interrupted", "", "%v", err)
	}
	if c != nil {
		i.Loader, i.OpenAPI, i.AsyncAPI, i.Model = c.docs.Loader, c.docs.OpenAPI, c.docs.AsyncAPI, c.model
		i.emit(in, c)
	}
	diags.Sort()
	return i
}

// emit runs the emitters, which have findings of their own. Of a contract with
// errors only the routes are looked at: the rest may be an effect of the errors.
func (i *Inspection) emit(in Input, c *contract) {
	if i.Diagnostics.HasErrors() {
		rest.CheckRoutes(c.model, &i.Diagnostics)
		return
	}
	i.Files = emitAll(in, c, &i.Diagnostics)
	if i.Diagnostics.HasErrors() {
		i.Files = nil
	}
}
