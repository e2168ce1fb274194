package conformance

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

// patience is how long a peer waits for what must come. Nothing is decided by
// it but how long a failing test takes.
const patience = 20 * time.Second

// event is what came over a connection: a message, the answer to a ping, or
// the end.
type event struct {
	kind eventKind
	text string // of a message or pong
	code int    // of the end
}

type eventKind int

const (
	eventText eventKind = iota
	eventBinary
	eventPong
	eventEnd
)

// String describes the event for a failure.
func (e event) String() string {
	switch e.kind {
	case eventText:
		return e.text
	case eventBinary:
		return fmt.Sprintf("binary %q", e.text)
	case eventPong:
		return "pong"
	}
	return fmt.Sprintf("close %d", e.code)
}

// peer is one end of a connection: a WebSocket library, and a goroutine that
// reads. It belongs to one goroutine.
type peer struct {
	ws     *websocket.Conn
	events chan event
	early  []event // read, for later lines
	pings  int
}

// newPeer starts reading. see is called by the reading goroutine with every
// message.
func newPeer(ws *websocket.Conn, see func(text string)) *peer {
	p := &peer{ws: ws, events: make(chan event, 4096)}
	ws.SetPongHandler(func(payload string) error {
		p.events <- event{kind: eventPong, text: payload}
		return nil
	})
	go p.read(see)
	return p
}

func (p *peer) read(see func(string)) {
	defer close(p.events)
	for {
		kind, data, err := p.ws.ReadMessage()
		if err != nil {
			end := event{kind: eventEnd, code: websocket.CloseAbnormalClosure}
			if ce := (*websocket.CloseError)(nil); errors.As(err, &ce) {
				end.code = ce.Code
			}
			p.events <- end
			return
		}
		e := event{text: string(data)}
		if kind == websocket.BinaryMessage {
			e.kind = eventBinary
		} else {
			see(e.text)
		}
		p.events <- e
	}
}

// next waits for the next event.
func (p *peer) next() (event, error) {
	if len(p.early) > 0 {
		e := p.early[0]
		p.early = p.early[1:]
		return e, nil
	}
	return p.fresh()
}

// fresh waits for an event that was not read yet.
func (p *peer) fresh() (event, error) {
	select {
	case e, ok := <-p.events:
		if !ok {
			return e, errors.New("the connection has ended before")
		}
		return e, nil
	case <-time.After(patience):
		return event{}, errors.New("nothing comes")
	}
}

// text waits for the next event, which must be a message.
func (p *peer) text() (string, error) {
	e, err := p.next()
	if err == nil && e.kind != eventText {
		err = fmt.Errorf("got %s, want a message", e)
	}
	return e.text, err
}

// silent fails if anything comes before the answer to a ping.
func (p *peer) silent() error {
	p.pings++
	payload := strconv.Itoa(p.pings)
	if err := p.ws.WriteControl(websocket.PingMessage, []byte(payload), time.Now().Add(patience)); err != nil {
		return err
	}
	e, err := p.next()
	if err == nil && e != (event{kind: eventPong, text: payload}) {
		err = fmt.Errorf("got %s, want nothing", e)
	}
	return err
}

// skip reads messages until the connection ends, and leaves the end.
func (p *peer) skip() error {
	for {
		e, err := p.next()
		if err != nil {
			return err
		}
		if e.kind == eventEnd {
			p.early = append(p.early, e)
			return nil
		}
	}
}

// ended waits for the end, which must be the next event, by this code.
func (p *peer) ended(code int) error {
	e, err := p.next()
	if err == nil && e != (event{kind: eventEnd, code: code}) {
		err = fmt.Errorf("got %s, want close %d", e, code)
	}
	return err
}

// send sends a text message.
func (p *peer) send(text string) error { return p.ws.WriteMessage(websocket.TextMessage, []byte(text)) }

// close closes the connection in order.
func (p *peer) close(code int) error {
	return p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(patience))
}

// stop breaks the connection and waits for the reader.
func (p *peer) stop() {
	p.ws.Close()
	for range p.events {
	}
}
