package socket

import (
	"syscall"
	"unsafe"
)

const maxIovec = 16 // spans of one system call; a member with one cut has four

// writev writes the spans with one system call, as far as the descriptor takes
// them. Spans beyond maxIovec are left: the caller sees a short write.
func writev(fd int, bufs [][]byte) (int, error) {
	if len(bufs) == 1 {
		return syscall.Write(fd, bufs[0])
	}
	var vec [maxIovec]syscall.Iovec
	k := 0
	for _, b := range bufs[:min(len(bufs), maxIovec)] {
		if len(b) > 0 {
			vec[k].Base = &b[0]
			vec[k].SetLen(len(b))
			k++
		}
	}
	if k == 0 {
		return 0, nil
	}
	n, _, errno := syscall.Syscall(syscall.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&vec[0])), uintptr(k))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
