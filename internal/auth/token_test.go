package auth_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/game"
)

// start is when the tests with their own clock begin.
func start() time.Time { return time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC) }

func TestTokens(t *testing.T) {
	t.Parallel()
	now := start()
	tokens := auth.NewTokens(auth.NewKeys(), func() time.Time { return now })
	want := game.Claims{UserID: "u", SessionID: "s", ExpiresAt: start().Add(15 * time.Minute)}
	token, err := tokens.Sign(want)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := tokens.Sign(want); again == token {
		t.Error("two tokens are the same: there is no jti")
	}
	parse := func(at time.Time, token game.Secret, code game.Code) {
		t.Helper()
		now = at
		got, err := tokens.Parse(token)
		if game.CodeOf(err) != code {
			t.Fatalf("at %v: Parse: %v, want code %q", at, err, code)
		}
		if code == "" {
			got.ExpiresAt = got.ExpiresAt.UTC()
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("claims (-want +got):\n%s", d)
			}
		}
	}
	parse(start(), token, "")
	parse(want.ExpiresAt.Add(-time.Second), token, "")
	parse(want.ExpiresAt, token, game.CodeTokenExpired)
	parse(start().Add(-time.Minute), token, game.CodeInvalidToken) // issued in the future
}

func TestTokensRefuse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	keys, err := auth.OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	id, encoded, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	secret, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	tokens := auth.NewTokens(keys, start)
	good := jwt.MapClaims{
		"iss": "duet", "aud": "duet", "sub": "u", "sid": "s", "iat": start().Unix(), "exp": start().Unix() + 60,
	}
	type header = map[string]any
	sign := func(method jwt.SigningMethod, key any, h header, change jwt.MapClaims) game.Secret {
		c := jwt.MapClaims{}
		for k, v := range good {
			c[k] = v
		}
		for k, v := range change {
			c[k] = v
			if v == nil {
				delete(c, k)
			}
		}
		token := jwt.NewWithClaims(method, c)
		token.Header["typ"], token.Header["kid"] = "at+jwt", id
		for k, v := range h {
			token.Header[k] = v
		}
		s, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return game.Secret(s)
	}
	hs := func(change jwt.MapClaims) game.Secret { return sign(jwt.SigningMethodHS256, secret, nil, change) }
	accepted := hs(nil)
	if _, err := tokens.Parse(accepted); err != nil {
		t.Fatalf("the good token: %v", err)
	}
	tests := []struct {
		name  string
		token game.Secret
	}{
		{"empty", ""},
		{"no token", "x.y.z"},
		{"cut", accepted[:len(accepted)-2]},
		{"damaged payload", game.Secret(strings.Replace(accepted.Reveal(), ".", ".e", 1))},
		{"padded", accepted + "="},
		{"too long", game.Secret(strings.Repeat("a", 1<<20))},
		{"alg none", sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil)},
		{"alg HS512", sign(jwt.SigningMethodHS512, secret, nil, nil)},
		{"other key", sign(jwt.SigningMethodHS256, []byte(strings.Repeat("k", 32)), nil, nil)},
		{"empty key", sign(jwt.SigningMethodHS256, []byte{}, header{"kid": "none"}, nil)},
		{"unknown kid", sign(jwt.SigningMethodHS256, secret, header{"kid": "none"}, nil)},
		{"no kid", sign(jwt.SigningMethodHS256, secret, header{"kid": nil}, nil)},
		{"other type", sign(jwt.SigningMethodHS256, secret, header{"typ": "JWT"}, nil)},
		{"other issuer", hs(jwt.MapClaims{"iss": "other"})},
		{"other audience", hs(jwt.MapClaims{"aud": "other"})},
		{"no expiry", hs(jwt.MapClaims{"exp": nil})},
		{"no subject", hs(jwt.MapClaims{"sub": nil})},
		{"no session", hs(jwt.MapClaims{"sid": nil})},
		{"issued in the future", hs(jwt.MapClaims{"iat": start().Unix() + 30})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tokens.Parse(tt.token)
			if game.CodeOf(err) != game.CodeInvalidToken {
				t.Errorf("Parse: %v, want code %q", err, game.CodeInvalidToken)
			}
		})
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func(name, content string) *auth.Tokens {
		path := filepath.Join(dir, name)
		if content != "" {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		keys, err := auth.OpenKeys(path)
		if err != nil {
			t.Fatal(err)
		}
		return auth.NewTokens(keys, start)
	}
	line := func(id, char string) string {
		return id + " " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(char, 32))) + "\n"
	}
	before, during, after := open("1", line("a", "A")), open("2", line("b", "B")+line("a", "A")), open("3", line("b", "B"))
	claims := game.Claims{UserID: "u", SessionID: "s", ExpiresAt: start().Add(time.Minute)}
	old, err1 := before.Sign(claims)
	next, err2 := during.Sign(claims)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	tests := []struct {
		name   string
		tokens *auth.Tokens
		token  game.Secret
		code   game.Code
	}{
		{"the old key's token while both keys are there", during, old, ""},
		{"the old key's token when only the new key is", after, old, game.CodeInvalidToken},
		{"the new key's token", after, next, ""},
		{"the new key's token where it is not known yet", before, next, game.CodeInvalidToken},
	}
	for _, tt := range tests {
		if _, err := tt.tokens.Parse(tt.token); game.CodeOf(err) != tt.code {
			t.Errorf("%s: %v, want code %q", tt.name, err, tt.code)
		}
	}
}

func TestOpenKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	var wg sync.WaitGroup
	opened := make([]string, 8)
	for i := range opened {
		wg.Go(func() {
			k, err := auth.OpenKeys(path)
			if err != nil {
				t.Error(err)
			}
			opened[i] = k.String()
		})
	}
	wg.Wait()
	for _, s := range opened {
		if s != opened[0] || s == "keys " {
			t.Errorf("opened %q and %q, want one key", opened[0], s)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.OpenKeys(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others may read: %v", err)
	}
}

func TestOpenKeysDamaged(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	tests := []struct{ name, content, want string }{
		{"empty", "\n\n", ":1: there is no key"},
		{"one field", "a " + key + "\n" + key, ":2: want an id and a key"},
		{"short key", "a " + key[8:], ":1: want a key of 32 bytes in base64"},
		{"twice", "a " + key + "\na " + key, ":2: the id a is there twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "keys")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := auth.OpenKeys(path)
			if err == nil || err.Error() != path+tt.want {
				t.Errorf("OpenKeys: %v, want %s", err, path+tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	tokens := auth.NewTokens(auth.NewKeys(), start)
	good, err := tokens.Sign(game.Claims{UserID: "u", SessionID: "s", ExpiresAt: start().Add(time.Minute)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Reveal())
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		_, err := tokens.Parse(game.Secret(token))
		if err == nil && token != good.Reveal() {
			t.Errorf("a forged token was accepted: %q", token)
		}
		if code := game.CodeOf(err); err != nil && code != game.CodeInvalidToken && code != game.CodeTokenExpired {
			t.Errorf("Parse: %v", err)
		}
	})
}
