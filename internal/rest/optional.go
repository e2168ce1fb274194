package rest

// orZero gives the value of an optional parameter.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
