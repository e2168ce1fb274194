package golang

import (
	"cmp"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// ruleNames gives the names of the variables that hold what a schema asks of a
// value, by the place of the value.
type ruleNames struct {
	rules map[rulePlace]string
	// extras are of the same places, and of declared types as a whole.
	extras map[rulePlace]string
	taken  map[string]bool
}

func newRuleNames() ruleNames {
	return ruleNames{rules: map[rulePlace]string{}, extras: map[rulePlace]string{}, taken: map[string]bool{}}
}

// rulePlace is a member of a declared type and the way to a value in it: Item
// for each array, Value for each map.
type rulePlace struct {
	owner, field, inner string
}

// reserve names what is asked of a declared type and of the values inside it. Names
// that two places would share get a number.
func (r ruleNames) reserve(t *ir.Type) {
	if t.Extra != "" {
		r.extras[rulePlace{owner: t.Name}] = r.unique(lowerFirst(t.Name) + "Extra")
	}
	if t.Kind != ir.Object && t.Kind != ir.Box {
		return
	}
	for _, v := range valuesOf(t) {
		base := lowerFirst(v.owner + v.field + v.inner)
		if hasRule(v.typ) {
			r.rules[v.rulePlace] = r.unique(base)
		}
		if v.typ.Extra != "" {
			r.extras[v.rulePlace] = r.unique(base + "Extra")
		}
	}
}

func (r ruleNames) unique(base string) string {
	name := base
	for n := 2; r.taken[name]; n++ {
		name = base + strconv.Itoa(n)
	}
	r.taken[name] = true
	return name
}

// placedType is a type at a place.
type placedType struct {
	rulePlace
	typ *ir.Type
}

// boxField is the struct field that holds the value of a Box.
const boxField = "Value"

// valuesOf lists the values inside a struct that are not of a declared type.
func valuesOf(t *ir.Type) []placedType {
	var values []placedType
	var walk func(field, inner string, v *ir.Type)
	walk = func(field, inner string, v *ir.Type) {
		if v == nil || v.Name != "" {
			return
		}
		values = append(values, placedType{rulePlace{t.Name, field, inner}, v})
		switch v.Kind {
		case ir.Array:
			walk(field, inner+"Item", v.Array.Elem)
		case ir.Map:
			walk(field, inner+"Value", v.Object.Additional)
		}
	}
	if t.Kind == ir.Box {
		walk(boxField, "", t.Box)
		return values
	}
	for _, field := range t.Object.Fields {
		walk(field.Name, "", field.Type)
	}
	walk(additionalField, "Value", t.Object.Additional)
	return values
}

// additionalField is the struct field that keeps undeclared members.
const additionalField = "Additional"

// docText makes a doc comment of a description: one that does not begin with
// the name gets it in front. What kind of sentence it is can't be known, so
// nothing is put between but a colon.
func docText(name, doc, fallback string) string {
	doc = strings.TrimSpace(doc)
	switch {
	case doc == "":
		return name + " " + fallback
	case doc == name, strings.HasPrefix(doc, name+" "):
		return doc
	}
	for _, article := range []string{"A ", "An ", "The "} {
		if strings.HasPrefix(doc, article) {
			return name + ": " + lowerFirst(doc)
		}
	}
	return name + ": " + doc
}

// deprecation is the paragraph that tools look for.
const deprecation = "Deprecated: the contract marks it as deprecated."

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// argument gives the name of an argument: no keyword, and nothing that is used
// beside it.
func argument(name string, used ...string) string {
	name = lowerFirst(name)
	if token.IsKeyword(name) || slices.Contains(used, name) {
		return name + "Value"
	}
	return name
}

// exported gives the name of a Go type as a part of an exported name.
func exported(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func orElse(s, fallback string) string { return cmp.Or(s, fallback) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// pointerPath splits an RFC 6901 pointer into names.
func pointerPath(pointer string) []string {
	if pointer == "" {
		return nil
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	names := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range names {
		names[i] = unescape.Replace(names[i])
	}
	return names
}

// quoteList gives Go string literals with commas between.
func quoteList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ", ")
}
