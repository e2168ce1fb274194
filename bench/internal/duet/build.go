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
)

// Binaries are two builds of cmd/server.
type Binaries struct {
	Shipped string // as it is
	// Watched is the same with one more file, so that SIGUSR1 asks for a
	// collection, and SIGUSR2 begins and ends a CPU profile.
	Watched string
}

//go:embed watch.go.txt
var watcher []byte

// Build builds both from the module in root, into dir.
func Build(ctx context.Context, root, dir string) (Binaries, error) {
	b := Binaries{Shipped: filepath.Join(dir, "server"), Watched: filepath.Join(dir, "server-watched")}
	overlay, err := writeOverlay(root, dir)
	if err != nil {
		return b, err
	}
	if err := build(ctx, root, "-o", b.Shipped); err != nil {
		return b, err
	}
	return b, build(ctx, root, "-overlay", overlay, "-o", b.Watched)
}

func build(ctx context.Context, root string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, args...), "./cmd/server")...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build cmd/server: %w\n%s", err, out)
	}
	return nil
}

// writeOverlay writes the file that Watched has besides the module's.
func writeOverlay(root, dir string) (string, error) {
	file, path := filepath.Join(dir, "watch.go.txt"), filepath.Join(dir, "overlay.json")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, "cmd", "server", "bench_watch.go"): file}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(file, watcher, 0o644); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, overlay, 0o644)
}
