// Package ws serves the room socket of api/asyncapi.yaml: it implements
// gen/wsapi with the rules of internal/game. Each message to the server has a
// file of its own; fan.go turns the changes of a room into messages to its
// members, and failure.go turns errors into the contract's error message.
package ws

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
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
	// MaxStrangers bounds the connections that are not authenticated, and
	// MaxStrangersPerAddr those from one address; beyond, the handshake is
	// answered with 503 and 429. Default 4096 and 256.
	MaxStrangers, MaxStrangersPerAddr int
	Now                               func() time.Time // default time.Now
	Log                               *slog.Logger     // default: discard
}

// Handler implements the room socket. Its methods are called by the runtime:
// one at a time for one connection, at the same time for different ones.
type Handler struct {
	cfg       Config
	protocol  *socket.Protocol
	fans      *fans
	strangers *strangers
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
	return &Handler{
		cfg: c, protocol: wsapi.RoomProtocol().Scaled(max(c.RateFactor, 1)),
		fans: newFans(c.Bus, c.FlushInterval, c.Log), strangers: newStrangers(c.MaxStrangers, c.MaxStrangersPerAddr),
	}
}

type conn = wsapi.RoomConn[Session]

// Session is what the server knows of a connection. It belongs to the
// connection's goroutine.
type Session struct {
	id     string // of the connection, sent in hello
	roomID string
	addr   string // the client's, to count failed logins and strangers by

	refused  *game.Error // the handshake's credential was no good
	stranger bool        // counted as one
	by       game.Identity
	known    bool // by is set
	member   *game.Member
	fan      *fan
}

// Upgrade lets a handshake for an existing room through, whose id is a UUID in
// either case (RFC 9562, section 4), and looks at its credential. A credential that is refused is answered after the upgrade,
// because a browser can't read the status of a handshake.
func (h *Handler) Upgrade(ctx context.Context, hs *socket.Handshake) (Session, error) {
	s := Session{id: game.NewID(), roomID: strings.ToLower(hs.Request.PathValue("roomId")), addr: hs.RemoteAddr}
	if _, err := h.cfg.Rooms.Get(ctx, s.roomID); err != nil {
		return s, h.reject(err)
	}
	if err := h.identify(ctx, hs, &s); err != nil {
		return s, h.reject(err)
	}
	if s.known {
		return s, nil
	}
	if err := h.strangers.refuse(s.addr); err != nil {
		return s, h.reject(err)
	}
	return s, nil
}

// identify looks at the credential of a handshake.
func (h *Handler) identify(ctx context.Context, hs *socket.Handshake, s *Session) (err error) {
	switch {
	case hs.BadBearer:
		s.refused = game.NewError(game.CodeInvalidToken, "the bearer subprotocol holds no access token in base64url")
		return nil
	case hs.Bearer != "":
		s.by, err = h.cfg.Sessions.Authenticate(ctx, game.Secret(hs.Bearer))
	case hs.Ticket != "":
		s.by, err = h.cfg.Sessions.RedeemTicket(ctx, game.Secret(hs.Ticket))
	default:
		return nil
	}
	s.known = err == nil
	if errors.As(err, &s.refused) {
		return nil
	}
	return err
}

// reject makes the answer to a handshake out of an error.
func (h *Handler) reject(err error) error {
	rej := &socket.Rejection{Status: http.StatusInternalServerError, Err: err}
	switch game.CodeOf(err) {
	case game.CodeRoomNotFound:
		rej.Status = http.StatusNotFound
	case game.CodeRateLimited:
		rej.Status = http.StatusTooManyRequests
	case game.CodeUnavailable:
		rej.Status = http.StatusServiceUnavailable
	}
	if e := (*game.Error)(nil); errors.As(err, &e) && e.RetryAfter > 0 {
		rej.Header = http.Header{"Retry-After": {strconv.Itoa(int((e.RetryAfter + time.Second - 1) / time.Second))}}
	}
	return rej
}

// Open greets the connection and lets it join, if it is authenticated. A
// handshake whose credential was refused is told why; one without waits for
// auth.user.
func (h *Handler) Open(ctx context.Context, c *conn) error {
	s := c.Session
	var full *game.Error
	if !s.known { // others may have been faster since Upgrade
		full = h.strangers.enter(s.addr)
		s.stranger = full == nil
	}
	if err := c.SendHello(h.hello(c)); err != nil {
		return err
	}
	switch {
	case full != nil:
		return h.refuse(c, full)
	case s.refused != nil:
		return h.refuse(c, s.refused)
	case !s.known:
		c.CloseAfter(authTimeout, socket.CloseCode(wsapi.RoomCloseUnauthenticated), "no auth.user in time")
		return nil
	}
	if err := h.join(ctx, c, s.by); err != nil {
		return h.refuse(c, err)
	}
	return nil
}

// refuse says why a connection can't join and gives the close that follows.
func (h *Handler) refuse(c *conn, err error) error {
	h.sendError(c, "", err)
	return &socket.CloseError{Code: socket.CloseCode(closeCodeOf(err)), Reason: string(game.CodeOf(err))}
}

// noStranger notes that a connection is authenticated or gone.
func (h *Handler) noStranger(s *Session) {
	if s.stranger {
		s.stranger = false
		h.strangers.leave(s.addr)
	}
}

// join puts the player into the room. The messages in first go out before the
// snapshot.
func (h *Handler) join(ctx context.Context, c *conn, by game.Identity, first ...socket.Outgoing) error {
	s := c.Session
	f := h.fans.acquire(s.roomID)
	defer func() {
		if s.fan == nil { // also after a panic
			h.fans.release(f)
		}
	}()
	member, err := h.cfg.Rooms.Join(ctx, game.Join{
		RoomID: s.roomID,
		By:     by,
		Attach: func(snapshot game.Snapshot) {
			h.noStranger(s) // before the client knows
			f.attach(c, by.User.ID, append(first, snapshotMessage(snapshot))...)
		},
		Evicted: func(r game.Reason) { c.Close(evictionCode(r), r.String()) },
	})
	if err != nil {
		return err
	}
	s.by, s.known, s.member, s.fan = by, true, member, f
	s.roomID = f.roomID // instead of a part of the request
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
	h.logMistake(s, info)
	h.noStranger(s)
	if s.member == nil {
		return
	}
	s.member.Leave(leaveReason(info))
	h.fans.release(s.fan)
}

// logMistake logs an end that is the server's own fault.
func (h *Handler) logMistake(s *Session, info socket.CloseInfo) {
	panicked := (*socket.PanicError)(nil)
	switch {
	case errors.As(info.Err, &panicked):
		h.cfg.Log.Error("connection panicked", "connection", s.id, "panic", fmt.Sprint(panicked.Value), "stack", string(panicked.Stack))
	case info.Code == socket.CloseInternal && !info.Remote:
		h.cfg.Log.Error("connection failed", "connection", s.id, "error", info.Err)
	}
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
