//go:build !race

package ws_test

// raced says that the race detector is on, under which a sync.Pool forgets.
const raced = false
