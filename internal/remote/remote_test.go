package remote

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		prefixes, url string
		want          bool
	}{
		{"https://", "https://example.com/a.yaml", true},
		{"https://", "http://example.com/a.yaml", false},
		{"https://example.com/schemas/", "https://example.com/schemas/a.yaml", true},
		{"https://example.com/schemas", "https://example.com/schemas/a.yaml", true},
		{"https://example.com/schemas", "https://example.com/schemas.yaml", false},
		{"https://example.com/schemas/", "https://example.com/schemas/../secret.yaml", false},
		{"https://example.com/schemas/", "https://example.com/schemas/%2e%2e/secret.yaml", false},
		{"https://example.com/schemas/", "https://example.com/schemas/..%2fsecret.yaml", false},
		{"https://example.com/schemas/", `https://example.com/schemas/..%5csecret.yaml`, false},
		{"https://example.com/schemas/", "https://example.com/schemas/a%20b/%2e/c.yaml", true},
		{"https://example.com", "https://example.com", true},
		{"https://example.com", "https://example.com.evil.org/a.yaml", false},
		{"https://example.com", "https://EXAMPLE.com/a.yaml", true},
		{"https://example.com:8443/", "https://example.com/a.yaml", false},
		{"https://a.org/, http://b.org/", "http://b.org/a.yaml", true},
	}
	for _, tt := range tests {
		p, err := Parse(tt.prefixes)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Allows(u); got != tt.want {
			t.Errorf("%s allows %s: %t", tt.prefixes, tt.url, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "example.com", "ftp://example.com", "https://me:pass@example.com/", "https://example.com/?a=b", "https://a.org,"} {
		if p, err := Parse(text); err == nil || strings.Contains(err.Error(), "pass") {
			t.Errorf("%q gives %v, %v", text, p, err)
		}
	}
}

// TestFetch reads from a loopback server: what is there, and what must end.
func TestFetch(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("/s/ok.yaml", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization")+r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Error("credentials are sent")
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		_, _ = w.Write([]byte("type: string\n"))
	})
	mux.Handle("/s/moved.yaml", http.RedirectHandler("/s/ok.yaml", http.StatusFound))
	mux.Handle("/s/loop.yaml", http.RedirectHandler("/s/loop.yaml", http.StatusFound))
	mux.Handle("/s/up.yaml", http.RedirectHandler("/private.yaml", http.StatusFound))
	mux.Handle("/s/away.yaml", http.RedirectHandler(other.URL+"/s/x?token=secret", http.StatusFound))
	mux.HandleFunc("/s/nowhere.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://a b/?token=secret")
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("/s/big.yaml", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxBytes+1)) })
	mux.HandleFunc("/s/slow.yaml", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	tests := []struct{ path, want, fails string }{
		{"/s/ok.yaml", "type: string\n", ""},
		{"/s/moved.yaml", "type: string\n", ""},
		{"/s/loop.yaml", "", "more than 5 redirects"},
		{"/s/up.yaml", "", "which is not below"},
		{"/s/away.yaml", "", "which is not below"},
		{"/s/nowhere.yaml", "", "it redirects to what is no URL"},
		{"/s/big.yaml", "", "more than 4194304 bytes"},
		{"/s/slow.yaml", "", "it is not there after"},
		{"/s/none.yaml", "", "404 Not Found"},
		{"/other.yaml", "", "is not below"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(server.URL + "/s/")
			if err != nil {
				t.Fatal(err)
			}
			p.client.Timeout = 5 * time.Second
			if tt.path == "/s/slow.yaml" {
				p.client.Timeout = 50 * time.Millisecond
			}
			u, err := url.Parse(server.URL + tt.path + "?token=secret")
			if err != nil {
				t.Fatal(err)
			}
			data, err := p.Fetch(context.Background(), u)
			if string(data) != tt.want || (err == nil) != (tt.fails == "") {
				t.Fatalf("got %d bytes, %v", len(data), err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("the error is %q, want %q in it and no secret", err, tt.fails)
			}
		})
	}
}

func TestFetchManyDocuments(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	p, err := Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server.URL + "/a")
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxDocuments + 1 {
		if _, err := p.Fetch(context.Background(), u); (err != nil) != (i == maxDocuments) {
			t.Fatalf("document %d: %v", i, err)
		}
	}
}
