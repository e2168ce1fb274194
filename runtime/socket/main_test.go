package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duet-api/duet/runtime/socket/sockettest"
	"github.com/duet-api/duet/runtime/wire"
)

// The protocol of these tests: {"type": …, "id"?: …, …}. Messages to the server
// are set, say, ask; to the client moved (latest), said, answer, error.

var testNames = []string{"set", "say", "ask", "moved", "said", "answer", "error"}

const (
	setIndex = iota
	sayIndex
	askIndex
	movedIndex
	saidIndex
	answerIndex
	errorIndex
)

var moved = Latest{Name: "moved", MaxBytes: 300}

func testProtocol() *Protocol {
	p := &Protocol{
		Name:        "Test",
		Subprotocol: "test.v1",
		MaxBytes:    2000,
		Route: func(frame []byte) (int, string, error) {
			if !json.Valid(frame) {
				return 0, "", &wire.SyntaxError{Message: "not JSON"}
			}
			name, _ := wire.Peek(frame, "type")
			for i, n := range testNames {
				if n == string(name) {
					return i, n, nil
				}
			}
			return -1, string(name), nil
		},
		ID: func(frame []byte) string {
			id, _ := wire.Peek(frame, "id")
			return string(id)
		},
		Close: CloseSpecs{{Code: CloseSlow, Name: "slow", Reconnect: true}, {Code: 4500, Name: "unauthenticated"}},
	}
	for _, n := range testNames {
		p.Incoming = append(p.Incoming, MessageSpec{Name: n})
	}
	p.Incoming[setIndex].Rate = Rate{PerSecond: 10, Burst: 3}
	p.Incoming[sayIndex].MaxBytes = 1000
	return p
}

// message is any message of the test protocol.
type message struct {
	Type  string `json:"type"`
	ID    string `json:"id,omitempty"`
	Text  string `json:"text,omitempty"`
	Items []item `json:"items,omitempty"`
}

type item struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

func (m message) AppendJSON(dst []byte) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return append(dst, b...)
}

func (m *message) UnmarshalJSON(b []byte) error {
	type plain message
	return json.Unmarshal(b, (*plain)(m))
}

func (m message) Validate() error {
	if m.Type == "" {
		return errors.New("no type")
	}
	return nil
}

func said(text string) message { return message{Type: "said", Text: text} }

// update makes the Update that generated code would make.
func update(items ...item) *Update {
	u := NewUpdate(&moved)
	u.Buf = append(u.Buf, `{"type":"moved","items":[`...)
	u.EndHead()
	for _, it := range items {
		u.Buf = fmt.Appendf(u.Buf, `{"key":%q,"n":%d}`, it.Key, it.N)
		u.EndItem(it.Key)
	}
	u.Buf = append(u.Buf, `]}`...)
	return u
}

// testConn is what a generated connection type looks like.
type testConn struct {
	*Conn
	name string
}

// testHandler is a Handler made of functions.
type testHandler struct {
	upgrade func(h *Handshake) error
	open    func(c *testConn) error
	receive func(c *testConn, index int, m message) error
	closed  func(c *testConn, info CloseInfo)
	goodbye func(c *testConn)

	mu       sync.Mutex
	failures []*Failure
	closes   []CloseInfo
}

func (h *testHandler) Upgrade(_ context.Context, hs *Handshake, c *Conn) (*testConn, error) {
	if h.upgrade != nil {
		if err := h.upgrade(hs); err != nil {
			return nil, err
		}
	}
	return &testConn{c, hs.Request.URL.Query().Get("name")}, nil
}

func (h *testHandler) Open(_ context.Context, c *testConn) error {
	if h.open != nil {
		return h.open(c)
	}
	return nil
}

func (h *testHandler) Receive(_ context.Context, c *testConn, index int, frame []byte) error {
	var m message
	if err := m.UnmarshalJSON(frame); err != nil {
		return BadFrame(err)
	}
	if h.receive != nil {
		return h.receive(c, index, m)
	}
	return nil
}

