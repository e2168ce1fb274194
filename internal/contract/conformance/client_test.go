package conformance

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/spec"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/runtime/socket"
)

// TestClient runs the transcripts against the generated client.
func TestClient(t *testing.T) {
	t.Parallel()
	j := newSpecJudge(t)
	for _, s := range loadScripts(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := newClientRun(t, j)
			defer r.stop()
			for _, step := range s.steps {
				if err := r.do(step.do); err != nil {
					t.Fatalf("%s: %s\n%v", step.at, step.text, err)
				}
			}
		})
	}
}

// pair is a connection with both of its ends.
type pair struct {
	*peer  // the server's end
	client *wsapi.RoomClient
	calls  map[string]*call // that wait for a reply, by the id of the script
}

// call is a request of the client.
type call struct {
	id     string // that the client chose
	result chan result
}

type result struct {
	reply json.Marshaler
	err   error
}

// clientRun runs one script as the server of a client.
type clientRun struct {
	t      *testing.T
	judge  *judge
	fake   *fake
	values map[string]string
	pairs  map[string]*pair // nil for one that no typed client opens
}

func newClientRun(t *testing.T, j *judge) *clientRun {
	t.Helper()
	return &clientRun{t: t, judge: j, fake: newFake(t), values: map[string]string{"password": password}, pairs: map[string]*pair{}}
}

// stop breaks what is open and waits for it.
func (r *clientRun) stop() {
	for _, p := range r.pairs {
		if p == nil {
			continue
		}
		p.peer.stop()
		<-p.client.Done()
		for _, c := range p.calls {
			<-c.result
		}
	}
}

// value implements names: what only a server knows is made up.
func (r *clientRun) value(name string) (string, error) {
	if v, ok := r.values[name]; ok {
		return v, nil
	}
	v := strings.ReplaceAll(name, ".", "-")
	if _, what, _ := strings.Cut(name, "."); what == "" {
		sum := sha256.Sum256([]byte(name))
		v = uuid.NewSHA1(uuid.NameSpaceOID, sum[:]).String() // good as an id, as a version and as a token
	}
	return v, nil
}

// set implements names.
func (r *clientRun) set(name, value string) { r.values[name] = value }

func (r *clientRun) do(s any) error {
	switch s := s.(type) {
	case openStep:
		return r.open(s)
	case expectStep:
		return r.on(s.conn, func(p *pair) error { return r.tell(p, s.pattern) })
	case closedStep:
		return r.end(s.conn, func(p *pair) error { return r.closeFirst(p, s.code) })
	case silentStep:
		return r.on(s.conn, func(p *pair) error { return p.silent() })
	case sendStep:
		return r.on(s.conn, func(p *pair) error { return r.hear(p, s.text) })
	case endStep:
		return r.end(s.conn, func(p *pair) error { return r.closed(p, s.code) })
	}
	return nil // for servers only
}

func (r *clientRun) on(name string, do func(*pair) error) error {
	p, ok := r.pairs[name]
	switch {
	case !ok:
		return fmt.Errorf("%s is not open", name)
	case p == nil:
		return nil
	}
	return do(p)
}

// end does the last step of a connection.
func (r *clientRun) end(name string, do func(*pair) error) error {
	return r.on(name, func(p *pair) error {
		if err := do(p); err != nil {
			return err
		}
		p.peer.stop()
		<-p.client.Done()
		for id, c := range p.calls {
			if res := <-c.result; !errors.As(res.err, new(*socket.CloseError)) {
				return fmt.Errorf("the call %s: got %v, want the end of the connection", id, res.err)
			}
		}
		delete(r.pairs, name)
		return nil
	})
}

// open lets the client connect and compares what it says.
func (r *clientRun) open(s openStep) error {
	if _, ok := r.pairs[s.conn]; ok {
		return fmt.Errorf("%s is open", s.conn)
	}
	h, err := newHandshake(s, r)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(s.how, func(o option) bool { return o.name == "protocol" }) {
		r.pairs[s.conn] = nil
		return nil
	}
	o, query, err := r.dialOptions(s)
	if err != nil {
		return err
	}
	path, _, _ := strings.Cut(h.path, "?")
	type dialed struct {
		client *wsapi.RoomClient
		err    error
	}
	dial := make(chan dialed, 1)
	go func() {
		c, err := wsapi.DialRoom(r.t.Context(), r.fake.url+path+query, o)
		dial <- dialed{c, err}
	}()
	var a arrival
	select {
	case a = <-r.fake.arrivals:
	case d := <-dial:
		return fmt.Errorf("the client did not connect: %w", d.err)
	}
	ws, err := r.answer(a, s, h)
	close(a.done)
	d := <-dial
	switch {
	case err != nil:
		return err
	case s.status != 0:
		refused := (*socket.DialError)(nil)
		if !errors.As(d.err, &refused) || refused.Status != s.status {
			return fmt.Errorf("got %v, want status %d", d.err, s.status)
		}
		return nil
	case d.err != nil:
		return d.err
	}
	r.pairs[s.conn] = &pair{peer: newPeer(ws, func(string) {}), client: d.client, calls: map[string]*call{}}
	return nil
}

