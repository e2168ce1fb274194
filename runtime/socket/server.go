package socket

import (
	"bufio"
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/runtime/wire"
)

// Handler serves the connections of a Server. C is what it keeps for each: a
// generated type that embeds *Conn. For one connection its methods are called
// one after the other, in the order below; for different ones at the same time.
// A panic closes the connection with CloseInternal.
type Handler[C any] interface {
	// Upgrade decides on a handshake, before the upgrade. An error of type
	// *Rejection is the HTTP answer; a *CloseError opens the connection only to
	// close it with that code, which browsers can read; any other is a 500.
	// What is sent on c already leaves after the upgrade.
	Upgrade(ctx context.Context, h *Handshake, c *Conn) (C, error)
	// Open is called once, after the upgrade and before the first message. An
	// error closes the connection: a *CloseError with its code, any other with
	// CloseInternal.
	Open(ctx context.Context, c C) error
	// Receive handles the message with the Protocol's index. The frame is only
	// valid during the call. A *CloseError closes the connection, a *Failure is
	// passed to Fail, and so is any other error, as a HandlerError.
	Receive(ctx context.Context, c C, index int, frame []byte) error
	// Fail answers a message that was refused.
	Fail(ctx context.Context, c C, f *Failure)
	// Closed is called once, after everything else, if Open was called.
	Closed(c C, info CloseInfo)
}

// Goodbyer is a Handler that says goodbye before a shutdown closes the
// connection with CloseDraining.
type Goodbyer[C any] interface{ Goodbye(c C) }

// ServerOptions are the options of a Server. A nil *ServerOptions is the default.
type ServerOptions struct {
	// Origins are the origins besides the server's own from which browsers may
	// connect, such as https://game.example. "*" allows all.
	Origins []string
	// Addr tells the client's address, for limits by address. By default it is
	// that of the TCP connection.
	Addr func(*http.Request) string
	// Reject answers a handshake that was refused. By default the answer is the
	// Rejection's status, header and body.
	Reject func(w http.ResponseWriter, r *http.Request, rej *Rejection)
	Limits Limits
	// RateFactor multiplies the rate limits of the contract, for connections
	// that are trusted to send more. 0 means 1.
	RateFactor int
	Timing     Timing
	// Stats counts; by default nobody reads the counters.
	Stats *Stats
	// Panicked is told of each panic of the Handler, the stack included. One in
	// Closed or Goodbye is told nowhere else. By default panics are only counted.
	Panicked func(*PanicError)
	// BaseContext is the parent of the handlers' contexts; by default
	// context.Background().
	BaseContext context.Context
	// Portable turns direct writes to descriptors off.
	Portable bool
}

func (o *ServerOptions) addr(r *http.Request) string {
	if o.Addr != nil {
		return o.Addr(r)
	}
	return remoteHost(r)
}

// Server opens connections for the requests that it is given as an
// http.Handler, and runs each on a goroutine of its own, so that the handler
// returns and net/http's memory is free.
type Server[C any] struct {
	handler    Handler[C]
	options    ServerOptions
	cfg        *settings
	upgrader   *websocket.Upgrader
	handshakes gate
	open       gate
	running    sync.WaitGroup

	mu       sync.Mutex // guards what follows
	draining bool
	links    map[*link[C]]struct{}
}

// NewServer makes a Server.
func NewServer[C any](p *Protocol, h Handler[C], o *ServerOptions) *Server[C] {
	if o == nil {
		o = &ServerOptions{}
	}
	s := &Server[C]{handler: h, options: *o, links: make(map[*link[C]]struct{})}
	if s.options.Stats == nil {
		s.options.Stats = &Stats{}
	}
	if s.options.BaseContext == nil {
		s.options.BaseContext = context.Background()
	}
	s.cfg = &settings{
		protocol:  p.Scaled(max(o.RateFactor, 1)),
		readLimit: p.maxBytes(),
		limits:    o.Limits.withDefaults(),
		timing:    o.Timing.withDefaults(),
		stats:     s.options.Stats,
		portable:  o.Portable,
		start:     time.Now(),
	}
	l := &s.cfg.limits
	s.handshakes = gate{max: l.Handshakes, maxPerAddr: l.HandshakesPerAddr}
	s.open = gate{max: l.Conns, maxPerAddr: l.ConnsPerAddr}
	s.upgrader = newUpgrader()
	return s
}

// readBuffer is the size of gorilla's buffer in bytes. Larger reads go around
// it, so it only holds frame headers and control frames. A smaller one than 257
// gorilla would not take from hijacker.
const readBuffer = 288

func newUpgrader() *websocket.Upgrader {
	return &websocket.Upgrader{
		ReadBufferSize:  0, // hijacker's buffer
		WriteBufferSize: readBuffer,
		WriteBufferPool: &sync.Pool{},                                            // never filled: gorilla writes no messages
		CheckOrigin:     func(*http.Request) bool { return true },                // readHandshake has checked it
		Error:           func(http.ResponseWriter, *http.Request, int, error) {}, // ServeHTTP answers
	}
}

// Stats gives the server's counters.
func (s *Server[C]) Stats() *Stats { return s.options.Stats }

