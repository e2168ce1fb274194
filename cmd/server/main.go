// Command server is the reference server: rooms over REST and WebSocket, from one contract. `server watch` shows a room
// of a running one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/duet-api/duet/internal/server"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := untilSignal(context.Background())
	defer stop()
	os.Exit(run(ctx, program{args: os.Args[1:], environ: os.Environ(), out: os.Stdout, errs: os.Stderr}))
}

// program is what the operating system gives to a program.
type program struct {
	args, environ []string
	out, errs     io.Writer
}

// run is the program without the process. It returns the exit code.
func run(ctx context.Context, p program) int {
	if len(p.args) > 0 {
		switch p.args[0] {
		case "watch":
			return watch(ctx, p.args[1:], p.out, p.errs)
		case "bots":
			return loadBots(ctx, p.args[1:], p.out, p.errs)
		}
	}
	cfg, warnings, err := server.Parse(p.args, p.environ)
	switch {
	case errors.Is(err, flag.ErrHelp):
		server.Usage(p.out)
		return exitOK
	case err != nil:
		fmt.Fprintf(p.errs, "server: %v (-help explains)\n", err)
		return exitUsage
	}
	cfg.Log = cfg.Logger(p.errs)
	for _, warning := range warnings {
		cfg.Log.Warn(warning)
	}
	if err := serve(ctx, cfg, p.out); err != nil {
		fmt.Fprintf(p.errs, "server: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// serve runs the server and the bots in it until ctx ends.
func serve(ctx context.Context, cfg server.Config, out io.Writer) error {
	s, err := server.New(ctx, cfg)
	if err != nil {
		return err
	}
	s.Announce(out)
	ctx, stop := context.WithCancel(ctx)
	var bots sync.WaitGroup
	bots.Go(func() {
		if err := walkAll(ctx, s, cfg); err != nil {
			cfg.Log.Error("bots do not walk", "error", err)
		}
	})
	err = s.Run(ctx)
	stop() // where the server failed by itself
	bots.Wait()
	return errors.Join(err, s.Close())
}

// echo is how long after the first signal another one counts as the same: some tools signal a process and then its group.
const echo = 250 * time.Millisecond

// untilSignal returns a context that ends with the first signal to stop. A second one ends the process at once.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		cancel()
		first := time.Now()
		for sig := range signals {
			if time.Since(first) > echo {
				fmt.Fprintf(os.Stderr, "server: %v again: stopped at once\n", sig)
				os.Exit(exitFailed)
			}
		}
	}()
	return ctx, cancel
}
