package server

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Bounds of the connections that wait for a request: those that have never sent a whole header and those that are kept
// alive between two requests.
const (
	maxWaiting        = 4096
	maxWaitingPerAddr = 512
)

// waiting bounds how many connections wait for a request. Where there is one too many, the one that has waited longest
// is closed, of the address that has too many, or else of all: a flood of connections that never send a header closes
// its own, while those who do send one never wait long enough to be the oldest. Besides, net/http closes each after
// ReadHeaderTimeout or IdleTimeout.
//
// It is a hook of http.Server.ConnState, which may be called concurrently. The zero value has no room for anybody.
type waiting struct {
	max, maxPerAddr int
	// exempt tells the addresses that maxPerAddr does not hold for: those of proxies.
	exempt func(netip.Addr) bool

	// mu guards all below.
	mu     sync.Mutex
	conns  map[net.Conn]*waiter
	all    *list.List            // of *waiter, by ascending time
	byAddr map[string]*list.List // of *waiter, by ascending time; the key is that of network
	closed int64                 // connections that had to go, for the metrics
}

// waiter is one connection with its places in both lists.
type waiter struct {
	conn           net.Conn
	addr           string
	inAll, inAddrs *list.Element
}

func newWaiting(exempt func(netip.Addr) bool) *waiting {
	return &waiting{
		max: maxWaiting, maxPerAddr: maxWaitingPerAddr, exempt: exempt,
		conns: make(map[net.Conn]*waiter), all: list.New(), byAddr: make(map[string]*list.List),
	}
}

// change is called when a connection changes its state.
func (w *waiting) change(c net.Conn, state http.ConnState) {
	if state != http.StateNew && state != http.StateIdle {
		w.leave(c)
		return
	}
	if oldest := w.enter(c); oldest != nil {
		_ = oldest.Close() // its goroutine notices and ends
	}
}

// enter notes a connection and returns the one that must go for it.
func (w *waiting) enter(c net.Conn) (oldest net.Conn) {
	ip, _ := host(c.RemoteAddr().String())
	addr := network(ip)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leaveLocked(c)
	mine, ok := w.byAddr[addr]
	if !ok {
		mine = list.New()
		w.byAddr[addr] = mine
	}
	x := &waiter{conn: c, addr: addr}
	x.inAll, x.inAddrs = w.all.PushBack(x), mine.PushBack(x)
	w.conns[c] = x
	var first *list.Element
	switch {
	case mine.Len() > w.maxPerAddr && !w.exempt(ip):
		first = mine.Front()
	case w.all.Len() > w.max:
		first = w.all.Front()
	default:
		return nil
	}
	oldest = first.Value.(*waiter).conn
	w.leaveLocked(oldest)
	w.closed++
	return oldest
}

func (w *waiting) leave(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leaveLocked(c)
}

func (w *waiting) leaveLocked(c net.Conn) {
	x, ok := w.conns[c]
	if !ok {
		return
	}
	delete(w.conns, c)
	w.all.Remove(x.inAll)
	mine := w.byAddr[x.addr]
	if mine.Remove(x.inAddrs); mine.Len() == 0 {
		delete(w.byAddr, x.addr)
	}
}

// counts returns how many connections wait, and how many had to go so far.
func (w *waiting) counts() (now int, closed int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Len(), w.closed
}
