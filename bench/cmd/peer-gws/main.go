// Command peer-gws fans out with the Broadcaster of lxzan/gws.
package main

import (
	"encoding/json"
	"net/http"

	"github.com/lxzan/gws"

	"github.com/duet-api/duet/bench/internal/peer"
)

type handler struct {
	gws.BuiltinEventHandler
	id   string
	room *peer.Room[*gws.Conn]
}

// OnPing implements gws.Event.
func (h *handler) OnPing(c *gws.Conn, payload []byte) { _ = c.WritePong(payload) }

// OnClose implements gws.Event.
func (h *handler) OnClose(c *gws.Conn, _ error) { h.room.Leave(c) }

// OnMessage implements gws.Event.
func (h *handler) OnMessage(c *gws.Conn, message *gws.Message) {
	defer message.Close()
	var u peer.Update
	if err := json.Unmarshal(message.Bytes(), &u); err != nil {
		c.WriteClose(1007, nil)
		return
	}
	b, err := json.Marshal(h.room.Updated(h.id, u))
	if err != nil {
		return
	}
	m := gws.NewBroadcaster(gws.OpcodeText, b)
	defer m.Close()
	h.room.Others(c, func(other *gws.Conn) { _ = m.Broadcast(other) })
}

func main() {
	var rooms peer.Rooms[*gws.Conn]
	peer.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := &handler{id: r.FormValue("id")}
		conn, err := gws.NewUpgrader(h, nil).Upgrade(w, r)
		if err != nil {
			return
		}
		h.room = rooms.Join(r.FormValue("room"), conn)
		go conn.ReadLoop() // so that net/http's memory is free
	}))
}
