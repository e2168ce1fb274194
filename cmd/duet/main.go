// Command duet makes servers, clients and documents from a contract: an OpenAPI
// and an AsyncAPI document that share their schemas.
//
// It imports nothing that it generates, so that it can be built whatever state
// the generated code is in.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// Exit codes.
const (
	exitOK       = 0
	exitFindings = 1 // the contract has errors, or generated files are not up to date
	exitUsage    = 2 // bad arguments, or a file can't be read or written
)

const usage = `usage: duet <command> [arguments]

  duet init     -module PATH [-openapi FILE] [-asyncapi FILE] [-replace DUETDIR] [DIR]
                                     lay out a new project
  duet generate [-config duet.yaml]  make the generated files from the contract
  duet generate -asyncapi FILE [-openapi FILE] -out DIR -module PATH
                                     make a whole module from documents alone
  duet check    [arguments of generate]
                                     say whether the generated files are up to date
  duet lint     [FILE…] [-config duet.yaml] [-format text|json|sarif|github] [-strict]
                                     check a contract beyond what generation needs;
                                     warnings fail with -strict
  duet lint     -explain [RULE…]     explain rules, or list them
  duet describe [FILE…] [-config duet.yaml] [-format text|json]
                                     say what a contract means: who sends what
  duet help                          print this
  duet <command> -help               explain its flags, and the settings of duet.yaml

Exit codes: 0 fine, 1 findings, 2 usage or I/O.
`

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// run runs one command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	switch args[0] {
	case "generate":
		return generate(ctx, args[1:], stdout, stderr)
	case "check":
		return check(ctx, args[1:], stdout, stderr)
	case "lint":
		return lintContract(ctx, args[1:], stdout, stderr)
	case "describe":
		return describeContract(ctx, args[1:], stdout, stderr)
	case "init":
		return initProject(ctx, args[1:], stdout, stderr)
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
		return exitOK
	}
	fmt.Fprintf(stderr, "duet: there is no command %q\n\n%s", args[0], usage)
	return exitUsage
}