// dialOptions says by the client's options what the words of open say.
func (r *clientRun) dialOptions(s openStep) (o *socket.DialOptions, query string, err error) {
	o = &socket.DialOptions{Header: http.Header{}, HandshakeTimeout: patience}
	for _, word := range s.how {
		value, err := expand(word.value, r)
		if err != nil {
			return nil, "", err
		}
		switch word.name {
		case "bearer":
			o.Bearer = value
		case "header":
			if o.Bearer == "" {
				o.Bearer, o.BearerInHeader = value, true
			} else {
				o.Header.Set("Authorization", "Bearer "+value)
			}
		case "ticket":
			o.Ticket = value
		case "origin":
			o.Header.Set("Origin", value)
		case "contract":
			query = "?contract=" + value
		}
	}
	return o, query, nil
}

// tell sends a message to the client, which must make a typed message of it
// that is the same.
func (r *clientRun) tell(p *pair, pattern string) error {
	want, err := expandPattern(pattern, r)
	if err != nil {
		return err
	}
	object, ok := want.(open)
	if !ok {
		closed, _ := want.(map[string]any)
		object = closed
	}
	name, _ := object["type"].(string)
	message, err := r.fill(want, r.judge.examples[name])
	if err != nil {
		return err
	}
	id, _ := message["id"].(string)
	c := p.calls[id]
	if c != nil {
		message["id"] = c.id
		delete(p.calls, id)
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if err := r.judge.message(string(text)); err != nil {
		return fmt.Errorf("the script is against the contract: %s\n%w", text, err)
	}
	if err := p.send(string(text)); err != nil {
		return err
	}
	got, err := p.received(r.t.Context(), c)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return r.same(got, string(text))
}

// fill makes a message of a pattern and the first example that has what the
// pattern leaves open.
func (r *clientRun) fill(pattern any, examples []any) (map[string]any, error) {
	err := errors.New("the document has no example of this message")
	for _, example := range examples {
		var v any
		if v, err = fill(pattern, example, "", r); err == nil {
			message, _ := v.(map[string]any)
			return message, nil
		}
	}
	return nil, err
}

// received gives what the client made of the last message: the reply to a call,
// or else an event.
func (p *pair) received(ctx context.Context, c *call) (json.Marshaler, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if c == nil {
		return p.client.Next(ctx)
	}
	select {
	case res := <-c.result:
		if failed := (*socket.ReplyError[schema.ErrorMessage])(nil); errors.As(res.err, &failed) {
			return failed.Message, nil
		}
		return res.reply, res.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// same compares a typed message with the text that it stands for.
func (r *clientRun) same(got json.Marshaler, want string) error {
	text, err := got.MarshalJSON()
	if err != nil {
		return err
	}
	return different(matchText(want, string(text), r), string(text))
}

// hear lets the client say a message by its method, and compares what arrives.
func (r *clientRun) hear(p *pair, text string) error {
	text, err := expand(text, r)
	if err != nil {
		return err
	}
	m, err := schema.UnmarshalRoomClientMessage([]byte(text))
	if err != nil {
		return nil // no typed client says this
	}
	var want map[string]any
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		return err
	}
	id, request := want["id"].(string)
	sent := p.say(r.t.Context(), m)
	got, err := p.text()
	if err != nil {
		return err
	}
	if !request {
		if err := (<-sent).err; err != nil {
			return err
		}
		return different(matchText(text, got, r), got)
	}
	var tag struct{ ID string }
	if err := json.Unmarshal([]byte(got), &tag); err != nil {
		return err
	}
	p.calls[id] = &call{tag.ID, sent}
	want["id"] = tag.ID // the client chooses its own
	return different(matchText(show(want), got, r), got)
}

// say calls the method for a message.
func (p *pair) say(ctx context.Context, m schema.RoomClientMessage) chan result {
	done := make(chan result, 1)
	method := methodFor(p.client, m)
	if !method.IsValid() {
		done <- result{err: fmt.Errorf("the client has no method for %T", m)}
		return done
	}
	go func() {
		out := method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(m)})
		err, _ := out[len(out)-1].Interface().(error)
		r := result{err: err}
		if len(out) > 1 && err == nil {
			r.reply = out[0].Interface().(json.Marshaler)
		}
		done <- r
	}()
	return done
}

// methodFor finds the method of a generated client that sends messages of m's
// type.
func methodFor(client any, m schema.RoomClientMessage) (method reflect.Value) {
	v := reflect.ValueOf(client)
	for i := range v.NumMethod() {
		if t := v.Method(i).Type(); t.NumIn() == 2 && t.In(1) == reflect.TypeOf(m) {
			return v.Method(i)
		}
	}
	return method
}

// closeFirst closes the server's end. The client must know the code, and
// whether to come back.
func (r *clientRun) closeFirst(p *pair, code int) error {
	if err := p.close(code); err != nil {
		return err
	}
	_, err := p.client.Next(r.t.Context())
	ce := (*socket.CloseError)(nil)
	if !errors.As(err, &ce) || int(ce.Code) != code {
		return fmt.Errorf("the client got %v, want close code %d", err, code)
	}
	if again, declared := r.judge.reconnect[code]; declared && again == ce.Stop {
		return fmt.Errorf("stop is %v, and the document says reconnect is %v", ce.Stop, again)
	}
	return nil
}

// closed lets the client close.
func (r *clientRun) closed(p *pair, code int) error {
	if code == 0 {
		return nil // a connection breaks without a word of the client
	}
	ended := make(chan error, 1)
	go func() { ended <- p.client.Close(socket.CloseCode(code), "") }()
	if err := p.ended(code); err != nil {
		return err
	}
	return <-ended
}

// newSpecJudge judges by the documents that the client was generated from.
func newSpecJudge(t *testing.T) *judge {
	t.Helper()
	return newJudge(t, spec.AsyncAPI, spec.OpenAPI)
}
