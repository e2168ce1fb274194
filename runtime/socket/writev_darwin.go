package socket

import "syscall"

// writev joins the spans and writes them with one system call: the syscall
// package has no gathering write here, and copying costs less than a call.
func writev(fd int, bufs [][]byte) (int, error) {
	if len(bufs) == 1 {
		return syscall.Write(fd, bufs[0])
	}
	b := getBuffer()
	defer putBuffer(b)
	for _, p := range bufs {
		b.b = append(b.b, p...)
	}
	return syscall.Write(fd, b.b)
}
