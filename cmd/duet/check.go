package main

import (
	"context"
	"fmt"
	"io"
	"path"

	"github.com/duet-api/duet/internal/codegen"
)

// check runs duet check and returns the exit code: it tells every generated file
// that is not what the contract asks for.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, code, ok := parseConfig("check", args, stderr)
	if !ok {
		return code
	}
	defer c.root.Close()
	files, _, diags := codegen.Generate(ctx, c.input)
	c.print(stderr, diags)
	if diags.HasErrors() {
		return exitFindings
	}
	differences, err := c.compare(files)
	if err != nil {
		fmt.Fprintf(stderr, "duet check: %v\n", err)
		return exitUsage
	}
	for _, d := range differences {
		fmt.Fprintf(stderr, "%s: %s\n", path.Join(c.out, d.name), d.what)
	}
	if len(differences) > 0 {
		fmt.Fprintln(stderr, "run duet generate, and commit the result")
		return exitFindings
	}
	fmt.Fprintf(stdout, "%s: %d files, up to date\n", c.out, len(files))
	return exitOK
}
