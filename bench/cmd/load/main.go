//go:build linux

// Command load is the load generator of the benchmark: players that send
// positions and count what they get, all in one process and one goroutine, over
// sockets and frames that it handles itself, so that it costs less than any
// server. It reads a job.Load as one line of JSON from its input, and writes a
// job.Result behind `result `. In the mode idle it writes `ready` once all are
// connected, and ends with its input.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/duet-api/duet/bench/internal/job"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "load: %v\n", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var l job.Load
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	e, err := newEngine(l)
	if err != nil {
		return err
	}
	if err := e.connect(); err != nil {
		return err
	}
	var r job.Result
	if l.Mode == job.Idle {
		r, err = e.idle(lines, out)
	} else {
		r, err = e.measure()
	}
	if err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "result %s\n", b)
	return err
}
