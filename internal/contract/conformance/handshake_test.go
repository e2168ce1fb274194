package conformance

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
)

// handshake is what a client says to open a connection.
type handshake struct {
	path      string // with the query
	header    http.Header
	protocols []string
}

// newHandshake reads the words of open.
func newHandshake(s openStep, from names) (h handshake, err error) {
	room, err := expand(s.room, from)
	if err != nil {
		return h, err
	}
	h = handshake{header: http.Header{}, protocols: []string{"duet.v1"}}
	query := url.Values{}
	for _, o := range s.how {
		value, err := expand(o.value, from)
		if err != nil {
			return h, err
		}
		switch o.name {
		case "bearer":
			h.protocols = append(h.protocols, "bearer."+base64.RawURLEncoding.EncodeToString([]byte(value)))
		case "header":
			h.header.Set("Authorization", "Bearer "+value)
		case "origin":
			h.header.Set("Origin", value)
		case "protocol":
			h.protocols = append(strings.Split(value, ","), h.protocols[1:]...)
		default:
			query.Set(o.name, value)
		}
	}
	if h.protocols[0] == "none" {
		h.protocols = h.protocols[1:]
	}
	h.path = "/v1/rooms/" + room + "/socket"
	if len(query) > 0 {
		h.path += "?" + query.Encode()
	}
	return h, nil
}

func (r *serverRun) open(s openStep) error {
	if _, ok := r.peers[s.conn]; ok {
		return fmt.Errorf("%s is open", s.conn)
	}
	h, err := newHandshake(s, r)
	if err != nil {
		return err
	}
	h.header.Set("X-Forwarded-For", r.addr)
	dialer := websocket.Dialer{Subprotocols: h.protocols, HandshakeTimeout: patience}
	ws, resp, err := dialer.DialContext(r.t.Context(), "ws"+strings.TrimPrefix(r.world.url, "http")+h.path, h.header)
	if s.status != 0 {
		if err == nil {
			ws.Close()
			return fmt.Errorf("the handshake was accepted")
		}
		return r.refused(s, resp, err)
	}
	if err != nil {
		return err
	}
	r.peers[s.conn] = newPeer(ws, r.see)
	chosen := ""
	if slices.Contains(h.protocols, "duet.v1") {
		chosen = "duet.v1"
	}
	if got := resp.Header.Get("Sec-WebSocket-Protocol"); got != chosen {
		return fmt.Errorf("the server chose the subprotocol %q, want %q", got, chosen)
	}
	return nil
}

// refused looks at the answer to a handshake that was refused.
func (r *serverRun) refused(s openStep, resp *http.Response, err error) error {
	if resp == nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != s.status {
		return fmt.Errorf("got %s, want %d", resp.Status, s.status)
	}
	if err := r.world.judge.handshake(resp.Header, string(body)); err != nil {
		return err
	}
	return different(matchText(s.body, string(body), r), string(body))
}
