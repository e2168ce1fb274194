package game

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// Page sizes.
const (
	DefaultPage = 20
	MaxPage     = 100
)

// PageRequest asks for one page of a list.
type PageRequest struct {
	Limit  int    // at most MaxPage; 0 means DefaultPage
	Cursor string // Page.Next of the page before; "" means the first page
}

// Page is a part of a list that is ordered by name, whatever the case. Whatever is created or deleted while a client
// pages, an item that exists all the time under one name is shown exactly once.
type Page[T any] struct {
	Items []T
	Next  string // the cursor of the next page, "" on the last one
}

// Range is what a page request means to a store: at most Limit items whose folded name is greater than After, by ascending
// folded name, compared byte by byte.
type Range struct {
	After string // a folded name, or "" for the start
	Limit int
}

// resolve turns the request into a range that asks for one item more than the page shows, to learn whether more follow.
func (p PageRequest) resolve() (Range, error) {
	limit := p.Limit
	switch {
	case limit == 0:
		limit = DefaultPage
	case limit < 0:
		return Range{}, invalid("/limit", "minimum", "a page has at least one item")
	case limit > MaxPage:
		return Range{}, invalid("/limit", "maximum", fmt.Sprintf("a page has at most %d items", MaxPage))
	}
	after, err := decodeCursor(p.Cursor)
	return Range{After: after, Limit: limit + 1}, err
}

// cut makes a page from the items that a store returned for r.
func cut[T any](items []T, r Range, name func(T) string) Page[T] {
	if len(items) < r.Limit {
		return Page[T]{Items: items}
	}
	items = items[:r.Limit-1]
	return Page[T]{Items: items, Next: encodeCursor(FoldName(name(items[len(items)-1])))}
}

func encodeCursor(after string) string { return base64.RawURLEncoding.EncodeToString([]byte(after)) }

func decodeCursor(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || CheckName(string(b)) != nil {
		return "", invalid("/cursor", "format", "the cursor is not one that this server issued")
	}
	return string(b), nil
}

// NewID returns a random UUID (RFC 9562, section 5.4).
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
