package rest

import (
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/wire"
)

func user(u game.User) schema.User {
	return schema.User{ID: u.ID, Name: u.Name, CreatedAt: u.CreatedAt}
}

func room(r game.Room) schema.Room {
	return schema.Room{ID: r.ID, Name: r.Name, Capacity: int32(r.Capacity), Players: int32(r.Players), CreatedAt: r.CreatedAt}
}

func session(g game.Grant) schema.Session {
	return schema.Session{
		AccessToken: g.AccessToken.Reveal(), RefreshToken: g.RefreshToken.Reveal(),
		ExpiresIn: seconds(g.ExpiresIn), User: user(g.Identity.User),
	}
}

func player(p game.Player) schema.Player {
	return schema.Player{ID: p.ID, Name: p.Name, Position: position(p.Position), Seq: p.Seq, UpdatedAt: p.UpdatedAt}
}

func position(p game.Position) schema.Position {
	out := schema.Position{X: p.X, Y: p.Y}
	if p.HasZ {
		out.Z = wire.Some(p.Z)
	}
	return out
}

func update(d schema.PlayerUpdateData) game.Update {
	return game.Update{
		Position: game.Position{X: d.Position.X, Y: d.Position.Y, Z: d.Position.Z.Value, HasZ: d.Position.Z.Set},
		Seq:      d.Seq.Value,
		HasSeq:   d.Seq.Set,
	}
}

// each converts the items of a list.
func each[From, To any](items []From, convert func(From) To) []To {
	out := make([]To, len(items))
	for i, item := range items {
		out[i] = convert(item)
	}
	return out
}

// seconds rounds down, so that a client is never late.
func seconds(d time.Duration) int32 { return int32(d / time.Second) }

// orZero gives the value of an optional parameter.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
