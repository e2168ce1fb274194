package main

import (
	"testing"

	"github.com/duet-api/duet/bench/internal/job"
)

func TestNextItem(t *testing.T) {
	t.Parallel()
	tests := map[string][]item{
		`{"type":"players.updated","data":{"version":"a","players":[{"id":"p","position":{"x":12.5,"y":3},"seq":7}]}}`:            {{12500, 3, 7}},
		`[{"id":"p","position":{"x":1000,"y":0},"seq":1},{"id":"q","position":{"x":1000.001,"y":12},"seq":20}]`:                   {{1000000, 0, 1}, {1000001, 12, 20}},
		`{"type":"player.joined","data":{"version":"a","player":{"id":"p","name":"n"}}}`:                                          nil,
		`{"id":"p","position":{"x":1.25,"z":3,"y":2},"seq":7}`:                                                                    {{seq: -1}},
		`{"id":"p","position":{"x":1.25,"y":2},"seq":}`:                                                                           {{1250, 2, -1}},
		`{"push":{"channel":"r","pub":{"data":{"id":"p","position":{"x":1.25,"y":2},"seq":3}}}}` + "\n" + `{"id":1,"publish":{}}`: {{1250, 2, 3}},
	}
	for text, want := range tests {
		var got []item
		for it, rest := nextItem([]byte(text)); rest != nil; it, rest = nextItem(rest) {
			got = append(got, it)
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", text, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: item %d is %v, want %v", text, i, got[i], want[i])
			}
		}
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	seats := []job.Seat{{ID: "p"}, {ID: "q"}}
	tests := []struct {
		text string
		n    int
		ok   bool
	}{
		{`{"type":"players.updated","data":{"players":[{"id":"p","position":{"x":1,"y":0},"seq":7}]}}`, 1, true},
		{`42["players.updated",{"players":[{"id":"q","position":{"x":1,"y":1},"seq":7}]}]`, 1, true},
		{`{"id":"p","position":{"x":1,"y":0},"seq":7}` + "\n" + `{"id":"q","position":{"x":1,"y":1},"seq":7}` + "\n", 2, true},
		{`{"id":"p","position":{"x":1,"y":0},"seq":7}`, 2, false},
		{`{"id":"p","position":{"x":1,"y":1},"seq":7}`, 1, false},
		{`{"id":"p","position":{"x":1,"y":2},"seq":7}`, 1, false},
		{`{"id":"p","position":{"x":1,"y":0}}`, 1, false},
		{`{"id":"p","position":{"x":1,"y":0},"seq":7`, 1, false},
	}
	for _, tt := range tests {
		if err := confirm([]byte(tt.text), tt.n, seats); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}

func TestUpdatesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"duet", "plain", "socketio", "centrifuge", "raw"} {
		a, err := adapterFor(protocol)
		if err != nil {
			t.Fatal(err)
		}
		for _, stamp := range []int64{1_000_000, 1_000_001, 1_234_560, 999_999_999} {
			b := a.update(nil, job.Seat{Room: "r", ID: "p"}, position{stamp, 17, 4})
			if it, rest := nextItem(b); rest == nil || it != (item{stamp, 17, 4}) {
				t.Errorf("%s: %s is read as %v", protocol, b, it)
			}
		}
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		b := appendFrame(nil, opText, make([]byte, n))
		if header, payload, state := frameSize(b); state != headerBad {
			t.Errorf("%d bytes: a masked frame is taken for a server's: %d, %d", n, header, payload)
		}
		b[1] &^= 0x80 // as a server sends it
		header, payload, state := frameSize(b)
		if state != headerOK || payload != n || header+payload+len(maskKey) != len(b) {
			t.Errorf("%d bytes: header %d, payload %d, state %d", n, header, payload, state)
		}
		if _, _, state := frameSize(b[:header-1]); state != headerShort {
			t.Errorf("%d bytes: %d bytes of a header are enough", n, header-1)
		}
	}
}
