// Package spec reads the documents of a contract: OpenAPI, AsyncAPI and JSON
// Schema, in YAML or JSON.
//
// A [Loader] reads files from an [io/fs.FS], so nothing outside its root can be
// reached, and turns each into a tree of [Node] values that keep their
// positions. Scalars have the meaning of the YAML 1.2 core schema
// (https://yaml.org/spec/1.2.2/#103-core-schema): y, yes, on and dates are
// strings, and numbers keep their exact decimal text. Findings go to the
// loader's diagnostics; a document that is read only in part gives a nil Node.
//
// References ($ref) are resolved by [Loader.Resolve]: RFC 6901 pointers,
// relative files, whole files, chains and cycles. Two references to one place
// give the same *Node, so a Node's address is its identity.
package spec
