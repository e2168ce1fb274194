package server

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
)

//go:embed landing.html
var landingPage string

// links are the addresses that a person starts with.
type links struct {
	URL string // of the server, without a slash at its end
}

// Socket is the address of a room's socket.
func (l links) Socket() string {
	return "ws" + strings.TrimPrefix(l.URL, "http") + "/v1/rooms/{roomId}/socket"
}

// Watch is a command that shows the lobby.
func (l links) Watch() string {
	return fmt.Sprintf("go run ./cmd/server watch -url %s -room lobby", l.URL)
}

// announcement is what a person reads at the start. The first line is for programs, too.
func (l links) announcement() string {
	return fmt.Sprintf(`listening on %[1]s

  REST       %[1]s/v1
  socket     %[2]s
  documents  %[1]s/openapi.yaml
             %[1]s/asyncapi.yaml
  health     %[1]s/healthz
             %[1]s/readyz
  metrics    %[1]s/metrics

Watch the lobby:

  %[3]s

`, l.URL, l.Socket(), l.Watch())
}

// reachable returns the URL of a listener for a client on this machine: one that listens everywhere is named localhost.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// landing serves the page for people who open the server in a browser.
func landing(l links) (http.HandlerFunc, error) {
	page, err := template.New("landing").Parse(landingPage)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := page.Execute(&body, l); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body.Bytes()) // the client may be gone
	}, nil
}
