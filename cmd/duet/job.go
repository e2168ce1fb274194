package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"golang.org/x/mod/module"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

// job is what generate and check work on.
type job struct {
	docs   *documents
	input  codegen.Input
	out    *output
	module *goModule // nil where the files go into a module that exists

	remote   string   // the prefixes of URLs that may be read; empty for none
	config   string   // the configuration file; empty without one
	packages packages // as it has them
}

// generate makes the files, and prints the findings. ok is false where there are
// errors.
func (j *job) generate(ctx context.Context, stderr io.Writer) (files map[string][]byte, model *ir.Model, ok bool) {
	files, model, diags := codegen.Generate(ctx, j.input)
	j.docs.print(stderr, diags)
	var clashes source.Diagnostics
	j.packages.checkNames(files, j.input.Package, &clashes)
	printConfig(stderr, j.config, clashes)
	return files, model, !diags.HasErrors() && len(clashes) == 0
}

// printConfig writes diagnostics about a configuration file.
func printConfig(w io.Writer, file string, diags source.Diagnostics) {
	for _, d := range diags {
		d.Pos.File = filepath.ToSlash(filepath.Join(filepath.Dir(file), d.Pos.File))
		fmt.Fprintln(w, d)
	}
}

// jobFlags are the flags of generate and check.
type jobFlags struct {
	set                                 *flag.FlagSet
	config                              string
	openapi, asyncapi, root             string
	out, module, perspective, replaceBy string
	remote                              string
}

func newJobFlags(command string, stderr io.Writer) *jobFlags {
	f := &jobFlags{set: flag.NewFlagSet(command, flag.ContinueOnError)}
	f.set.SetOutput(stderr)
	f.set.StringVar(&f.config, "config", "duet.yaml", "the configuration `file`; it is not read where a document is named")
	f.set.StringVar(&f.asyncapi, "asyncapi", "", "an AsyncAPI `document`, to make a whole module without a configuration file")
	f.set.StringVar(&f.openapi, "openapi", "", "an OpenAPI `document`, likewise")
	f.set.StringVar(&f.out, "out", "", "the `folder` of that module")
	f.set.StringVar(&f.module, "module", "", "the `path` of that module, such as example.com/game")
	f.set.StringVar(&f.perspective, "perspective", "", "whose view the AsyncAPI document takes: server or client (default what it says)")
	f.set.StringVar(&f.root, "root", "", "the `folder` that references may reach (default the nearest one that holds the documents)")
	f.set.StringVar(&f.remote, remoteFlag, "", remoteHelp)
	f.set.StringVar(&f.replaceBy, "replace", "", "a `folder` with a copy of Duet, for a Duet that is not published")
	f.set.Usage = func() {
		fmt.Fprintf(stderr, "usage: duet %[1]s [-config duet.yaml]\n       duet %[1]s -asyncapi FILE [-openapi FILE] -out DIR -module PATH\n\n", command)
		f.set.PrintDefaults()
		fmt.Fprintln(stderr)
		explainSettings(stderr)
	}
	return f
}

// parseJob reads the flags of a command and what they name. ok is false where the
// command ends here, with the exit code.
func parseJob(command string, args []string, stderr io.Writer) (j *job, code int, ok bool) {
	f := newJobFlags(command, stderr)
	switch err := f.set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, exitOK, false
	case err != nil:
		return nil, exitUsage, false
	}
	var diags source.Diagnostics
	j, err := f.job(&diags)
	printConfig(stderr, f.config, diags)
	if err != nil {
		fmt.Fprintf(stderr, "duet %s: %v\n", command, err)
	}
	return j, exitUsage, j != nil && err == nil
}

// job makes the job of the flags. diags are about the configuration file.
func (f *jobFlags) job(diags *source.Diagnostics) (*job, error) {
	if f.set.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", f.set.Arg(0))
	}
	if f.openapi == "" && f.asyncapi == "" {
		if err := f.only("config"); err != nil {
			return nil, err
		}
		return configJob(f.config, diags)
	}
	return f.moduleJob()
}

// only refuses the flags that were set and are not named.
func (f *jobFlags) only(names ...string) (err error) {
	f.set.Visit(func(given *flag.Flag) {
		instead := "it is a setting there"
		if given.Name == "replace" {
			instead = "run go mod edit -replace"
		}
		if !slices.Contains(names, given.Name) {
			err = fmt.Errorf("-%s needs -asyncapi or -openapi; with a configuration file, %s", given.Name, instead)
		}
	})
	return err
}

// moduleJob makes the job of documents that are named by flags.
func (f *jobFlags) moduleJob() (*job, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	docs, err := location{openapi: f.openapi, asyncapi: f.asyncapi, root: f.root}.open()
	if err == nil {
		err = docs.exist()
	}
	if err != nil {
		return nil, err
	}
	mod, err := newGoModule(f.module, f.out, f.replaceBy)
	if err != nil {
		return nil, err
	}
	j := &job{
		docs: docs, remote: f.remote,
		module: mod,
		out:    &output{dir: f.out, shown: filepath.ToSlash(filepath.Clean(f.out)), folders: codegen.Packages()},
		input: codegen.Input{
			FS: docs.root.FS(), OpenAPI: docs.openapi, AsyncAPI: docs.asyncapi,
			Package: f.module, Perspective: f.perspective,
		},
	}
	return j, allowRemote(f.remote, &j.input)
}

func (f *jobFlags) check() error {
	given := map[string]bool{}
	f.set.Visit(func(flag *flag.Flag) { given[flag.Name] = true })
	switch {
	case given["config"]:
		return errors.New("-config and documents exclude each other; name the documents in the configuration file")
	case f.out == "":
		return errors.New("-out is missing: the folder to write the module to")
	case f.module == "":
		return errors.New("-module is missing: the path of the module, such as example.com/game")
	case f.perspective != "" && !isPerspective(f.perspective):
		return fmt.Errorf("-perspective is %q; it must be server or client", f.perspective)
	}
	if err := module.CheckImportPath(f.module); err != nil {
		return fmt.Errorf("-module: %w", err)
	}
	return nil
}
