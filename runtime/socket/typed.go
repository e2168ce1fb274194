package socket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/duet-api/duet/runtime/wire"
)

// BadFrame is the error of a message that could not be decoded, for what
// generated code returns from Handler.Receive and Next.
func BadFrame(err error) error { return &Failure{Kind: BadMessage, Err: err} }

// Decodes is implemented by the pointer to a generated message M.
type Decodes[M any] interface {
	*M
	UnmarshalJSON([]byte) error
}

// ReplyError is the error message E with which the server answered a call.
type ReplyError[E any] struct{ Message E }

// maxReplyText is how much of a message ReplyError.Error shows, in bytes.
const maxReplyText = 300

// Error names the type of the message and shows its beginning, with what is
// secret left out.
func (e *ReplyError[E]) Error() string {
	text := fmt.Sprintf("socket: the server replied with %T %+[1]v", e.Message)
	if len(text) > maxReplyText {
		text = strings.ToValidUTF8(text[:maxReplyText], "") + "…"
	}
	return text
}

// Replies are the messages, by the index that Protocol.Route gives, that answer
// a request. A negative index is none.
type Replies struct{ OK, Failed int }

// Call sends the request m, which has the given correlation id, and waits for
// the reply of that id, however many messages come before it. The server's
// error message is returned as a *ReplyError[E], and ErrQueueFull where the
// reply can't be read because nobody calls Next. Only generated code needs it.
func Call[R, E any, PR Decodes[R], PE Decodes[E]](ctx context.Context, c *Client, id string, m Outgoing, by Replies) (reply R, err error) {
	a, err := c.call(ctx, id, m)
	if err != nil {
		return reply, err
	}
	switch a.index {
	case by.OK:
		err = PR(&reply).UnmarshalJSON(a.frame)
	case by.Failed:
		failed := &ReplyError[E]{}
		if err = PE(&failed.Message).UnmarshalJSON(a.frame); err == nil {
			return reply, failed
		}
	default:
		err = fmt.Errorf("message %d is no reply to the request", a.index)
	}
	if err != nil {
		return reply, BadFrame(err)
	}
	return reply, nil
}

// NoReplyError is E of a call to which the contract declares no error message.
type NoReplyError struct{}

// UnmarshalJSON fails: there is no such message.
func (*NoReplyError) UnmarshalJSON([]byte) error { return errors.New("the contract declares no error") }

// ErrReplied is what the handler of a request returns when it has sent the
// reply itself, such as among the first messages of Group.Join.
var ErrReplied = errors.New("socket: the reply was sent")

// Milliseconds is n milliseconds as a duration, of at least none and at most a
// day: n comes from the peer.
func Milliseconds[N int32 | int64 | float32 | float64](n N) time.Duration {
	const day = 24 * time.Hour
	if !(n > 0) { // NaN is no wait either
		return 0
	}
	return time.Duration(min(float64(n), float64(day/time.Millisecond)) * float64(time.Millisecond))
}

// NoMessage is the error for an index that Protocol.Route never gives.
func NoMessage(index int) error { return fmt.Errorf("socket: no message has the index %d", index) }

// Unrouted is the result of Protocol.Route for a frame that no message's tag
// tells: err is what decoding it found. A text that is JSON and has a tag is an
// unknown message; anything else is a bad one.
func Unrouted(tag []byte, err error) (int, string, error) {
	if syntax := (*wire.SyntaxError)(nil); len(tag) == 0 || errors.As(err, &syntax) {
		if err == nil {
			err = errors.New("socket: the message has no type")
		}
		return -1, "", err
	}
	return -1, string(tag), nil
}
