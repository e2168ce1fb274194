package game_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duet-api/duet/internal/game"
)

func TestPolling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob, cyd := w.user("ada"), w.user("bob"), w.user("cyd")
	hall := w.room(ada, "hall", 10)
	delta := func(since string) (string, string) {
		t.Helper()
		d, version := w.poll(cyd, hall.ID, since)
		left := make([]string, len(d.Left))
		for i, id := range d.Left {
			left[i] = map[string]string{ada.User.ID: "ada", bob.User.ID: "bob"}[id]
		}
		return fmt.Sprintf("full=%v %s -%s", d.Full, strings.Join(players(d.Players), ","), strings.Join(left, ",")), version
	}
	step := func(since, want string) string {
		t.Helper()
		got, version := delta(since)
		if got != want {
			t.Errorf("since %q: got %s, want %s", since, got, want)
		}
		return version
	}

	empty := step("", "full=true  -")
	if again := step(empty, "full=false  -"); again != empty {
		t.Errorf("the version changed from %s to %s, nothing else did", empty, again)
	}
	a := w.join(ada, hall.ID)
	one := step(empty, "full=false ada 0,0 -")
	w.put(bob, hall.ID, 5)
	two := step(one, "full=false bob 5,0 -")
	a.move(t, 1, true)
	three := step(two, "full=false ada 1,0 -")
	step(one, "full=false ada 1,0,bob 5,0 -")
	a.move(t, 1, false)
	if same := step(three, "full=false  -"); same != three {
		t.Errorf("a position equal to the last one made version %s of %s", same, three)
	}
	a.Leave(game.ReasonLeft)
	four := step(three, "full=false  -ada")
	step(empty, "full=false bob 5,0 -ada")
	w.join(ada, hall.ID)
	step(three, "full=false ada 1,0 -") // who is back has not left
	step(four, "full=false ada 1,0 -")

	epoch, _, _ := strings.Cut(four, "-")
	for _, unknown := range []string{
		epoch + "-zz", "1-1", epoch + "-", "-1", epoch, "x", "../..", epoch + "-01", strings.ToUpper(four) + "!", epoch + "-zzzzzzzzzzzzzzzzz",
	} {
		step(unknown, "full=true ada 1,0,bob 5,0 -")
	}
}

func TestPollingAfterManyLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 10)
	w.join(ada, hall.ID)
	_, old := w.poll(ada, hall.ID, "")
	for range 300 {
		w.join(bob, hall.ID).Leave(game.ReasonLeft)
	}
	_, recent := w.poll(ada, hall.ID, "")
	if d, _ := w.poll(ada, hall.ID, old); d.Full || len(d.Left) != 1 || len(d.Players) != 0 {
		t.Errorf("since the beginning, after 300 left: %+v; want bob to have left", d)
	}
	for range 300 {
		w.join(bob, hall.ID).Leave(game.ReasonLeft)
	}
	if d, _ := w.poll(ada, hall.ID, old); !d.Full || len(d.Left) != 0 || len(d.Players) != 1 {
		t.Errorf("since the beginning, after 600 left: %+v; want everything", d)
	}
	if d, _ := w.poll(ada, hall.ID, recent); d.Full || len(d.Left) != 1 {
		t.Errorf("since 300 left, after 600 left: %+v; want bob to have left", d)
	}
}

func TestUpdateWithoutConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 2)
	watch := w.join(bob, hall.ID)
	p := w.put(ada, hall.ID, 1)
	if p.ID != ada.User.ID || p.Name != "ada" || p.Position.X != 1 || p.UpdatedAt.IsZero() {
		t.Errorf("player %+v", p)
	}
	w.put(ada, hall.ID, 1)
	if again := w.put(ada, hall.ID, 2); again.Position.X != 2 {
		t.Errorf("player %+v", again)
	}
	want(t, "what bob sees", watch.seen(), "joined ada 0,0", "moved ada 1,0", "moved ada 2,0")

	_, err := w.rooms.Update(t.Context(), hall.ID, ada, game.Update{Position: game.Position{X: 2e6}})
	wantCode(t, err, game.CodeInvalidRequest)
	_, err = w.rooms.Update(t.Context(), "none", ada, game.Update{})
	wantCode(t, err, game.CodeRoomNotFound)
	_, err = w.rooms.Update(t.Context(), hall.ID, w.user("cyd"), game.Update{})
	wantCode(t, err, game.CodeRoomFull)

	// A connection takes the player over unnoticed, and updates beside it move the same player.
	a := w.join(ada, hall.ID)
	want(t, "snapshot", players(a.snapshot.Players), "ada 2,0", "bob 0,0")
	w.put(ada, hall.ID, 3)
	a.move(t, 3, false)
	a.move(t, 4, true)
	want(t, "what bob sees", watch.seen(), "moved ada 3,0", "moved ada 4,0")
	a.wantEvicted(t)
	a.Leave(game.ReasonLeft)
	want(t, "what bob sees", watch.seen(), "left ada left")
}

