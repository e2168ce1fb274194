package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"time"
)

// Difference tells where the JSON text got is not the value of want; empty where
// it is. Numbers are compared as float64 where they are not the same decimal,
// and times as instants. Where loose is set, members that one of them lacks don't
// count: those that no type declares are lost, and constants are always written.
func Difference(want, got []byte, loose bool) string {
	a, err := read(want)
	if err != nil {
		return "the sample is not JSON: " + err.Error()
	}
	b, err := read(got)
	if err != nil {
		return "the encoding is not JSON: " + err.Error()
	}
	return difference("", a, b, loose)
}

func read(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return v, d.Decode(&v)
}

func difference(at string, a, b any, loose bool) string {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			return at + ": an object became something else"
		}
		return inObject(at, a, b, loose)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return fmt.Sprintf("%s: an array of %d became something else", at, len(a))
		}
		for i := range a {
			if d := difference(at+"/"+strconv.Itoa(i), a[i], b[i], loose); d != "" {
				return d
			}
		}
		return ""
	}
	if !sameScalar(a, b) {
		return fmt.Sprintf("%s: %v became %v", at, a, b)
	}
	return ""
}

func inObject(at string, a, b map[string]any, loose bool) string {
	for name, value := range b {
		if _, ok := a[name]; !ok && !loose {
			return fmt.Sprintf("%s/%s: %v was added", at, name, value)
		}
	}
	for name, value := range a {
		other, ok := b[name]
		if !ok && loose {
			continue
		}
		if !ok {
			return at + "/" + name + ": was lost"
		}
		if d := difference(at+"/"+name, value, other, loose); d != "" {
			return d
		}
	}
	return ""
}

func sameScalar(a, b any) bool {
	if a == b {
		return true
	}
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(a, b)
	case string:
		b, ok := b.(string)
		x, errX := time.Parse(time.RFC3339Nano, a)
		y, errY := time.Parse(time.RFC3339Nano, b)
		return ok && errX == nil && errY == nil && x.Equal(y)
	}
	return false
}

func sameNumber(a, b json.Number) bool {
	x, okX := new(big.Rat).SetString(a.String())
	y, okY := new(big.Rat).SetString(b.String())
	if okX && okY && x.Cmp(y) == 0 {
		return true
	}
	f, errX := a.Float64()
	g, errY := b.Float64()
	if errX != nil || errY != nil {
		return false
	}
	return f == g || float32(f) == float32(g) && isShort(g)
}

// isShort reports whether f is what the shortest text of a float32 says, so that
// it may come from one.
func isShort(f float64) bool {
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
	return err == nil && short == f
}
