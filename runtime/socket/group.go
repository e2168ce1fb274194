package socket

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// Member is what joins a Group: a *Conn, or a generated type that embeds one.
type Member interface{ Base() *Conn }

// GroupOptions are the options of a Group. A nil *GroupOptions is the default.
type GroupOptions struct {
	// FlushInterval is the least time between two flushes: a change leaves at
	// once where the last flush is that long ago, and otherwise then. Longer
	// means fewer system calls and more delay. 0, the default, flushes as fast
	// as the connections take it.
	FlushInterval time.Duration
}

// Group sends the same messages to many connections. What is published goes
// into one batch, encoded once; a goroutine that the first change starts
// writes the batch to each member and ends when there is nothing left.
//
// The methods may be called by any number of goroutines at the same time, and
// none of them waits for a member. Order is by the calls: two messages of one
// goroutine arrive in their order, and a member gets exactly what is published
// after its Join and before its Leave. A caller that keeps state calls Publish,
// Update and Join under the lock that guards the state, so that the first
// frames of a Join and what follows them fit together.
type Group struct {
	interval time.Duration
	run      func() // flush, bound once
	flushes  sync.WaitGroup

	mu       sync.Mutex // guards what follows; held before an outbox's
	members  []*member
	changed  bool // members differ from the flusher's view
	batch    *batch
	spare    *batch
	running  bool // a flusher runs or is due
	urgent   bool // what the running flusher finds next goes without a pause
	closed   bool
	last     time.Time   // of the last flush
	timer    *time.Timer // runs the flusher; nil before the first pause
	flushing []*member   // the flusher's view; only the flusher touches it
	view     view        // only the flusher touches it
}

// member is one connection in a group.
type member struct {
	group *Group
	conn  *Conn
	key   string
	index int    // in group.members; guarded by group.mu
	from  uint64 // first entry of the group that the member gets
	gone  bool   // guarded by conn.out.mu
}

// NewGroup makes a Group without members. It needs no Close where all members
// leave.
func NewGroup(o *GroupOptions) *Group {
	if o == nil {
		o = &GroupOptions{}
	}
	g := &Group{interval: o.FlushInterval, batch: &batch{}, spare: &batch{}}
	g.run = g.flush
	return g
}

// Join adds a connection, which gets the first messages, in order, and then
// everything that is published from now on except what belongs to key. An
// empty key owns nothing. A connection leaves by itself when it ends; one that
// joins again first leaves. Join itself writes nothing: a goroutine does.
func (g *Group) Join(m Member, key string, first ...Outgoing) error {
	b := getBuffer()
	defer putBuffer(b)
	ends := make([]int, 0, len(first))
	for _, f := range first {
		if err := f.Validate(); err != nil {
			return err
		}
		b.b = f.AppendJSON(b.b)
		ends = append(ends, len(b.b))
	}
	c := m.Base()
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return errClosed
	}
	write, err := g.joinLocked(c, key, b.b, ends)
	g.mu.Unlock()
	c.out.settleSoon(write, err)
	return err
}

// joinLocked adds a connection with the encoded messages that it gets first. It
// gives what outbox.settle wants.
func (g *Group) joinLocked(c *Conn, key string, first []byte, ends []int) (write bool, err error) {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != outOpen {
		return false, errClosed
	}
	if old := c.leaveLocked(g); old != nil {
		g.removeLocked(old)
	}
	if len(ends) > 0 {
		write, err = o.addLocked(func(p *pending) {
			start := 0
			for _, end := range ends {
				p.message(opText, first[start:end], "")
				start = end
			}
		})
		if err != nil {
			return write, err
		}
	}
	joined := &member{group: g, conn: c, key: key, index: len(g.members), from: g.batch.base + uint64(len(g.batch.entries))}
	c.members = append(c.members, joined)
	g.members, g.changed = append(g.members, joined), true
	return write, nil
}

// Leave removes a connection. No write to it on the group's behalf begins
// after Leave returns; one that is under way may still end.
func (g *Group) Leave(m Member) {
	c := m.Base()
	c.out.mu.Lock()
	left := c.leaveLocked(g)
	c.out.mu.Unlock()
	if left != nil {
		g.remove(left)
	}
}

// leaveLocked ends the connection's membership in g and gives it, or nil
// without one. The caller holds out.mu, and removes it from g.
func (c *Conn) leaveLocked(g *Group) *member {
	i := slices.IndexFunc(c.members, func(m *member) bool { return m.group == g })
	if i < 0 {
		return nil
	}
	left := c.members[i]
	c.members = slices.Delete(c.members, i, i+1)
	left.gone = true
	return left
}

