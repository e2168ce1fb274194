package sqlite

import "database/sql"

// Pools returns the connections of s.
func Pools(s *Store) map[string]*sql.DB {
	return map[string]*sql.DB{"writer": s.writer, "reader": s.reader}
}
