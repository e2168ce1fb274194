package rest

import (
	"context"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
)

// ListRooms gives a page of all rooms, or the one of a name.
func (s *Server) ListRooms(ctx context.Context, r restapi.ListRoomsRequestObject) (restapi.ListRoomsResponseObject, error) {
	page, err := s.cfg.Rooms.List(ctx, orZero(r.Params.Name), pageRequest(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, inQuery(err)
	}
	return restapi.ListRooms200JSONResponse{Body: schema.RoomPage{Items: present.Each(page.Items, present.Room), NextCursor: cursor(page.Next)}}, nil
}

// CreateRoom makes a room, which only the caller may delete.
func (s *Server) CreateRoom(ctx context.Context, r restapi.CreateRoomRequestObject) (restapi.CreateRoomResponseObject, error) {
	made, err := s.cfg.Rooms.Create(ctx, caller(ctx), game.RoomSpec{Name: r.Body.Name, Capacity: int(r.Body.Capacity)})
	if err != nil {
		return nil, err
	}
	return restapi.CreateRoom201JSONResponse{
		Body:    present.Room(made),
		Headers: restapi.CreateRoom201ResponseHeaders{Location: restapi.BasePath + "/rooms/" + made.ID},
	}, nil
}

// GetRoom gives one room.
func (s *Server) GetRoom(ctx context.Context, r restapi.GetRoomRequestObject) (restapi.GetRoomResponseObject, error) {
	found, err := s.cfg.Rooms.Get(ctx, id(r.RoomID))
	if err != nil {
		return nil, err
	}
	return restapi.GetRoom200JSONResponse{Body: present.Room(found)}, nil
}

// DeleteRoom deletes a room that the caller created.
func (s *Server) DeleteRoom(ctx context.Context, r restapi.DeleteRoomRequestObject) (restapi.DeleteRoomResponseObject, error) {
	if err := s.cfg.Rooms.Delete(ctx, caller(ctx), id(r.RoomID)); err != nil {
		return nil, err
	}
	return restapi.DeleteRoom204Response{}, nil
}
