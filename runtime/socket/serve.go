package socket

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// PanicError is a panic of a Handler, as CloseInfo.Err and
// ServerOptions.Panicked report it.
type PanicError struct {
	Value any
	Stack []byte
}

// Error gives the value and the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

// guard calls a method of the handler and reports its panic, which must not
// take the other connections with it.
func (s *Server[C]) guard(call func()) (p *PanicError) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		p = &PanicError{v, debug.Stack()}
		s.cfg.stats.panics.Add(1)
		if s.options.Panicked != nil {
			s.options.Panicked(p)
		}
	}()
	call()
	return nil
}

// serve opens a connection and has it read by a goroutine that ends it, and
// whose stack the handshake and Open have not grown.
func (s *Server[C]) serve(l *link[C], ws *websocket.Conn, st *stream) {
	c := l.conn
	c.start(ws, st)
	if l.refused != nil {
		c.closeFor(l.refused)
		s.end(l, c.discard())
		return
	}
	if err := s.handle(l, s.opened); err != nil {
		s.end(l, err)
		return
	}
	go s.read(l)
}

// end ends a connection that can no longer be read.
func (s *Server[C]) end(l *link[C], err error) {
	defer s.open.leave(l.addr)
	defer s.untrack(l)
	info := l.conn.end(err)
	if l.refused == nil {
		s.guard(func() { s.handler.Closed(l.session, info) })
	}
}

// read calls the handler until the connection can no longer be read. While it
// waits it stands on little stack.
func (s *Server[C]) read(l *link[C]) {
	var err error
	for err == nil {
		l.conn.await()
		err = s.handle(l, s.message)
	}
	s.end(l, err)
}

// handle takes a step that calls the handler. The connection closes after a
// panic, which is then the error.
func (s *Server[C]) handle(l *link[C], step func(*link[C]) error) (err error) {
	if p := s.guard(func() { err = step(l) }); p != nil {
		l.conn.closeWith(CloseInfo{Code: CloseInternal, Err: p}, CloseInternal, false)
		return p
	}
	return err
}

// opened tells the handler of a connection.
func (s *Server[C]) opened(l *link[C]) error {
	if err := s.handler.Open(&l.conn.life, l.session); err != nil {
		l.conn.closeFor(err)
	}
	return nil
}

// message reads one message and has it handled.
func (s *Server[C]) message(l *link[C]) error {
	kind, b, err := l.conn.next()
	if err != nil {
		return err
	}
	if l.conn.open() {
		s.receive(l, kind, b.b)
	}
	putBuffer(b)
	return nil
}

// discard reads until the connection can no longer be read.
func (c *Conn) discard() error {
	for {
		_, b, err := c.next()
		if err != nil {
			return err
		}
		putBuffer(b)
	}
}

// closeFor closes with the code of err, or else with CloseInternal.
func (c *Conn) closeFor(err error) {
	ce := (*CloseError)(nil)
	if !errors.As(err, &ce) || ce.Code == 0 {
		c.closeWith(CloseInfo{Code: CloseInternal, Err: err}, CloseInternal, false)
		return
	}
	c.closeWith(CloseInfo{Code: ce.Code, Reason: ce.Reason, Err: ce.Err}, ce.Code, false)
}

// receive deals with one message.
func (s *Server[C]) receive(l *link[C], kind int, frame []byte) {
	var index int
	var f *Failure
	id := frame // where a correlation id may be
	switch binary := s.cfg.protocol.Binary; {
	case kind != websocket.TextMessage && binary == 0:
		s.fail(l, &Failure{Kind: Binary}, nil)
		return
	case kind != websocket.TextMessage:
		id, index = nil, binary-1
		f = s.within(l.conn, index, len(frame))
	case !utf8.Valid(frame):
		l.conn.Close(CloseInvalidData, "")
		return
	default:
		index, f = s.admit(l.conn, frame)
	}
	if f != nil {
		s.fail(l, f, id)
		return
	}
	if err := s.handler.Receive(&l.conn.life, l.session, index, frame); err != nil {
		s.handled(l, err, index, id)
	}
}

// handled deals with the error of a handler.
func (s *Server[C]) handled(l *link[C], err error, index int, frame []byte) {
	if errors.Is(err, ErrReplied) {
		return
	}
	if ce := (*CloseError)(nil); errors.As(err, &ce) {
		l.conn.closeFor(err)
		return
	}
	f := (*Failure)(nil)
	if !errors.As(err, &f) {
		f = &Failure{Kind: HandlerError, Err: err}
	}
	f.Message = s.cfg.protocol.Incoming[index].Name
	s.fail(l, f, frame)
}

const maxName = 64 // bytes of an unknown message's name that are kept

// admit tells which message the frame is, if it is within its limits.
func (s *Server[C]) admit(c *Conn, frame []byte) (int, *Failure) {
	p := s.cfg.protocol
	index, name, err := p.Route(frame)
	switch {
	case err != nil:
		return 0, &Failure{Kind: BadMessage, Err: err}
	case index < 0:
		return 0, &Failure{Kind: UnknownMessage, Message: name[:min(len(name), maxName)]}
	}
	return index, s.within(c, index, len(frame))
}

// within reports whether a message of n bytes is within its limits.
func (s *Server[C]) within(c *Conn, index, n int) *Failure {
	p := s.cfg.protocol
	spec := &p.Incoming[index]
	if spec.MaxBytes > 0 && n > spec.MaxBytes {
		return &Failure{Kind: TooBig, Message: spec.Name}
	}
	if wait := c.take(index); wait > 0 {
		return &Failure{Kind: RateLimited, Message: spec.Name, RetryAfter: wait}
	}
	return nil
}

// forgiveBad is how long it takes to be forgiven one bad message.
const forgiveBad = 10 * time.Second

// fail reports a refused message and closes the connection once there were too
// many.
func (s *Server[C]) fail(l *link[C], f *Failure, frame []byte) {
	c := l.conn
	if f.ID == "" && frame != nil {
		f.ID = s.cfg.protocol.id(frame)
	}
	s.cfg.stats.failed(f.Kind)
	s.handler.Fail(&c.life, l.session, f)
	now := s.cfg.now()
	switch f.Kind {
	case BadMessage, UnknownMessage, Binary:
		if c.intake.bad.take(Rate{1 / forgiveBad.Seconds(), s.cfg.limits.BadMessages}, now) > 0 {
			c.Close(CloseBadMessage, "too many bad messages")
		}
	case RateLimited:
		if c.intake.violations.take(Rate{1, s.cfg.limits.RateViolations}, now) > 0 {
			c.Close(CloseRateLimited, "too many messages above the rate limit")
		}
	case TooBig:
		c.Close(CloseTooBig, "the message is too large")
	}
}
