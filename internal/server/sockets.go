package server

import (
	"github.com/duet-api/duet/gen/spec"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/ws"
	"github.com/duet-api/duet/runtime/socket"
)

// newSockets makes the socket half of the API.
func (s *Server) newSockets(stats *socket.Stats) *wsapi.RoomServer[ws.Session] {
	log := component(s.cfg.Log, "ws")
	h := ws.New(ws.Config{
		Sessions: s.state.sessions, Rooms: s.state.rooms, Bus: s.state.bus,
		Contract: spec.Hash, FlushInterval: s.cfg.FlushInterval, RateFactor: s.cfg.RateFactor, Log: log,
		MaxStrangers: min(s.cfg.MaxStrangers, max(s.cfg.MaxSockets/2, 1)), MaxStrangersPerAddr: s.cfg.MaxStrangersPerAddr,
	})
	return wsapi.NewRoomServer(h, &socket.ServerOptions{
		Origins: s.cfg.Origins, Addr: s.addrs.of, Reject: rejectHandshake(log), Stats: stats,
		RateFactor: s.cfg.RateFactor, Limits: socket.Limits{Conns: s.cfg.MaxSockets, ConnsPerAddr: s.cfg.MaxSocketsPerAddr},
	})
}
