package rest

import (
	"context"

	"github.com/duet-api/duet/gen/restapi"
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/present"
)

// CreateTicket gives the caller a ticket for one socket.
func (s *Server) CreateTicket(ctx context.Context, _ restapi.CreateTicketRequestObject) (restapi.CreateTicketResponseObject, error) {
	t, err := s.cfg.Sessions.IssueTicket(caller(ctx))
	if err != nil {
		return nil, err
	}
	return restapi.CreateTicket201JSONResponse{Body: schema.Ticket{Ticket: t.Value.Reveal(), ExpiresIn: present.Seconds(t.ExpiresIn)}}, nil
}
