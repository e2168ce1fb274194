package ws

import (
	"context"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/present"
)

// PlayerUpdate moves the sender's player.
func (h *Handler) PlayerUpdate(_ context.Context, c *conn, m schema.PlayerUpdate) error {
	if c.Session.member == nil {
		return errUnauthenticated
	}
	_, err := c.Session.member.Move(present.Update(m.Data))
	return err
}
