package game

// PresentUsers returns how many users s believes to be in some room.
func PresentUsers(s *Rooms) int {
	s.present.mu.Lock()
	defer s.present.mu.Unlock()
	return len(s.present.rooms)
}
