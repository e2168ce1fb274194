package auth_test

import (
	"errors"
	"fmt"
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
		succeed    bool
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
		{"successes do not count, and forgive nothing", append(five("ada", "10.0.0.1")[:4],
			step{0, "ada", "10.0.0.1", true, 0},
			step{0, "ada", "10.0.0.1", true, 0},
			step{0, "ada", "10.0.0.1", false, 0},
			step{0, "ada", "10.0.0.1", true, time.Minute})},
		{"the eleventh failure of an address waits ten minutes", append(append(five("ada", "10.0.0.1"), five("bob", "10.0.0.1")...),
			step{time.Minute, "cyd", "10.0.0.1", false, 9 * time.Minute},
			step{0, "cyd", "10.0.0.2", false, 0},
			step{9 * time.Minute, "cyd", "10.0.0.1", false, 0})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			now := start()
			l := auth.NewLockout(auth.LockoutOptions{Now: func() time.Time { return now }})
			for i, s := range tt.steps {
				now = now.Add(s.after)
				err := l.Begin(s.name, s.addr)
				if err == nil {
					l.End(s.name, s.addr, !s.succeed)
				}
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

// TestLockoutInParallel has more attempts under way at a time than may fail.
func TestLockoutInParallel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		key    func(i int) (name, addr string)
		let    int           // how many of 50 go on
		failed time.Duration // how long another waits after all have failed
	}{
		{"of one name", func(int) (string, string) { return "ada", "" }, 5, time.Minute},
		{"of one address", func(i int) (string, string) { return fmt.Sprint("user", i), "10.0.0.1" }, 32, 10 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := auth.NewLockout(auth.LockoutOptions{Now: start})
			for range 2 { // those that succeed leave nothing behind
				for i := range begin(t, l, tt.key, tt.let) {
					name, addr := tt.key(i)
					l.End(name, addr, false)
				}
			}
			for i := range begin(t, l, tt.key, tt.let) {
				name, addr := tt.key(i)
				l.End(name, addr, true)
			}
			var e *game.Error
			if err := l.Begin(tt.key(50)); !errors.As(err, &e) || e.Code != game.CodeTooManyLogins || e.RetryAfter != tt.failed {
				t.Errorf("after the failures: %#v, want a wait of %v", err, tt.failed)
			}
		})
	}
}

// begin begins 50 attempts, of which want are let through and the others wait a second.
func begin(t *testing.T, l *auth.Lockout, key func(i int) (name, addr string), want int) int {
	t.Helper()
	let := 0
	for i := range 50 {
		var e *game.Error
		switch err := l.Begin(key(i)); {
		case err == nil:
			let++
		case !errors.As(err, &e) || e.Code != game.CodeTooManyLogins || e.RetryAfter != time.Second:
			t.Errorf("attempt %d: %#v, want a wait of a second", i, err)
		}
	}
	if let != want {
		t.Errorf("%d went on at a time, want %d", let, want)
	}
	return let
}

func TestLockoutIsBounded(t *testing.T) {
	t.Parallel()
	const most = 100
	l := auth.NewLockout(auth.LockoutOptions{Max: most, Now: start})
	for range 5 {
		fail(t, l, "ada", "")
	}
	for i := range 10 * most {
		fail(t, l, fmt.Sprint("name ", i), fmt.Sprint("addr ", i))
		if i%most == 0 && l.Begin("ada", "") == nil {
			t.Fatal("a name that is tried again and again was forgotten")
		}
	}
	if n := auth.Remembered(l); n > 4*most {
		t.Errorf("%d names and addresses are remembered, want at most %d", n, 4*most)
	}
}

func fail(t *testing.T, l *auth.Lockout, name, addr string) {
	t.Helper()
	if err := l.Begin(name, addr); err != nil {
		t.Fatal(err)
	}
	l.End(name, addr, true)
}
