//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/duet-api/duet/bench/internal/duet"
	"github.com/duet-api/duet/bench/internal/report"
)

// build builds all programs into bin.
func (b *bench) build(ctx context.Context, bin string) error {
	fmt.Println("build")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin+string(filepath.Separator), "./cmd/...")
	cmd.Dir = b.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the peers: %w\n%s", err, out)
	}
	var err error
	if b.duet, err = duet.Build(ctx, b.root, bin); err != nil {
		return err
	}
	b.installNode(ctx)
	return nil
}

// installNode installs what the Node peers need, as their lock file says.
func (b *bench) installNode(ctx context.Context) {
	node, err := exec.LookPath("node")
	if err != nil {
		b.nodeMissing = "no Node here"
		return
	}
	dir := filepath.Join(b.dir, "node")
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		b.nodeMissing = "npm ci failed"
		fmt.Printf("npm ci: %v\n%s\n", err, out)
		return
	}
	b.nodePath = node
}

// describe says on what, and of what, the measurements are.
func (b *bench) describe(ctx context.Context) *report.Report {
	r := &report.Report{
		Date:    time.Now().UTC().Format(time.DateOnly),
		Machine: fmt.Sprintf("%s, %d cores, %s %s", cpuModel(), runtime.NumCPU(), runtime.GOOS, kernel()),
		Commit:  b.output(ctx, "git", "rev-parse", "--short", "HEAD"),
	}
	if b.serverCore < 0 {
		r.Notes = append(r.Notes, "Server and load share what cores there are: this process may use fewer than two, so nothing is pinned.")
	} else {
		r.Notes = append(r.Notes, fmt.Sprintf("The server has core %d for itself, the load generator core %d.", b.serverCore, b.loadCore))
	}
	r.Versions = append(r.Versions, runtime.Version())
	if b.nodePath != "" {
		r.Versions = append(r.Versions, "Node "+b.output(ctx, b.nodePath, "--version"))
	} else {
		r.Notes = append(r.Notes, "The Node servers were not measured: "+b.nodeMissing+".")
	}
	seen := map[string]bool{"": true}
	for _, p := range peers() {
		if !seen[p.module] {
			seen[p.module] = true
			r.Versions = append(r.Versions, filepath.Base(p.module)+" "+b.version(ctx, p))
		}
		r.Peers = append(r.Peers, report.Peer{Key: p.key, Title: p.title})
	}
	return r
}

func (b *bench) version(ctx context.Context, p peer) string {
	if p.node == "" {
		return b.output(ctx, "go", "list", "-m", "-f", "{{.Version}}", p.module)
	}
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	content, err := os.ReadFile(filepath.Join(b.dir, "node", "package-lock.json"))
	if err = errors.Join(err, json.Unmarshal(content, &lock)); err != nil {
		return "unknown"
	}
	return lock.Packages["node_modules/"+p.module].Version
}

// output is the first line that a program prints.
func (b *bench) output(ctx context.Context, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

func cpuModel() string {
	content, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(content)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return runtime.GOARCH
}

func kernel() string {
	content, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(content)), "-")
	return version
}
