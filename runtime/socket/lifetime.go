package socket

import (
	"context"
	"slices"
	"sync"
)

// lifetime is the context of a connection. It is what context.WithCancel gives,
// but an idle connection keeps less of it: a channel only once Done was called,
// and nothing for contexts that were derived from it and have ended.
//
// Its methods may be called by any number of goroutines at the same time.
type lifetime struct {
	context.Context // the parent, for the deadline and the values

	mu     sync.Mutex // guards what follows
	done   chan struct{}
	err    error // why it has ended
	after  []*func()
	unhook func() bool // lets go of the parent; nil for one that never ends
}

var _ context.Context = (*lifetime)(nil)

// begin is called once, before everything else.
func (l *lifetime) begin(parent context.Context) {
	l.Context = parent
	if parent.Done() == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unhook = context.AfterFunc(parent, func() { l.end(parent.Err()) })
}

// end ends the context. Only the first call has an effect.
func (l *lifetime) end(err error) {
	l.mu.Lock()
	if l.err != nil {
		l.mu.Unlock()
		return
	}
	l.err = err
	if l.done != nil {
		close(l.done)
	}
	after, unhook := l.after, l.unhook
	l.after, l.unhook = nil, nil
	l.mu.Unlock()
	for _, f := range after {
		go (*f)()
	}
	if unhook != nil {
		unhook()
	}
}

// Done implements context.Context.
func (l *lifetime) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.err != nil {
			close(l.done)
		}
	}
	return l.done
}

// Err implements context.Context.
func (l *lifetime) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// AfterFunc is for package context, which thereby derives contexts without a
// goroutine: it has f run by one of its own after the end, unless stop reports
// that it came before.
func (l *lifetime) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		go f()
		return func() bool { return false }
	}
	entry := &f
	l.after = append(l.after, entry)
	return func() bool { return l.forget(entry) }
}

func (l *lifetime) forget(entry *func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.after, entry)
	if i < 0 {
		return false
	}
	if l.after = slices.Delete(l.after, i, i+1); len(l.after) == 0 {
		l.after = nil
	}
	return true
}
