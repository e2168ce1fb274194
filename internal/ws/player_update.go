package ws

import (
	"context"

	"github.com/duet-api/duet/gen/schema"
)

// PlayerUpdate moves the sender's player.
func (h *Handler) PlayerUpdate(_ context.Context, c *conn, m schema.PlayerUpdate) error {
	if c.Session.member == nil {
		return errUnauthenticated
	}
	_, err := c.Session.member.Move(update(m.Data))
	return err
}
