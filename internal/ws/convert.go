package ws

import (
	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/wire"
)

func position(p game.Position) schema.Position {
	out := schema.Position{X: p.X, Y: p.Y}
	if p.HasZ {
		out.Z = wire.Some(p.Z)
	}
	return out
}

func player(p game.Player) schema.Player {
	return schema.Player{ID: p.ID, Name: p.Name, Position: position(p.Position), Seq: p.Seq, UpdatedAt: p.UpdatedAt}
}

func update(d schema.PlayerUpdateData) game.Update {
	return game.Update{
		Position: game.Position{X: d.Position.X, Y: d.Position.Y, Z: d.Position.Z.Value, HasZ: d.Position.Z.Set},
		Seq:      d.Seq.Value,
		HasSeq:   d.Seq.Set,
	}
}
