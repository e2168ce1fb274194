// Package golang renders the model as Go: package schema with types, codecs and
// validators, package wsapi for sockets and package client for both protocols.
// Names and order come from the model; what is decided here is only what Go
// alone needs.
package golang
