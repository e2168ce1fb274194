//go:build linux

// Package duet builds the reference server and fills it with users and rooms.
package duet

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// Binaries are two builds of cmd/server.
type Binaries struct {
	Shipped string // as it is
	// Open is the same with two changes, neither of them in what an update goes
	// through: the contract lets a connection send a million player.update a
	// second instead of 60, and SIGUSR1 asks for a collection.
	Open string
}

//go:embed collect.go.txt
var collector []byte

// Build builds both from the module in root, into dir.
func Build(ctx context.Context, root, dir string) (Binaries, error) {
	b := Binaries{Shipped: filepath.Join(dir, "server"), Open: filepath.Join(dir, "server-open")}
	overlay, err := writeOverlay(root, dir)
	if err != nil {
		return b, err
	}
	if err := build(ctx, root, "-o", b.Shipped); err != nil {
		return b, err
	}
	return b, build(ctx, root, "-overlay", overlay, "-o", b.Open)
}

func build(ctx context.Context, root string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, args...), "./cmd/server")...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build cmd/server: %w\n%s", err, out)
	}
	return nil
}

// limit is where generated code says how often a connection may send player.update.
var limit = regexp.MustCompile(`(Name: "player\.update",.*Rate: socket\.Rate\{)[^}]*(\})`)

// writeOverlay writes the files that Open has instead of the module's.
func writeOverlay(root, dir string) (string, error) {
	protocol := filepath.Join(root, "gen", "wsapi", "room_protocol.gen.go")
	source, err := os.ReadFile(protocol)
	if err != nil {
		return "", err
	}
	if n := len(limit.FindAll(source, -1)); n != 1 {
		return "", fmt.Errorf("%s: %d limits of player.update, want 1", protocol, n)
	}
	raised := filepath.Join(dir, "room_protocol.go.txt")
	collect := filepath.Join(dir, "collect.go.txt")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		protocol: raised,
		filepath.Join(root, "cmd", "server", "bench_collect.go"): collect,
	}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	for file, content := range map[string][]byte{
		raised:  limit.ReplaceAll(source, []byte("${1}PerSecond: 1e6, Burst: 1e6${2}")),
		collect: collector,
		path:    overlay,
	} {
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return "", err
		}
	}
	return path, nil
}
