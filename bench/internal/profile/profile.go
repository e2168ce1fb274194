// Package profile tells what a server's CPU time goes to.
package profile

import (
	"fmt"
	"os"
	"strings"

	"github.com/google/pprof/profile"
)

// parts are what a sample can belong to: that of the innermost function that
// belongs to one. This is never changed.
var parts = []struct {
	name      string
	functions []string // parts of their full names
}{
	{"decoding and checking", []string{"duet/gen/schema.", "duet/runtime/wire."}},
	{"rate limits", []string{"socket.(*bucket).", "socket.(*Conn).take", "socket.(*Conn).admitControl"}},
	{"metrics", []string{"socket.(*tally).", "socket.(*Stats).", "prometheus/"}},
	{"rules of the game", []string{"duet/internal/game."}},
	{encoding, nil},
	{"batches and queues", []string{
		"socket.(*Group).", "socket.(*batch).", "socket.(*outbox).", "socket.(*Update)", "socket.(*pending)", "socket.(*view)", "internal/ws.(*fan)",
	}},
	{"reading from connections", []string{"socket.(*direct).read", "socket.(*direct).await", "gorilla/websocket."}},
	{"writing to connections", []string{"socket.(*direct).write", "socket.writev"}},
	{"handlers and the rest of the runtime", []string{"duet/internal/ws.", "duet/gen/wsapi.", "duet/runtime/socket.", "duet/internal/"}},
	{"Go's scheduler, poller and collector", nil},
}

// encoding is the part of those functions of decoding whose names say Append.
const encoding = "encoding"

// Parts are the names of all parts, in the order of a table.
func Parts() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// Read reads a CPU profile of runtime/pprof and gives the share of each part
// that has one.
func Read(path string) (map[string]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := profile.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var all int64
	for _, s := range p.Sample {
		all += s.Value[0]
	}
	shares := make(map[string]float64)
	for _, s := range p.Sample {
		shares[partOf(s)] += float64(s.Value[0]) / float64(all)
	}
	return shares, nil
}

// partOf gives the part that a sample belongs to.
func partOf(s *profile.Sample) string {
	for _, at := range s.Location {
		for _, line := range at.Line {
			for i, part := range parts {
				for _, f := range part.functions {
					if !strings.Contains(line.Function.Name, f) {
						continue
					}
					if i == 0 && strings.Contains(line.Function.Name, "Append") {
						return encoding
					}
					return part.name
				}
			}
		}
	}
	return parts[len(parts)-1].name
}
