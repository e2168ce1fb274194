package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/ir"
)

// schemaDoc is the package comment of generated types.
const schemaDoc = `Package %s holds the types of %s, which REST and sockets share.

Each type decodes and checks a JSON text in one pass, encodes itself, and checks values that were built in Go by the same rules. Optional members are [wire.Opt], values that may be null are [wire.Null]. Arrays and maps that are optional are absent where they are nil.`

// Schema renders package schema: a file for each declared type, together with
// the types that only it refers to and whose names begin with its name.
func Schema(m *ir.Model, opts Options) (map[string][]byte, error) {
	s := newSchemaModel(m)
	groups := s.groups()
	out := make(map[string][]byte, len(groups))
	for _, name := range sortedKeys(groups) {
		f := &schemaFile{GoFile: emit.NewGoFile(packageOf(opts.Schema, "schema"), sourcesOf(groups[name], opts)...), schemaModel: s}
		if name == docFile {
			f.PackageDoc(fmt.Sprintf(schemaDoc, packageOf(opts.Schema, "schema"), orElse(m.Title, "a contract")))
			f.extras(m.Extras)
		}
		for _, t := range groups[name] {
			f.declaration(t)
		}
		text, err := f.Bytes()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = text
	}
	return out, nil
}

// docFile is the file that has the package comment.
const docFile = "doc.gen.go"

// schemaModel is what all files of package schema need to know.
type schemaModel struct {
	types    []*ir.Type
	byName   map[string]*ir.Type
	variants map[string][]string // unions by the name of a variant
	secret   map[string]bool     // types that hold a secret, by name
	heads    map[string][]itemsPath
	rules    ruleNames
}

func newSchemaModel(m *ir.Model) *schemaModel {
	s := &schemaModel{
		types:    m.Types,
		byName:   map[string]*ir.Type{},
		variants: map[string][]string{},
		rules:    newRuleNames(),
	}
	for _, t := range m.Types {
		s.byName[t.Name] = t
		if t.Kind == ir.Union {
			s.rules.taken["check"+t.Name], s.rules.taken["decode"+t.Name] = true, true
			for _, v := range t.Union.Variants {
				s.variants[v.Type.Name] = append(s.variants[v.Type.Name], t.Name)
			}
		}
	}
	s.secret = secretTypes(m.Types)
	s.heads = itemsPaths(m)
	for _, t := range m.Types {
		s.rules.reserve(t)
	}
	return s
}

// schemaFile is one file of package schema.
type schemaFile struct {
	*emit.GoFile
	*schemaModel
	pending string // text that is to be written by an encoder
}

// wire gives the qualified name of an identifier of runtime/wire.
func (f *schemaFile) wire(ident string) string { return f.Use(runtimeWire) + "." + ident }

// declaration renders one declared type.
func (f *schemaFile) declaration(t *ir.Type) {
	switch t.Kind {
	case ir.Object:
		f.object(t)
	case ir.Union:
		f.union(t)
	case ir.Box:
		f.box(t)
	default:
		f.enum(t)
	}
}

// object renders a struct with its methods.
func (f *schemaFile) object(t *ir.Type) {
	f.structType(t)
	f.ruleVars(t)
	f.variantOf(t)
	f.objectDecode(t)
	f.objectAppend(t)
	for _, path := range f.heads[t.Name] {
		f.itemsMethods(t, path)
	}
	f.objectCheck(t)
	if f.secret[t.Name] {
		f.redaction(t)
	}
}

// variantOf renders the methods by which a type is a variant of unions.
func (f *schemaFile) variantOf(t *ir.Type) {
	for _, union := range f.variants[t.Name] {
		f.P("func (%s) is%s() {}\n", t.Name, union)
	}
}

// groups assigns the types to files, in the order of their names.
func (s *schemaModel) groups() map[string][]*ir.Type {
	users := s.users()
	groups := map[string][]*ir.Type{docFile: nil}
	for _, t := range s.types {
		home := t
		for {
			by := users[home.Name]
			if len(by) != 1 || by[0] == home.Name || !strings.HasPrefix(home.Name, by[0]) {
				break
			}
			home = s.byName[by[0]]
		}
		name := strings.ToLower(home.Name) + ".gen.go"
		groups[name] = append(groups[name], t)
	}
	return groups
}

// users gives the names of the types that refer to a type, by its name.
func (s *schemaModel) users() map[string][]string {
	users := map[string][]string{}
	for _, t := range s.types {
		for _, used := range references(t) {
			if !slices.Contains(users[used], t.Name) {
				users[used] = append(users[used], t.Name)
			}
		}
	}
	return users
}

// references gives the names of the declared types that the members or
// variants of a declared type are made of.
func references(t *ir.Type) []string {
	var names []string
	var walk func(t *ir.Type)
	walk = func(t *ir.Type) {
		switch {
		case t == nil:
		case t.Name != "":
			names = append(names, t.Name)
		case t.Kind == ir.Array:
			walk(t.Array.Elem)
		case t.Kind == ir.Map:
			walk(t.Object.Additional)
		}
	}
	if t.Kind == ir.Object || t.Kind == ir.Union || t.Kind == ir.Box {
		for _, part := range partsOf(t) {
			walk(part)
		}
	}
	return names
}

// partsOf gives the types that a type is made of; some may be nil.
func partsOf(t *ir.Type) []*ir.Type {
	var parts []*ir.Type
	switch t.Kind {
	case ir.Array:
		parts = append(parts, t.Array.Elem)
	case ir.Object, ir.Map:
		for _, field := range t.Object.Fields {
			parts = append(parts, field.Type)
		}
		parts = append(parts, t.Object.Additional)
	case ir.Union:
		for _, v := range t.Union.Variants {
			parts = append(parts, v.Type)
		}
	case ir.Box:
		parts = append(parts, t.Box)
	}
	return parts
}

// sourcesOf gives the files that the types were declared in.
func sourcesOf(types []*ir.Type, opts Options) []string {
	var sources []string
	for _, t := range types {
		sources = append(sources, t.Pos.File)
	}
	if len(sources) == 0 {
		return opts.Sources
	}
	return sources
}
