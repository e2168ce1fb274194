package game_test

import (
	"fmt"
	"testing"

	"github.com/duet-api/duet/internal/game"
)

func TestCreateRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	w.room(ada, "Hall", 10)
	tests := []struct {
		name string
		spec game.RoomSpec
		code game.Code
		at   string // pointer and rule
	}{
		{"smallest", game.RoomSpec{Name: "one", Capacity: 1}, "", ""},
		{"largest", game.RoomSpec{Name: "many", Capacity: 1000}, "", ""},
		{"no capacity", game.RoomSpec{Name: "none"}, game.CodeInvalidRequest, "/capacity minimum"},
		{"too large", game.RoomSpec{Name: "huge", Capacity: 1001}, game.CodeInvalidRequest, "/capacity maximum"},
		{"bad name", game.RoomSpec{Name: "a room", Capacity: 1}, game.CodeInvalidRequest, "/name pattern"},
		{"name taken", game.RoomSpec{Name: "hALL", Capacity: 1}, game.CodeNameTaken, " "},
		{"a user's name", game.RoomSpec{Name: "ada", Capacity: 1}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := w.rooms.Create(t.Context(), ada, tt.spec)
			wantCode(t, err, tt.code)
			if err != nil {
				wantDetail(t, err, tt.at)
				return
			}
			got, err := w.rooms.Get(t.Context(), r.ID)
			must(t, err)
			if got != r || r.CreatorID != ada.User.ID || r.Name != tt.spec.Name {
				t.Errorf("created %+v, got %+v", r, got)
			}
		})
	}
}

func TestRoomsOfOneUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	first := w.room(ada, "room0", 1)
	for i := 1; i < 100; i++ {
		w.room(ada, fmt.Sprint("room", i), 1)
	}
	_, err := w.rooms.Create(t.Context(), ada, game.RoomSpec{Name: "another", Capacity: 1})
	wantCode(t, err, game.CodeTooManyRooms)
	w.room(bob, "of-bob", 1)
	w.room(game.Identity{}, "of-the-server", 1)
	must(t, w.rooms.Delete(t.Context(), ada, first.ID))
	w.room(ada, "another", 1)
}

func TestListRooms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	for i := range 7 {
		w.room(ada, fmt.Sprint("Room-", i), 10)
	}
	hall := w.room(ada, "hall", 10)
	w.join(ada, hall.ID)

	list := func(name string, p game.PageRequest) (names []string, next string) {
		t.Helper()
		page, err := w.rooms.List(t.Context(), name, p)
		must(t, err)
		for _, r := range page.Items {
			names = append(names, fmt.Sprint(r.Name, " ", r.Players))
		}
		return names, page.Next
	}
	names, next := list("", game.PageRequest{Limit: 5})
	want(t, "first page", names, "hall 1", "Room-0 0", "Room-1 0", "Room-2 0", "Room-3 0")
	names, next = list("", game.PageRequest{Limit: 3, Cursor: next})
	want(t, "last page, just full", names, "Room-4 0", "Room-5 0", "Room-6 0")
	if next != "" {
		t.Errorf("there is a page after the last: %q", next)
	}
	names, _ = list("HALL", game.PageRequest{})
	want(t, "by name", names, "hall 1")
	names, _ = list("Room", game.PageRequest{})
	want(t, "by a part of a name", names)
}

func TestDeleteRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, bob := w.user("ada"), w.user("bob")
	hall := w.room(ada, "hall", 10)
	a, b := w.join(ada, hall.ID), w.join(bob, hall.ID)
	cyd := w.user("cyd")
	w.put(cyd, hall.ID, 3)
	a.seen()

	wantCode(t, w.rooms.Delete(t.Context(), bob, hall.ID), game.CodeForbidden)
	b.move(t, 1, true)
	must(t, w.rooms.Delete(t.Context(), ada, hall.ID))
	want(t, "changes", a.seen(), "moved bob 1,0", "room deleted")
	a.wantEvicted(t, game.ReasonRoomGone)
	b.wantEvicted(t, game.ReasonRoomGone)
	b.move(t, 2, false)
	b.Leave(game.ReasonLeft)

	wantCode(t, w.rooms.Delete(t.Context(), ada, hall.ID), game.CodeRoomNotFound)
	_, err := w.tryJoin(ada, hall.ID)
	wantCode(t, err, game.CodeRoomNotFound)
	_, err = w.rooms.Players(t.Context(), hall.ID, ada, "")
	wantCode(t, err, game.CodeRoomNotFound)
	_, err = w.rooms.Update(t.Context(), hall.ID, ada, game.Update{})
	wantCode(t, err, game.CodeRoomNotFound)
	want(t, "changes after", a.seen())
	w.bus.wantTopics(t, 0)
}

func TestDeleteRoomWhileItLoads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.user("ada")
	hall := w.room(ada, "hall", 10)
	w.store.onRoomByID = func() { must(t, w.rooms.Delete(t.Context(), ada, hall.ID)) }
	_, err := w.tryJoin(ada, hall.ID)
	wantCode(t, err, game.CodeRoomNotFound)
	_, err = w.tryJoin(ada, hall.ID)
	wantCode(t, err, game.CodeRoomNotFound)
	w.bus.wantTopics(t, 0)
}
