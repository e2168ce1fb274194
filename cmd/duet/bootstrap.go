//go:build bootstrap

package main

import (
	"fmt"
	"io"
)

func watch(_ []string, _, stderr io.Writer) int {
	fmt.Fprintln(stderr, "duet watch: this build does without generated code; build duet without the tag bootstrap")
	return exitUsage
}
