package lint

import (
	"path"
	"slices"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// Ignore silences a rule, in all files or in those that a pattern matches.
type Ignore struct {
	Rule string
	// Path is a pattern as [path.Match] has it, such as api/schemas/*.yaml. Empty
	// matches every file.
	Path   string
	Reason string
	Pos    source.Pos // in the configuration
}

func (g Ignore) matches(d source.Diagnostic) bool {
	if g.Rule != d.Rule {
		return false
	}
	ok, err := path.Match(g.Path, d.Pos.File)
	return g.Path == "" || ok && err == nil
}

// ParseIgnores reads the member lint of a configuration:
//
//	lint:
//	  ignore:
//	    - {rule: example-missing, path: api/openapi.yaml, reason: internal calls}
//
// What is wrong with it is added to diags. A nil node gives nothing.
func ParseIgnores(n *spec.Node, diags *source.Diagnostics) []Ignore {
	var out []Ignore
	for _, p := range n.Members() {
		if p.Key != "ignore" || p.Value.Kind != spec.Seq {
			diags.Errorf(p.KeyPos, "config", "write ignore: and a list", "lint has no setting %q of kind %s", p.Key, p.Value.Kind)
			continue
		}
		for _, item := range p.Value.Items {
			if g, ok := parseIgnore(item, diags); ok {
				out = append(out, g)
			}
		}
	}
	if n != nil && n.Kind != spec.Map {
		diags.Errorf(n.Pos, "config", "write ignore: and a list", "lint must be a map")
	}
	return out
}

func parseIgnore(n *spec.Node, diags *source.Diagnostics) (Ignore, bool) {
	g := Ignore{Pos: n.Pos}
	before := len(*diags)
	fields := map[string]*string{"rule": &g.Rule, "path": &g.Path, "reason": &g.Reason}
	for _, p := range n.Members() {
		field, known := fields[p.Key]
		switch {
		case !known:
			diags.Errorf(p.KeyPos, "config", "", "an ignored rule has no %q%s", p.Key, spec.DidYouMean(p.Key, []string{"rule", "path", "reason"}))
		case p.Value.Str() == "":
			diags.Errorf(p.Value.Pos, "config", "", "%s must be a string", p.Key)
		default:
			*field = p.Value.Text
		}
	}
	if !n.Has("rule") {
		diags.Errorf(n.Pos, "config", "add rule:", "name the rule to ignore")
	} else if rules := Rules(); g.Rule != "" && rules[g.Rule] == nil {
		diags.Errorf(n.Get("rule").Pos, "config", "", "there is no rule %q%s", g.Rule, spec.DidYouMean(g.Rule, sortedNames(rules)))
	}
	if !n.Has("reason") {
		diags.Errorf(n.Pos, "config", "add reason:", "say why %s is ignored", g.Rule)
	}
	if _, err := path.Match(g.Path, ""); err != nil {
		diags.Errorf(n.Get("path").Place(n.Pos), "config", "", "%q is not a pattern of paths", g.Path)
	}
	return g, len(*diags) == before
}

// Heard leaves out the warnings and notes that are ignored, for commands that do
// more than lint. Errors stop those, whatever is said about them.
func Heard(all source.Diagnostics, ignore []Ignore) (left source.Diagnostics) {
	for _, d := range all {
		silent := func(g Ignore) bool { return g.matches(d) }
		if d.Severity == source.Error || !slices.ContainsFunc(ignore, silent) {
			left = append(left, d)
		}
	}
	return left
}

// withoutIgnored leaves out what is ignored, and reports what ignores nothing.
func withoutIgnored(all source.Diagnostics, ignore []Ignore) (left source.Diagnostics, ignored int) {
	used := make([]bool, len(ignore))
	for _, d := range all {
		hit := false
		for i, g := range ignore {
			if g.matches(d) {
				hit, used[i] = true, true
			}
		}
		if !hit {
			left = append(left, d)
		}
	}
	ignored = len(all) - len(left)
	for i, g := range ignore {
		if !used[i] {
			left.Warnf(g.Pos, "ignore-unused", "remove it", "nothing breaks the rule %s here any more", g.Rule)
		}
	}
	left.Sort()
	return left, ignored
}
