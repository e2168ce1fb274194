package game

import (
	"sync"
	"time"
)

// liveSessions remembers sessions that were found alive, so that not every call reads storage. The zero value is ready.
type liveSessions struct {
	// mu guards all below.
	mu sync.Mutex
	// revocations counts them: a look-up that one overtook may have read a session that is gone, and is not remembered.
	revocations uint64
	found       map[string]foundSession // by session id
}

type foundSession struct {
	user  User
	until time.Time
}

const (
	foundFor = 5 * time.Second
	maxFound = 1 << 14 // sessions; when it is reached all are forgotten
)

// user returns the user of a session, from memory or from look.
func (l *liveSessions) user(c Claims, now time.Time, look func(time.Time) (User, error)) (User, error) {
	l.mu.Lock()
	seen := l.revocations
	f, ok := l.found[c.SessionID]
	l.mu.Unlock()
	if ok && now.Before(f.until) {
		return f.user, nil
	}
	user, err := look(now)
	if err != nil {
		return User{}, err
	}
	l.remember(c.SessionID, foundSession{user, now.Add(foundFor)}, seen)
	return user, nil
}

func (l *liveSessions) remember(session string, f foundSession, seen uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.revocations != seen {
		return
	}
	if l.found == nil || len(l.found) >= maxFound {
		l.found = make(map[string]foundSession)
	}
	l.found[session] = f
}

// revoke forgets the sessions that a revocation covers.
func (l *liveSessions) revoke(r Revocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revocations++
	if r.Session != "" {
		delete(l.found, r.Session)
		return
	}
	for id, f := range l.found {
		if r.Covers(f.user.ID, id) {
			delete(l.found, id)
		}
	}
}
