package local_test

import (
	"testing"

	"github.com/duet-api/duet/internal/bus/bustest"
	"github.com/duet-api/duet/internal/bus/local"
	"github.com/duet-api/duet/internal/game"
)

func TestBus(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(*testing.T) game.Bus { return local.New() })
}

func TestPublishDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	bus := local.New()
	topic := bus.Topic("r")
	defer topic.Close()
	seen := 0
	defer bus.SubscribeRoom("r", func(game.Change) { seen++ })()
	c := game.Change{Kind: game.KindMoved, RoomID: "r"}
	if n := testing.AllocsPerRun(100, func() { topic.Publish(c) }); n != 0 {
		t.Errorf("Publish allocates %v times, want 0", n)
	}
	if seen == 0 {
		t.Error("the subscriber saw nothing")
	}
}
