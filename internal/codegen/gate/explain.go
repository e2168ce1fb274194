package gate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// explain reports the causes of an error that matter: all of them where several
// rules hold together, and those of the likeliest choice where one of several
// would do.
func (v *verdict) explain(e *jsonschema.ValidationError) {
	for _, leaf := range v.leaves(e) {
		node := v.root.Nearest(spec.JoinPointer(leaf.InstanceLocation...))
		before := len(*v.diags)
		v.say(leaf, node)
		if v.idle(leaf) {
			for i := range (*v.diags)[before:] {
				(*v.diags)[before+i].Severity = source.Warning
			}
		}
	}
}

func (v *verdict) leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	switch e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		return v.likeliest(e)
	}
	var out []*jsonschema.ValidationError
	for _, c := range e.Causes {
		out = append(out, v.leaves(c)...)
	}
	return out
}

// likeliest gives the errors of the choice that the author most likely meant:
// not the reference where there is no $ref, and then the one that went deepest
// into the value with the fewest errors.
func (v *verdict) likeliest(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	var best []*jsonschema.ValidationError
	bestScore := -1
	for _, c := range e.Causes {
		list := v.leaves(c)
		score := 0
		for _, leaf := range list {
			score = max(score, len(leaf.InstanceLocation)*100)
		}
		score += 50 - min(len(list), 49)
		if wantsOther(list, e.InstanceLocation) {
			score = 0
		}
		if score > bestScore {
			best, bestScore = list, score
		}
	}
	return best
}

// wantsOther reports whether a choice fails because the value is of another sort
// altogether: it lacks $ref, or has another type, or another const.
func wantsOther(list []*jsonschema.ValidationError, at []string) bool {
	for _, leaf := range list {
		switch k := leaf.ErrorKind.(type) {
		case *kind.Required:
			if slices.Contains(k.Missing, "$ref") && len(leaf.InstanceLocation) == len(at) {
				return true
			}
		case *kind.Type:
			if len(leaf.InstanceLocation) == len(at) {
				return true
			}
		case *kind.Enum, *kind.Const:
			if len(leaf.InstanceLocation) == len(at)+1 {
				return true
			}
		}
	}
	return false
}

// say reports one error at node.
func (v *verdict) say(e *jsonschema.ValidationError, node *spec.Node) {
	what := name(e.InstanceLocation)
	if v.grammar != nil && len(e.InstanceLocation) == 0 {
		what = "the document"
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, p := range k.Properties {
			if v.grammar != nil && p == "$ref" && strings.HasSuffix(what, `payload"`) {
				continue // the meta-schema of a payload in OpenAPI's format knows no references
			}
			v.diags.Errorf(node.KeyPos(p), v.rule, "", "%s has no key %q%s", what, p, spec.DidYouMean(p, v.known(e.SchemaURL)))
		}
	case *kind.Required:
		for _, p := range k.Missing {
			hint := near(p, node, v.known(e.SchemaURL))
			if hint != "" && v.closed(e.SchemaURL) {
				continue // the other name is reported, with this one
			}
			v.diags.Errorf(node.Pos, v.rule, "", "%s lacks the key %q%s", what, p, hint)
		}
	case *kind.Type:
		v.diags.Errorf(node.Pos, v.rule, "", "%s is of type %s and must be of type %s", what, k.Got, strings.Join(k.Want, " or "))
	case *kind.Enum:
		v.diags.Errorf(node.Pos, v.rule, "", "%s must be one of %s%s", what, list(k.Want), spec.DidYouMean(node.Str(), texts(k.Want)))
	case *kind.Const:
		v.diags.Errorf(node.Pos, v.rule, "", "%s must be %s", what, list([]any{k.Want}))
	case *kind.Format:
		v.diags.Errorf(node.Pos, v.rule, "", "%s is not a valid %s", what, k.Want)
	case *kind.FalseSchema, *kind.Not:
		v.diags.Errorf(node.Pos, v.rule, "", "%s is not allowed here", what)
	case *kind.OneOf:
		v.diags.Errorf(node.Pos, v.rule, "", "%s fits several choices and must fit one", what)
	default:
		text := k.LocalizedString(message.NewPrinter(language.English))
		v.diags.Errorf(node.Pos, v.rule, "", "%s: %s", what, text)
	}
}

// name gives the words for a place: its last key, or the item of a list.
func name(location []string) string {
	if len(location) == 0 {
		return "the value"
	}
	last := location[len(location)-1]
	if len(location) > 1 && strings.Trim(last, "0123456789") == "" {
		return fmt.Sprintf("item %s of %q", last, location[len(location)-2])
	}
	return fmt.Sprintf("%q", last)
}

// known gives the keys that the schema at url declares.
func (v *verdict) known(url string) []string {
	if v.meta == nil {
		return nil
	}
	s, err := v.meta.compiler.Compile(url)
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.Properties))
}

// closed reports whether the schema at url refuses keys that it does not declare.
func (v *verdict) closed(url string) bool {
	if v.meta == nil {
		return false
	}
	s, err := v.meta.compiler.Compile(url)
	return err == nil && s.AdditionalProperties == false
}

// near suggests that a missing key is there under a name that is not known.
func near(missing string, node *spec.Node, known []string) string {
	var unknown []string
	for _, k := range node.Keys() {
		if !slices.Contains(known, k) {
			unknown = append(unknown, k)
		}
	}
	if c := spec.Closest(missing, unknown); c != "" {
		return fmt.Sprintf(" (is that %q?)", c)
	}
	return ""
}

func list(values []any) string {
	var out []string
	for _, v := range values {
		text, _ := json.Marshal(v)
		out = append(out, string(text))
	}
	return strings.Join(out, ", ")
}

func texts(values []any) []string {
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
