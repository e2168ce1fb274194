package socket

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Handshake is a request to open a connection, before the upgrade.
type Handshake struct {
	// Request is the upgrade request. It must not be used after the Upgrade
	// hook has returned.
	Request *http.Request
	// Bearer is the token from the subprotocol bearer.<base64url token>, else
	// from the Authorization header; empty without either. It comes before
	// Ticket, and whoever has neither may still authenticate by a message.
	Bearer string
	// BadBearer says that there is a bearer subprotocol that holds no token, or
	// more than one: a credential to refuse, whatever else there is. Bearer is
	// empty then.
	BadBearer bool
	// Ticket is the query parameter ticket; empty without one.
	Ticket string
	// Offered are the subprotocols that the client offers, without the bearer.
	Offered []string
	// RemoteAddr is the client's address, as ServerOptions.Addr gives it.
	RemoteAddr string
}

// Address gives the values of the parameters of an address, such as
// /v1/rooms/{roomId}/socket, whatever pattern and prefix the server is registered
// with: the path of the request is compared from its end on.
func (h *Handshake) Address(address string) map[string][]string {
	values := make(map[string][]string)
	names, path := strings.Split(address, "/"), strings.Split(h.Request.URL.EscapedPath(), "/")
	for len(names) > 0 && len(path) > 0 {
		addValues(values, names[len(names)-1], path[len(path)-1])
		names, path = names[:len(names)-1], path[:len(path)-1]
	}
	return values
}

// addValues adds the values of the parameters in one element of an address.
func addValues(values map[string][]string, element, text string) {
	for {
		before, rest, found := strings.Cut(element, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed || !strings.HasPrefix(text, before) {
			return
		}
		text = text[len(before):]
		literal, _, more := strings.Cut(after, "{")
		end := strings.Index(text, literal)
		if !more { // it ends the element
			end = strings.LastIndex(text, literal)
		}
		if end < 0 || !more && end+len(literal) != len(text) {
			return
		}
		if value, err := url.PathUnescape(text[:end]); err == nil && value != "" {
			values[name] = []string{value}
		}
		element, text = after, text[end:]
	}
}

// Rejection is an answer to the handshake other than the upgrade. The Upgrade
// hook returns it as its error.
type Rejection struct {
	Status int // such as 404
	Header http.Header
	Body   []byte // empty for the status's text
	Err    error  // for logs; never sent
}

// Error gives the status and the cause.
func (r *Rejection) Error() string {
	s := fmt.Sprintf("socket: handshake rejected with status %d", r.Status)
	if r.Err != nil {
		s += ": " + r.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (r *Rejection) Unwrap() error { return r.Err }

func rejectf(status int, format string, args ...any) *Rejection {
	return &Rejection{Status: status, Err: fmt.Errorf(format, args...)}
}

const bearerPrefix = "bearer."

// readHandshake checks what RFC 6455 section 4.2.1 asks of the request, and
// the origin, and extracts the credentials.
func readHandshake(r *http.Request, o *ServerOptions) (*Handshake, error) {
	if r.Method != http.MethodGet {
		rej := rejectf(http.StatusMethodNotAllowed, "method %s", r.Method)
		rej.Header = http.Header{"Allow": {http.MethodGet}}
		return nil, rej
	}
	if !websocket.IsWebSocketUpgrade(r) {
		rej := rejectf(http.StatusUpgradeRequired, "no upgrade to websocket")
		rej.Header = http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}}
		return nil, rej
	}
	if v := r.Header.Get("Sec-Websocket-Version"); v != "13" {
		rej := rejectf(http.StatusUpgradeRequired, "websocket version %q", v)
		rej.Header = http.Header{"Sec-Websocket-Version": {"13"}}
		return nil, rej
	}
	if key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-Websocket-Key")); err != nil || len(key) != 16 {
		return nil, rejectf(http.StatusBadRequest, "bad Sec-WebSocket-Key")
	}
	if !originAllowed(r, o.Origins) {
		return nil, rejectf(http.StatusForbidden, "origin %q", r.Header.Get("Origin"))
	}
	h := &Handshake{Request: r, RemoteAddr: o.addr(r)}
	h.readCredentials()
	return h, nil
}

// originAllowed reports whether a browser's page may connect. Requests without
// an Origin come from no browser.
func originAllowed(r *http.Request, allowed []string) bool {
	origins := r.Header.Values("Origin")
	switch len(origins) {
	case 0:
		return true
	case 1:
	default:
		return false
	}
	origin := origins[0]
	if slices.ContainsFunc(allowed, func(a string) bool { return a == "*" || strings.EqualFold(a, origin) }) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func (h *Handshake) readCredentials() {
	found := false
	for _, p := range offered(h.Request) {
		encoded, ok := strings.CutPrefix(p, bearerPrefix)
		if !ok {
			h.Offered = append(h.Offered, p)
			continue
		}
		token, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
		h.BadBearer = h.BadBearer || found || err != nil || len(token) == 0 || !utf8.Valid(token)
		h.Bearer, found = string(token), true
	}
	switch {
	case h.BadBearer:
		h.Bearer = ""
	case !found:
		if scheme, token, ok := strings.Cut(h.Request.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
			h.Bearer = strings.TrimSpace(token)
		}
	}
	h.Ticket = h.Request.URL.Query().Get("ticket")
}

// offered gives the subprotocols of all header lines.
func offered(r *http.Request) []string {
	var all []string
	for _, line := range r.Header.Values("Sec-Websocket-Protocol") {
		for p := range strings.SplitSeq(line, ",") {
			if p = strings.TrimSpace(p); p != "" {
				all = append(all, p)
			}
		}
	}
	return all
}

// remoteHost is the default of ServerOptions.Addr.
func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// write answers the handshake.
func (r *Rejection) write(w http.ResponseWriter) {
	for k, v := range r.Header {
		w.Header()[k] = v
	}
	if len(r.Body) == 0 {
		http.Error(w, http.StatusText(r.Status), r.Status)
		return
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body)
}
