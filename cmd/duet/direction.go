package main

import (
	"io"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/contract/describe"
)

// printDirections prints who sends what, so that a document that was written
// from the other side's view shows.
func printDirections(w io.Writer, m *ir.Model) { describe.Of(m, nil).Directions(w) }
