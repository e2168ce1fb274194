package server

import (
	"testing"
	"time"

	"github.com/duet-api/duet/gen/schema"
)

// TestSocketOutlivesItsToken joins with a token that is good for ten seconds
// and says nothing more: the SDK gives the connection a new one by itself.
func TestSocketOutlivesItsToken(t *testing.T) {
	t.Parallel()
	s := start(t, Config{AccessTTL: 10 * time.Second})
	c, _ := s.signUp("ada")
	room, err := c.Room(t.Context(), s.Lobby())
	if err != nil {
		t.Fatal(err)
	}
	hellos := make(chan int)
	go func() {
		n := 0
		for event := range room.Events(t.Context()) {
			if _, ok := event.(schema.Hello); ok {
				n++
			}
		}
		hellos <- n
	}()
	tick, tooLong := time.NewTicker(50*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for s.metric("duet_socket_messages_received_total") == 0 {
		select {
		case <-tick.C:
		case <-tooLong:
			t.Fatal("no auth.user came")
		}
	}
	if err := room.Close(); err != nil {
		t.Error(err)
	}
	if n := <-hellos; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	if failed := s.metric(`duet_socket_failures_total{kind="handler-error"}`); failed != 0 {
		t.Errorf("%v messages were refused", failed)
	}
}
