package rest

import (
	"context"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
)

// CreateSession logs a user in.
func (s *Server) CreateSession(ctx context.Context, r restapi.CreateSessionRequestObject) (restapi.CreateSessionResponseObject, error) {
	grant, err := s.cfg.Sessions.Login(ctx, game.Login{
		Name: r.Body.Name, Password: game.Secret(r.Body.Password), Addr: callOf(ctx).addr,
	})
	if err != nil {
		return nil, err
	}
	return restapi.CreateSession201JSONResponse{
		Body:    present.Session(grant),
		Headers: restapi.CreateSession201ResponseHeaders{Location: restapi.BasePath + "/sessions/current"},
	}, nil
}

// RefreshSession exchanges a refresh token for new tokens.
func (s *Server) RefreshSession(ctx context.Context, r restapi.RefreshSessionRequestObject) (restapi.RefreshSessionResponseObject, error) {
	grant, err := s.cfg.Sessions.Refresh(ctx, game.Secret(r.Body.RefreshToken))
	if err != nil {
		return nil, err
	}
	return restapi.RefreshSession200JSONResponse{Body: present.Session(grant)}, nil
}

// DeleteSession logs the caller out.
func (s *Server) DeleteSession(ctx context.Context, _ restapi.DeleteSessionRequestObject) (restapi.DeleteSessionResponseObject, error) {
	if err := s.cfg.Sessions.Logout(ctx, caller(ctx)); err != nil {
		return nil, err
	}
	return restapi.DeleteSession204Response{}, nil
}
