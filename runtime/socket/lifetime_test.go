package socket

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestLifetime ends a connection's context in every way and looks at what was
// derived from it, before and after.
func TestLifetime(t *testing.T) {
	t.Parallel()
	errParent := errors.New("parent")
	for _, tt := range []struct {
		name  string
		end   func(l *lifetime, parent context.CancelCauseFunc)
		cause error
	}{
		{"by itself", func(l *lifetime, _ context.CancelCauseFunc) { l.end(context.Canceled) }, context.Canceled},
		{"by its parent", func(_ *lifetime, parent context.CancelCauseFunc) { parent(errParent) }, errParent},
		{"twice", func(l *lifetime, parent context.CancelCauseFunc) { l.end(context.Canceled); parent(nil) }, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				type key struct{}
				parent, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "value"))
				defer cancel(nil)
				l := &lifetime{}
				l.begin(parent)
				kept, cancelKept := context.WithTimeout(l, time.Hour)
				defer cancelKept()
				_, cancelGone := context.WithCancel(l)
				cancelGone()
				ran, stopped := false, true
				context.AfterFunc(l, func() { ran = true })
				stop := context.AfterFunc(l, func() { stopped = false })
				if !stop() || stop() {
					t.Error("stop does not stop once")
				}
				synctest.Wait()
				if l.Err() != nil || kept.Err() != nil || context.Cause(l) != nil || len(l.after) != 2 || kept.Value(key{}) != "value" {
					t.Errorf("before the end: %v, derived %v, %d waiting", l.Err(), kept.Err(), len(l.after))
				}

				tt.end(l, cancel)
				synctest.Wait()
				<-l.Done()
				<-kept.Done()
				if l.Err() != context.Canceled || kept.Err() != context.Canceled || context.Cause(kept) != tt.cause {
					t.Errorf("after the end: %v, derived %v because of %v", l.Err(), kept.Err(), context.Cause(kept))
				}
				if !ran || !stopped {
					t.Errorf("the function that was kept ran: %v; the one that was stopped: %v", ran, !stopped)
				}
				late, cancelLate := context.WithCancel(l)
				defer cancelLate()
				context.AfterFunc(l, func() { ran = false })
				synctest.Wait()
				if late.Err() == nil || ran || stop() {
					t.Error("what was derived later has not ended")
				}
			})
		})
	}
}

// TestLifetimeKeepsNothing derives a context without asking for the channel of
// one that nothing ends but the connection.
func TestLifetimeKeepsNothing(t *testing.T) {
	t.Parallel()
	l := &lifetime{}
	l.begin(context.Background())
	for range 3 {
		_, cancel := context.WithCancel(l)
		cancel()
	}
	if l.after != nil || l.unhook != nil {
		t.Errorf("%d functions are left", len(l.after))
	}
	l.end(context.Canceled)
	select {
	case <-l.Done():
	default:
		t.Error("not done")
	}
}
