package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

// route is an operation with its path taken apart.
type route struct {
	op       *ir.Operation
	segments []segment
}

// routes takes the paths apart, reports those that can't be served, and gives the
// groups of those that [http.ServeMux] can't tell apart: it would panic when the
// generated server starts.
func routes(rest *ir.REST, diags *source.Diagnostics) []*group {
	var list []*route
	known := map[string]*ir.Operation{}
	for _, op := range rest.Operations {
		r := parseRoute(op, diags)
		if r == nil || !r.checkNames(diags) {
			continue
		}
		if twin := known[r.key()]; twin != nil {
			reportTwins(op, twin, diags)
			continue
		}
		known[r.key()] = op
		list = append(list, r)
	}
	return groupRoutes(list)
}

// parseRoute takes the path of an operation apart. It gives nil for one that
// can't be routed, which it reports.
func parseRoute(op *ir.Operation, diags *source.Diagnostics) *route {
	r := &route{op: op}
	for text := range strings.SplitSeq(strings.TrimPrefix(op.Path, "/"), "/") {
		s, why, fix := parseSegment(text)
		if why != "" {
			diags.Errorf(op.PathPos, "rest-path", fix, "the path %q has the segment %q, %s", op.Path, text, why)
			return nil
		}
		r.segments = append(r.segments, s)
	}
	if !strings.HasPrefix(op.Path, "/") || !register(http.NewServeMux(), r) {
		diags.Errorf(op.PathPos, "rest-path", "write another path, which begins with a slash", "the path %q is not one that net/http can route", op.Path)
		return nil
	}
	return r
}

// checkNames reports parameters that are not declared, or come twice.
func (r *route) checkNames(diags *source.Diagnostics) bool {
	op, ok := r.op, true
	seen := map[string]string{}
	for _, s := range r.segments {
		for _, name := range s.names() {
			other, twice := seen[pathValueName(name)]
			seen[pathValueName(name)] = name
			declared := func(p *ir.OpParam) bool { return p.In == "path" && p.JSON == name }
			switch {
			case twice && other == name:
				diags.Errorf(op.PathPos, "rest-path", "give each its own name", "the path %q has the parameter %q more than once", op.Path, name)
				return false
			case twice:
				diags.Errorf(op.PathPos, "rest-path", "rename one of them", "the path %q has the parameters %q and %q, which are %s both in generated code", op.Path, other, name, pathValueName(name))
				return false
			case !slices.ContainsFunc(op.Params, declared):
				diags.Errorf(op.Pos, "rest-path", "declare it under parameters with in: path", "the path %q has the parameter %q, which is not declared", op.Path, name)
				ok = false
			}
		}
	}
	return ok
}

// key gives what tells a route from others: names of parameters do not.
func (r *route) key() string {
	key := r.op.Method
	for _, s := range r.segments {
		key += fmt.Sprintf(" %q", s.renamed(func(string) string { return "" }))
	}
	return key
}

// reportTwins reports that nothing tells two operations apart. It does so at the
// one that is later in the document.
func reportTwins(a, b *ir.Operation, diags *source.Diagnostics) {
	if a.PathPos.Compare(b.PathPos) < 0 {
		a, b = b, a
	}
	diags.Errorf(a.PathPos, "rest-path", "change one of the paths, or leave out one of the operations",
		"the path %q can't be routed: %s %s, at %s, is the same but for the names of parameters", a.Path, b.Method, b.Path, b.PathPos)
}

// muxPath gives segments as net/http wants them. Parameters are numbered, since
// the names in the document need not be identifiers.
func muxPath(segments []segment) string {
	var path strings.Builder
	for i, s := range segments {
		if s.hasParams() {
			fmt.Fprintf(&path, "/{p%d}", i+1)
		} else {
			path.WriteString("/" + url.PathEscape(s[0]))
		}
	}
	if strings.HasSuffix(path.String(), "/") {
		path.WriteString("{$}")
	}
	return path.String()
}

// register tells whether a mux takes a route, which it refuses by panicking.
func register(mux *http.ServeMux, r *route) (taken bool) {
	defer func() { taken = recover() == nil }()
	mux.HandleFunc(r.op.Method+" "+muxPath(r.segments), http.NotFound)
	return true
}
