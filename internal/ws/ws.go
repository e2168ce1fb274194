// Package ws serves the room socket of api/asyncapi.yaml: it implements
// gen/wsapi with the rules of internal/game. Each message to the server has a
// file of its own; fan.go turns the changes of a room into messages to its
// members, and failure.go turns errors into the contract's error message.
package ws

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/socket"
)

// Deadlines of authentication (DESIGN.md, "Authentication").
const (
	authTimeout = 10 * time.Second // for auth.user, where the handshake said nothing
	tokenGrace  = 25 * time.Second // how long a connection outlives its access token
)

// Config holds what a Handler works with. Sessions, Rooms and Bus are required.
type Config struct {
	Sessions *game.Sessions
	Rooms    *game.Rooms
	Bus      game.Bus
	// Contract is the hash of the documents, sent in hello.
	Contract string
	// FlushInterval is the least pause between two writes of a room to its
	// members; 0 writes at once.
	FlushInterval time.Duration
	// RateFactor multiplies the rate limits of the contract; 0 means 1.
	RateFactor int
	Now        func() time.Time // default time.Now
	Log        *slog.Logger     // default: discard
}

// Handler implements the room socket. Its methods are called by the runtime:
// one at a time for one connection, at the same time for different ones.
type Handler struct {
	cfg      Config
	protocol *socket.Protocol
	fans     *fans
}

var (
	_ wsapi.RoomHandler[Session] = (*Handler)(nil)
	_ wsapi.RoomEvents[Session]  = (*Handler)(nil)
)

// New returns a Handler.
func New(c Config) *Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Handler{cfg: c, protocol: wsapi.RoomProtocol().Scaled(max(c.RateFactor, 1)), fans: newFans(c.Bus, c.FlushInterval, c.Log)}
}

type conn = wsapi.RoomConn[Session]

// Session is what the server knows of a connection. It belongs to the
// connection's goroutine.
type Session struct {
	id     string // of the connection, sent in hello
	roomID string
	addr   string // the client's, to count failed logins by

	refused *game.Error // the handshake's credential was no good
	by      game.Identity
	known   bool // by is set
	member  *game.Member
	fan     *fan
}

// Upgrade lets a handshake for an existing room through and looks at its
// credential. A credential that is refused is answered after the upgrade,
// because a browser can't read the status of a handshake.
func (h *Handler) Upgrade(ctx context.Context, hs *socket.Handshake) (Session, error) {
	s := Session{id: game.NewID(), roomID: hs.Request.PathValue("roomId"), addr: hs.RemoteAddr}
	if _, err := h.cfg.Rooms.Get(ctx, s.roomID); err != nil {
		return s, h.reject(err)
	}
	var err error
	switch {
	case hs.Bearer != "":
		s.by, err = h.cfg.Sessions.Authenticate(ctx, game.Secret(hs.Bearer))
	case hs.Ticket != "":
		s.by, err = h.cfg.Sessions.RedeemTicket(ctx, game.Secret(hs.Ticket))
	default:
		return s, nil
	}
	s.known = err == nil
	if err == nil || errors.As(err, &s.refused) {
		return s, nil
	}
	return s, h.reject(err)
}

// reject makes the answer to a handshake out of an error.
func (h *Handler) reject(err error) error {
	status := http.StatusInternalServerError
	switch game.CodeOf(err) {
	case game.CodeRoomNotFound:
		status = http.StatusNotFound
	case game.CodeUnavailable:
		status = http.StatusServiceUnavailable
	}
	return &socket.Rejection{Status: status, Err: err}
}

