// Package codegen turns a contract, an OpenAPI document, an AsyncAPI document or
// both, into source code. [Generate] is a pure function of the files of an
// [io/fs.FS]: it reads nothing else, writes nothing, and the same input gives
// the same bytes.
package codegen
