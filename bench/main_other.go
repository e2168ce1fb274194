//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: measuring needs Linux: processor time and affinity are read and set as it does")
	os.Exit(1)
}
