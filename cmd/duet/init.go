package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// initFlags are the flags and the argument of duet init.
type initFlags struct {
	set                         *flag.FlagSet
	module, openapi, asyncapi   string
	root, perspective, replaced string
	dir                         string
}

func newInitFlags(stderr io.Writer) *initFlags {
	f := &initFlags{set: flag.NewFlagSet("init", flag.ContinueOnError)}
	f.set.SetOutput(stderr)
	f.set.StringVar(&f.module, "module", "", "the `path` of the new module, such as example.com/game")
	f.set.StringVar(&f.openapi, "openapi", "", "an OpenAPI `document` to copy (default, without any document, is a small example)")
	f.set.StringVar(&f.asyncapi, "asyncapi", "", "an AsyncAPI `document` to copy")
	f.set.StringVar(&f.root, "root", "", "the `folder` that references may reach (default the nearest one that holds the documents)")
	f.set.StringVar(&f.perspective, "perspective", "", "whose view the AsyncAPI document takes: server or client (default what it says)")
	f.set.StringVar(&f.replaced, "replace", "", "a `folder` with a copy of Duet, for a Duet that is not published")
	return f
}

// parse reads flags and the folder in any order.
func (f *initFlags) parse(args []string) error {
	rest, err := parseMixed(f.set, args)
	switch {
	case err != nil:
		return err
	case len(rest) > 1:
		return fmt.Errorf("unexpected argument %q", rest[1])
	case f.module == "":
		return errors.New("-module is missing: the path of the new module, such as example.com/game")
	case f.perspective != "" && !isPerspective(f.perspective):
		return fmt.Errorf("-perspective is %q; it must be server or client", f.perspective)
	}
	if err := module.CheckImportPath(f.module); err != nil {
		return fmt.Errorf("-module: %w", err)
	}
	f.dir = "."
	if len(rest) == 1 {
		f.dir = rest[0]
	}
	return nil
}

// initProject runs duet init and returns the exit code. Where anything is wrong
// nothing is written.
func initProject(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := newInitFlags(stderr)
	err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	var p *project
	if err == nil {
		p, err = f.project()
	}
	if err != nil {
		fmt.Fprintf(stderr, "duet init: %v\n", err)
		return exitUsage
	}
	files, model, ok := p.files(ctx, stderr)
	if !ok {
		return exitFindings
	}
	if err = f.finish(files); err == nil {
		err = writeNew(f.dir, files)
	}
	if err != nil {
		fmt.Fprintf(stderr, "duet init: %v\n", err)
		return exitUsage
	}
	p.advise(stdout, f, len(files), model)
	return exitOK
}

// finish adds the go.mod and, where a copy of Duet is named, all that it needs to
// build without a network.
func (f *initFlags) finish(files map[string][]byte) error {
	mod, err := newGoModule(f.module, f.dir, f.replaced)
	if err != nil {
		return err
	}
	data, err := mod.file(nil, files)
	if err != nil {
		return err
	}
	if f.replaced != "" {
		if data, err = withRequirements(data, f.replaced); err != nil {
			return err
		}
		if files["go.sum"], err = os.ReadFile(filepath.Join(f.replaced, "go.sum")); err != nil {
			return err
		}
	}
	files[goModName] = data
	return nil
}

// withRequirements adds the requirements of a copy of Duet to a go.mod. Go tidies
// away what turns out not to be needed.
func withRequirements(data []byte, duet string) ([]byte, error) {
	file, err := modfile.Parse(goModName, data, nil)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(duet, goModName))
	if err != nil {
		return nil, err
	}
	other, err := modfile.ParseLax(goModName, text, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range other.Require {
		known := slices.ContainsFunc(file.Require, func(have *modfile.Require) bool { return have.Mod.Path == r.Mod.Path })
		if !known {
			file.AddNewRequire(r.Mod.Path, r.Mod.Version, true)
		}
	}
	file.SetRequireSeparateIndirect(file.Require)
	file.Cleanup()
	return file.Format()
}

// writeNew writes the files that a folder does not have. Where it has one that is
// different it writes none.
func writeNew(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var missing, taken []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		switch old, err := root.ReadFile(name); {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, name)
		case err != nil:
			return err
		case !bytes.Equal(old, files[name]):
			taken = append(taken, name)
		}
	}
	if len(taken) > 0 {
		return fmt.Errorf("%s is not empty and has other files of the same names: %s; nothing was written", dir, strings.Join(taken, ", "))
	}
	for _, name := range missing {
		if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
			return err
		}
		mode := os.FileMode(0o666)
		if strings.HasPrefix(name, ".ci/") {
			mode = 0o777
		}
		if err := root.WriteFile(name, files[name], mode); err != nil {
			return err
		}
	}
	return nil
}