// Open greets the connection and lets it join, if it is authenticated.
func (h *Handler) Open(ctx context.Context, c *conn) error {
	if err := c.SendHello(h.hello(c)); err != nil {
		return err
	}
	switch s := c.Session; {
	case s.refused != nil:
		h.sendError(c, "", s.refused)
		return &socket.CloseError{Code: socket.CloseCode(closeCodeOf(s.refused)), Reason: string(s.refused.Code)}
	case s.known:
		if err := h.join(ctx, c, s.by); err != nil {
			h.sendError(c, "", err)
			return &socket.CloseError{Code: socket.CloseCode(closeCodeOf(err)), Reason: string(game.CodeOf(err))}
		}
	default:
		c.CloseAfter(authTimeout, socket.CloseCode(wsapi.RoomCloseUnauthenticated), "no auth.user in time")
	}
	return nil
}

// join puts the player into the room. The messages in first go out before the
// snapshot.
func (h *Handler) join(ctx context.Context, c *conn, by game.Identity, first ...socket.Outgoing) error {
	s := c.Session
	f := h.fans.acquire(s.roomID)
	member, err := h.cfg.Rooms.Join(ctx, game.Join{
		RoomID:  s.roomID,
		By:      by,
		Attach:  func(snapshot game.Snapshot) { f.attach(c, by.User.ID, append(first, snapshotMessage(snapshot))...) },
		Evicted: func(r game.Reason) { c.Close(evictionCode(r), r.String()) },
	})
	if err != nil {
		h.fans.release(f)
		return err
	}
	s.by, s.known, s.member, s.fan = by, true, member, f
	h.watchExpiry(c)
	return nil
}

// watchExpiry closes the connection a grace after its token expires.
func (h *Handler) watchExpiry(c *conn) {
	left := c.Session.by.TokenExpires.Sub(h.cfg.Now()) + tokenGrace
	c.CloseAfter(max(left, time.Millisecond), socket.CloseCode(wsapi.RoomCloseTokenExpired), "the access token expired")
}

// Closed takes the player out of the room.
func (h *Handler) Closed(c *conn, info socket.CloseInfo) {
	s := c.Session
	if s.member == nil {
		return
	}
	s.member.Leave(leaveReason(info))
	h.fans.release(s.fan)
}

func leaveReason(info socket.CloseInfo) game.Reason {
	switch {
	case info.Remote && (info.Code == socket.CloseNormal || info.Code == socket.CloseGoingAway):
		return game.ReasonLeft
	case info.Code == socket.CloseCode(wsapi.RoomCloseTokenExpired):
		return game.ReasonSessionEnded
	}
	return game.ReasonDisconnected
}

// evictionCode is the close code that tells a client why it lost its player.
func evictionCode(r game.Reason) wsapi.RoomCloseCode {
	switch r {
	case game.ReasonReplaced:
		return wsapi.RoomCloseReplaced
	case game.ReasonRoomGone:
		return wsapi.RoomCloseRoomGone
	}
	return wsapi.RoomCloseUnauthenticated
}

// Goodbye announces the end of the server. Clients come back spread over some
// seconds.
func (h *Handler) Goodbye(c *conn) {
	// An error says that the connection is gone already.
	_ = c.SendGoodbye(schema.Goodbye{Data: schema.GoodbyeData{
		Reason:           schema.GoodbyeReasonDraining,
		ReconnectAfterMs: 500 + rand.Int32N(2500),
	}})
}

func (h *Handler) hello(c *conn) schema.Hello {
	p := h.protocol
	limits := []schema.RateLimit{}
	for _, m := range p.Incoming {
		if m.Rate.PerSecond > 0 {
			limits = append(limits, schema.RateLimit{Message: m.Name, PerSecond: m.Rate.PerSecond, Burst: int32(m.Rate.Burst)})
		}
	}
	return schema.Hello{Data: schema.HelloData{
		SessionID:       c.Session.id,
		Protocol:        p.Subprotocol,
		Contract:        h.cfg.Contract,
		PingInterval:    int32(socket.DefaultPingInterval / time.Millisecond),
		MaxMessageBytes: int32(p.MaxBytes),
		Limits:          limits,
		Authenticated:   c.Session.known,
	}}
}
