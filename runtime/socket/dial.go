package socket

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// DialOptions are the options of Dial. A nil *DialOptions is the default.
type DialOptions struct {
	// Bearer is an access token. It travels as a subprotocol, as a browser
	// would send it, or with BearerInHeader in the Authorization header. It
	// never becomes a part of the URL.
	Bearer         string
	BearerInHeader bool
	// Ticket is a one-use ticket, sent as the query parameter ticket.
	Ticket string
	Header http.Header
	Jar    http.CookieJar
	// TLS configures wss connections.
	TLS *tls.Config
	// NetDial opens the network connection; by default a net.Dialer does.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Proxy gives the proxy of a request; by default the environment does.
	Proxy func(*http.Request) (*url.URL, error)
	// HandshakeTimeout bounds Dial beside its context. 15 s.
	HandshakeTimeout time.Duration
	// MaxBytes limits one incoming message, besides what the contract says of
	// it; a larger one closes with CloseTooBig. 1 MiB, or the contract's largest.
	MaxBytes int
	// Queue is how many messages may wait for Next. While it is full the
	// client reads nothing, and the server's delivery classes decide. While a
	// call waits for its reply there may be four times as many; beyond that the
	// call fails with ErrQueueFull. 256.
	Queue int
	// Unknown gets each frame that the contract does not know, such as a message
	// of a newer server: the frame, which is valid during the call only, and
	// whether it is binary. The connection's goroutine calls it, so that it
	// should return soon. By default such frames are only counted, as
	// UnknownMessage and Binary of Stats.
	Unknown func(frame []byte, binary bool)
	Limits  Limits
	Timing  Timing
	Stats   *Stats
}

// AddHeader adds to the headers of the handshake, without changing those of
// options that o was copied from.
func (o *DialOptions) AddHeader(more http.Header) {
	h := o.Header.Clone()
	if h == nil {
		h = make(http.Header, len(more))
	}
	for name, values := range more {
		h[name] = append(h[name], values...)
	}
	o.Header = h
}

// DialError is a handshake that failed.
type DialError struct {
	Status     int    // of the HTTP answer; 0 without one
	Body       []byte // at most its first 1,024 bytes
	Header     http.Header
	RetryAfter time.Duration // as the answer asks; 0 where it does not
	Err        error
}

// Error gives the status and the cause.
func (e *DialError) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("socket: dial: status %d: %v", e.Status, e.Err)
	}
	return fmt.Sprintf("socket: dial: %v", e.Err)
}

// Unwrap gives the cause.
func (e *DialError) Unwrap() error { return e.Err }

// Dial connects to a ws or wss URL. Errors of the handshake are *DialError.
func Dial(ctx context.Context, rawURL string, p *Protocol, o *DialOptions) (*Client, error) {
	if o == nil {
		o = &DialOptions{}
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, &DialError{Err: errors.New("malformed URL")} // url.Error would quote the ticket
	}
	if o.Ticket != "" {
		q := u.Query()
		q.Set("ticket", o.Ticket)
		u.RawQuery = q.Encode()
	}
	d := &dialer{options: o}
	ws, resp, err := d.gorilla(u, p).DialContext(ctx, u.String(), d.header())
	if err != nil {
		if d.stream != nil {
			d.stream.Close()
		}
		return nil, dialError(resp, err)
	}
	if d.stream == nil || ws.NetConn() != net.Conn(d.stream) { // TLS inside a proxy's tunnel
		d.stream = newStream(ws.NetConn(), true)
	}
	c := newClient(p, o)
	c.conn.start(ws, d.stream)
	go c.read()
	return c, nil
}

// dialer makes the stream under gorilla's connection.
type dialer struct {
	options *DialOptions
	stream  *stream
}

func (d *dialer) gorilla(u *url.URL, p *Protocol) *websocket.Dialer {
	o := d.options
	g := &websocket.Dialer{
		HandshakeTimeout: cmp.Or(o.HandshakeTimeout, 15*time.Second),
		TLSClientConfig:  o.TLS,
		NetDialContext:   d.dial,
		Jar:              o.Jar,
		WriteBufferPool:  &sync.Pool{},
		ReadBufferSize:   readBuffer,
		WriteBufferSize:  readBuffer,
		Proxy:            o.Proxy,
	}
	if p.Subprotocol != "" {
		g.Subprotocols = append(g.Subprotocols, p.Subprotocol)
	}
	if o.Bearer != "" && !o.BearerInHeader {
		g.Subprotocols = append(g.Subprotocols, bearerPrefix+base64.RawURLEncoding.EncodeToString([]byte(o.Bearer)))
	}
	if g.Proxy == nil {
		g.Proxy = http.ProxyFromEnvironment
	}
	if u.Scheme == "wss" {
		at := *u
		at.Scheme = "https"
		if proxy, err := g.Proxy(&http.Request{Method: http.MethodGet, URL: &at}); err == nil && proxy == nil {
			g.NetDialTLSContext = d.dialTLS
		}
	}
	return g
}

func (d *dialer) header() http.Header {
	h := d.options.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if d.options.Bearer != "" && d.options.BearerInHeader {
		h.Set("Authorization", "Bearer "+d.options.Bearer)
	}
	return h
}

func (d *dialer) dialRaw(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.options.NetDial != nil {
		return d.options.NetDial(ctx, network, addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := d.dialRaw(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.stream = newStream(c, false)
	return d.stream, nil
}

func (d *dialer) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	raw, err := d.dialRaw(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	cfg := &tls.Config{}
	if d.options.TLS != nil {
		cfg = d.options.TLS.Clone()
	}
	if cfg.ServerName == "" {
		if cfg.ServerName, _, err = net.SplitHostPort(addr); err != nil {
			raw.Close()
			return nil, err
		}
	}
	c := tls.Client(raw, cfg)
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	d.stream = newStream(c, true)
	return d.stream, nil
}

func dialError(resp *http.Response, err error) *DialError {
	e := &DialError{Err: err}
	if resp == nil {
		return e
	}
	e.Status, e.Header = resp.StatusCode, resp.Header
	e.Body, _ = io.ReadAll(io.LimitReader(resp.Body, 1024))
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	return e
}
