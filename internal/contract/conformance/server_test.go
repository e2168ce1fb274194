package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// TestServer runs the transcripts against the server. What was refused is
// counted, and secrets are not in the log.
func TestServer(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	var mu sync.Mutex // guards never and ran
	never, ran := map[string]string{}, 0
	scripts := loadScripts(t)
	t.Run("scripts", func(t *testing.T) {
		for _, s := range scripts {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				r := newServerRun(t, w)
				defer r.stop()
				r.run(s)
				mu.Lock()
				defer mu.Unlock()
				ran++
				for _, text := range r.never {
					never[text] = s.name
				}
			})
		}
	})
	counters := []string{
		`failures_total{kind="bad-message"}`, `failures_total{kind="unknown-message"}`, `failures_total{kind="rate-limited"}`,
		`failures_total{kind="too-big"}`, `failures_total{kind="binary"}`, `failures_total{kind="handler-error"}`,
		`closes_total{code="1007"}`, `closes_total{code="1009"}`, `closes_total{code="4500"}`, `closes_total{code="4502"}`,
		`rejected_total{status="403"}`, `rejected_total{status="404"}`,
	}
	if ran < len(scripts) {
		counters = nil // -run has picked some of the scripts
	}
	for _, counter := range counters {
		if w.metric(t, "duet_socket_"+counter) == 0 {
			t.Errorf("%s counted nothing", counter)
		}
	}
	log := w.log.String()
	for text, name := range never {
		if strings.Contains(log, text) {
			t.Errorf("%s: the log holds %q", name, text)
		}
	}
}

// serverRun runs one script as the client of a server.
type serverRun struct {
	t      *testing.T
	world  *world
	addr   string // that the server sees
	values map[string]string
	peers  map[string]*peer

	mu    sync.Mutex // guards what follows
	never []string
	said  []string // by the server
}

func newServerRun(t *testing.T, w *world) *serverRun {
	return &serverRun{t: t, world: w, addr: w.newAddr(), values: map[string]string{"password": password}, peers: map[string]*peer{}}
}

