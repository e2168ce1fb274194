package main

import (
	"context"
	"fmt"
	"io"
)

// check runs duet check and returns the exit code: it tells every generated file
// that is not what the contract asks for.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	j, code, ok := parseJob("check", args, stderr)
	if !ok {
		return code
	}
	defer j.docs.root.Close()
	if err := j.out.copies(&j.input, j.remote); err != nil {
		fmt.Fprintf(stderr, "duet check: %v\n", err)
		return exitUsage
	}
	files, _, ok := j.generate(ctx, stderr)
	if !ok {
		return exitFindings
	}
	differences, err := j.out.compare(files)
	if err == nil && j.module != nil {
		differences, err = j.module.compare(j.out, files, differences)
	}
	if err != nil {
		fmt.Fprintf(stderr, "duet check: %v\n", err)
		return exitUsage
	}
	for _, d := range differences {
		fmt.Fprintf(stderr, "%s: %s\n", j.out.join(d.name), d.what)
	}
	if len(differences) > 0 {
		fmt.Fprintln(stderr, "run duet generate, and commit the result")
		return exitFindings
	}
	fmt.Fprintf(stdout, "%s: %d files, up to date\n", j.out.shown, len(files))
	return exitOK
}
