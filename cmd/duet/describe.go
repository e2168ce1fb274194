package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/contract/describe"
)

// describeContract runs duet describe and returns the exit code. A contract with
// errors is described as far as it was understood.
func describeContract(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := newContractFlags("describe", stderr)
	rest, err := f.parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err == nil && f.format != "text" && f.format != "json":
		err = fmt.Errorf("-format is %q; it must be text or json", f.format)
	}
	if err != nil {
		fmt.Fprintf(stderr, "duet describe: %v\n", err)
		return exitUsage
	}
	list, code := f.open("describe", rest, stderr)
	if list == nil {
		return code
	}
	all := []*describe.Description{}
	for _, c := range list {
		defer c.docs.root.Close()
		i := codegen.Inspect(ctx, c.input)
		c.docs.print(stderr, i.Diagnostics)
		if i.Diagnostics.HasErrors() {
			code = exitFindings
		}
		if i.Model != nil {
			all = append(all, describe.Of(i.Model, i.Diagnostics))
		}
	}
	if err := printDescriptions(stdout, f.format, all); err != nil {
		fmt.Fprintf(stderr, "duet describe: %v\n", err)
		return exitUsage
	}
	return code
}

func printDescriptions(w io.Writer, format string, list []*describe.Description) error {
	if format == "json" {
		return describe.JSON(w, list)
	}
	for i, d := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		d.Text(w)
	}
	return nil
}
