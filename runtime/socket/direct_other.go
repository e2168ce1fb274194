//go:build (!linux && !darwin) || portable

package socket

import "syscall"

// direct is not available here: every connection takes the portable path.
type direct struct{}

func newDirect(syscall.RawConn) *direct { return nil }

func (*direct) ready() bool                    { return false }
func (*direct) await() error                   { return syscall.EINVAL }
func (*direct) read([]byte) (int, error)       { return 0, syscall.EINVAL }
func (*direct) write([]byte) (int, error)      { return 0, syscall.EINVAL }
func (*direct) tryWrite([][]byte) (int, error) { return 0, syscall.EINVAL }
