package ws

import (
	"log/slog"
	"sync"
	"time"
	"unsafe"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
	"github.com/duet-api/duet/runtime/socket"
)

// fans holds a fan for each room that has connections here. Its methods may be
// called by several goroutines at the same time.
type fans struct {
	bus      game.Bus
	interval time.Duration
	log      *slog.Logger

	mu     sync.Mutex // guards byRoom and the users of its fans
	byRoom map[string]*fan
}

func newFans(bus game.Bus, interval time.Duration, log *slog.Logger) *fans {
	return &fans{bus: bus, interval: interval, log: log, byRoom: make(map[string]*fan)}
}

// acquire returns the room's fan, which listens to the room from now on. Each
// call wants a release.
func (fs *fans) acquire(roomID string) *fan {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f, ok := fs.byRoom[roomID]
	if !ok {
		f = &fan{roomID: roomID, log: fs.log, group: wsapi.NewRoomGroup(&socket.GroupOptions{FlushInterval: fs.interval})}
		f.cancel = fs.bus.SubscribeRoom(roomID, f.change)
		fs.byRoom[roomID] = f
	}
	f.users++
	return f
}

// release ends one use of f, and with the last one f itself.
func (fs *fans) release(f *fan) {
	fs.mu.Lock()
	f.users--
	last := f.users == 0
	if last {
		delete(fs.byRoom, f.roomID)
	}
	fs.mu.Unlock()
	if last {
		f.cancel()
		f.group.Close()
	}
}

// fan spreads the changes of one room to its connections.
type fan struct {
	roomID string
	log    *slog.Logger
	group  *wsapi.RoomGroup
	cancel func()
	users  int // guarded by fans.mu

	// moved and version are what change makes messages of. They belong to it:
	// the bus calls it for one change at a time.
	moved   [1]schema.PlayerPosition
	version []byte
}

// attach adds a connection, which gets the messages in first and then all
// changes but those of its own player. One that can't be added, and has not
// ended, is told to come back: it would miss every change. It is called with the
// room locked.
func (f *fan) attach(c *conn, userID string, first ...socket.Outgoing) {
	err := f.group.Join(c, userID, first...)
	if err == nil || c.Context().Err() != nil {
		return
	}
	f.log.Debug("attach to room", "room", f.roomID, "connection", c.Session.id, "error", err)
	c.Close(wsapi.RoomCloseResync, "the room can't be followed") // without effect where a close is under way
}

// change is called by the bus with the room locked.
func (f *fan) change(c game.Change) {
	var err error
	version := f.text(c.Version)
	switch c.Kind {
	case game.KindMoved:
		f.moved[0] = schema.PlayerPosition{ID: c.Player.ID, Position: present.Position(c.Player.Position), Seq: c.Player.Seq}
		err = f.group.PlayersUpdated(schema.PlayersUpdated{Data: schema.PlayersUpdatedData{Version: version, Players: f.moved[:]}})
	case game.KindJoined:
		err = f.group.PlayerJoined(schema.PlayerJoined{Data: schema.PlayerJoinedData{Version: version, Player: present.Player(c.Player)}}, c.Player.ID)
	case game.KindLeft:
		err = f.group.PlayerLeft(schema.PlayerLeft{Data: schema.PlayerLeftData{
			Version: version, PlayerID: c.Player.ID, Reason: schema.LeaveReason(c.Reason.String()),
		}}, c.Player.ID)
	case game.KindRoomDeleted: // each member is evicted, which closes its connection
	}
	if err != nil {
		f.log.Error("publish change", "room", f.roomID, "kind", c.Kind, "error", err)
	}
}

// text gives the text of a version, which is good until the next call: a copy
// for each move would be the only allocation on its way. The group copies it
// into its batch before it returns, so nobody keeps the string.
func (f *fan) text(v game.Version) string {
	f.version, _ = v.AppendText(f.version[:0]) // never fails
	return unsafe.String(unsafe.SliceData(f.version), len(f.version))
}

func snapshotMessage(s game.Snapshot) schema.RoomSnapshot {
	return schema.RoomSnapshot{Data: schema.RoomSnapshotData{Version: s.Version.String(), Players: present.Each(s.Players, present.Player)}}
}
