//go:build tools

// Package tools pins the programs that the Makefile runs.
package tools

import _ "honnef.co/go/tools/cmd/staticcheck"
