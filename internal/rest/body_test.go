package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestMalformedBody tells where a body stops being JSON, and nothing of what is there.
func TestMalformedBody(t *testing.T) {
	t.Parallel()
	f := newFixture(t, options{})
	for body, want := range map[string]string{
		`{"name":"eve","password":secret}`:      "The body is not one JSON value in UTF-8: want a value at byte 25.",
		`{"name":"eve","password":"secret"`:     "The body is not one JSON value in UTF-8: unexpected end, want a comma or the end of the object at byte 33.",
		`{"name":"eve","password":"x"}{secret}`: "The body is not one JSON value in UTF-8: unexpected text after the value at byte 29.",
	} {
		p := f.do(request{method: "POST", path: "/v1/users", body: body}).problem(t)
		if d := cmp.Diff(want, p.Detail.Value); d != "" || p.Code != "malformed_json" {
			t.Errorf("%s: code %s, detail (-want +got):\n%s", body, p.Code, d)
		}
	}
}

// TestSlowBody has a body that does not come in time, which net/http reports as the deadline of the connection.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	f := newFixture(t, options{})
	for name, length := range map[string]int64{"of known length": 40, "of unknown length": -1} {
		body := io.MultiReader(strings.NewReader(`{"name":`), iotest.ErrReader(os.ErrDeadlineExceeded))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/users", body)
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		f.h.ServeHTTP(w, r)
		a := answer{w.Code, w.Header(), w.Body.Bytes()}
		f.check(r, a)
		if p := a.problem(t); a.status != http.StatusRequestTimeout || p.Code != "timeout" || a.header.Get("Connection") != "close" {
			t.Errorf("%s: status %d, code %s, header %v", name, a.status, p.Code, a.header)
		}
	}
}
