package server

import (
	"context"
	"fmt"

	"github.com/duet-api/duet/internal/game"
)

// lobbyName is the room that is always there. It belongs to the server, so nobody may delete it.
const lobbyName = "lobby"

// ensureLobby returns the id of the lobby, and makes it where there is none.
func ensureLobby(ctx context.Context, rooms *game.Rooms) (id string, err error) {
	found, err := rooms.List(ctx, lobbyName, game.PageRequest{Limit: 1})
	if err != nil {
		return "", fmt.Errorf("find the lobby: %w", err)
	}
	if len(found.Items) > 0 {
		return found.Items[0].ID, nil
	}
	lobby, err := rooms.Create(ctx, game.Identity{}, game.RoomSpec{Name: lobbyName, Capacity: game.MaxCapacity})
	if err != nil {
		return "", fmt.Errorf("make the lobby: %w", err)
	}
	return lobby.ID, nil
}