// An update that found nobody in the room, and joins when a connection is there already, leaves it the player.
func TestConnectionOvertakesUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	hall := w.room(ada, "hall", 1)
	var a *conn
	w.store.onLastPosition = func() { a = w.join(ada, hall.ID) }
	if p := w.put(ada, hall.ID, 1); p.Position.X != 1 {
		t.Errorf("player %+v", p)
	}
	a.wantEvicted(t)
	want(t, "what the connection sees", a.seen(), "moved ada 1,0")
	a.move(t, 2, true)
}

func TestLogoutEndsPresenceWithoutConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 2)
	watch := w.join(bob, hall.ID)
	w.put(ada, hall.ID, 1)
	must(t, w.sessions.Logout(t.Context(), ada))
	want(t, "what bob sees", watch.seen(), "joined ada 0,0", "moved ada 1,0", "left ada session_ended")
	_, err := w.rooms.Update(t.Context(), hall.ID, ada, game.Update{})
	wantCode(t, err, game.CodeTokenRevoked)
}

// TestPresenceIsOfTheLastSession lets two sessions of a user move the player without a connection: it stays for as long
// as the one does that moved it last.
func TestPresenceIsOfTheLastSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, bob := w.user("ada"), w.user("bob")
	second, third := w.login("ada").Identity, w.login("ada").Identity
	hall := w.room(bob, "hall", 10).ID
	here := func(names ...string) {
		t.Helper()
		d, _ := w.poll(bob, hall, "")
		want(t, "the players", players(d.Players), names...)
	}
	w.put(first, hall, 1)
	w.put(second, hall, 1) // moves nothing, but is heard of
	must(t, w.sessions.Logout(t.Context(), first))
	here("ada 1,0")

	// A logout that overtakes the look-up of the session leaves it where it was.
	w.store.onSessionUser = func() { must(t, w.sessions.Logout(t.Context(), third)) }
	_, err := w.rooms.Update(t.Context(), hall, third, game.Update{Position: game.Position{X: 3}})
	wantCode(t, err, game.CodeTokenRevoked)
	here("ada 1,0")

	must(t, w.sessions.Logout(t.Context(), second))
	here()
}

// TestConnectionKeepsItsSession moves a connected player by another session without a connection.
func TestConnectionKeepsItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	other := w.login("ada").Identity
	hall := w.room(ada, "hall", 10).ID
	a := w.join(ada, hall)
	w.put(other, hall, 1)
	must(t, w.sessions.Logout(t.Context(), other))
	a.wantEvicted(t)
	must(t, w.sessions.Logout(t.Context(), ada))
	a.wantEvicted(t, game.ReasonSessionEnded)
}

func TestPresenceTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada, bob, cyd := w.user("ada"), w.user("bob"), w.user("cyd")
		hall := w.room(ada, "hall", 10)
		watch := w.join(bob, hall.ID) // connections do not time out
		w.put(ada, hall.ID, 1)
		w.put(cyd, hall.ID, 2)
		watch.seen()

		time.Sleep(59 * time.Second)
		w.poll(ada, hall.ID, "") // a poll counts
		time.Sleep(2 * time.Second)
		want(t, "after 61 s", watch.seen(), "left cyd timeout")
		time.Sleep(50 * time.Second)
		w.put(ada, hall.ID, 1) // an update counts, even one that changes nothing
		time.Sleep(59 * time.Second)
		want(t, "after 59 s more", watch.seen())
		w.poll(cyd, hall.ID, "") // somebody else's poll does not
		time.Sleep(2 * time.Second)
		want(t, "after 61 s more", watch.seen(), "left ada timeout")
		w.put(ada, hall.ID, 1)
		want(t, "and back", watch.seen(), "joined ada 1,0")
	})
}

func TestConnectionThatTookOverDoesNotTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada := w.user("ada")
		hall := w.room(ada, "hall", 10)
		w.put(ada, hall.ID, 1)
		a := w.join(ada, hall.ID)
		time.Sleep(time.Hour)
		a.move(t, 2, true)
		a.wantEvicted(t)
	})
}

func TestIdleRoomIsRetired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.run()()
		ada := w.user("ada")
		hall := w.room(ada, "hall", 10)
		a := w.join(ada, hall.ID)
		a.move(t, 1, true)
		time.Sleep(time.Hour)
		_, occupied := w.poll(ada, hall.ID, "")
		time.Sleep(time.Hour)
		a.Leave(game.ReasonLeft)
		time.Sleep(90 * time.Second)
		d, emptied := w.poll(ada, hall.ID, occupied)
		if d.Full || len(d.Left) != 1 {
			t.Errorf("90 s after ada left: %+v", d)
		}
		time.Sleep(90 * time.Second)
		if d, _ := w.poll(ada, hall.ID, emptied); d.Full {
			t.Error("a room that is polled was retired")
		}
		time.Sleep(5 * time.Minute)
		w.bus.wantTopics(t, 0)
		if d, _ := w.poll(ada, hall.ID, emptied); !d.Full || d.Version.String() == emptied {
			t.Errorf("a room that nobody used was not retired: %+v", d)
		}
		want(t, "who is back", players(w.join(ada, hall.ID).snapshot.Players), "ada 1,0")
	})
}
