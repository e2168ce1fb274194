package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/contract/lint"
)

// lintContract runs duet lint and returns the exit code.
func lintContract(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := newContractFlags("lint", stderr)
	explain := f.set.Bool("explain", false, "print the page of each rule that is named, or a list of the rules")
	strict := f.set.Bool("strict", false, "fail on warnings too (default on errors alone)")
	rest, err := f.parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "duet lint: %v\n", err)
		return exitUsage
	case *explain:
		return explainRules(rest, stdout, stderr)
	case !slices.Contains([]string{"text", "json", "sarif", "github"}, f.format):
		fmt.Fprintf(stderr, "duet lint: -format is %q; it must be text, json, sarif or github\n", f.format)
		return exitUsage
	}
	list, code := f.open("lint", rest, stderr)
	if list == nil {
		return code
	}
	var reports []*lint.Printed
	for _, c := range list {
		defer c.docs.root.Close()
		r := lint.Run(ctx, c.input, c.docs.ignore)
		c.docs.adviseAll(r.Findings)
		reports = append(reports, &lint.Printed{Report: r, FS: c.input.FS, Show: c.docs.show})
	}
	if err := printReports(stdout, f.format, reports); err != nil {
		fmt.Fprintf(stderr, "duet lint: %v\n", err)
		return exitUsage
	}
	if slices.ContainsFunc(reports, func(p *lint.Printed) bool { return p.Failed(*strict) }) {
		return exitFindings
	}
	return exitOK
}

// adviseAll makes the fixes of findings fit the way in which the documents were
// named.
func (d *documents) adviseAll(diags source.Diagnostics) {
	for i := range diags {
		if diags[i].Rule == "ref-outside" {
			diags[i].Fix = d.outsideFix()
		}
	}
}

func printReports(w io.Writer, format string, list []*lint.Printed) error {
	switch format {
	case "json":
		return lint.JSON(w, list)
	case "sarif":
		return lint.SARIF(w, list)
	}
	for _, p := range list {
		if format == "github" {
			p.GitHub(w)
			continue
		}
		p.Text(w)
	}
	if format == "text" {
		summarize(w, list)
	}
	return nil
}

// summarize ends the text form with what was found in all.
func summarize(w io.Writer, list []*lint.Printed) {
	counts := map[source.Severity]int{}
	ignored := 0
	for _, p := range list {
		ignored += p.Ignored
		for _, d := range p.Findings {
			counts[d.Severity]++
		}
	}
	for i, severity := range []source.Severity{source.Error, source.Warning, source.Note} {
		fmt.Fprintf(w, "%s%d %s%s", []string{"", ", ", ", "}[i], counts[severity], severity, plural(counts[severity]))
	}
	if ignored > 0 {
		fmt.Fprintf(w, ", %d ignored", ignored)
	}
	fmt.Fprintln(w)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// explainRules prints the pages of rules, or the list of all.
func explainRules(names []string, stdout, stderr io.Writer) int {
	if len(names) == 0 {
		lint.List(stdout)
		return exitOK
	}
	rules := lint.Rules()
	for _, name := range names {
		r := rules[name]
		if r == nil {
			fmt.Fprintf(stderr, "duet lint: there is no rule %q; duet lint -explain lists them\n", name)
			return exitUsage
		}
		fmt.Fprint(stdout, r.Page)
	}
	return exitOK
}
