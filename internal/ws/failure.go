package ws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/gen/wsapi"
	"github.com/duet-api/duet/internal/game"
	"github.com/duet-api/duet/runtime/socket"
	"github.com/duet-api/duet/runtime/wire"
)

// errUnauthenticated refuses a message that came before authentication.
var errUnauthenticated = errors.New("unauthenticated")

// Fail answers a message that was refused with the contract's error message.
// One that is too big is answered by the close that follows.
func (h *Handler) Fail(_ context.Context, c *conn, f *socket.Failure) {
	if f.Kind == socket.TooBig {
		return
	}
	data := h.describe(c, f)
	h.send(c, f.ID, data)
	if f.Kind != socket.HandlerError || c.Session.member != nil {
		return // what an authenticated connection asks for in vain changes nothing
	}
	if code := closeAfter(game.Code(data.Code)); code != 0 {
		c.Close(code, string(data.Code))
	}
}

// describe says what was wrong with a message, never what it held.
func (h *Handler) describe(c *conn, f *socket.Failure) schema.ErrorData {
	switch f.Kind {
	case socket.UnknownMessage:
		return schema.ErrorData{Code: schema.ErrorCodeUnknownMessage, Message: "there is no such message type"}
	case socket.Binary:
		return schema.ErrorData{Code: schema.ErrorCodeBinaryNotSupported, Message: "send text frames"}
	case socket.RateLimited:
		return schema.ErrorData{
			Code: schema.ErrorCodeRateLimited, Message: "too many " + f.Message + " messages",
			Retryable: true, RetryAfterMs: milliseconds(f.RetryAfter),
		}
	case socket.BadMessage:
		return badMessage(f.Err)
	}
	if errors.Is(f.Err, errUnauthenticated) {
		return schema.ErrorData{Code: schema.ErrorCodeUnauthenticated, Message: "send auth.user first"}
	}
	if game.CodeOf(f.Err) == game.CodeInternal {
		h.cfg.Log.Error("handle message", "message", f.Message, "connection", c.Session.id, "error", f.Err)
	}
	return errorData(f.Err)
}

func badMessage(err error) schema.ErrorData {
	var broken *wire.ValidationError
	if !errors.As(err, &broken) {
		return schema.ErrorData{Code: schema.ErrorCodeMalformedJSON, Message: "the message is not one JSON value in UTF-8" + place(err)}
	}
	data := schema.ErrorData{Code: schema.ErrorCodeInvalidRequest, Message: "the message breaks the contract"}
	for _, e := range broken.Errors {
		data.Details = append(data.Details, schema.FieldProblem{Pointer: e.Pointer, Rule: e.Rule, Message: e.Message})
	}
	return data
}

// place says where the text stops being JSON.
func place(err error) string {
	var broken *wire.SyntaxError
	if !errors.As(err, &broken) {
		return ""
	}
	return fmt.Sprintf(": %s at byte %d", broken.Message, broken.Offset)
}

// errorData makes an error of the rules readable for the client. What is not
// meant for a client becomes internal.
func errorData(err error) schema.ErrorData {
	var e *game.Error
	if !errors.As(err, &e) {
		e = game.NewError(game.CodeInternal, "the server failed")
	}
	data := schema.ErrorData{Code: schema.ErrorCode(e.Code), Message: e.Message, Retryable: retryable(e.Code), RetryAfterMs: milliseconds(e.RetryAfter)}
	if e.Rule != "" {
		data.Details = []schema.FieldProblem{{Pointer: e.Pointer, Rule: e.Rule, Message: e.Message}}
	}
	return data
}

// retryable reports whether a program should try the same again. A room that
// is full is not for programs to wait for: its close code says to stop.
func retryable(c game.Code) bool {
	switch c {
	case game.CodeInternal, game.CodeUnavailable, game.CodeRateLimited, game.CodeTooManyLogins:
		return true
	}
	return false
}

// closeAfter is the code with which an error of the handler ends the
// connection, or 0.
func closeAfter(c game.Code) wsapi.RoomCloseCode {
	switch c {
	case game.CodeTokenExpired:
		return wsapi.RoomCloseTokenExpired
	case game.CodeRoomFull:
		return wsapi.RoomCloseForbidden
	case game.CodeRoomNotFound:
		return wsapi.RoomCloseRoomGone
	}
	return 0
}

// closeCodeOf is the code that ends a connection which can't join.
func closeCodeOf(err error) wsapi.RoomCloseCode {
	if code := closeAfter(game.CodeOf(err)); code != 0 {
		return code
	}
	switch game.CodeOf(err) {
	case game.CodeInternal, game.CodeUnavailable, game.CodeRateLimited:
		return wsapi.RoomCloseTryAgain
	}
	return wsapi.RoomCloseUnauthenticated
}

func (h *Handler) sendError(c *conn, id string, err error) {
	if errors.Is(err, context.Canceled) {
		return // the client has gone
	}
	if game.CodeOf(err) == game.CodeInternal {
		h.cfg.Log.Error("open connection", "connection", c.Session.id, "error", err)
	}
	h.send(c, id, errorData(err))
}

// send sends an error, with the id of the request as long as the contract
// allows that one.
func (h *Handler) send(c *conn, id string, data schema.ErrorData) {
	m := schema.ErrorMessage{ID: wire.Some(id), Data: data}
	if m.Validate() != nil {
		m.ID = wire.Opt[string]{}
	}
	if err := c.SendError(m); err != nil {
		h.cfg.Log.Debug("send error", "connection", c.Session.id, "error", err) // the connection has ended
	}
}

// milliseconds rounds up, so that a client that waits that long is not early.
func milliseconds(d time.Duration) wire.Opt[int32] {
	if d <= 0 {
		return wire.Opt[int32]{}
	}
	return wire.Some(int32((d + time.Millisecond - 1) / time.Millisecond))
}
