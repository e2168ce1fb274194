package socket

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// ReconnectOptions are the options of Reconnect. A nil *ReconnectOptions is the
// default.
type ReconnectOptions struct {
	Base time.Duration // bound of the first wait. 500 ms
	Cap  time.Duration // bound of any wait. 30 s
	// Waiting is told of each wait and of the error behind it, before it waits.
	Waiting func(wait time.Duration, cause error)
}

// Reconnect calls connect again and again, until ctx ends or coming back is
// pointless, and gives the last error. Connect opens a connection, calls up
// once it is in use, uses it to its end and gives the error of the end: nil
// ends Reconnect.
//
// Between two calls it waits a random time below a bound that doubles from
// Base to Cap (full jitter), and at least what the server asks for. The bound is
// set back once a connection has lasted ten seconds after up, so that it also
// grows where a server accepts connections only to close them. Pointless are the
// errors that Permanent reports.
func Reconnect(ctx context.Context, o *ReconnectOptions, connect func(ctx context.Context, up func()) error) error {
	if o == nil {
		o = &ReconnectOptions{}
	}
	base, limit := cmp.Or(o.Base, 500*time.Millisecond), cmp.Or(o.Cap, 30*time.Second)
	bound := base
	for {
		var since time.Time
		err := connect(ctx, func() { since = time.Now() })
		if err == nil || ctx.Err() != nil || Permanent(err) {
			return err
		}
		if !since.IsZero() && time.Since(since) >= lasting {
			bound = base
		}
		wait := rand.N(bound) + 1
		bound = min(2*bound, limit)
		wait += retryAfter(err)
		if o.Waiting != nil {
			o.Waiting(wait, err)
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return err
		}
	}
}

// lasting is how long a connection must be up to count as a success.
const lasting = 10 * time.Second

// Permanent reports whether connecting again after err is pointless: after a
// close code that says so, after a handshake that was refused for what the
// client asked, not for when, and after an error that says so itself by a
// method Permanent() bool.
func Permanent(err error) bool {
	if ce := (*CloseError)(nil); errors.As(err, &ce) {
		return ce.Stop
	}
	if p := interface{ Permanent() bool }(nil); errors.As(err, &p) {
		return p.Permanent()
	}
	return false
}

// Permanent reports whether the server would answer the same handshake in the
// same way.
func (e *DialError) Permanent() bool { return PermanentStatus(e.Status) }

// PermanentStatus reports whether an HTTP status refuses what the client asked,
// not when.
func PermanentStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 300 && status < 500
}

// retryAfter is how long the server asks to stay away. The jitter comes on
// top, so that the clients of one server do not come back together.
func retryAfter(err error) time.Duration {
	if ce := (*CloseError)(nil); errors.As(err, &ce) {
		return ce.RetryAfter
	}
	if de := (*DialError)(nil); errors.As(err, &de) {
		return de.RetryAfter
	}
	return 0
}
