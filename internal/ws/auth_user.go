package ws

import (
	"context"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/internal/present"
	"github.com/duet-api/duet/runtime/socket"
)

// AuthUser says who the connection belongs to, or renews its token. The first
// success joins the room: then the reply goes out ahead of the snapshot.
func (h *Handler) AuthUser(ctx context.Context, c *conn, m schema.AuthUser) (schema.AuthUserResponse, error) {
	by, access, err := h.authenticate(ctx, c.Session, m.Data)
	if err != nil {
		return schema.AuthUserResponse{}, err
	}
	reply, err := h.enter(ctx, c, m.ID, by, access)
	if err != nil && err != socket.ErrReplied && m.Data.Password.Set {
		h.endUnused(ctx, by)
	}
	return reply, err
}

// enter makes a connection that of a user, or renews its token. On the first
// success it replies by itself.
func (h *Handler) enter(ctx context.Context, c *conn, id string, by game.Identity, access game.Secret) (schema.AuthUserResponse, error) {
	reply := schema.AuthUserResponse{Data: schema.AuthUserResponseData{
		User:        present.User(by.User),
		AccessToken: access.Reveal(),
		ExpiresIn:   present.Seconds(by.TokenExpires.Sub(h.cfg.Now())),
	}}
	if s := c.Session; s.member != nil {
		if err := s.member.Renew(ctx, by); err != nil {
			return schema.AuthUserResponse{}, err
		}
		s.by = by
		h.watchExpiry(c)
		return reply, nil
	}
	reply.ID = id
	if err := h.join(ctx, c, by, reply); err != nil {
		return schema.AuthUserResponse{}, err
	}
	return schema.AuthUserResponse{}, socket.ErrReplied
}

// endUnused ends a session that a password has opened for nothing.
func (h *Handler) endUnused(ctx context.Context, by game.Identity) {
	// The client may have gone already; its session ends all the same.
	if err := h.cfg.Sessions.Logout(context.WithoutCancel(ctx), by); err != nil {
		h.cfg.Log.Warn("unused session not ended", "user", by.User.ID, "session", by.SessionID, "error", err)
	}
}

// authenticate checks a name and a password, or an access token.
func (h *Handler) authenticate(ctx context.Context, s *Session, d schema.AuthUserData) (game.Identity, game.Secret, error) {
	switch {
	case d.Name.Set && d.Password.Set && !d.AccessToken.Set:
		grant, err := h.cfg.Sessions.Login(ctx, game.Login{
			Name: d.Name.Value, Password: game.Secret(d.Password.Value), Brief: true, Addr: s.addr,
		})
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
