package auth

// OccupyWorker takes one worker of p, as a hash that is being computed does, until free is called.
func OccupyWorker(p *Passwords) (free func()) {
	p.waiting.Add(1)
	p.slots <- struct{}{}
	return func() {
		<-p.slots
		p.waiting.Add(-1)
	}
}

// Remembered returns how many names and addresses l holds.
func Remembered(l *Lockout) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, c := range []*counter{&l.names, &l.addrs} {
		n += len(c.young) + len(c.old) + len(c.underWay)
	}
	return n
}
