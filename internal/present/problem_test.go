package present_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/present"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		problem present.Problem
		status  int
		header  map[string]string
		body    string
	}{
		{
			"with a detail", present.Problem{Code: schema.ErrorCodeNotFound, Detail: "There is nothing."}, 404, nil,
			`{"title":"Not Found","status":404,"code":"not_found","detail":"There is nothing.","requestId":"r"}`,
		},
		{
			"a token", present.Problem{Code: schema.ErrorCodeTokenExpired}, 401, map[string]string{"Www-Authenticate": `Bearer error="invalid_token"`},
			`{"title":"Unauthorized","status":401,"code":"token_expired","requestId":"r"}`,
		},
		{
			"no token", present.Problem{Code: schema.ErrorCodeUnauthenticated}, 401, map[string]string{"Www-Authenticate": "Bearer"},
			`{"title":"Unauthorized","status":401,"code":"unauthenticated","requestId":"r"}`,
		},
		{
			"a wait is rounded up", present.Problem{Code: schema.ErrorCodeRateLimited, RetryAfter: 1001 * time.Millisecond}, 429,
			map[string]string{"Retry-After": "2"}, `{"title":"Too Many Requests","status":429,"code":"rate_limited","requestId":"r"}`,
		},
		{
			"and a second at least", present.Problem{Code: schema.ErrorCodeUnavailable}, 503,
			map[string]string{"Retry-After": "1"}, `{"title":"Service Unavailable","status":503,"code":"unavailable","requestId":"r"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			w.Header().Set("ETag", `"of the answer that did not come"`)
			if err := tt.problem.Write(w, "r"); err != nil {
				t.Fatal(err)
			}
			var got, want schema.Problem
			if err := got.UnmarshalJSON(w.Body.Bytes()); err != nil {
				t.Fatal(err)
			}
			if err := want.UnmarshalJSON([]byte(tt.body)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" || w.Code != tt.status {
				t.Errorf("status %d, want %d; body (-want +got):\n%s", w.Code, tt.status, d)
			}
			header := map[string]string{
				"X-Request-Id": "r", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
				"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Content-Type": "application/problem+json",
			}
			for k, v := range tt.header {
				header[k] = v
			}
			got2 := map[string]string{}
			for k := range w.Header() {
				if k != "Content-Length" {
					got2[k] = w.Header().Get(k)
				}
			}
			if d := cmp.Diff(header, got2); d != "" {
				t.Errorf("header (-want +got):\n%s", d)
			}
		})
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "the room is full": "The room is full.", "It is.": "It is."} {
		if got := present.Sentence(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestSecondsAreNeverTooMany(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int32{1999 * time.Millisecond: 1, -time.Second: 0} {
		if got := present.Seconds(d); got != want {
			t.Errorf("%v: %d, want %d", d, got, want)
		}
	}
}
