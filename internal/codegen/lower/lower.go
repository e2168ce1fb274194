package lower

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Input names the loaded documents. Either may be nil.
type Input struct {
	Loader            *spec.Loader
	OpenAPI, AsyncAPI *spec.Node
}

// Result is the model, and what is left to check about the documents.
type Result struct {
	Model *ir.Model
	// Checks are the example and default values, which must satisfy their schemas.
	Checks []Check
}

// Check is a value that must satisfy a schema.
type Check struct {
	Schema, Value *spec.Node
	What          string // example or default
}

// Lower makes the model of the documents. Findings are added to diags; where
// there are errors among them the model is not whole.
func Lower(in Input, diags *source.Diagnostics) *Result {
	l := &lowering{
		loader: in.Loader, diags: diags,
		types: map[*spec.Node]*ir.Type{}, declared: map[string]*ir.Type{}, merging: map[*spec.Node]bool{}, merged: map[*spec.Node]*spec.Node{},
		keywords: keywordTable(), broken: map[*ir.Type]bool{},
		oas30Files: map[string]bool{}, reserved: map[string]bool{}, extras: map[string]string{}, extraOf: map[*spec.Node]string{},
		named: map[*spec.Node]map[string]bool{}, refsAndMore: map[*spec.Node]*spec.Node{},
	}
	l.reserve(in.OpenAPI)
	l.reserve(in.AsyncAPI)
	l.findTwins(in.AsyncAPI, in.OpenAPI)
	model := &ir.Model{}
	if in.AsyncAPI != nil {
		l.asyncapi(model, in.AsyncAPI)
	}
	if in.OpenAPI != nil {
		model.REST = l.openapi(in.OpenAPI)
	}
	for _, doc := range []*spec.Node{in.OpenAPI, in.AsyncAPI} {
		model.Title = cmp.Or(model.Title, doc.Get("info", "title").Str())
		model.Version = cmp.Or(model.Version, textOf(doc.Get("info", "version")))
	}
	l.finish(model)
	return &Result{Model: model, Checks: l.checks}
}

// textOf gives the text of a string or a number, such as a version written 1.0.
func textOf(n *spec.Node) string {
	if n.IsKind(spec.Number) {
		return n.Text
	}
	return n.Str()
}

// lowering is the state of one run.
type lowering struct {
	loader   *spec.Loader
	diags    *source.Diagnostics
	types    map[*spec.Node]*ir.Type   // every schema seen, those in progress too
	declared map[string]*ir.Type       // by name
	merging  map[*spec.Node]bool       // schemas whose allOf is being merged, to find cycles
	merged   map[*spec.Node]*spec.Node // what allOf makes; nil where it can't be merged
	full     bool                      // too much was merged, which is reported
	inPlace  []placed                  // every schema seen, in order
	copies   []nullableCopy
	unions   []*union
	broken   map[*ir.Type]bool // types of schemas that can't be read, which is reported
	checks   []Check
	extras   map[string]string     // of the model, by name
	extraOf  map[*spec.Node]string // the names of the schemas that those refer to
	keywords map[string]use
	// oas30Files and oas30Roots are the files and the schemas in the dialect of
	// OpenAPI 3.0, where nullable means something and bounds may be exclusive by a
	// boolean.
	oas30Files  map[string]bool
	refsAndMore map[*spec.Node]*spec.Node // what refAndMore gave
	oas30Roots  []*spec.Node
	reserved    map[string]bool                // names of the schemas among the components
	named       map[*spec.Node]map[string]bool // the same, by document
	twins       map[*spec.Node]*spec.Node      // of AsyncAPI's components, those of OpenAPI in the same words
}

// nullableCopy is a type that is src or null. It is filled in at the end, since
// src may be in progress when it is made.
type nullableCopy struct{ dst, src *ir.Type }

// reserve notes what must be known of a document before its schemas are read.
func (l *lowering) reserve(doc *spec.Node) { maps.Copy(l.reserved, l.schemaNames(doc)) }

// schemaNames gives the names of the types of the schemas among the components of
// a document.
func (l *lowering) schemaNames(doc *spec.Node) map[string]bool {
	if names, known := l.named[doc]; known {
		return names
	}
	names := map[string]bool{}
	for _, p := range doc.Get("components", "schemas").Members() {
		names[spec.TypeName(p.Value)] = true
	}
	l.named[doc] = names
	return names
}

// declare gives t a name: the one given, or where another type has it the one
// with the first number from 2 on.
func (l *lowering) declare(t *ir.Type, name string) {
	t.Name = name
	for i := 2; l.declared[t.Name] != nil && l.declared[t.Name] != t; i++ {
		t.Name = name + strconv.Itoa(i)
	}
	if t.Name != name {
		l.diags.Warnf(t.Pos, "name-collision", "give one of them another title", "the name %s is already that of the type at %s; this one is called %s", name, l.declared[name].Pos, t.Name)
	}
	l.declared[t.Name] = t
}

// finish completes the model once every schema was seen.
func (l *lowering) finish(model *ir.Model) {
	for _, c := range l.copies {
		*c.dst = *c.src
		c.dst.Nullable = true
		if c.src.Extra != "" && !c.src.Nullable && c.src.Name == "" {
			c.dst.Extra = l.orNull(c.src.Extra)
		}
	}
	l.boxRecursion()
	for _, u := range l.unions {
		l.tellApart(u)
	}
	for _, t := range l.declared {
		if t.Nullable {
			base := *t
			base.Nullable = false
			t = &base
		}
		model.Types = append(model.Types, t)
	}
	for _, name := range slices.Sorted(maps.Keys(l.extras)) {
		model.Extras = append(model.Extras, ir.Extra{Name: name, JSON: l.extras[name]})
	}
	slices.SortFunc(model.Types, func(a, b *ir.Type) int { return cmp.Compare(a.Name, b.Name) })
	l.checkEnumNames(model)
	markRecursion(model.Types)
}

// unreadable gives a type for a schema that can't be read. Its uses are not
// reported again.
func (l *lowering) unreadable(pos source.Pos) *ir.Type {
	t := &ir.Type{Pos: pos}
	l.broken[t] = true
	return t
}

// functions gives the names of the functions that are generated for a type.
func functions(t *ir.Type) []string {
	switch {
	case t.Kind == ir.Union:
		return []string{"Decode" + t.Name, "Unmarshal" + t.Name}
	case len(t.Enum) > 1:
		return []string{t.Name + "Values"}
	}
	return nil
}

// checkEnumNames reports constants of an enum that are called like a type.
func (l *lowering) checkEnumNames(model *ir.Model) {
	for _, t := range model.Types {
		for _, name := range functions(t) {
			if other, taken := l.declared[name]; taken {
				l.diags.Errorf(other.Pos, "name-collision", "give one of them another title", "the name %s is already that of a function of the type at %s", name, t.Pos)
			}
		}
		for _, v := range t.Enum {
			if other, taken := l.declared[t.Name+v.Name]; taken {
				l.diags.Errorf(other.Pos, "name-collision", "give the type another title", "the name %s is already that of a value of the enum at %s", other.Name, t.Pos)
			}
		}
	}
}
