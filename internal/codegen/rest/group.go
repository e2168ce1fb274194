package rest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// group holds routes that net/http can't tell apart, or one that it can't take as
// it is. It gets one pattern for all of them, and no other route has a request
// that the pattern matches.
type group struct {
	routes []*route
	cover  []segment // what all of them match
	shared bool      // false for one route that net/http takes as it is
}

// groupRoutes finds the groups, sorted, each with its most specific route first.
func groupRoutes(list []*route) []*group {
	var groups []*group
	for _, r := range list {
		g := &group{routes: []*route{r}, cover: r.segments, shared: slices.ContainsFunc(r.segments, segment.isPartly)}
		for {
			i := slices.IndexFunc(groups, g.clashes)
			if i < 0 {
				break
			}
			g.take(groups[i])
			groups = slices.Delete(groups, i, i+1)
		}
		groups = append(groups, g)
	}
	groups = slices.DeleteFunc(groups, func(g *group) bool { return !g.shared })
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.pattern(), b.pattern()) })
	for _, g := range groups {
		slices.SortFunc(g.routes, compareRoutes)
	}
	return groups
}

// clashes reports whether two groups have to be one: both may be meant by a
// request, and net/http can't tell by which.
func (g *group) clashes(other *group) bool {
	if !slices.EqualFunc(g.cover, other.cover, meet) {
		return false
	}
	mux := http.NewServeMux()
	return g.shared || other.shared || !register(mux, g.routes[0]) || !register(mux, other.routes[0])
}

// meet reports whether one text may be both segments. None is empty but the last
// one of a path that ends in a slash, which is no parameter.
func meet(a, b segment) bool {
	if a.hasParams() && b.hasParams() {
		return true
	}
	if a.hasParams() {
		a, b = b, a
	}
	return b.hasParams() && a[0] != "" || !b.hasParams() && a[0] == b[0]
}

func (g *group) take(other *group) {
	g.routes = append(g.routes, other.routes...)
	g.shared = true
	cover := slices.Clone(g.cover)
	for i, s := range cover {
		if !slices.Equal(s, other.cover[i]) {
			cover[i] = anySegment
		}
	}
	g.cover = cover
}

// compareRoutes sorts the more specific path first, from left to right. Of one
// path HEAD comes before GET, which would answer it.
func compareRoutes(a, b *route) int {
	return cmp.Or(slices.CompareFunc(a.segments, b.segments, compareSegments),
		cmp.Compare(a.op.Path, b.op.Path), cmp.Compare(b.op.Method, a.op.Method))
}

// pattern gives the pattern of net/http for the group.
func (g *group) pattern() string { return muxPath(g.cover) }

// mark tells the templates which operations are in a group.
func (g *group) mark(doc *openapi3.T) {
	for _, r := range g.routes {
		doc.Paths.Value(r.op.Path).GetOperation(r.op.Method).Extensions["x-duet-group"] = g.pattern()
	}
}

// printGroups adds the file of the groups.
func printGroups(groups []*group, opts Options, files map[string][]byte) error {
	text, err := templates.ReadFile("templates/group.go.txt")
	if err != nil {
		return err
	}
	out := strings.Builder{}
	out.Write(text)
	out.WriteString("\n// newGroups gives the groups by the pattern that net/http gets for each.\n")
	out.WriteString("func newGroups() map[string]group {\nreturn map[string]group{\n")
	for _, g := range groups {
		fmt.Fprintf(&out, "%q: {\n", g.pattern())
		for _, r := range g.routes {
			fmt.Fprintf(&out, "{method: %q, path: %q, segments: []segment{%s}},\n", r.op.Method, r.op.Path, literals(r.segments))
		}
		out.WriteString("},\n")
	}
	out.WriteString("}\n}\n")
	files["group.gen.go"], err = tidy(out.String(), "", opts)
	return err
}

// literals gives segments as they are written in Go.
func literals(segments []segment) string {
	var list []string
	for _, s := range segments {
		var parts []string
		for _, part := range s.renamed(pathValueName) {
			parts = append(parts, fmt.Sprintf("%q", part))
		}
		list = append(list, "{"+strings.Join(parts, ", ")+"}")
	}
	return strings.Join(list, ", ")
}
