package golang

import "path"

// Options says where generated packages are and what they were made from.
type Options struct {
	Sources []string // the documents, for the headers of files
	// Schema, REST and WSAPI are the import paths of the generated packages. One
	// that is not generated is empty.
	Schema, REST, WSAPI string
	// Client and RoundTrip are the names of the packages of the SDK and of the
	// tests; empty means client and roundtrip.
	Client, RoundTrip string
}

// Import paths of the packages that generated code calls.
const (
	runtimeWire   = "github.com/duet-api/duet/runtime/wire"
	runtimeSocket = "github.com/duet-api/duet/runtime/socket"
	runtimeToken  = "github.com/duet-api/duet/runtime/token"
)

// packageOf gives the name of the package at an import path, which is its own name
// where the path is empty.
func packageOf(importPath, own string) string {
	if importPath == "" {
		return own
	}
	return path.Base(importPath)
}
