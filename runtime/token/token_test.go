package token_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duet-api/duet/runtime/token"
)

// issuer numbers the pairs that it issues and counts the renewals.
type issuer struct {
	mu    sync.Mutex // guards count and err
	count int
	err   error
}

func (i *issuer) refresh(_ context.Context, refresh string) (token.Pair, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err != nil {
		return token.Pair{}, i.err
	}
	if want := fmt.Sprint("refresh", i.count); refresh != want {
		return token.Pair{}, fmt.Errorf("got %q, want %q", refresh, want)
	}
	i.count++
	return i.pairLocked(), nil
}

func (i *issuer) pairLocked() token.Pair {
	return token.Pair{Access: fmt.Sprint("access", i.count), Refresh: fmt.Sprint("refresh", i.count), ExpiresIn: 15 * time.Minute}
}

func TestTokenRenewsBeforeExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var issued issuer
		source := token.NewSource(issued.refresh)
		if _, err := source.Token(t.Context()); !errors.Is(err, token.ErrNoLogin) {
			t.Fatalf("before the login: %v, want ErrNoLogin", err)
		}
		source.Set(issued.pairLocked())
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{0, "access0"}, {14 * time.Minute, "access0"}, {31 * time.Second, "access1"}, {time.Hour, "access2"}} {
			time.Sleep(step.after)
			if got, err := source.Token(t.Context()); err != nil || got != step.want {
				t.Errorf("after %v: %q, %v; want %q", step.after, got, err, step.want)
			}
		}
		source.Clear()
		if _, err := source.Token(t.Context()); !errors.Is(err, token.ErrNoLogin) {
			t.Errorf("after Clear: %v, want ErrNoLogin", err)
		}
	})
}

func TestFollowHandsOnEachToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var issued issuer
		source := token.NewSource(issued.refresh)
		source.Set(issued.pairLocked())
		start, enough := time.Now(), errors.New("enough")
		var got []string
		err := source.Follow(t.Context(), func(_ context.Context, access string) error {
			got = append(got, fmt.Sprint(access, " after ", time.Since(start)))
			if len(got) == 2 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Errorf("ended with %v, want %v", err, enough)
		}
		if want := []string{"access1 after 14m30s", "access2 after 29m0s"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestRenewOnceForManyCallers(t *testing.T) {
	t.Parallel()
	var issued issuer
	source := token.NewSource(issued.refresh)
	source.Set(issued.pairLocked())
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if got, err := source.Renew(t.Context(), "access0"); err != nil || got != "access1" {
				t.Errorf("got %q, %v; want access1", got, err)
			}
		})
	}
	wait.Wait()
	if issued.count != 1 {
		t.Errorf("%d renewals, want 1", issued.count)
	}
}

func TestFailedRenewalCanBeRepeated(t *testing.T) {
	t.Parallel()
	offline := errors.New("offline")
	issued := issuer{err: offline}
	source := token.NewSource(issued.refresh)
	source.Set(issued.pairLocked())
	if _, err := source.Renew(t.Context(), "access0"); !errors.Is(err, offline) {
		t.Fatalf("got %v, want %v", err, offline)
	}
	issued.err = nil
	if got, err := source.Renew(t.Context(), "access0"); err != nil || got != "access1" {
		t.Errorf("got %q, %v; want access1", got, err)
	}
}

func TestWaitingForARenewalEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		source := token.NewSource(func(context.Context, string) (token.Pair, error) {
			<-release
			return token.Pair{}, errors.New("too late")
		})
		source.Set(token.Pair{Access: "a", Refresh: "r", ExpiresIn: time.Minute})
		go source.Renew(t.Context(), "a")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := source.Renew(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		close(release)
	})
}

// TestRenewalOutlivesItsCaller lets the first caller give up while the server,
// which takes a second use of a refresh token for a theft, has replaced it.
func TestRenewalOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		valid := "refresh0"
		source := token.NewSource(func(ctx context.Context, refresh string) (token.Pair, error) {
			if refresh != valid {
				return token.Pair{}, errors.New("token_revoked")
			}
			valid = "refresh1"
			if ctx.Value(key{}) != "trace" {
				t.Error("the values of the caller's context are gone")
			}
			select {
			case <-time.After(100 * time.Millisecond):
				return token.Pair{Access: "access1", Refresh: valid, ExpiresIn: time.Hour}, nil
			case <-ctx.Done():
				return token.Pair{}, ctx.Err()
			}
		})
		source.Set(token.Pair{Access: "access0", Refresh: "refresh0", ExpiresIn: time.Minute})
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "trace"), 50*time.Millisecond)
		defer cancel()
		if _, err := source.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the impatient caller got %v, want its deadline", err)
		}
		start := time.Now()
		if got, err := source.Token(t.Context()); err != nil || got != "access1" || time.Since(start) != 50*time.Millisecond {
			t.Errorf("the next caller got %q, %v after %v; want access1 after 50ms", got, err, time.Since(start))
		}
	})
}

func TestRenewalEndsByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := token.NewSource(func(ctx context.Context, _ string) (token.Pair, error) {
			<-ctx.Done()
			return token.Pair{}, ctx.Err()
		})
		source.Set(token.Pair{Access: "a", Refresh: "r", ExpiresIn: time.Minute})
		start := time.Now()
		if _, err := source.Renew(t.Context(), "a"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 15*time.Second {
			t.Errorf("got %v after %v, want the deadline after 15s", err, time.Since(start))
		}
	})
}

// TestNewerThanARenewal changes the tokens while a renewal is under way.
func TestNewerThanARenewal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*token.Source)
		want   string
		err    error
	}{
		{"a login", func(s *token.Source) {
			s.Set(token.Pair{Access: "login", Refresh: "login", ExpiresIn: time.Hour})
		}, "login", nil},
		{"a logout", (*token.Source).Clear, "", token.ErrNoLogin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var source *token.Source
			source = token.NewSource(func(context.Context, string) (token.Pair, error) {
				tt.change(source)
				return token.Pair{Access: "renewed", Refresh: "renewed", ExpiresIn: time.Hour}, nil
			})
			source.Set(token.Pair{Access: "a", Refresh: "r", ExpiresIn: time.Hour})
			if got, err := source.Renew(t.Context(), "a"); got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("the renewal gave %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
			if got, err := source.Token(t.Context()); got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("afterwards %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestPairKeepsItsTokensToItself(t *testing.T) {
	t.Parallel()
	pair := token.Pair{Access: "secret", Refresh: "secret"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, pair); got != "token pair" && got != "token.Pair{…}" {
			t.Errorf("%s prints %q", format, got)
		}
	}
}
