package main

import (
	"context"
	"fmt"
	"io"
)

// generate runs duet generate and returns the exit code. A run that fails writes
// nothing.
func generate(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	j, code, ok := parseJob("generate", args, stderr)
	if !ok {
		return code
	}
	defer j.docs.root.Close()
	files, model, ok := j.generate(ctx, stderr)
	if !ok {
		return exitFindings
	}
	done, err := j.out.write(files, j.module)
	if err != nil {
		fmt.Fprintf(stderr, "duet generate: %v\n", err)
		return exitUsage
	}
	printDirections(stdout, model)
	fmt.Fprintf(stdout, "%s: %d files, %d written, %d removed\n", j.out.shown, len(files), done.written, done.removed)
	if j.module != nil {
		j.module.advise(stdout, j.out.shown)
	}
	return exitOK
}
