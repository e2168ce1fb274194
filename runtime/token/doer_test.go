package token_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/duet-api/duet/runtime/token"
)

func TestDoerRenewsARefusedToken(t *testing.T) {
	t.Parallel()
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Header.Get("Authorization")+" "+string(body))
		if r.Header.Get("Authorization") != "Bearer access1" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(server.Close)
	var issued issuer
	source := token.NewSource(issued.refresh)
	source.Set(token.Pair{Access: "access0", Refresh: "refresh0", ExpiresIn: time.Hour})
	doer := &token.Doer{Source: source, HTTP: server.Client()}

	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := doer.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d, want 200", resp.StatusCode)
	}
	if got, want := strings.Join(bodies, ", "), "Bearer access0 body, Bearer access1 body"; got != want {
		t.Errorf("the server got %q, want %q", got, want)
	}
}

func TestDoerHandsOnARefusalThatARenewalDoesNotCure(t *testing.T) {
	t.Parallel()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	for _, tt := range []struct {
		name, refresh string
		calls         int
	}{{"the renewed token is refused too", "refresh0", 2}, {"the renewal fails", "unknown", 1}} {
		calls = 0
		var issued issuer
		source := token.NewSource(issued.refresh)
		source.Set(token.Pair{Access: "access0", Refresh: tt.refresh, ExpiresIn: time.Hour})
		req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&token.Doer{Source: source, HTTP: server.Client()}).Do(req)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || calls != tt.calls {
			t.Errorf("%s: status %d after %d calls, want 401 after %d", tt.name, resp.StatusCode, calls, tt.calls)
		}
	}
}
