package rest

import (
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

// wholeSegment matches a segment that is text without braces or one parameter.
var wholeSegment = regexp.MustCompile(`^(\{[^{}]+\}|[^{}]*)$`)

// checkRoutes reports the paths that [http.ServeMux] can't serve: it would
// panic when the generated server starts.
func checkRoutes(rest *ir.REST, diags *source.Diagnostics) {
	mux := http.NewServeMux()
	for i, op := range rest.Operations {
		if segment, ok := splitSegment(op.Path); ok {
			diags.Errorf(op.PathPos, "rest-path", "make the parameter a segment of its own, as in /rooms/{roomId}/close",
				"the path %q has the segment %q, which net/http can't route", op.Path, segment)
			continue
		}
		for name := range pathParams(op.Path) {
			declared := func(p *ir.OpParam) bool { return p.In == "path" && p.JSON == name }
			if !slices.ContainsFunc(op.Params, declared) {
				diags.Errorf(op.Pos, "rest-path", "declare it under parameters with in: path", "the path %q has the parameter %q, which is not declared", op.Path, name)
			}
		}
		if !register(mux, op) {
			conflict(op, rest.Operations[:i], diags)
		}
	}
}

// conflict reports that a path can't be routed besides one before it: a request
// may match both. It does so at the one that is later in the document.
func conflict(a *ir.Operation, before []*ir.Operation, diags *source.Diagnostics) {
	at := slices.IndexFunc(before, func(b *ir.Operation) bool {
		mux := http.NewServeMux()
		return register(mux, b) && !register(mux, a)
	})
	if at < 0 {
		diags.Errorf(a.PathPos, "rest-path", "write another path", "the path %q is not one that net/http can route", a.Path)
		return
	}
	b := before[at]
	if a.PathPos.Compare(b.PathPos) < 0 {
		a, b = b, a
	}
	diags.Errorf(a.PathPos, "rest-path", "change one of the paths so that no request matches both",
		"the path %q can't be routed: a request may match %q, at %s, as well, and neither is the more specific one", a.Path, b.Path, b.PathPos)
}

// pathParams gives the names of the parameters in a path.
func pathParams(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for segment := range strings.SplitSeq(path, "/") {
			if strings.HasPrefix(segment, "{") && !yield(strings.Trim(segment, "{}")) {
				return
			}
		}
	}
}

// splitSegment finds a segment that is a parameter and more.
func splitSegment(path string) (string, bool) {
	for segment := range strings.SplitSeq(path, "/") {
		if !wholeSegment.MatchString(segment) {
			return segment, true
		}
	}
	return "", false
}

// muxPath names the parameters by number, since the names in the document need
// not be identifiers.
func muxPath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = fmt.Sprintf("{p%d}", i)
		}
	}
	path = strings.Join(segments, "/")
	if strings.HasSuffix(path, "/") {
		path += "{$}"
	}
	return path
}

// register tells whether a mux takes an operation, which it refuses by panicking.
func register(mux *http.ServeMux, op *ir.Operation) (taken bool) {
	defer func() { taken = recover() == nil }()
	mux.HandleFunc(strings.ToUpper(op.Method)+" "+muxPath(op.Path), http.NotFound)
	return true
}
