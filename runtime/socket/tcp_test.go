package socket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// transports are the ways of writing: to the descriptor, by net.Conn, by TLS.
var transports = []struct {
	name     string
	portable bool
	tls      bool
}{{"direct", false, false}, {"portable", true, false}, {"tls", false, true}}

func startServer(h http.Handler, secure bool) *httptest.Server {
	if secure {
		return httptest.NewTLSServer(h)
	}
	return httptest.NewServer(h)
}

func dialRaw(t *testing.T, s *httptest.Server, secure bool, readBuffer int) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if tc, ok := nc.(*net.TCPConn); ok {
		_ = tc.SetReadBuffer(readBuffer) // so that the server's writes are cut anywhere
	}
	if secure {
		return tls.Client(nc, clientTLS(s))
	}
	return nc
}

func clientTLS(s *httptest.Server) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{RootCAs: pool, ServerName: "example.com"}
}

// TestStrictPeer floods real connections by all ways at once, fan-out, direct
// messages, pongs and at last a close, while the peer pings and reads every
// byte in small pieces: each frame must be whole and each message in order.
func TestStrictPeer(t *testing.T) {
	t.Parallel()
	for _, tt := range transports {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			const rounds, keys = 1500, 20
			g := NewGroup(nil)
			h := joinAll(g)
			opened := make(chan *testConn, 1)
			join := h.open
			h.open = func(c *testConn) error {
				defer func() { opened <- c }()
				return join(c)
			}
			server := NewServer(testProtocol(), h, &ServerOptions{Portable: tt.portable, Limits: Limits{PendingMessages: 1 << 20, PendingBytes: 1 << 30}})
			s := startServer(server, tt.tls)
			defer s.Close()
			nc := dialRaw(t, s, tt.tls, 32<<10)
			defer nc.Close()
			upgradeRaw(t, nc, "own")
			c := <-opened

			var senders sync.WaitGroup
			senders.Go(func() {
				for i := range rounds {
					_ = g.Update(update(item{fmt.Sprintf("k%d", i%keys), i}, item{"own", i}))
				}
			})
			senders.Go(func() {
				for i := range rounds {
					_ = g.Publish(said(fmt.Sprintf("g%d", i)), "")
				}
			})
			senders.Go(func() {
				for i := range rounds {
					_ = c.Send(said(fmt.Sprintf("c%d %s", i, strings.Repeat("é", i%200))))
				}
			})
			senders.Go(func() {
				for i := range controlBurst {
					b := maskFrame(append(appendHeader(nil, opPing, 4), fmt.Sprintf("%04d", i)...), 0, 2)
					if _, err := nc.Write(b); err != nil {
						t.Errorf("ping: %v", err)
					}
				}
			})
			p := &strictPeer{last: map[string]int{}, ponged: make(chan struct{})}
			go func() {
				senders.Wait()
				<-p.ponged
				g.Close()
				c.Close(4400, "done")
			}()
			p.read(t, nc)
			if p.last["g"] != rounds-1 || p.last["c"] != rounds-1 {
				t.Errorf("last messages %v", p.last)
			}
			for k := range keys {
				if key := fmt.Sprintf("k%d", k); p.last[key] != rounds-keys+k {
					t.Errorf("newest item of %s is %d, want %d", key, p.last[key], rounds-keys+k)
				}
			}
			if p.code != 4400 {
				t.Errorf("%d pongs, close %d", p.pongs, p.code)
			}
		})
	}
}

// strictPeer checks a stream of frames.
type strictPeer struct {
	last  map[string]int // newest number by kind of message or key of item
	pongs int
	code  CloseCode

	ponged chan struct{} // closed by the first pong
}

func (p *strictPeer) read(t *testing.T, nc net.Conn) {
	t.Helper()
	var have []byte
	buf := make([]byte, 1000)
	for p.code == 0 {
		n, err := nc.Read(buf)
		have = append(have, buf[:n]...)
		for {
			f, rest, perr := parseFrame(have)
			if perr == errShort {
				break
			}
			if perr != nil || f.masked {
				t.Fatalf("frame after %v: %v, masked %v", p.last, perr, f.masked)
			}
			have = rest
			p.frame(t, f)
		}
		if err != nil {
			t.Fatalf("the stream ends after %v: %v", p.last, err)
		}
	}
	if len(have) > 0 {
		t.Errorf("%d bytes after the close frame", len(have))
	}
	// The close handshake ends with our echo and the server's end of stream.
	echo := appendClose(nil, p.code, "")
	b := append(appendHeader(nil, opClose, len(echo)), echo...)
	_, _ = nc.Write(maskFrame(b, 0, 2))
	if rest, _ := io.ReadAll(nc); len(rest) > 0 {
		t.Errorf("%d bytes after the close frame", len(rest))
	}
}

