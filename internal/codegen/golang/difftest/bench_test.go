package difftest

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/runtime/wire"
)

// The plain structs that encoding/json gets, which checks nothing.
type (
	plainPosition struct {
		X float64  `json:"x"`
		Y float64  `json:"y"`
		Z *float64 `json:"z,omitempty"`
	}
	plainPlayerUpdate struct {
		Type string `json:"type"`
		Data struct {
			Position plainPosition `json:"position"`
			Seq      *int64        `json:"seq,omitempty"`
		} `json:"data"`
	}
	plainPlayersUpdated struct {
		Type string `json:"type"`
		Data struct {
			Version string        `json:"version"`
			Players []plainPlayer `json:"players"`
		} `json:"data"`
	}
	plainPlayer struct {
		ID       string        `json:"id"`
		Position plainPosition `json:"position"`
		Seq      int64         `json:"seq"`
	}
)

const playerUpdate = `{"type":"player.update","data":{"position":{"x":12.5,"y":-3.25},"seq":42}}`

// playersUpdated is a message about 20 players whose coordinates have a few
// decimals, or else as many as a float64 has.
func playersUpdated(short bool) schema.PlayersUpdated {
	m := schema.PlayersUpdated{Data: schema.PlayersUpdatedData{Version: "7f3a.45"}}
	for i := range 20 {
		m.Data.Players = append(m.Data.Players, schema.PlayerPosition{
			ID:       fmt.Sprintf("c4b7f0de-83f1-4a3c-8c86-2a7b1d9e5f%02d", i),
			Position: schema.Position{X: 12.5 * float64(i), Y: -3.25 / float64(i+1)},
			Seq:      int64(i),
		})
	}
	for i := range m.Data.Players {
		p := &m.Data.Players[i].Position
		if short {
			p.Y = math.Round(p.Y*1000) / 1000
		} else {
			p.X *= math.Pi
		}
	}
	return m
}

// BenchmarkDecodePlayerUpdate compares decoding with all checks to
// encoding/json without any.
func BenchmarkDecodePlayerUpdate(b *testing.B) {
	text := []byte(playerUpdate)
	b.Run("duet", func(b *testing.B) {
		b.ReportAllocs()
		var d wire.Decoder
		var m schema.PlayerUpdate
		for b.Loop() {
			d.Reset(text)
			m.DecodeJSON(&d)
			if err := d.End(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("duetUnion", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := schema.UnmarshalRoomClientMessage(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m plainPlayerUpdate
			if err := json.Unmarshal(text, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEncodePlayersUpdated compares encoding.
func BenchmarkEncodePlayersUpdated(b *testing.B) {
	b.Run("short", func(b *testing.B) { encodePlayersUpdated(b, playersUpdated(true)) })
	b.Run("full", func(b *testing.B) { encodePlayersUpdated(b, playersUpdated(false)) })
}

func encodePlayersUpdated(b *testing.B, m schema.PlayersUpdated) {
	var plain plainPlayersUpdated
	if err := json.Unmarshal(m.AppendJSON(nil), &plain); err != nil {
		b.Fatal(err)
	}
	b.Run("duet", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst = m.AppendJSON(dst[:0])
		}
	})
	b.Run("encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(&plain); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecodePlayersUpdated compares decoding of a message with strings.
func BenchmarkDecodePlayersUpdated(b *testing.B) {
	text := playersUpdated(true).AppendJSON(nil)
	b.Run("duet", func(b *testing.B) {
		b.ReportAllocs()
		var m schema.PlayersUpdated
		for b.Loop() {
			if err := m.UnmarshalJSON(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m plainPlayersUpdated
			if err := json.Unmarshal(text, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	text := []byte(playerUpdate)
	var d wire.Decoder
	var m schema.PlayerUpdate
	for name, f := range map[string]func(){
		"DecodeJSON":    func() { d.Reset(text); m.DecodeJSON(&d) },
		"UnmarshalJSON": func() { _ = m.UnmarshalJSON(text) },
		"Validate":      func() { _ = m.Validate() },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
	leave := []byte(`{"type":"left"}`)
	var reason schema.LeaveReason
	if n := testing.AllocsPerRun(100, func() {
		d.Reset(leave[8:14])
		reason.DecodeJSON(&d)
	}); n != 0 || reason != schema.LeaveReasonLeft {
		t.Errorf("an enum: %v allocations, want none", n)
	}
}

func TestEncodeDoesNotAllocate(t *testing.T) {
	m := playersUpdated(true)
	dst := m.AppendJSON(nil)
	if n := testing.AllocsPerRun(100, func() { dst = m.AppendJSON(dst[:0]) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