// ServeHTTP answers a handshake and returns once the connection is open or
// refused.
func (s *Server[C]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := s.shake(w, r)
	if err == nil {
		return
	}
	rej := (*Rejection)(nil)
	if !errors.As(err, &rej) || rej.Status == 0 {
		rej = &Rejection{Status: http.StatusInternalServerError, Err: err}
	}
	s.cfg.stats.reject(rej.Status)
	if s.options.Reject != nil {
		s.options.Reject(w, r, rej)
		return
	}
	rej.write(w)
}

// enter goes through the gate, or gives the Rejection.
func enter(g *gate, addr string) error {
	room, addrRoom := g.enter(addr)
	status := http.StatusServiceUnavailable
	switch {
	case room && addrRoom:
		return nil
	case room:
		status = http.StatusTooManyRequests
	}
	return comeBack(status, "too many connections")
}

// comeBack is a rejection for now.
func comeBack(status int, why string) *Rejection {
	rej := rejectf(status, "%s", why)
	rej.Header = http.Header{"Retry-After": {"5"}}
	return rej
}

// shake opens a connection. An error means that the request must be answered.
func (s *Server[C]) shake(w http.ResponseWriter, r *http.Request) error {
	h, err := readHandshake(r, &s.options)
	if err != nil {
		return err
	}
	if !canHijack(w) {
		return errors.New("socket: the response writer cannot be hijacked")
	}
	if err := enter(&s.handshakes, h.RemoteAddr); err != nil {
		return err
	}
	defer s.handshakes.leave(h.RemoteAddr)
	if err := enter(&s.open, h.RemoteAddr); err != nil {
		return err
	}
	l := &link[C]{conn: newConn(s.options.BaseContext, s.cfg, false), addr: h.RemoteAddr}
	opened := false
	defer func() { // also after a panic of the hook
		if !opened {
			l.conn.life.end(context.Canceled)
			s.open.leave(l.addr)
		}
	}()
	if err := s.ask(h, l); err != nil {
		return err
	}
	if !s.track(l) {
		return comeBack(http.StatusServiceUnavailable, "shutting down")
	}
	opened, err = s.upgrade(w, h, l)
	if !opened {
		s.untrack(l)
	}
	return err
}

// link is one connection of a Server.
type link[C any] struct {
	conn    *Conn
	addr    string
	session C
	// refused is why the connection is closed as soon as it is open; session
	// is then not set.
	refused *CloseError
}

// ask asks the hook.
func (s *Server[C]) ask(h *Handshake, l *link[C]) error {
	p := s.cfg.protocol.Subprotocol
	if p != "" && len(h.Offered) > 0 && !slices.Contains(h.Offered, p) {
		l.refused = &CloseError{Code: CloseMismatch, Reason: "no subprotocol in common"}
		return nil
	}
	var err error
	l.session, err = s.handler.Upgrade(h.Request.Context(), h, l.conn)
	if errors.As(err, &l.refused) {
		return nil
	}
	var rejected *Rejection
	var invalid *wire.ValidationError
	if errors.As(err, &invalid) && !errors.As(err, &rejected) {
		return &Rejection{Status: http.StatusBadRequest, Err: err}
	}
	return err
}

// upgrade answers the handshake and starts the connection. It gives no error
// where there is nobody left to answer to.
func (s *Server[C]) upgrade(w http.ResponseWriter, h *Handshake, l *link[C]) (opened bool, err error) {
	var header http.Header
	if p := s.cfg.protocol.Subprotocol; p != "" && slices.Contains(h.Offered, p) {
		header = http.Header{"Sec-Websocket-Protocol": {p}}
	}
	hj := &hijacker{ResponseWriter: w, portable: s.cfg.portable}
	ws, err := s.upgrader.Upgrade(hj, h.Request, header)
	switch {
	case err == nil:
		go s.serve(l, ws, hj.stream)
		return true, nil
	case hj.stream != nil:
		hj.stream.Close()
		return false, nil
	}
	return false, err
}

// track notes the connection for Shutdown, unless that has begun.
func (s *Server[C]) track(l *link[C]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.links[l] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server[C]) untrack(l *link[C]) {
	s.mu.Lock()
	delete(s.links, l)
	s.mu.Unlock()
	s.running.Done()
}

// Shutdown refuses new connections, says goodbye on the open ones if the
// handler is a Goodbyer, closes them with CloseDraining and waits for them to
// end. When ctx ends first it cuts them off and gives the error of ctx.
func (s *Server[C]) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	links := slices.Collect(maps.Keys(s.links))
	s.mu.Unlock()
	goodbye, _ := s.handler.(Goodbyer[C])
	for _, l := range links {
		if goodbye != nil && l.refused == nil {
			s.guard(func() { goodbye.Goodbye(l.session) })
		}
		l.conn.Close(CloseDraining, "")
	}
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	for _, l := range links {
		l.conn.abort(CloseDraining, ctx.Err())
	}
	<-ended
	return ctx.Err()
}

// hijacker hands net/http's connection to gorilla inside a stream.
type hijacker struct {
	http.ResponseWriter
	portable bool
	stream   *stream // nil until Hijack
}

// canHijack reports whether w, or what it wraps, is an http.Hijacker.
func canHijack(w http.ResponseWriter) bool {
	for {
		if _, ok := w.(http.Hijacker); ok {
			return true
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.stream = newStream(c, h.portable)
	if rw.Reader.Buffered() > 0 {
		return h.stream, rw, nil // gorilla refuses it
	}
	h.stream.in = bufio.NewReaderSize(h.stream, readBuffer)
	return h.stream, bufio.NewReadWriter(h.stream.in, rw.Writer), nil
}
