package auth_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/internal/auth"
	"github.com/duet-api/duet/internal/game"
)

func issue(t *testing.T, tickets *auth.Tickets, c game.Claims) game.Ticket {
	t.Helper()
	x, err := tickets.Issue(c)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func redeem(t *testing.T, tickets *auth.Tickets, value game.Secret, code game.Code) game.Claims {
	t.Helper()
	c, err := tickets.Redeem(value)
	if game.CodeOf(err) != code {
		t.Fatalf("Redeem: %v, want code %q", err, code)
	}
	return c
}

func TestTickets(t *testing.T) {
	t.Parallel()
	now := start()
	tickets := auth.NewTickets(auth.TicketOptions{Now: func() time.Time { return now }})
	want := game.Claims{UserID: "u", SessionID: "s", ExpiresAt: start().Add(time.Minute)}
	a, b, c := issue(t, tickets, want), issue(t, tickets, want), issue(t, tickets, want)
	if a.ExpiresIn != 30*time.Second {
		t.Errorf("ExpiresIn = %v", a.ExpiresIn)
	}
	if d := cmp.Diff(want, redeem(t, tickets, a.Value, "")); d != "" {
		t.Errorf("claims (-want +got):\n%s", d)
	}
	redeem(t, tickets, a.Value, game.CodeInvalidTicket)
	redeem(t, tickets, "", game.CodeInvalidTicket)
	redeem(t, tickets, a.Value+"x", game.CodeInvalidTicket)
	now = now.Add(30*time.Second - 1)
	redeem(t, tickets, b.Value, "")
	now = now.Add(1)
	redeem(t, tickets, c.Value, game.CodeInvalidTicket)
}

func TestTicketsBounds(t *testing.T) {
	t.Parallel()
	now := start()
	tickets := auth.NewTickets(auth.TicketOptions{Max: 3, MaxPerUser: 2, Now: func() time.Time { return now }})
	refused := func(user string, code game.Code) {
		t.Helper()
		if _, err := tickets.Issue(game.Claims{UserID: user}); game.CodeOf(err) != code {
			t.Errorf("Issue: %v, want code %q", err, code)
		}
	}
	redeem(t, tickets, issue(t, tickets, game.Claims{UserID: "ada"}).Value, "")
	now = now.Add(time.Second)
	issue(t, tickets, game.Claims{UserID: "ada"})
	refused("ada", game.CodeRateLimited)
	issue(t, tickets, game.Claims{UserID: "bob"})
	refused("bob", game.CodeUnavailable)
	now = now.Add(29 * time.Second)
	issue(t, tickets, game.Claims{UserID: "ada"})
	refused("ada", game.CodeRateLimited)
}

func TestTicketIsRedeemedOnce(t *testing.T) {
	t.Parallel()
	tickets := auth.NewTickets(auth.TicketOptions{})
	value := issue(t, tickets, game.Claims{UserID: "u"}).Value
	var redeemed atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := tickets.Redeem(value); err == nil {
				redeemed.Add(1)
			}
		})
	}
	wg.Wait()
	if redeemed.Load() != 1 {
		t.Errorf("redeemed %d times", redeemed.Load())
	}
}
