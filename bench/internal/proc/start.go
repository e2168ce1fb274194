//go:build linux

package proc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Cores returns the cores that this process may use.
func Cores() []int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil
	}
	var cores []int
	for i := range 1024 {
		if set.IsSet(i) {
			cores = append(cores, i)
		}
	}
	return cores
}

// Process is a child. It is killed when this process dies.
type Process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser

	mu    sync.Mutex // guards lines
	lines []string   // of its standard output, the last few
	more  chan struct{}
	done  chan struct{} // closed after its end
	err   error         // of its end; read after done
}

// Command is what Start starts.
type Command struct {
	Args []string
	Dir  string
	Env  []string  // added to this process's
	Core int       // the core to run on; negative for any
	Log  io.Writer // of its standard error; nil for none
}

// Start starts a child on its core.
func Start(ctx context.Context, c Command) (*Process, error) {
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Stderr = c.Dir, c.Log
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(cmd, c.Core); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Args[0]), err)
	}
	p := &Process{cmd: cmd, stdin: stdin, more: make(chan struct{}, 1), done: make(chan struct{})}
	go p.follow(stdout)
	context.AfterFunc(ctx, p.Kill)
	return p, nil
}

// startOn starts cmd with the affinity of one core: a child inherits that of
// the thread that forks it.
func startOn(cmd *exec.Cmd, core int) error {
	if core < 0 {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	one.Set(core)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return err
	}
	err := cmd.Start()
	return errors.Join(err, unix.SchedSetaffinity(0, &before))
}

const maxLine = 64 << 20 // bytes of a line of output

func (p *Process) follow(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		p.mu.Lock()
		p.lines = append(p.lines, lines.Text())
		p.mu.Unlock()
		select {
		case p.more <- struct{}{}:
		default:
		}
	}
	_, _ = io.Copy(io.Discard, out) // after a line that is too long
	p.err = p.cmd.Wait()
	close(p.done)
}

// PID is the child's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Line waits for a line of output that begins with prefix, and returns what
// follows it. Lines before it are dropped. One goroutine may call it at a time.
func (p *Process) Line(prefix string, timeout time.Duration) (string, error) {
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for {
		if rest, ok := p.find(prefix); ok {
			return rest, nil
		}
		select {
		case <-p.more:
		case <-p.done:
			if rest, ok := p.find(prefix); ok {
				return rest, nil
			}
			return "", fmt.Errorf("%s ended without a line %q: %v", filepath.Base(p.cmd.Path), prefix, p.err)
		case <-deadline.C:
			return "", fmt.Errorf("%s: no line %q within %v", filepath.Base(p.cmd.Path), prefix, timeout)
		}
	}
}

func (p *Process) find(prefix string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, line := range p.lines {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			p.lines = p.lines[i+1:]
			return rest, true
		}
	}
	p.lines = nil
	return "", false
}

// Input writes to the child's standard input.
func (p *Process) Input() io.WriteCloser { return p.stdin }

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the child at once and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // an error says that it has ended
	<-p.done
}
