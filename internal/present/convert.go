package present

import (
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/wire"
)

// User shows a user.
func User(u game.User) schema.User {
	return schema.User{ID: u.ID, Name: u.Name, CreatedAt: u.CreatedAt}
}

// Room shows a room.
func Room(r game.Room) schema.Room {
	return schema.Room{ID: r.ID, Name: r.Name, Capacity: int32(r.Capacity), Players: int32(r.Players), CreatedAt: r.CreatedAt}
}

// Session shows a grant, with its tokens.
func Session(g game.Grant) schema.Session {
	return schema.Session{
		AccessToken: g.AccessToken.Reveal(), RefreshToken: g.RefreshToken.Reveal(),
		ExpiresIn: Seconds(g.ExpiresIn), User: User(g.Identity.User),
	}
}

// Player shows a player.
func Player(p game.Player) schema.Player {
	return schema.Player{ID: p.ID, Name: p.Name, Position: Position(p.Position), Seq: p.Seq, UpdatedAt: p.UpdatedAt}
}

// Position shows a position.
func Position(p game.Position) schema.Position {
	out := schema.Position{X: p.X, Y: p.Y}
	if p.HasZ {
		out.Z = wire.Some(p.Z)
	}
	return out
}

// Update is what a client asks for.
func Update(d schema.PlayerUpdateData) game.Update {
	return game.Update{
		Position: game.Position{X: d.Position.X, Y: d.Position.Y, Z: d.Position.Z.Value, HasZ: d.Position.Z.Set},
		Seq:      d.Seq.Value,
		HasSeq:   d.Seq.Set,
	}
}

// Each shows the items of a list.
func Each[From, To any](items []From, show func(From) To) []To {
	out := make([]To, len(items))
	for i, item := range items {
		out[i] = show(item)
	}
	return out
}

// Seconds rounds down, so that a client is never late.
func Seconds(d time.Duration) int32 { return int32(max(d, 0) / time.Second) }
