package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"

	"github.com/duet-api/duet/internal/codegen"
	"github.com/duet-api/duet/internal/codegen/spec"
	"github.com/duet-api/duet/internal/remote"
)

// remoteFlag and its setting say which documents of the network may be read.
const (
	remoteFlag = "allow-remote-refs"
	remoteHelp = "the `prefixes` of URLs, with commas between them, whose documents references may name, such as https://example.com/schemas/ (default none)"
)

// allowRemote has references below prefixes be read, where there are any.
func allowRemote(prefixes string, in *codegen.Input) error {
	if prefixes == "" {
		return nil
	}
	policy, err := remote.Parse(prefixes)
	if err != nil {
		return fmt.Errorf("%s: %w", remoteFlag, err)
	}
	in.Remote = policy.Fetch
	return nil
}

// copies has references to the network be read from the copies that duet generate
// left, so that duet check says the same whatever the network does.
func (o *output) copies(in *codegen.Input, prefixes string) error {
	if in.Remote == nil {
		return nil
	}
	policy, err := remote.Parse(prefixes)
	if err != nil {
		return err
	}
	in.Remote = func(_ context.Context, u *url.URL) ([]byte, error) {
		if err := policy.Check(u); err != nil {
			return nil, err
		}
		name := path.Join(in.RemoteFolder(), spec.CopyName(u))
		missing := fmt.Errorf("there is no copy of it, %s; run duet generate", o.join(name))
		root, err := o.open(false)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, missing
		}
		if err != nil {
			return nil, err
		}
		defer root.Close()
		data, err := fs.ReadFile(root.FS(), name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, missing
		}
		for range codegen.RemoteHeaderLines {
			_, data, _ = bytes.Cut(data, []byte("\n"))
		}
		return data, err
	}
	return nil
}
