package scaffold

import (
	"fmt"
	"go/token"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/duet-api/duet/internal/codegen/ir"
)

var parameter = regexp.MustCompile(`\{([^{}]*)\}`)

// local gives the path of a socket on a server, without the query.
func local(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return "/" + strings.TrimPrefix(path, "/")
}

// pattern gives the path of a socket as [http.ServeMux] wants it. A parameter
// whose name is no identifier is numbered.
func pattern(path string) string {
	path = local(path)
	n := 0
	path = parameter.ReplaceAllStringFunc(path, func(p string) string {
		n++
		if token.IsIdentifier(p[1 : len(p)-1]) {
			return p
		}
		return fmt.Sprintf("{p%d}", n)
	})
	if strings.HasSuffix(path, "/") {
		path += "{$}"
	}
	return path
}

// checkPatterns reports sockets that net/http can't tell apart: it would panic.
func checkPatterns(list []socketRoute) (err error) {
	mux := http.NewServeMux()
	var at socketRoute
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%s: the socket at %s can't be served by net/http beside the others; change its address", at.model.Pos, at.Path)
		}
	}()
	mux.HandleFunc("GET /healthz", http.NotFound)
	mux.HandleFunc("GET /openapi.yaml", http.NotFound)
	mux.HandleFunc("GET /asyncapi.yaml", http.NotFound)
	for _, r := range list {
		at = r
		mux.HandleFunc("GET "+r.Pattern, http.NotFound)
	}
	return nil
}

// variable gives the name of a variable for an exported name.
func variable(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) || !unicode.IsUpper(r) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	v := string(runes)
	taken := []string{"mux", "s", "rest", "ws", "spec", "wsapi", "err", "t", "base", "count", "counter", "http", "io", "string", "error"}
	if token.IsKeyword(v) || slices.Contains(taken, v) {
		return v + "Socket"
	}
	return v
}

// dialable reports whether a socket opens without parameters, headers or a query.
func dialable(s *ir.Socket) bool {
	return !strings.ContainsAny(s.Path, "{?") && !requires(s.Query) && !requires(s.Headers)
}

// requires reports whether an object has a required member.
func requires(t *ir.Type) bool {
	return t != nil && t.Object != nil && slices.ContainsFunc(t.Object.Fields, func(f *ir.Field) bool { return f.Required })
}

// probe gives the path of a socket with something for each parameter.
func probe(path string) string {
	return parameter.ReplaceAllString(local(path), "x")
}

// callable gives the paths of operations that a GET without anything reaches.
func callable(r *ir.REST) []string {
	var out []string
	for _, op := range r.Operations {
		needs := slices.ContainsFunc(op.Params, func(p *ir.OpParam) bool { return p.Required })
		if op.Method == http.MethodGet && !needs && !op.BodyRequired && !strings.Contains(op.Path, "{") {
			out = append(out, r.BasePath+op.Path)
		}
	}
	return out
}
