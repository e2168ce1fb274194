package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// config is what duet.yaml says.
type config struct {
	input codegen.Input
	root  *os.Root // the folder of duet.yaml; nothing outside is touched
	out   string   // slash-separated, below root
	dir   string   // of root, as the user wrote it, for messages
}

// parseConfig reads the flags of a command and the configuration that they name.
// ok is false where the command ends here, with the exit code.
func parseConfig(command string, args []string, stderr io.Writer) (c *config, code int, ok bool) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("config", "duet.yaml", "the configuration `file`")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, exitOK, false
	case err != nil:
		return nil, exitUsage, false
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "duet %s: unexpected argument %q\n", command, flags.Arg(0))
		return nil, exitUsage, false
	}
	root, err := os.OpenRoot(filepath.Dir(*file))
	if err != nil {
		fmt.Fprintf(stderr, "duet %s: %v\n", command, err)
		return nil, exitUsage, false
	}
	c = &config{root: root, dir: filepath.Dir(*file)}
	var diags source.Diagnostics
	c.read(filepath.Base(*file), &diags)
	if diags.Sort(); len(diags) > 0 {
		c.print(stderr, diags)
		root.Close()
		return nil, exitUsage, false
	}
	return c, exitOK, true
}

// read reads the configuration file, a map of strings.
func (c *config) read(name string, diags *source.Diagnostics) {
	doc := spec.NewLoader(c.root.FS(), diags).Load(name)
	if doc == nil {
		return
	}
	values := map[string]string{}
	keys := []string{"asyncapi", "module", "openapi", "out"}
	for _, p := range doc.Members() {
		switch {
		case !slices.Contains(keys, p.Key):
			diags.Errorf(p.KeyPos, "config", "", "there is no setting %q%s", p.Key, spec.DidYouMean(p.Key, keys))
		case p.Value.Str() == "":
			diags.Errorf(p.Value.Pos, "config", "", "%s must be a string", p.Key)
		}
		values[p.Key] = p.Value.Str()
	}
	for _, key := range []string{"out", "module"} {
		if values[key] == "" && !doc.Has(key) {
			diags.Errorf(doc.Pos, "config", "add "+key+":", "the setting %s is missing", key)
		}
	}
	c.out = path.Clean(values["out"])
	if doc.Has("out") && (!fs.ValidPath(c.out) || c.out == ".") {
		diags.Errorf(doc.Get("out").Pos, "config", "write a folder such as gen", "out must be a folder below that of %s", name)
	}
	c.input = codegen.Input{
		FS: c.root.FS(), OpenAPI: values["openapi"], AsyncAPI: values["asyncapi"], Package: path.Join(values["module"], c.out),
	}
}

// print writes diagnostics, with paths as the user has them.
func (c *config) print(w io.Writer, diags source.Diagnostics) {
	for _, d := range diags {
		if d.Pos.File != "" {
			d.Pos.File = filepath.ToSlash(filepath.Join(c.dir, d.Pos.File))
		}
		fmt.Fprintln(w, d)
	}
}
