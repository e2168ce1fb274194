package server

import (
	"errors"
	"strings"
	"testing"

	"github.com/duet-api/duet/gen/client"
	"github.com/duet-api/duet/runtime/token"
)

// TestSDKForgetsALoginThatIsOver ends the session in both ways.
func TestSDKForgetsALoginThatIsOver(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	ada, _ := s.signUp("ada")
	bob, session := s.signUp("bob")
	if err := bob.DeleteUser(t.Context(), "00000000-0000-4000-8000-000000000000"); err == nil {
		t.Error("another user was deleted")
	}
	if _, err := bob.Token(t.Context()); err != nil {
		t.Errorf("after a call that was refused: %v", err)
	}
	if err := bob.DeleteUser(t.Context(), session.User.ID); err != nil {
		t.Fatal(err)
	}
	if err := ada.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*client.Client{"deleted": bob, "logged out": ada} {
		if _, err := c.Token(t.Context()); !errors.Is(err, token.ErrNoLogin) {
			t.Errorf("%s: %v, want ErrNoLogin", name, err)
		}
	}
}

// TestSDKStaysInItsPath refuses a room's id that would lead elsewhere.
func TestSDKStaysInItsPath(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	c, _ := s.signUp("ada")
	for _, id := range []string{"", ".", ".."} {
		if _, err := c.Room(t.Context(), id); err == nil || !strings.Contains(err.Error(), "no element of a path") {
			t.Errorf("%q: %v", id, err)
		}
	}
}
