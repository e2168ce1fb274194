package main

import (
	"context"
	"fmt"
	"io"

	"github.com/duet-api/duet/internal/codegen"
)

// generate runs duet generate and returns the exit code. A run that fails writes
// nothing.
func generate(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, code, ok := parseConfig("generate", args, stderr)
	if !ok {
		return code
	}
	defer c.root.Close()
	files, model, diags := codegen.Generate(ctx, c.input)
	c.print(stderr, diags)
	if diags.HasErrors() {
		return exitFindings
	}
	printDirections(stdout, model)
	done, err := c.write(files)
	if err != nil {
		fmt.Fprintf(stderr, "duet generate: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(stdout, "%s: %d files, %d written, %d removed\n", c.out, len(files), done.written, done.removed)
	return exitOK
}
