package conformance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// fake is a server that waits for what the script says.
type fake struct {
	url      string
	arrivals chan arrival
}

// arrival is a handshake that waits for its answer.
type arrival struct {
	w    http.ResponseWriter
	r    *http.Request
	done chan struct{} // closed when it is answered
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{arrivals: make(chan arrival)}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := arrival{w, r, make(chan struct{})}
		f.arrivals <- a
		<-a.done
	}))
	t.Cleanup(web.Close)
	f.url = "ws" + strings.TrimPrefix(web.URL, "http")
	return f
}

// answer answers a handshake, after a look at it.
func (r *clientRun) answer(a arrival, s openStep, want handshake) (*websocket.Conn, error) {
	if s.status != 0 {
		a.w.Header().Set("Content-Type", "application/problem+json")
		a.w.WriteHeader(s.status)
		_, err := io.WriteString(a.w, `{"title":"Refused","status":400,"code":"internal","requestId":"1"}`)
		return nil, err
	}
	up := websocket.Upgrader{Subprotocols: []string{"duet.v1"}, CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(a.w, a.r, nil)
	if err != nil {
		return nil, err
	}
	said := fmt.Sprint(a.r.URL.String(), websocket.Subprotocols(a.r), a.r.Header["Authorization"], a.r.Header["Origin"])
	if want := fmt.Sprint(want.path, want.protocols, want.header["Authorization"], want.header["Origin"]); said != want {
		return ws, fmt.Errorf("the client said %s, want %s", said, want)
	}
	return ws, nil
}
