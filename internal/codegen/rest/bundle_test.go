package rest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// bundle bundles openapi.yaml of a set of files.
func bundle(files map[string]string) (*spec.Node, source.Diagnostics) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	var diags source.Diagnostics
	loader := spec.NewLoader(fsys, &diags)
	return Bundle(loader, loader.Load("openapi.yaml"), &diags), diags
}

const treeDocument = `openapi: 3.1.0
info: {title: Trees, version: "1"}
paths:
  /trees:
    get:
      operationId: getTree
      x-go-name: Fetch
      responses:
        '200':
          description: A tree.
          content: {application/json: {schema: {$ref: schemas/tree-node.yaml}}}
`

func TestBundle(t *testing.T) {
	t.Parallel()
	root, diags := bundle(map[string]string{
		"openapi.yaml": treeDocument,
		"schemas/tree-node.yaml": `$id: https://example.com/tree
type: object
x-go-type: tree.Node
properties:
  children: {type: array, items: {$ref: tree-node.yaml}}
`,
	})
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %v", diags)
	}
	got, err := root.YAML()
	if err != nil {
		t.Fatal(err)
	}
	want := `openapi: "3.1.0"
info:
  title: Trees
  version: "1"
paths:
  /trees:
    get:
      operationId: getTree
      responses:
        "200":
          description: A tree.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/TreeNode'
components:
  schemas:
    TreeNode:
      type: object
      properties:
        children:
          type: array
          items:
            $ref: '#/components/schemas/TreeNode'
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("bundle (-want +got):\n%s", diff)
	}
}

func TestBundleInvalid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, want string }{
		"response without a description": {
			"          description: A tree.\n", "",
			`openapi.yaml:5:5: warning: openapi-invalid: a short description of the response is required`,
		},
		"component of a wrong type": {
			"paths:", "components: {schemas: {Leaf: {type: thing}}}\npaths:",
			`openapi.yaml:3:24: warning: openapi-invalid: schema "Leaf": unsupported 'type' value "thing"`,
		},
		"undeclared path parameter": {
			"/trees:", "/trees/{id}:",
			`openapi.yaml:5:5: warning: openapi-invalid: operation GET /trees/{id} must define exactly all path parameters (missing: [id])`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, diags := bundle(map[string]string{
				"openapi.yaml":           strings.Replace(treeDocument, tt.old, tt.new, 1),
				"schemas/tree-node.yaml": "type: object\n",
			})
			if root == nil {
				t.Error("the document was not bundled")
			}
			var got []string
			for _, d := range diags {
				got = append(got, d.String())
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBundleReference bundles the contract of the reference server.
func TestBundleReference(t *testing.T) {
	t.Parallel()
	var diags source.Diagnostics
	loader := spec.NewLoader(os.DirFS("../../../api"), &diags)
	root := Bundle(loader, loader.Load("openapi.yaml"), &diags)
	if len(diags) > 0 || root == nil {
		t.Fatalf("diagnostics: %v", diags)
	}
	root.Walk(func(n *spec.Node) bool {
		if ref, ok := n.Ref(); ok && !strings.HasPrefix(ref, "#/components/") {
			t.Errorf("%s: $ref %q is not of the bundle", n.Pos, ref)
		}
		return true
	})
}

func TestSection(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"/paths/~1a/get/parameters/0":                    "parameters",
		"/paths/~1a/parameters/0/schema":                 "schemas",
		"/paths/~1a/get/requestBody":                     "requestBodies",
		"/paths/~1a/get/requestBody/content/a~1b/schema": "schemas",
		"/paths/~1a/get/responses/200":                   "responses",
		"/paths/~1a/get/responses/200/headers/X/schema":  "schemas",
		"/paths/~1a/get/responses/200/headers/schema":    "headers",
		"/paths/~1a":            "",
		"/components/schemas/A": "schemas",
		"/components/schemas/A/properties/headers/items":                                 "schemas",
		"/components/schemas/A/properties/examples":                                      "schemas",
		"/components/schemas/A/example/items":                                            "",
		"/components/securitySchemes/a":                                                  "securitySchemes",
		"/components/callbacks/a/x/post/requestBody":                                     "requestBodies",
		"/components/responses/a/content/b/examples/c":                                   "examples",
		"/components/requestBodies/a/content/b/encoding/c/headers/d":                     "headers",
		"/components/schemas/A/allOf/0/additionalProperties/oneOf/1/properties/b/not/if": "schemas",
	}
	for pointer, want := range tests {
		place, err := spec.SplitPointer(pointer)
		if err != nil {
			t.Fatal(err)
		}
		if got := section(place); got != want {
			t.Errorf("section(%s) = %q, want %q", pointer, got, want)
		}
	}
}
