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
	for _, op := range rest.Operations {
		if segment, ok := splitSegment(op.Path); ok {
			diags.Errorf(op.Pos, "rest-path", "make the parameter a segment of its own, as in /rooms/{roomId}/close",
				"the path %q has the segment %q, which net/http can't route", op.Path, segment)
			continue
		}
		for name := range pathParams(op.Path) {
			declared := func(p *ir.OpParam) bool { return p.In == "path" && p.JSON == name }
			if !slices.ContainsFunc(op.Params, declared) {
				diags.Errorf(op.Pos, "rest-path", "declare it under parameters with in: path", "the path %q has the parameter %q, which is not declared", op.Path, name)
			}
		}
		if err := register(mux, strings.ToUpper(op.Method)+" "+muxPath(op.Path)); err != nil {
			diags.Errorf(op.Pos, "rest-path", "change one of the paths so that no request matches both", "the path %q can't be routed: %v", op.Path, err)
		}
	}
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

// register tells whether a mux takes a pattern, which it says by panicking.
func register(mux *http.ServeMux, pattern string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it conflicts with another path")
		}
	}()
	mux.HandleFunc(pattern, http.NotFound)
	return nil
}
