// Package rest turns the OpenAPI half of a contract into the Go package
// restapi: a strict server over net/http and a client, made by oapi-codegen,
// which is called as a library.
//
// oapi-codegen does not read the author's document. It reads one that is built
// from the model (annotate.go), in which every body is a stub that names its
// type of package schema, so that both halves of the contract share one set of
// types and codecs. A handful of its templates are replaced (templates/): the
// generated server decodes with the strict UnmarshalJSON of those types, writes
// with their AppendJSON, and refuses parameters that the contract does not
// allow. TestTemplatesArePinned fails when the upstream text that a replacement
// was derived from changes.
//
// oapi-codegen keeps its state in package variables. Everything that touches it
// is in oapi.go, behind one mutex.
package rest
