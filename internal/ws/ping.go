package ws

import (
	"context"

	"github.com/duet-api/duet/gen/schema"
)

// Ping tells the server's time.
func (h *Handler) Ping(context.Context, *conn, schema.Ping) (schema.Pong, error) {
	return schema.Pong{Data: schema.PongData{ServerTime: h.cfg.Now()}}, nil
}