// remove takes m out of the group, if it is still there.
func (g *Group) remove(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.removeLocked(m)
}

func (g *Group) removeLocked(m *member) {
	if m.index < 0 {
		return
	}
	n := len(g.members) - 1
	g.members[m.index] = g.members[n]
	g.members[m.index].index = m.index
	g.members[n] = nil
	g.members, g.changed = g.members[:n], true
	m.index = -1
	g.forgetLocked()
}

// forgetLocked lets go of members that left, unless the flusher needs its view.
func (g *Group) forgetLocked() {
	if !g.running && g.changed {
		clear(g.flushing)
		g.flushing = g.flushing[:0]
	}
}

// Len is the number of members.
func (g *Group) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.members)
}

// Publish checks m and sends it to all members as a reliable message, except
// to those with the given key. An empty key leaves nobody out.
func (g *Group) Publish(m Outgoing, except string) error {
	if err := m.Validate(); err != nil {
		return err
	}
	b := getBuffer()
	defer putBuffer(b)
	b.b = m.AppendJSON(b.b)
	return g.PublishFrame(b.b, except)
}

// PublishFrame is Publish for an encoded message, which it copies.
func (g *Group) PublishFrame(payload []byte, except string) error {
	return g.add(except, func(b *batch) { b.message(opText, payload, except) })
}

// Update sends the items of u to all members by the latest class, except each
// item to the members with its key. It ends the life of u.
func (g *Group) Update(u *Update) error {
	err := g.add(u.owner(), func(b *batch) { u.addTo(&b.pending, g) })
	u.free()
	return err
}

// add adds to the batch by calling add, unless it would reach nobody: owner is
// the key to which all of it belongs, or empty.
func (g *Group) add(owner string, add func(b *batch)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return errClosed
	}
	alone := len(g.members) == 1 && owner != "" && g.members[0].key == owner
	if len(g.members) > 0 && !alone {
		add(g.batch)
		g.wakeLocked()
	}
	return nil
}

// wakeLocked starts the flusher, now or when the pause is over, unless one is
// on its way. A batch that has grown large does not wait.
func (g *Group) wakeLocked() {
	if g.running || g.batch.empty() {
		if len(g.batch.buf) > maxBatch {
			g.flushLocked()
		}
		return
	}
	g.running = true
	g.flushes.Add(1)
	g.startLocked()
}

// startLocked starts the flusher that wakeLocked has counted.
func (g *Group) startLocked() {
	pause := g.interval
	if pause > 0 {
		pause -= time.Since(g.last)
	}
	switch {
	case pause <= 0:
		go g.run()
	case g.timer == nil:
		g.timer = time.AfterFunc(pause, g.run)
	default:
		g.timer.Reset(pause)
	}
}

// flush writes batches to the members until there is none.
func (g *Group) flush() {
	// Readers that can already run add what they have before the first write.
	runtime.Gosched()
	for b := g.takeBatch(); b != nil; b = g.takeBatch() {
		b.compose()
		for _, m := range g.flushing {
			m.conn.out.offer(b, m, &g.view)
		}
		g.mu.Lock()
		g.spare = b
		if g.interval > 0 && !g.batch.empty() && !g.urgent {
			g.startLocked()
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
	}
}

// takeBatch gives what is to be flushed. With nothing to flush it gives nil,
// and the flusher is no longer running.
func (g *Group) takeBatch() *batch {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.urgent = false
	if g.batch.empty() {
		g.running = false
		g.forgetLocked()
		g.flushes.Done()
		return nil
	}
	b := g.batch
	g.spare.reset(b.base + uint64(len(b.entries)))
	g.batch, g.spare = g.spare, nil
	if g.interval > 0 {
		g.last = time.Now()
	}
	if g.changed {
		clear(g.flushing)
		g.flushing, g.changed = append(g.flushing[:0], g.members...), false
	}
	return b
}

// Flush sends what waits for the flush interval at once.
func (g *Group) Flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flushLocked()
}

// flushLocked runs a flusher that is due later. One that is at work goes on
// without a pause.
func (g *Group) flushLocked() {
	g.urgent = g.running
	if g.timer != nil && g.timer.Stop() {
		go g.run()
	}
}

// Close flushes what is left, empties the group and waits for its goroutine.
// The members' connections stay open.
func (g *Group) Close() {
	g.mu.Lock()
	g.closed = true
	g.flushLocked()
	g.mu.Unlock()
	g.flushes.Wait()
	for _, m := range g.leaving() {
		g.Leave(m.conn)
	}
}

func (g *Group) leaving() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.members)
}
