package game

import (
	"context"
	"time"
)

// Times and sizes of the upkeep.
const (
	sweepEvery   = time.Second
	saveBatch    = 1000            // positions a transaction
	finalTimeout = 5 * time.Second // for the last save
)

// Run takes out players without a connection that were silent for too long, saves positions, and retires rooms that
// nobody uses, until ctx ends; then it saves all positions once more. Connections should have left by then.
func (s *Rooms) Run(ctx context.Context) {
	sweep, save := time.NewTicker(sweepEvery), time.NewTicker(s.cfg.SaveEvery)
	defer sweep.Stop()
	defer save.Stop()
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalTimeout)
			defer cancel()
			s.save(ctx)
			return
		case <-sweep.C:
			s.sweep(s.cfg.Now())
		case <-save.C:
			s.save(ctx)
		}
	}
}

// sweep ends presences that timed out and retires idle rooms.
func (s *Rooms) sweep(now time.Time) {
	for _, r := range s.replicas() {
		if r.expire(now, s.cfg.PresenceTimeout) && r.idle(now, s.cfg.IdleTimeout) {
			s.retire(r, now)
		}
	}
}

// expire takes out the silent players without a connection and reports whether nobody is left.
func (r *replica) expire(now time.Time, timeout time.Duration) (empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.players {
		if !p.holder.connected && now.Sub(p.holder.seen) >= timeout {
			r.leaveLocked(p, ReasonTimeout, now)
		}
	}
	return len(r.players) == 0
}

func (r *replica) idle(now time.Time, timeout time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.idleLocked(now, timeout)
}

func (r *replica) idleLocked(now time.Time, timeout time.Duration) bool {
	return r.state == stateLive && r.topic != nil && len(r.players) == 0 && len(r.unsaved) == 0 && now.Sub(r.used) >= timeout
}

// retire drops a room from memory if it is still idle.
func (s *Rooms) retire(r *replica, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idleLocked(now, s.cfg.IdleTimeout) && s.live[r.id] == r {
		r.state = stateIdle
		r.topic.Close()
		delete(s.live, r.id)
	}
}

// saving is a position on its way to storage.
type saving struct {
	room   *replica
	player *player
	SavedPosition
}

// save writes all unsaved positions. What fails stays unsaved and is tried again the next time.
func (s *Rooms) save(ctx context.Context) {
	var all []saving
	for _, r := range s.replicas() {
		all = r.collect(all)
	}
	for len(all) > 0 {
		n := min(len(all), saveBatch)
		if err := s.saveSome(ctx, all[:n]); err != nil {
			s.cfg.Log.ErrorContext(ctx, "positions not saved", "count", len(all), "error", err)
			return
		}
		all = all[n:]
	}
}

func (s *Rooms) saveSome(ctx context.Context, batch []saving) error {
	rows := make([]SavedPosition, len(batch))
	for i, x := range batch {
		rows[i] = x.SavedPosition
	}
	if err := s.cfg.Positions.SavePositions(ctx, rows); err != nil {
		return err
	}
	for _, x := range batch {
		x.room.saved(x)
	}
	return nil
}

func (r *replica) collect(all []saving) []saving {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, p := range r.unsaved {
		all = append(all, saving{r, p, SavedPosition{RoomID: r.id, UserID: id, Position: p.Position}})
	}
	return all
}

// saved notes that a position was written, unless the player moved on meanwhile.
func (r *replica) saved(x saving) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unsaved[x.UserID] != x.player || x.player.Position != x.Position {
		return
	}
	x.player.dirty = false
	delete(r.unsaved, x.UserID)
	r.saves++
}

func (r *replica) saveCount() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.saves
}
