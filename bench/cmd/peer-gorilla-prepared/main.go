// Command peer-gorilla-prepared fans out as gorilla/websocket's chat example
// does, with its PreparedMessage: a message is encoded and framed once, goes
// into a channel of each receiver, and a goroutine a receiver writes it. Where a
// channel is full the message is dropped for that receiver; the example would
// close the connection.
package main

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"

	"github.com/duet-api/duet/bench/internal/peer"
)

const queue = 256 // messages, as in the chat example

type client struct {
	id   string
	send chan *websocket.PreparedMessage
}

func (c *client) writeTo(conn *websocket.Conn) {
	for m := range c.send {
		if err := conn.WritePreparedMessage(m); err != nil {
			conn.Close()
		}
	}
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
		c := &client{id: r.FormValue("id"), send: make(chan *websocket.PreparedMessage, queue)}
		go c.writeTo(conn)
		room := rooms.Join(r.FormValue("room"), c)
		defer close(c.send)
		defer room.Leave(c)
		for {
			var u peer.Update
			if err := conn.ReadJSON(&u); err != nil {
				return
			}
			b, err := json.Marshal(room.Updated(c.id, u))
			if err != nil {
				return
			}
			m, err := websocket.NewPreparedMessage(websocket.TextMessage, b)
			if err != nil {
				return
			}
			room.Others(c, func(other *client) {
				select {
				case other.send <- m:
				default:
				}
			})
		}
	}))
}
