// Command peer-gorilla-naive fans out as most people do with gorilla/websocket:
// WriteJSON for each receiver, in the goroutine that has read the update.
package main

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/bench/internal/peer"
)

type client struct {
	id   string
	mu   sync.Mutex // guards writing to conn
	conn *websocket.Conn
}

func (c *client) write(m peer.Updated) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.WriteJSON(m) // a client that is gone is noticed by its reader
}

func main() {
	var rooms peer.Rooms[*client]
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	peer.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		c := &client{id: r.FormValue("id"), conn: conn}
		room := rooms.Join(r.FormValue("room"), c)
		defer room.Leave(c)
		for {
			var u peer.Update
			if err := conn.ReadJSON(&u); err != nil {
				return
			}
			m := room.Updated(c.id, u)
			room.Others(c, func(other *client) { other.write(m) })
		}
	}))
}
