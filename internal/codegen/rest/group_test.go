package rest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// TestGroupRoutes gives the pattern of each group and, below it, the operations in
// the order in which they are tried.
func TestGroupRoutes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ operations, want []string }{
		"none":               {[]string{"GET /a", "GET /a/{x}", "GET /a/b", "GET /{y}/b/c", "GET /"}, nil},
		"methods keep apart": {[]string{"GET /a/{x}", "POST /{y}/b"}, nil},
		"two": {
			[]string{"GET /u/{id}/posts", "GET /u/me/{tab}", "GET /u/me"},
			[]string{"/u/{p2}/{p3}", " GET /u/me/{tab}", " GET /u/{id}/posts"},
		},
		"HEAD is a part of GET": {
			[]string{"GET /u/{id}/posts", "HEAD /u/me/{tab}"},
			[]string{"/u/{p2}/{p3}", " HEAD /u/me/{tab}", " GET /u/{id}/posts"},
		},
		"of one path HEAD first": {
			[]string{"GET /{a}.x", "HEAD /{a}.x"},
			[]string{"/{p1}", " HEAD /{a}.x", " GET /{a}.x"},
		},
		"all that the pattern matches": {
			[]string{"GET /a/b", "POST /{x}/b", "GET /{x}.json/b", "GET /a/b/"},
			[]string{"/{p1}/b", " GET /a/b", " GET /{x}.json/b", " POST /{x}/b"},
		},
		"two groups become one": {
			[]string{"GET /a/{x}.json", "GET /b/{x}.json", "GET /{x}/{y}.{z}"},
			[]string{"/{p1}/{p2}", " GET /a/{x}.json", " GET /b/{x}.json", " GET /{x}/{y}.{z}"},
		},
		"the pattern meets a third": {
			[]string{"GET /a/{x}/c/d", "GET /{x}/b/c/{y}", "GET /z/y/c/w", "GET /{x}/{y}/{z}/v"},
			[]string{"/{p1}/{p2}/{p3}/{p4}", " GET /z/y/c/w", " GET /a/{x}/c/d", " GET /{x}/b/c/{y}", " GET /{x}/{y}/{z}/v"},
		},
		"most text first": {
			[]string{"GET /{x}", "GET /{x}.{y}", "GET /{x}.json", "GET /{x}-{y}.json", "GET /a.json", "GET /{x}-{y}"},
			[]string{"/{p1}", " GET /a.json", " GET /{x}-{y}.json", " GET /{x}.json", " GET /{x}-{y}", " GET /{x}.{y}", " GET /{x}"},
		},
		"slash at the end": {
			[]string{"GET /a/{x}.y/", "GET /a/{x}/{y}", "GET /a/{x}.y"},
			[]string{"/a/{p2}", " GET /a/{x}.y", "/a/{p2}/{$}", " GET /a/{x}.y/"},
		},
		"text that is escaped": {
			[]string{"GET /a%20b/{x}:c", "GET /a b/{x}"},
			[]string{"/a%20b/{p2}", " GET /a%20b/{x}:c", " GET /a b/{x}"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var list []*route
			for _, text := range tt.operations {
				method, path, _ := strings.Cut(text, " ")
				list = append(list, parseRoute(&ir.Operation{Method: method, Path: path}, nil))
			}
			var got []string
			for _, g := range groupRoutes(list) {
				got = append(got, g.pattern())
				for _, r := range g.routes {
					got = append(got, " "+r.op.Method+" "+r.op.Path)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		})
	}
}
