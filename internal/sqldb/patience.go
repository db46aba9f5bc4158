package sqldb

import (
	"context"
	"time"
)

// pause keeps the wait from spinning where the database does not wait by itself.
const pause = 2 * time.Millisecond

// Patiently runs fn again while somebody else holds a lock: until it is free, the context ends or MaxWait has
// passed. A database's own wait does not always heed a context. fn must do nothing when it finds the lock held.
func (s *System) Patiently(ctx context.Context, fn func() error) error {
	var end time.Time
	for {
		err := fn()
		if err == nil || s.Busy == nil || !s.Busy(err) {
			return err
		}
		if end.IsZero() {
			end = time.Now().Add(s.MaxWait)
		} else if time.Now().After(end) {
			return err
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}
