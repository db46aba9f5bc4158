package sqlite

import (
	"context"
	"time"
)

// maxWait is how long a statement waits for a lock that another connection holds.
const maxWait = 10 * time.Second

// pause keeps the wait from spinning where SQLite does not wait by itself.
const pause = 2 * time.Millisecond

// patiently runs fn again while the database is locked: until it is free, the context ends or ten seconds have
// passed. SQLite's own waiting does not heed a context. A statement that finds the database locked has done
// nothing, so running it again is safe; inside a transaction the lock is there already.
func (x executor) patiently(ctx context.Context, fn func() error) error {
	if x.tx != nil {
		return fn()
	}
	return patiently(ctx, fn)
}

func patiently(ctx context.Context, fn func() error) error {
	end := time.Now().Add(maxWait)
	for {
		err := fn()
		if err == nil || !busy(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
