package game_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duet-api/duet/internal/game"
)

func TestPositionSurvives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := openWorld(t, dir)
		stop := w.run()
		ada := w.user("ada")
		hall, loft := w.room(ada, "hall", 10), w.room(ada, "loft", 10)
		rejoin := func(when string, x float64) *conn {
			t.Helper()
			c := w.join(ada, hall.ID)
			if got := c.snapshot.Players[0]; got.Position.X != x || got.Seq != 0 {
				t.Errorf("%s: at %+v with seq %d, want %v with 0", when, got.Position, got.Seq, x)
			}
			return c
		}
		a := rejoin("at first", 0)
		_, err := a.Move(game.Update{Position: game.Position{X: 1}, Seq: 5, HasSeq: true})
		must(t, err)
		a.Leave(game.ReasonLeft)
		a = rejoin("before it was saved", 1)
		a.move(t, 2, true)
		a.Leave(game.ReasonLeft)
		time.Sleep(3 * time.Second)
		a = rejoin("after it was saved", 2)
		a.move(t, 3, true)
		time.Sleep(3 * time.Second)
		a.move(t, 4, true)
		a.Leave(game.ReasonLeft)
		want(t, "another room", players(w.join(ada, loft.ID).snapshot.Players), "ada 0,0")
		stop()

		if p, found, err := w.store.LastPosition(t.Context(), hall.ID, ada.User.ID); err != nil || !found || p.X != 4 {
			t.Errorf("after the end: %v, %v, %v; want 4", p, found, err)
		}
	})
}

func TestPositionsAreSavedInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada, bob := w.user("ada"), w.user("bob")
		hall, loft := w.room(ada, "hall", 10), w.room(ada, "loft", 10)
		conns := []*conn{w.join(ada, hall.ID), w.join(bob, hall.ID), w.join(ada, loft.ID)}
		writes := func(what string, want int) {
			t.Helper()
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			if w.store.writes != want {
				t.Errorf("%s: %d writes, want %d", what, w.store.writes, want)
			}
			w.store.writes = 0
		}
		for x := range 100 {
			for _, c := range conns {
				c.move(t, float64(x+1), true)
			}
		}
		time.Sleep(2500 * time.Millisecond)
		writes("after 300 moves in two rooms", 1)
		time.Sleep(time.Minute)
		writes("after a minute without any", 0)
	})
}

func TestPositionsAreSavedOnceStorageWorksAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada := w.user("ada")
		hall := w.room(ada, "hall", 10)
		fail := func(err error) {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			w.store.failSave = err
		}
		fail(errors.New("disk full"))
		a := w.join(ada, hall.ID)
		a.move(t, 1, true)
		a.Leave(game.ReasonLeft)
		time.Sleep(10 * time.Minute) // the room must stay in memory: it holds what is not saved
		want(t, "meanwhile", players(w.join(ada, hall.ID).snapshot.Players), "ada 1,0")
		fail(nil)
		time.Sleep(3 * time.Second)
		if p, found, err := w.store.LastPosition(t.Context(), hall.ID, ada.User.ID); err != nil || !found || p.X != 1 {
			t.Errorf("afterwards: %v, %v, %v; want 1", p, found, err)
		}
	})
}

// A join that read the position before a save, and comes in after it, must not bring the old one back.
func TestSaveOvertakesJoin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada := w.user("ada")
		hall := w.room(ada, "hall", 10)
		a := w.join(ada, hall.ID)
		a.move(t, 1, true)
		a.Leave(game.ReasonLeft)
		w.store.mu.Lock()
		w.store.onLastPosition = func() { time.Sleep(5 * time.Second) }
		w.store.mu.Unlock()
		want(t, "snapshot", players(w.join(ada, hall.ID).snapshot.Players), "ada 1,0")
	})
}

// A position that changes while the one before is being saved is not taken for saved.
func TestMoveDuringSave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada := w.user("ada")
		hall := w.room(ada, "hall", 10)
		a := w.join(ada, hall.ID)
		w.store.mu.Lock()
		w.store.onSave = func() { a.move(t, 2, true) }
		w.store.mu.Unlock()
		a.move(t, 1, true)
		for _, x := range []float64{1, 2} {
			time.Sleep(2100 * time.Millisecond)
			if p, _, err := w.store.LastPosition(t.Context(), hall.ID, ada.User.ID); err != nil || p.X != x {
				t.Errorf("saved %v, %v; want %v", p.X, err, x)
			}
		}
	})
}
