package local

import (
	"slices"
	"sync"
)

// feed calls its subscribers with each value, one value at a time. The zero value is ready.
type feed[T any] struct {
	// mu guards subscribers and is held while they are called: that is what gives all of them one order, and what makes
	// sure that none is called after it unsubscribed.
	mu          sync.Mutex
	subscribers []*subscriber[T]
}

type subscriber[T any] struct{ f func(T) }

func (f *feed[T]) publish(v T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.subscribers {
		s.f(v)
	}
}

func (f *feed[T]) subscribe(call func(T)) (cancel func()) {
	s := &subscriber[T]{call}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subscribers = append(f.subscribers, s)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.subscribers = slices.DeleteFunc(f.subscribers, func(x *subscriber[T]) bool { return x == s })
	}
}
