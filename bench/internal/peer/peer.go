// Package peer is what the Go servers that Duet is compared with have in
// common: the address, the messages and the rooms. How they write is theirs.
package peer

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/duet-api/duet/bench/internal/collect"
)

// Position is a point.
type Position struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Update is what a player sends.
type Update struct {
	Type string `json:"type"`
	Data struct {
		Position Position `json:"position"`
		Seq      int64    `json:"seq"`
	} `json:"data"`
}

// Player is one player's position.
type Player struct {
	ID       string   `json:"id"`
	Position Position `json:"position"`
	Seq      int64    `json:"seq"`
}

// Updated is what the others get.
type Updated struct {
	Type string      `json:"type"`
	Data UpdatedData `json:"data"`
}

// UpdatedData is the data of an Updated.
type UpdatedData struct {
	Version string   `json:"version"`
	Players []Player `json:"players"`
}

// Room is a set of clients. Its methods may be called concurrently.
type Room[C comparable] struct {
	mu      sync.RWMutex // guards clients
	clients map[C]struct{}
	version atomic.Int64
}

// Updated makes the message that tells others of an update.
func (r *Room[C]) Updated(id string, u Update) Updated {
	return Updated{Type: "players.updated", Data: UpdatedData{
		Version: strconv.FormatInt(r.version.Add(1), 36),
		Players: []Player{{ID: id, Position: u.Data.Position, Seq: u.Data.Seq}},
	}}
}

// Others calls f for every client but one.
func (r *Room[C]) Others(c C, f func(other C)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for other := range r.clients {
		if other != c {
			f(other)
		}
	}
}

// Leave takes a client out.
func (r *Room[C]) Leave(c C) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.clients, c)
}

// Rooms are all rooms by name. The zero value is ready; its methods may be
// called concurrently.
type Rooms[C comparable] struct {
	mu     sync.Mutex // guards byName
	byName map[string]*Room[C]
}

// Join puts a client into a room.
func (rs *Rooms[C]) Join(name string, c C) *Room[C] {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.byName == nil {
		rs.byName = make(map[string]*Room[C])
	}
	r, ok := rs.byName[name]
	if !ok {
		r = &Room[C]{clients: make(map[C]struct{})}
		rs.byName[name] = r
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clients[c] = struct{}{}
	return r
}

// Listen takes a free port and announces it.
func Listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	go collect.OnSignal(os.Stdout)
	return l
}

// Serve serves HTTP on a free port until the process is killed.
func Serve(h http.Handler) {
	fmt.Fprintln(os.Stderr, http.Serve(Listen(), h))
	os.Exit(1)
}
