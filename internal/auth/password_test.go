package auth_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/game"
)

// cheap keeps tests fast; it is not for use.
func cheap() auth.Params { return auth.Params{Time: 1, Memory: 8, Threads: 1} }

func TestPasswords(t *testing.T) {
	t.Parallel()
	const password = "correct horse battery"
	old := auth.NewPasswords(auth.PasswordOptions{Params: cheap()})
	now := auth.NewPasswords(auth.PasswordOptions{Params: auth.Params{Time: 2, Memory: 16, Threads: 1}})
	hash := func(p *auth.Passwords) game.Secret {
		h, err := p.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	tests := []struct {
		name           string
		hash, password game.Secret
		want           game.Verdict
	}{
		{"match", hash(now), password, game.Verdict{Match: true}},
		{"match of old parameters", hash(old), password, game.Verdict{Match: true, Rehash: true}},
		{"other password", hash(now), "correct horse batterz", game.Verdict{}},
		{"other password, old parameters", hash(old), "correct horse batterz", game.Verdict{}},
		{"empty password", hash(now), "", game.Verdict{}},
		{"no such user", "", password, game.Verdict{}},
		{"no such user, empty password", "", "", game.Verdict{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := now.Verify(t.Context(), tt.hash, tt.password)
			if err != nil || got != tt.want {
				t.Errorf("Verify = %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestHashForm(t *testing.T) {
	t.Parallel()
	p := auth.NewPasswords(auth.PasswordOptions{})
	h1, err1 := p.Hash(t.Context(), "correct horse battery")
	h2, err2 := p.Hash(t.Context(), "correct horse battery")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(h1.Reveal(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the default hash has other parameters: %.32s", h1.Reveal())
	}
	if h1 == h2 {
		t.Error("two hashes of one password are the same: the salt is not random")
	}
}

// The vector is made by the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32.
func TestVerifyForeignHash(t *testing.T) {
	t.Parallel()
	p := auth.NewPasswords(auth.PasswordOptions{})
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	got, err := p.Verify(t.Context(), hash, "password")
	if want := (game.Verdict{Match: true, Rehash: true}); err != nil || got != want {
		t.Errorf("Verify = %+v, %v; want %+v", got, err, want)
	}
}

func TestVerifyDamagedHash(t *testing.T) {
	t.Parallel()
	p := auth.NewPasswords(auth.PasswordOptions{Params: cheap()})
	good := "$argon2id$v=19$m=8,t=1,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43)
	if _, err := p.Verify(t.Context(), game.Secret(good), "x"); err != nil {
		t.Fatalf("the undamaged hash: %v", err)
	}
	tests := []struct{ name, old, new string }{
		{"other algorithm", "argon2id", "argon2i"},
		{"other version", "v=19", "v=16"},
		{"no passes", "t=1", "t=0"},
		{"too many passes", "t=1", "t=65"},
		{"too little memory", "m=8", "m=7"},
		{"too much memory", "m=8", "m=1048577"},
		{"no threads", "p=1", "p=0"},
		{"negative", "t=1", "t=-1"},
		{"overflow", "p=1", "p=257"},
		{"leading zero", "m=8", "m=08"},
		{"not base64", "AAAA", "A!AA"},
		{"short salt", "AAAAAAAAAAAAAAAAAAAAAA$", "AAAA$"},
		{"one part more", "$m", "$$m"},
		{"trailing", "p=1", "p=1,x=2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			hash := strings.Replace(good, tt.old, tt.new, 1)
			v, err := p.Verify(t.Context(), game.Secret(hash), "x")
			if err == nil || v.Match {
				t.Fatalf("Verify = %+v, %v; want an error", v, err)
			}
			if strings.Contains(err.Error(), "AAAA") {
				t.Errorf("the error holds the hash: %v", err)
			}
		})
	}
}

func TestPasswordsQueue(t *testing.T) {
	t.Parallel()
	p := auth.NewPasswords(auth.PasswordOptions{Params: cheap(), Workers: 1, Queue: 1})
	free := auth.OccupyWorker(p)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Hash(cancelled, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash with a cancelled context: %v", err)
	}
	var wg sync.WaitGroup
	ctx, giveUp := context.WithTimeout(t.Context(), time.Minute) // which only a broken queue takes
	results := make(chan error, 8)
	for range cap(results) {
		wg.Go(func() {
			_, err := p.Hash(ctx, "x")
			results <- err
		})
	}
	for range cap(results) - 1 { // all but the one that waits are turned away
		err := <-results
		if e := (*game.Error)(nil); !errors.As(err, &e) || e.Code != game.CodeUnavailable || e.RetryAfter <= 0 {
			t.Errorf("Hash with a full queue: %v", err)
		}
	}
	giveUp()
	if err := <-results; !errors.Is(err, context.Canceled) {
		t.Errorf("Hash of one who gave up waiting: %v", err)
	}
	wg.Wait()
	free()
	if _, err := p.Hash(t.Context(), "x"); err != nil {
		t.Errorf("Hash with a free worker: %v", err)
	}
}

func TestSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	const secret = "hunter2hunter2"
	s := game.Secret(secret)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "a", s, "b", struct{ P game.Secret }{s}, "c", []game.Secret{s})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", s, "b", struct{ P game.Secret }{s})
	text, _ := s.MarshalText()
	all := log.String() + string(text) + fmt.Sprintf("%v %s %q %x %#v %+v", s, s, s, s, s, struct{ P game.Secret }{s}) + fmt.Sprint(s)
	if strings.Contains(all, secret) || strings.Contains(all, fmt.Sprintf("%x", secret)) {
		t.Errorf("the secret is in %s", all)
	}
	keys := auth.NewKeys()
	if printed := fmt.Sprintf("%v %+v %#v", keys, keys, keys); len(printed) > 100 {
		t.Errorf("keys print as %s", printed)
	}
}
