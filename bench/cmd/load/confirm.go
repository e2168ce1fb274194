package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/duet-api/duet/bench/internal/job"
)

// confirm decodes a message with a JSON decoder and reports whether it holds n
// items, each with the id of the player whose number it carries.
func confirm(payload []byte, n int, seats []job.Seat) error {
	// A Socket.IO packet begins with its type.
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(payload, []byte("42["))))
	found := 0
	for {
		var v any
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// What follows the event's name in a Socket.IO packet is an array's rest.
			if rest, ok := bytes.CutPrefix(payload, []byte(`42["players.updated",`)); ok && found == 0 {
				return confirm(bytes.TrimSuffix(rest, []byte("]")), n, seats)
			}
			return fmt.Errorf("no JSON: %w: %.200q", err, payload)
		}
		k, err := walk(v, seats)
		if err != nil {
			return fmt.Errorf("%w: %.200q", err, payload)
		}
		found += k
	}
	if found != n {
		return fmt.Errorf("%d items counted, %d found: %.200q", n, found, payload)
	}
	return nil
}

// walk counts the items in a JSON value.
func walk(v any, seats []job.Seat) (n int, err error) {
	var inner []any
	switch v := v.(type) {
	case []any:
		inner = v
	case map[string]any:
		if at, ok := v["position"].(map[string]any); ok {
			y, _ := at["y"].(float64)
			if i := int(y); i < 0 || i >= len(seats) || v["id"] != seats[i].ID {
				return 0, fmt.Errorf("item of %v says player %v", v["id"], y)
			}
			if _, ok := v["seq"].(float64); !ok {
				return 0, errors.New("item without seq")
			}
			return 1, nil
		}
		for _, x := range v {
			inner = append(inner, x)
		}
	}
	for _, x := range inner {
		k, err := walk(x, seats)
		if err != nil {
			return 0, err
		}
		n += k
	}
	return n, nil
}
