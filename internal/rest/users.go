package rest

import (
	"context"
	"errors"
	"strings"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
	"github.com/duet-api/duet/runtime/wire"
)

// CreateUser signs up a user.
func (s *Server) CreateUser(ctx context.Context, r restapi.CreateUserRequestObject) (restapi.CreateUserResponseObject, error) {
	u, err := s.cfg.Users.Create(ctx, r.Body.Name, game.Secret(r.Body.Password))
	if err != nil {
		return nil, err
	}
	return restapi.CreateUser201JSONResponse{
		Body:    present.User(u),
		Headers: restapi.CreateUser201ResponseHeaders{Location: restapi.BasePath + "/users/" + u.ID},
	}, nil
}

// ListUsers gives a page of all users.
func (s *Server) ListUsers(ctx context.Context, r restapi.ListUsersRequestObject) (restapi.ListUsersResponseObject, error) {
	page, err := s.cfg.Users.List(ctx, pageRequest(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, inQuery(err)
	}
	return restapi.ListUsers200JSONResponse{Body: schema.UserPage{Items: present.Each(page.Items, present.User), NextCursor: cursor(page.Next)}}, nil
}

// GetUser gives one user.
func (s *Server) GetUser(ctx context.Context, r restapi.GetUserRequestObject) (restapi.GetUserResponseObject, error) {
	u, err := s.cfg.Users.Get(ctx, id(r.UserID))
	if err != nil {
		return nil, err
	}
	return restapi.GetUser200JSONResponse{Body: present.User(u)}, nil
}

// UpdateUser changes the caller.
func (s *Server) UpdateUser(ctx context.Context, r restapi.UpdateUserRequestObject) (restapi.UpdateUserResponseObject, error) {
	change := game.UserUpdate{Name: r.Body.Name.Value, Password: game.Secret(r.Body.Password.Value)}
	u, err := s.cfg.Users.Update(ctx, caller(ctx), id(r.UserID), change)
	if err != nil {
		return nil, err
	}
	return restapi.UpdateUser200JSONResponse{Body: present.User(u)}, nil
}

// DeleteUser deletes the caller.
func (s *Server) DeleteUser(ctx context.Context, r restapi.DeleteUserRequestObject) (restapi.DeleteUserResponseObject, error) {
	if err := s.cfg.Users.Delete(ctx, caller(ctx), id(r.UserID)); err != nil {
		return nil, err
	}
	return restapi.DeleteUser204Response{}, nil
}

// id gives a UUID as it is stored: in lower case (RFC 9562, section 4).
func id(text string) string { return strings.ToLower(text) }

func pageRequest(limit *int32, cursor *string) game.PageRequest {
	return game.PageRequest{Limit: int(orZero(limit)), Cursor: orZero(cursor)}
}

func cursor(next string) wire.Opt[string] { return wire.Opt[string]{Value: next, Set: next != ""} }

// inQuery makes an error about a page point at the parameter.
func inQuery(err error) error {
	var e *game.Error
	if !errors.As(err, &e) || e.Code != game.CodeInvalidRequest {
		return err
	}
	moved := *e
	moved.Pointer = "/query" + e.Pointer
	return &moved
}
