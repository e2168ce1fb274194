package socket

import "sync"

// The pools hold nothing but spare memory: no program can tell them from
// allocating afresh. A connection takes from them while it reads or writes
// and holds nothing while it is idle.
var (
	bufferPool  sync.Pool // *buffer
	pendingPool sync.Pool // *pending
	updatePool  sync.Pool // *Update
)

const (
	newBuffer = 4 << 10  // bytes of a fresh buffer
	maxPooled = 64 << 10 // bytes above which a buffer is not kept
	maxLogged = 512      // entries above which a log is not kept
)

// buffer is a slice that can be pooled without allocating.
type buffer struct {
	b      []byte
	binary bool // of a received message: the frame's kind
}

func getBuffer() *buffer {
	if b, _ := bufferPool.Get().(*buffer); b != nil {
		return b
	}
	return &buffer{b: make([]byte, 0, newBuffer)}
}

func putBuffer(b *buffer) {
	if cap(b.b) <= maxPooled {
		b.b = b.b[:0]
		bufferPool.Put(b)
	}
}

func getPending() *pending {
	if p, _ := pendingPool.Get().(*pending); p != nil {
		return p
	}
	return &pending{}
}

func putPending(p *pending) {
	if cap(p.buf) <= maxPooled && cap(p.entries) <= maxLogged {
		p.reset()
		pendingPool.Put(p)
	}
}
