package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"

	"github.com/duet-api/duet/bench/internal/job"
)

// adapter is how one kind of server is spoken to.
type adapter struct {
	// request is the handshake's request line and headers besides those of RFC
	// 6455; empty for a server that speaks no WebSocket: then messages are lines.
	request func(s job.Seat) (target string, headers []string)
	// hello is what a client sends, message by message, to be in the room, each
	// after the message before was answered by one that holds the answer.
	hello []exchange
	// update appends an update of player s.
	update func(dst []byte, s job.Seat, at position) []byte
	// delivery begins every message with items. Where it is empty, any message
	// may have some.
	delivery []byte
	// control answers a message without items; nil says that there is no answer.
	control func(payload []byte) []byte
	// complaint reports whether a message says that something is wrong.
	complaint func(payload []byte) bool
}

// exchange is a message, built for a seat, and what its answer holds. A nil
// send waits for the answer only.
type exchange struct {
	send   func(s job.Seat) []byte
	answer string
}

// position is what an update says.
type position struct {
	stamp  int64 // microseconds
	player int
	seq    int64
}

// appendPosition appends the members "position" and "seq".
func appendPosition(dst []byte, at position) []byte {
	dst = append(dst, `"position":{"x":`...)
	dst = strconv.AppendFloat(dst, float64(at.stamp)/1000, 'f', -1, 64)
	dst = append(dst, `,"y":`...)
	dst = strconv.AppendInt(dst, int64(at.player), 10)
	dst = append(dst, `},"seq":`...)
	return strconv.AppendInt(dst, at.seq, 10)
}

// adapterFor returns the adapter of a protocol.
func adapterFor(protocol string) (*adapter, error) {
	switch protocol {
	case "duet":
		return duet(), nil
	case "plain":
		return plain(), nil
	case "socketio":
		return socketio(), nil
	case "centrifuge":
		return centrifuge(), nil
	case "raw":
		return raw(), nil
	}
	return nil, fmt.Errorf("unknown protocol %q", protocol)
}

// envelope wraps an update as the contract of this project does.
func envelope(dst []byte, _ job.Seat, at position) []byte {
	dst = append(dst, `{"type":"player.update","data":{`...)
	return append(appendPosition(dst, at), `}}`...)
}

func duet() *adapter {
	return &adapter{
		request: func(s job.Seat) (string, []string) {
			token := base64.RawURLEncoding.EncodeToString([]byte(s.Token))
			return "/v1/rooms/" + s.Room + "/socket", []string{"Sec-WebSocket-Protocol: duet.v1, bearer." + token}
		},
		hello:     []exchange{{answer: `{"type":"room.snapshot"`}},
		update:    envelope,
		delivery:  []byte(`{"type":"players.updated"`),
		control:   func([]byte) []byte { return nil },
		complaint: func(p []byte) bool { return bytes.HasPrefix(p, []byte(`{"type":"error"`)) },
	}
}

// plain servers put a client into the room that the handshake names, and speak
// the same messages as Duet.
func plain() *adapter {
	return &adapter{
		request:   func(s job.Seat) (string, []string) { return "/?" + query(s), nil },
		update:    envelope,
		delivery:  []byte(`{"type":"players.updated"`),
		control:   func([]byte) []byte { return nil },
		complaint: func([]byte) bool { return false },
	}
}

func query(s job.Seat) string { return url.Values{"room": {s.Room}, "id": {s.ID}}.Encode() }

// socketio speaks Engine.IO 4 and Socket.IO 5 over WebSocket alone.
func socketio() *adapter {
	return &adapter{
		request: func(s job.Seat) (string, []string) {
			return "/socket.io/?EIO=4&transport=websocket&" + query(s), nil
		},
		hello: []exchange{
			{answer: `0{"sid"`},
			{send: func(job.Seat) []byte { return []byte("40") }, answer: `40{"sid"`},
		},
		update: func(dst []byte, _ job.Seat, at position) []byte {
			dst = append(dst, `42["player.update",{`...)
			return append(appendPosition(dst, at), `}]`...)
		},
		delivery: []byte(`42["players.updated"`),
		control: func(p []byte) []byte {
			if string(p) == "2" { // ping
				return []byte("3")
			}
			return nil
		},
		complaint: func(p []byte) bool { return bytes.HasPrefix(p, []byte("44")) },
	}
}

// centrifuge speaks the JSON protocol: commands, replies and pushes, several to
// a frame. Its channel sends an update to its sender, too.
func centrifuge() *adapter {
	return &adapter{
		request: func(s job.Seat) (string, []string) { return "/connection/websocket?" + query(s), nil },
		hello: []exchange{
			{func(job.Seat) []byte { return []byte(`{"id":1,"connect":{}}`) }, `"connect"`},
			{func(s job.Seat) []byte { return []byte(`{"id":2,"subscribe":{"channel":"` + s.Room + `"}}`) }, `"subscribe"`},
		},
		update: func(dst []byte, s job.Seat, at position) []byte {
			dst = strconv.AppendInt(append(dst, `{"id":`...), at.seq+2, 10)
			dst = append(dst, `,"publish":{"channel":"`...)
			dst = append(append(dst, s.Room...), `","data":{"id":"`...)
			dst = append(append(dst, s.ID...), `",`...)
			return append(appendPosition(dst, at), `}}}`...)
		},
		control: func(p []byte) []byte {
			if string(bytes.TrimSpace(p)) == "{}" { // ping
				return []byte("{}")
			}
			return nil
		},
		complaint: func(p []byte) bool {
			return bytes.Contains(p, []byte(`"error":`)) || bytes.Contains(p, []byte(`"disconnect":`))
		},
	}
}

// raw sends and gets lines: the first names the room and the player, each other
// one is an item as others get it.
func raw() *adapter {
	return &adapter{
		hello: []exchange{{func(s job.Seat) []byte { return []byte(s.Room + " " + s.ID) }, "in"}},
		update: func(dst []byte, s job.Seat, at position) []byte {
			dst = append(append(dst, `{"id":"`...), s.ID...)
			return append(appendPosition(append(dst, `",`...), at), '}')
		},
		delivery:  []byte(`{"id":`),
		control:   func([]byte) []byte { return nil },
		complaint: func([]byte) bool { return false },
	}
}
