package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/duet-api/duet/gen/schema"
)

// TestLoginsFromOneAddress lets more users log in at a time from one address than may fail there.
func TestLoginsFromOneAddress(t *testing.T) {
	t.Parallel()
	const users = 12
	s := start(t, Config{})
	c := s.client()
	for i := range users {
		if _, err := c.CreateUser(t.Context(), schema.UserCreate{Name: fmt.Sprint("user", i), Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for i := range users {
		wg.Go(func() {
			body := fmt.Sprintf(`{"name":"user%d","password":%q}`, i, password)
			resp, err := http.Post(s.URL()+"/v1/sessions", "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusCreated {
				t.Errorf("a correct login: status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
			}
		})
	}
	wg.Wait()
	if n := s.metric(`duet_logins_total{outcome="accepted"}`); n != users {
		t.Errorf("%v logins were accepted, want %d", n, users)
	}
}
