package auth_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/game"
)

func TestLockout(t *testing.T) {
	t.Parallel()
	type step struct {
		after      time.Duration // since the step before
		name, addr string
		forgive    bool
		wait       time.Duration // want RetryAfter, 0 for success
	}
	five := func(name, addr string) []step {
		return []step{{0, name, addr, false, 0}, {0, name, addr, false, 0}, {0, name, addr, false, 0}, {0, name, addr, false, 0}, {0, name, addr, false, 0}}
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"the sixth failure of a name waits a minute from the first", append(five("ada", ""),
			step{10 * time.Second, "ada", "", false, 50 * time.Second},
			step{50 * time.Second, "ada", "", false, 0})},
		{"a refused attempt is not counted", append(five("ada", ""),
			step{30 * time.Second, "ada", "", false, 30 * time.Second},
			step{30 * time.Second, "ada", "", false, 0},
			step{0, "ada", "", false, 0})},
		{"another name goes on", append(five("ada", ""), step{0, "bob", "", false, 0})},
		{"from wherever it comes", append(five("ada", "10.0.0.1"), step{0, "ada", "10.0.0.2", false, time.Minute})},
		{"forgiven attempts do not count", append(five("ada", "10.0.0.1"),
			step{0, "ada", "10.0.0.1", true, 0},
			step{0, "ada", "10.0.0.1", false, 0})},
		{"the eleventh failure of an address waits ten minutes", append(append(five("ada", "10.0.0.1"), five("bob", "10.0.0.1")...),
			step{time.Minute, "cyd", "10.0.0.1", false, 9 * time.Minute},
			step{0, "cyd", "10.0.0.2", false, 0},
			step{9 * time.Minute, "cyd", "10.0.0.1", false, 0})},
		{"IPv4 in IPv6 is IPv4", append(append(five("ada", "10.0.0.1"), five("bob", "::ffff:10.0.0.1")...),
			step{0, "cyd", "10.0.0.1", false, 10 * time.Minute})},
		{"an IPv6 network is one address", append(append(five("ada", "2001:db8::1"), five("bob", "2001:db8::2")...),
			step{0, "cyd", "2001:db8:0:0:ffff::", false, 10 * time.Minute},
			step{0, "cyd", "2001:db8:0:1::", false, 0})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			now := start()
			l := auth.NewLockout(auth.LockoutOptions{Now: func() time.Time { return now }})
			for i, s := range tt.steps {
				now = now.Add(s.after)
				if s.forgive {
					l.Forgive(s.name, s.addr)
					continue
				}
				err := l.Begin(s.name, s.addr)
				var e *game.Error
				switch {
				case s.wait == 0 && err != nil:
					t.Fatalf("step %d: %v", i, err)
				case s.wait != 0 && (!errors.As(err, &e) || e.Code != game.CodeTooManyLogins || e.RetryAfter != s.wait):
					t.Fatalf("step %d: %#v, want a wait of %v", i, err, s.wait)
				}
			}
		})
	}
}

func TestLockoutParallelGuesses(t *testing.T) {
	t.Parallel()
	l := auth.NewLockout(auth.LockoutOptions{})
	var let atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if l.Begin("ada", "") == nil {
				let.Add(1)
			}
		})
	}
	wg.Wait()
	if let.Load() != 5 {
		t.Errorf("%d guesses went on at a time, want 5", let.Load())
	}
}

func TestLockoutIsBounded(t *testing.T) {
	t.Parallel()
	const most = 100
	l := auth.NewLockout(auth.LockoutOptions{Max: most, Now: start})
	for range 5 {
		if err := l.Begin("ada", ""); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 * most {
		if err := l.Begin(fmt.Sprint("name ", i), fmt.Sprint("addr ", i)); err != nil {
			t.Fatal(err)
		}
		if i%most == 0 && l.Begin("ada", "") == nil {
			t.Fatal("a name that is tried again and again was forgotten")
		}
	}
	if n := auth.Remembered(l); n > 4*most {
		t.Errorf("%d names and addresses are remembered, want at most %d", n, 4*most)
	}
}
