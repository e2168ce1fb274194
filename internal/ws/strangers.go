package ws

import (
	"sync"

	"github.com/duet-api/duet/internal/game"
)

// The defaults of Config.MaxStrangers and Config.MaxStrangersPerAddr.
const (
	defaultStrangers        = 4096
	defaultStrangersPerAddr = 256
)

// comeBack is when a client should try again for which there are too many
// strangers: half of the time in which one must say who it is.
const comeBack = authTimeout / 2

// strangers counts the connections that are not authenticated, so that nobody
// can take all sockets without a login. Its methods may be called by several
// goroutines at the same time.
type strangers struct {
	max, maxPerAddr int

	mu     sync.Mutex // guards what follows
	n      int
	byAddr map[string]int
}

func newStrangers(most, mostPerAddr int) *strangers {
	if most == 0 {
		most = defaultStrangers
	}
	if mostPerAddr == 0 {
		mostPerAddr = defaultStrangersPerAddr
	}
	return &strangers{max: most, maxPerAddr: mostPerAddr, byAddr: make(map[string]int)}
}

// refuse gives why no other stranger of the address is let in now, or nil.
func (s *strangers) refuse(addr string) *game.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refuseLocked(addr)
}

func (s *strangers) refuseLocked(addr string) *game.Error {
	switch {
	case s.byAddr[addr] >= s.maxPerAddr:
		return &game.Error{Code: game.CodeRateLimited, Message: "too many connections from this address that are not authenticated", RetryAfter: comeBack}
	case s.n >= s.max:
		return &game.Error{Code: game.CodeUnavailable, Message: "too many connections that are not authenticated", RetryAfter: comeBack}
	}
	return nil
}

// enter counts a stranger, who must leave again, unless it is refused.
func (s *strangers) enter(addr string) *game.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuseLocked(addr); err != nil {
		return err
	}
	s.n++
	s.byAddr[addr]++
	return nil
}

// leave is called when a stranger is authenticated or gone.
func (s *strangers) leave(addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n--
	if s.byAddr[addr]--; s.byAddr[addr] == 0 {
		delete(s.byAddr, addr)
	}
}
