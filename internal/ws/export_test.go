package ws

// BreakFans closes the groups of all rooms that have connections, which is
// otherwise never done before the last has left.
func BreakFans(h *Handler) {
	h.fans.mu.Lock()
	defer h.fans.mu.Unlock()
	for _, f := range h.fans.byRoom {
		f.group.Close()
	}
}
