package server

import (
	"net/http"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/internal/rest"
	"github.com/duet-api/duet/runtime/socket"
)

// handler joins both halves of the API and the server's own pages.
func (s *Server) handler(m *metrics, stats *socket.Stats) (http.Handler, drainer, error) {
	own, err := pages(s.links, &s.health, m)
	if err != nil {
		return nil, nil, err
	}
	sockets := s.newSockets(stats)
	return &routes{pages: own, sockets: sockets, rest: cors(s.cfg.Origins, s.newREST(m))}, sockets, nil
}

func (s *Server) newREST(m *metrics) http.Handler {
	return rest.New(rest.Config{
		Users: s.state.users, Sessions: s.state.sessions, Rooms: s.state.rooms,
		ClientAddr: s.addrs.of, Limits: rest.Limits{}.Times(s.cfg.RateFactor),
		Observe: func(c rest.Call) {
			route := "none"
			if c.Route != "" {
				route = restapi.BasePath + c.Route
			}
			m.answered(route, c.Method, c.Status, c.Duration)
		},
		Log: component(s.cfg.Log, "rest"),
	})
}
