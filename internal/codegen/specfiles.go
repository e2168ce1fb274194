package codegen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/format"
	"strings"

	"github.com/duet-api/duet/internal/codegen/emit"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// hashBytes is how much of the contract's SHA-256 its hash keeps.
const hashBytes = 16

// document is a bundled document of the generated package spec.
type document struct {
	name, ident, kind string // openapi.yaml, OpenAPI, the bundled OpenAPI document
	source            string
	node              *spec.Node
}

// specFiles makes package spec: the bundled documents, and Go source that embeds
// them and knows the contract's version and hash.
func specFiles(in Input, c *contract) (map[string][]byte, error) {
	docs := []document{
		{"openapi.yaml", "OpenAPI", "OpenAPI", in.OpenAPI, c.openapi},
		{"asyncapi.yaml", "AsyncAPI", "AsyncAPI", in.AsyncAPI, c.asyncapi},
	}
	files := map[string][]byte{}
	hash := sha256.New()
	var embeds strings.Builder
	for _, d := range docs {
		if d.node == nil {
			continue
		}
		text, err := clean(d.node).YAML()
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", d.name, err)
		}
		hash.Write(text)
		hash.Write([]byte{0})
		files[d.name] = append([]byte(yamlHeader(d.source)), text...)
		fmt.Fprintf(&embeds, "// %s is the %s document of the contract in YAML, with everything that it refers to.\n//\n//go:embed %s\nvar %s string\n\n", d.ident, d.kind, d.name, d.ident)
	}
	var head strings.Builder
	head.WriteString(emit.Header + "\n")
	for _, s := range in.documents() {
		head.WriteString("// Source: " + s + "\n")
	}
	sum := hex.EncodeToString(hash.Sum(nil)[:hashBytes])
	fmt.Fprintf(&head, `
// Package %[1]s holds the contract that the generated packages were made from.
package %[1]s

import _ "embed" // for the documents

// Title and Version are those of the contract. Hash identifies it exactly: it is
// the start of the SHA-256 of its documents, compared for equality only.
const (
	Title = %[2]q
	Version = %[3]q
	Hash = %[4]q
)

`, in.name("spec"), c.model.Title, c.model.Version, sum)
	text, err := format.Source([]byte(head.String() + embeds.String()))
	files["spec.gen.go"] = text
	return files, err
}

func yamlHeader(source string) string {
	return strings.Replace(emit.Header, "//", "#", 1) + "\n# Source: " + source + "\n"
}

// clean leaves out what is meant for generators only.
func clean(n *spec.Node) *spec.Node {
	c := n.Clone()
	c.Walk(func(n *spec.Node) bool {
		for _, key := range n.Keys() {
			if strings.HasPrefix(key, "x-go-") {
				n.Delete(key)
			}
		}
		return true
	})
	return c
}
