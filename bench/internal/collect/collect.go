// Package collect lets the runner ask a Go process for a collection, so that
// memory can be compared without garbage.
package collect

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// collections is how often OnSignal collects: each time a stack that is mostly
// unused is halved.
const collections = 4

// OnSignal collects and gives memory back to the system at each SIGUSR1, and
// then writes a line `collected`, with the bytes of heap and stacks. It never
// returns.
func OnSignal(out io.Writer) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	for range signals {
		for range collections {
			debug.FreeOSMemory()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintf(out, "collected %d %d\n", m.HeapInuse, m.StackInuse)
	}
}