func (p *strictPeer) frame(t *testing.T, f rawFrame) {
	t.Helper()
	switch f.op {
	case opPong:
		if p.pongs++; p.pongs == 1 {
			close(p.ponged)
		}
	case opClose:
		p.code, _ = parseClose(f.payload)
	case opText:
		var m message
		if err := m.UnmarshalJSON(f.payload); err != nil {
			t.Fatalf("message %s: %v", short(string(f.payload)), err)
		}
		var n int
		if m.Text != "" && m.Text != "snapshot" {
			_, _ = fmt.Sscan(m.Text[1:], &n)
			p.number(t, m.Text[:1], n, true)
		}
		for _, it := range m.Items {
			p.number(t, it.Key, it.N, false)
		}
	}
}

// number checks that kind counts up, without gaps where it is reliable.
func (p *strictPeer) number(t *testing.T, kind string, n int, reliable bool) {
	t.Helper()
	last, ok := p.last[kind]
	if !ok {
		last = -1
	}
	if n <= last || reliable && n != last+1 || kind == "own" {
		t.Errorf("%s: %d after %d", kind, n, last)
	}
	p.last[kind] = n
}

// TestClientOverTransports is a client and a server over real connections.
func TestClientOverTransports(t *testing.T) {
	t.Parallel()
	for _, tt := range transports {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := &testHandler{receive: func(c *testConn, _ int, m message) error {
				return c.Send(message{Type: "answer", ID: m.ID, Text: m.Text})
			}}
			s := startServer(NewServer(testProtocol(), h, &ServerOptions{Portable: tt.portable}), tt.tls)
			defer s.Close()
			o := &DialOptions{}
			if tt.tls {
				o.TLS = clientTLS(s)
			}
			c, err := Dial(context.Background(), "ws"+strings.TrimPrefix(s.URL, "http"), testProtocol(), o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 300 {
				text := strings.Repeat("x", i*3)
				if m, err := ask(t.Context(), c, text); err != nil || m.Text != text {
					t.Fatalf("call %d: %v, %d bytes", i, err, len(m.Text))
				}
			}
			if err := c.Close(CloseNormal, "bye"); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// TestClientMasks reads what a client sends, byte by byte.
func TestClientMasks(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	frames := make(chan rawFrame, 10)
	go func() {
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			nc, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", acceptKey(r))
			// A frame with a reserved bit: gorilla answers with a close frame.
			_, _ = nc.Write([]byte{0xC1, 1, 'x'})
			all, _ := io.ReadAll(rw)
			for len(all) > 0 {
				f, rest, err := parseFrame(all)
				if err != nil {
					t.Errorf("frame: %v", err)
					break
				}
				frames <- f
				all = rest
			}
			close(frames)
		})}
		_ = s.Serve(l)
	}()
	c, err := Dial(context.Background(), "ws://"+l.Addr().String(), testProtocol(), &DialOptions{Timing: Timing{CloseWait: 100 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	f := <-frames
	if code, _ := parseClose(f.payload); !f.masked || f.op != opClose || code != CloseProtocol {
		t.Errorf("client sent %+v, want a masked close with 1002", f)
	}
	if f, more := <-frames; more {
		t.Errorf("then %+v", f)
	}
}

// TestLargeMessages cuts one huge frame many times.
func TestLargeMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range transports {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat("snapshot ", 200_000)
			h := &testHandler{open: func(c *testConn) error { return c.Send(said(text)) }}
			s := startServer(NewServer(testProtocol(), h, &ServerOptions{Portable: tt.portable}), tt.tls)
			defer s.Close()
			nc := dialRaw(t, s, tt.tls, 128<<10)
			defer nc.Close()
			upgradeRaw(t, nc, "a")
			var have []byte
			buf := make([]byte, 100_000)
			for {
				n, err := nc.Read(buf)
				if err != nil {
					t.Fatalf("after %d bytes: %v", len(have), err)
				}
				if have = append(have, buf[:n]...); len(have) < len(text) {
					continue
				}
				f, _, err := parseFrame(have)
				if err != nil && err != errShort {
					t.Fatal(err)
				}
				if err == nil {
					if !strings.Contains(string(f.payload), text) {
						t.Error("the message is not what was sent")
					}
					return
				}
			}
		})
	}
}
