package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
)

// contract is a contract that a command looks at.
type contract struct {
	docs  *documents
	input codegen.Input
}

// contractFlags are the flags of the commands that look at contracts.
type contractFlags struct {
	set                         *flag.FlagSet
	config, root, format, whose string
	remote                      string
}

func newContractFlags(command string, stderr io.Writer) *contractFlags {
	f := &contractFlags{set: flag.NewFlagSet(command, flag.ContinueOnError)}
	f.set.SetOutput(stderr)
	f.set.StringVar(&f.config, "config", "duet.yaml", "the configuration `file`; it is not read where documents are named")
	f.set.StringVar(&f.root, "root", "", "the `folder` that references may reach (default the nearest one that holds the documents)")
	f.set.StringVar(&f.whose, "perspective", "", "whose view an AsyncAPI document takes: server or client (default what it says)")
	f.set.StringVar(&f.remote, remoteFlag, "", remoteHelp)
	f.set.StringVar(&f.format, "format", "text", "the `form` of the output")
	return f
}

// parse reads flags and arguments in any order.
func (f *contractFlags) parse(args []string) ([]string, error) {
	rest, err := parseMixed(f.set, args)
	if err != nil {
		return nil, err
	}
	if f.whose != "" && !isPerspective(f.whose) {
		return nil, fmt.Errorf("-perspective is %q; it must be server or client", f.whose)
	}
	return rest, nil
}

// parseMixed reads flags and arguments in any order, and gives the arguments.
func parseMixed(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		if args = set.Args(); len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

// contracts gives the contracts of documents, or else of the configuration file,
// whose own findings are added to diags. The caller closes their folders.
func (f *contractFlags) contracts(files []string, diags *source.Diagnostics) ([]*contract, error) {
	if len(files) == 0 {
		c, err := f.configured(diags)
		if c == nil {
			return nil, err
		}
		return []*contract{c}, err
	}
	var out []*contract
	places, err := together(files)
	for _, at := range places {
		at.root = f.root
		docs, openErr := at.open()
		if openErr == nil {
			openErr = docs.exist()
		}
		if openErr != nil {
			return nil, openErr
		}
		c := &contract{docs: docs, input: codegen.Input{
			FS: docs.root.FS(), OpenAPI: docs.openapi, AsyncAPI: docs.asyncapi, Package: "example.com/contract", Perspective: f.whose,
		}}
		if err := allowRemote(f.remote, &c.input); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, err
}

// configured gives the contract of the configuration file.
func (f *contractFlags) configured(diags *source.Diagnostics) (*contract, error) {
	j, err := configJob(f.config, diags)
	if j == nil || err != nil {
		return nil, err
	}
	c := &contract{docs: j.docs, input: j.input}
	if f.whose != "" {
		c.input.Perspective = f.whose
	}
	if err := allowRemote(f.remote, &c.input); err != nil {
		return nil, err
	}
	return c, nil
}

// together tells which documents are one contract: an OpenAPI and an AsyncAPI
// document that are named alone. Of more documents each is a contract.
func together(files []string) ([]location, error) {
	var rest, sockets []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if isOpenAPI(data) {
			rest = append(rest, file)
		} else {
			sockets = append(sockets, file)
		}
	}
	if len(rest) == 1 && len(sockets) == 1 {
		return []location{{openapi: rest[0], asyncapi: sockets[0]}}, nil
	}
	var out []location
	for _, file := range files {
		if slices.Contains(rest, file) {
			out = append(out, location{openapi: file})
		} else {
			out = append(out, location{asyncapi: file})
		}
	}
	return out, nil
}

var openAPIKey = regexp.MustCompile(`(?m)^\s*\{?\s*["']?(openapi|swagger)["']?\s*:`)

// isOpenAPI reports whether a file, which may not be well formed, is meant as an
// OpenAPI document.
func isOpenAPI(data []byte) bool { return openAPIKey.Match(data) }

// open gives the contracts, or nil and the exit code.
func (f *contractFlags) open(command string, files []string, stderr io.Writer) ([]*contract, int) {
	var diags source.Diagnostics
	list, err := f.contracts(files, &diags)
	diags.Sort()
	printConfig(stderr, f.config, diags)
	if err != nil {
		fmt.Fprintf(stderr, "duet %s: %v\n", command, err)
	}
	if err != nil || len(diags) > 0 {
		return nil, exitUsage
	}
	return list, exitOK
}