// run runs a script, at whose end nothing may come that it does not tell.
func (r *serverRun) run(s script) {
	for _, step := range s.steps {
		if err := r.do(step.do); err != nil {
			r.t.Fatalf("%s: %s\n%v", step.at, step.text, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.peers)) {
		if err := r.peers[name].silent(); err != nil {
			r.t.Errorf("%s: the end of the script: %v", name, err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, text := range r.never {
		for _, said := range r.said {
			if strings.Contains(said, text) {
				r.t.Errorf("the server said %q in %s", text, said)
			}
		}
	}
}

// stop breaks what is open and waits for it.
func (r *serverRun) stop() {
	for _, p := range r.peers {
		p.stop()
	}
}

func (r *serverRun) do(s any) error {
	switch s := s.(type) {
	case userStep:
		return r.login(s.names)
	case roomStep:
		return r.room(s)
	case openStep:
		return r.open(s)
	case restStep:
		return r.rest(s)
	case neverStep:
		r.never = append(r.never, s.text)
		return nil
	}
	return r.talk(s)
}

// talk does a step on an open connection.
func (r *serverRun) talk(s any) error {
	switch s := s.(type) {
	case expectStep:
		return r.on(s.conn, func(p *peer) error { return r.expect(p, s) })
	case closedStep:
		return r.end(s.conn, func(p *peer) error { return p.ended(s.code) })
	case silentStep:
		return r.on(s.conn, (*peer).silent)
	case skipStep:
		return r.on(s.conn, (*peer).skip)
	case sendStep:
		text, err := expand(s.text, r)
		if err != nil {
			return err
		}
		return r.on(s.conn, func(p *peer) error { return p.send(text) })
	case rawStep:
		return r.on(s.conn, func(p *peer) error { return r.raw(p, s) })
	case endStep:
		if s.code == 0 {
			return r.end(s.conn, func(*peer) error { return nil })
		}
		return r.end(s.conn, func(p *peer) error {
			if err := p.close(s.code); err != nil {
				return err
			}
			return p.ended(s.code)
		})
	}
	return fmt.Errorf("no way to do %T", s)
}

func (r *serverRun) on(name string, do func(*peer) error) error {
	p, ok := r.peers[name]
	if !ok {
		return fmt.Errorf("%s is not open", name)
	}
	return do(p)
}

// end does the last step of a connection.
func (r *serverRun) end(name string, do func(*peer) error) error {
	return r.on(name, func(p *peer) error {
		err := do(p)
		p.stop()
		delete(r.peers, name)
		return err
	})
}

func (r *serverRun) login(users []string) error {
	for _, name := range users {
		u, err := r.world.user(r.t.Context(), name)
		if err != nil {
			return err
		}
		r.values[name], r.values[name+".token"] = u.id, u.token
	}
	return nil
}

// room makes a room, whose name no other script has.
func (r *serverRun) room(s roomStep) error {
	token, err := r.value(s.by + ".token")
	if err != nil {
		return err
	}
	var room struct{ ID string }
	body := fmt.Sprintf(`{"name":"%s.%s","capacity":%d}`, s.name, strings.ReplaceAll(r.addr, ".", "-"), s.capacity)
	err = r.world.create(r.t.Context(), request{path: "/v1/rooms", body: body, token: token, addr: r.addr}, &room)
	r.values[s.name] = room.ID
	return err
}

// value implements names.
func (r *serverRun) value(name string) (string, error) {
	if v, ok := r.values[name]; ok {
		return v, nil
	}
	who, what, _ := strings.Cut(name, ".")
	if _, ok := r.values[who+".token"]; !ok {
		return "", fmt.Errorf("$%s stands for nothing", name)
	}
	u, err := r.world.user(r.t.Context(), who)
	if err != nil {
		return "", err
	}
	switch what {
	case "expired":
		return r.world.expired(u)
	case "forged":
		return r.world.forged(u)
	case "ticket":
		var ticket struct{ Ticket string }
		err := r.world.create(r.t.Context(), request{path: "/v1/tickets", token: u.token, addr: r.addr}, &ticket)
		return ticket.Ticket, err
	}
	return "", fmt.Errorf("$%s stands for nothing", name)
}

// set implements names.
func (r *serverRun) set(name, value string) { r.values[name] = value }

// see judges a message of the server.
func (r *serverRun) see(text string) {
	if err := r.world.judge.message(text); err != nil {
		r.t.Errorf("against the contract: %s\n%v", text, err)
	}
	r.mu.Lock()
	r.said = append(r.said, text)
	r.mu.Unlock()
}

func (r *serverRun) expect(p *peer, s expectStep) error {
	if s.anywhere {
		return r.find(p, s)
	}
	for range max(s.times, 1) {
		text, err := p.text()
		if err != nil {
			return err
		}
		if err := different(matchText(s.pattern, text, r), text); err != nil {
			return err
		}
	}
	for s.times == 0 {
		e, err := p.next()
		if err != nil {
			return err
		}
		if e.kind != eventText || matchText(s.pattern, e.text, r) != nil {
			p.early = append([]event{e}, p.early...)
			break
		}
	}
	return nil
}

// find looks for a message among those that come.
func (r *serverRun) find(p *peer, s expectStep) error {
	for i := 0; ; i++ {
		if i == len(p.early) {
			e, err := p.fresh()
			if err != nil {
				return err
			}
			p.early = append(p.early, e)
		}
		e := p.early[i]
		if e.kind == eventEnd {
			return fmt.Errorf("it did not come before %s", e)
		}
		if e.kind == eventText && matchText(s.pattern, e.text, r) == nil {
			p.early = slices.Delete(p.early, i, i+1)
			return nil
		}
	}
}

// raw sends something, as long as the connection takes it: the script goes on
// with how it ends.
func (r *serverRun) raw(p *peer, s rawStep) error {
	text, err := expand(s.data, r)
	if err != nil {
		return err
	}
	kind := websocket.TextMessage
	if s.binary {
		kind = websocket.BinaryMessage
	}
	for range s.times {
		if p.ws.WriteMessage(kind, []byte(text)) != nil {
			break
		}
	}
	return nil
}

func (r *serverRun) rest(s restStep) error {
	call := request{method: s.method, body: s.body, addr: r.addr}
	var err error
	switch {
	case s.as == "nobody":
	case strings.HasPrefix(s.as, "$"):
		call.token, err = expand(s.as, r)
	default:
		call.token, err = r.value(s.as + ".token")
	}
	if err != nil {
		return err
	}
	if call.path, err = expand(s.path, r); err != nil {
		return err
	}
	if call.body, err = expand(s.body, r); err != nil {
		return err
	}
	resp, body, err := r.world.call(r.t.Context(), call)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.said = append(r.said, body)
	r.mu.Unlock()
	if resp.StatusCode != s.status {
		return fmt.Errorf("got %s: %s", resp.Status, body)
	}
	if s.pattern == "" {
		return nil
	}
	return different(matchText(s.pattern, body, r), body)
}

// different makes an error of differences.
func different(diffs []string, got string) error {
	if len(diffs) == 0 {
		return nil
	}
	return fmt.Errorf("got %s\n\t%s", got, strings.Join(diffs, "\n\t"))
}
