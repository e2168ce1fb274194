package rest

import (
	"context"
	"strings"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/present"
)

// ListPlayers tells who is in a room, or what has changed there.
func (s *Server) ListPlayers(ctx context.Context, r restapi.ListPlayersRequestObject) (restapi.ListPlayersResponseObject, error) {
	delta, err := s.cfg.Rooms.Players(ctx, id(r.RoomID), caller(ctx), orZero(r.Params.Since))
	if err != nil {
		return nil, err
	}
	if w := callOf(ctx).w; w != nil {
		w.Header().Set("Cache-Control", "private, no-cache") // may be kept, but is to be asked about
	}
	version := delta.Version.String()
	etag := `"` + version + `"`
	if matches(orZero(r.Params.IfNoneMatch), etag) {
		return restapi.ListPlayers304Response{Headers: restapi.ListPlayers304ResponseHeaders{ETag: etag}}, nil
	}
	left := delta.Left
	if left == nil {
		left = []string{}
	}
	return restapi.ListPlayers200JSONResponse{
		Body:    schema.PlayerList{Version: version, Full: delta.Full, Players: present.Each(delta.Players, present.Player), Left: left},
		Headers: restapi.ListPlayers200ResponseHeaders{ETag: etag},
	}, nil
}

// matches reports whether an If-None-Match header names the entity tag, by the
// weak comparison of RFC 9110, section 13.1.2. Our tags hold no comma.
func matches(header, etag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}
	for tag := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == etag {
			return true
		}
	}
	return false
}

// UpdatePlayer moves the caller's player, which joins the room by it.
func (s *Server) UpdatePlayer(ctx context.Context, r restapi.UpdatePlayerRequestObject) (restapi.UpdatePlayerResponseObject, error) {
	p, err := s.cfg.Rooms.Update(ctx, id(r.RoomID), caller(ctx), present.Update(*r.Body))
	if err != nil {
		return nil, err
	}
	return restapi.UpdatePlayer200JSONResponse{Body: present.Player(p)}, nil
}
