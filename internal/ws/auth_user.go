package ws

import (
	"context"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/socket"
)

// AuthUser says who the connection belongs to, or renews its token. The first
// success joins the room: then the reply goes out ahead of the snapshot.
func (h *Handler) AuthUser(ctx context.Context, c *conn, m schema.AuthUser) (schema.AuthUserResponse, error) {
	by, access, err := h.authenticate(ctx, c.Session, m.Data)
	if err != nil {
		return schema.AuthUserResponse{}, err
	}
	reply := schema.AuthUserResponse{Data: schema.AuthUserResponseData{
		User:        schema.User{ID: by.User.ID, Name: by.User.Name, CreatedAt: by.User.CreatedAt},
		AccessToken: access.Reveal(),
		ExpiresIn:   int32(max(by.TokenExpires.Sub(h.cfg.Now()), 0) / time.Second),
	}}
	if s := c.Session; s.member != nil {
		if err := s.member.Renew(ctx, by); err != nil {
			return schema.AuthUserResponse{}, err
		}
		s.by = by
		h.watchExpiry(c)
		return reply, nil
	}
	reply.ID = m.ID
	if err := h.join(ctx, c, by, reply); err != nil {
		return schema.AuthUserResponse{}, err
	}
	return schema.AuthUserResponse{}, socket.ErrReplied
}

// authenticate checks a name and a password, or an access token.
func (h *Handler) authenticate(ctx context.Context, s *Session, d schema.AuthUserData) (game.Identity, game.Secret, error) {
	switch {
	case d.Name.Set && d.Password.Set && !d.AccessToken.Set:
		grant, err := h.cfg.Sessions.Login(ctx, game.Login{Name: d.Name.Value, Password: game.Secret(d.Password.Value), Addr: s.addr})
		return grant.Identity, grant.AccessToken, err
	case d.AccessToken.Set && !d.Name.Set && !d.Password.Set:
		access := game.Secret(d.AccessToken.Value)
		by, err := h.cfg.Sessions.Authenticate(ctx, access)
		return by, access, err
	}
	return game.Identity{}, "", &game.Error{
		Code: game.CodeInvalidRequest, Pointer: "/data", Rule: "oneOf",
		Message: "give name and password, or accessToken alone",
	}
}