func (h *testHandler) Fail(_ context.Context, c *testConn, f *Failure) {
	h.mu.Lock()
	h.failures = append(h.failures, f)
	h.mu.Unlock()
	_ = c.Send(message{Type: "error", ID: f.ID, Text: f.Kind.String()})
}

func (h *testHandler) Closed(c *testConn, info CloseInfo) {
	h.mu.Lock()
	h.closes = append(h.closes, info)
	h.mu.Unlock()
	if h.closed != nil {
		h.closed(c, info)
	}
}

func (h *testHandler) Goodbye(c *testConn) {
	if h.goodbye != nil {
		h.goodbye(c)
	}
}

// codes gives the codes of the connections that ended.
func (h *testHandler) codes() []CloseCode {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []CloseCode
	for _, c := range h.closes {
		all = append(all, c.Code)
	}
	return all
}

// harness is a server on a network in memory.
type harness struct {
	*testing.T
	handler *testHandler
	server  *Server[*testConn]
	lis     *sockettest.Listener
	http    *http.Server
}

func newHarness(t *testing.T, h *testHandler, o *ServerOptions) *harness {
	return newTryHarness(t, h, o, nil)
}

// newTryHarness is a harness whose server writes through try, if that is not
// nil.
func newTryHarness(t *testing.T, h *testHandler, o *ServerOptions, try tryFunc) *harness {
	hs := &harness{T: t, handler: h, lis: sockettest.Listen()}
	hs.server = NewServer(testProtocol(), h, o)
	hs.http = &http.Server{Handler: hs.server}
	go hs.http.Serve(tryListener{hs.lis, try})
	return hs
}

// tryFunc stands for the TryWrite of c.
type tryFunc func(c *sockettest.Conn, bufs [][]byte) (int, error)

// tryListener is a listener whose connections have another TryWrite.
type tryListener struct {
	*sockettest.Listener
	try tryFunc
}

func (l tryListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil || l.try == nil {
		return c, err
	}
	return tryConn{c.(*sockettest.Conn), l.try}, nil
}

type tryConn struct {
	*sockettest.Conn
	try tryFunc
}

func (c tryConn) TryWrite(bufs [][]byte) (int, error) { return c.try(c.Conn, bufs) }

// stop ends everything, so that a synctest bubble can end.
func (h *harness) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := h.server.Shutdown(ctx); err != nil {
		h.Errorf("Shutdown: %v", err)
	}
	h.http.Close()
}

// dial connects a Client.
func (h *harness) dial(name string, o *DialOptions) *Client {
	h.Helper()
	if o == nil {
		o = &DialOptions{}
	}
	o.NetDial = h.lis.Dial
	c, err := Dial(context.Background(), "ws://host/?name="+name, testProtocol(), o)
	if err != nil {
		h.Fatalf("Dial: %v", err)
	}
	return c
}

// next reads one message, with the time that it may take.
func next(t *testing.T, c *Client) message {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	frame, err := c.Next(ctx)
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	var m message
	if err := m.UnmarshalJSON(frame); err != nil {
		t.Fatalf("Next: %v: %s", err, frame)
	}
	return m
}

func wantText(t *testing.T, c *Client, want string) {
	t.Helper()
	if m := next(t, c); m.Text != want {
		t.Fatalf("got message %+v, want text %q", m, want)
	}
}

// wantClose waits for the client's end.
func wantClose(t *testing.T, c *Client, want CloseCode) *CloseError {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(2 * time.Minute):
		t.Fatal("the connection does not end")
	}
	ce := (*CloseError)(nil)
	if !errors.As(c.Err(), &ce) || ce.Code != want {
		t.Fatalf("client ended with %v, want code %d", c.Err(), want)
	}
	return ce
}

func short(s string) string {
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return strings.ReplaceAll(s, "\n", " ")
}
