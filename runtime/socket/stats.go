package socket

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Stats counts what connections do. One Stats may be shared by several Servers
// and Clients, and read at any time. The zero Stats is ready for use.
type Stats struct {
	open, accepted atomic.Int64
	next           atomic.Uint32 // the tally of the next connection
	tallies        [tallies]tally
	failures       [failureKinds]atomic.Int64
	panics         atomic.Int64
	mu             sync.Mutex // guards closes and rejected
	closes         map[CloseCode]int64
	rejected       map[int]int64
}

// tallies is how many counters of each kind connections share, so that those
// that run on different processors seldom write to the same memory.
const tallies = 16

// tally counts the messages of some connections.
type tally struct {
	messagesIn, bytesIn, framesOut, bytesOut atomic.Int64
	_                                        [96]byte // fills two cache lines, which some processors fetch together
}

func (t *tally) sent(frames, bytes int) {
	t.framesOut.Add(int64(frames))
	t.bytesOut.Add(int64(bytes))
}

func (t *tally) received(bytes int) {
	t.messagesIn.Add(1)
	t.bytesIn.Add(int64(bytes))
}

// tally gives a connection its counters.
func (s *Stats) tally() *tally { return &s.tallies[s.next.Add(1)%tallies] }

// Counts is what a Stats has counted.
type Counts struct {
	Open     int64 // connections now
	Accepted int64 // connections ever
	// MessagesIn and BytesIn count the messages received and their payload.
	MessagesIn, BytesIn int64
	// FramesOut and BytesOut count the frames handed to connections, control
	// frames included, with their headers.
	FramesOut, BytesOut int64
	Failures            map[FailureKind]int64
	Panics              int64               // of handlers
	Closes              map[CloseCode]int64 // ended connections by the code that CloseInfo gives
	Rejected            map[int]int64       // refused handshakes by HTTP status
}

// Counts gives the counters.
func (s *Stats) Counts() Counts {
	c := Counts{
		Open:     s.open.Load(),
		Accepted: s.accepted.Load(),
		Panics:   s.panics.Load(),
		Failures: make(map[FailureKind]int64),
	}
	for i := range s.tallies {
		t := &s.tallies[i]
		c.MessagesIn += t.messagesIn.Load()
		c.BytesIn += t.bytesIn.Load()
		c.FramesOut += t.framesOut.Load()
		c.BytesOut += t.bytesOut.Load()
	}
	for k := range s.failures {
		if n := s.failures[k].Load(); n > 0 {
			c.Failures[FailureKind(k)] = n
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Closes, c.Rejected = maps.Clone(s.closes), maps.Clone(s.rejected)
	return c
}

func (s *Stats) failed(k FailureKind) { s.failures[k].Add(1) }

func (s *Stats) opened() {
	s.accepted.Add(1)
	s.open.Add(1)
}

func (s *Stats) closed(code CloseCode) {
	s.open.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closes == nil {
		s.closes = make(map[CloseCode]int64)
	}
	s.closes[code]++
}

func (s *Stats) reject(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rejected == nil {
		s.rejected = make(map[int]int64)
	}
	s.rejected[status]++
}
