package resilience

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
)

// A storm of cancels leaves the connections, and what others do, alone.
func TestCancelsKeepConnections(t *testing.T) {
	w := newWorld(t, Note{})
	db := w.faulty(postgres.MaxConns(4))
	r := orm.Repo[Note](db)
	for range 4 {
		if err := r.Create(w.ctx, &Note{Text: time.Now().String()}); err != nil {
			t.Fatal(err)
		}
	}
	var storm sync.WaitGroup
	var cancels, reads atomic.Int64
	stop := make(chan struct{})
	for range 2 {
		storm.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				ctx, cancel := context.WithTimeout(w.ctx, 5*time.Millisecond)
				_, err := r.Where(orm.SQL[Note]("pg_sleep(10) IS NOT NULL")).Count(ctx)
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, orm.ErrUpstream) {
					t.Errorf("cancelled: %v", err)
				}
				cancels.Add(1)
			}
		})
	}
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); reads.Add(1) {
		if _, err := r.Count(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	storm.Wait()
	t.Logf("%d cancels, %d reads, %d connections", cancels.Load(), reads.Load(), w.proxy.Dials())
	// One connection more for each cancel request; the four of the pool stay.
	if n := int64(w.proxy.Dials()) - cancels.Load(); n > 4+2 {
		t.Errorf("%d connections were made beside %d cancel requests", n, cancels.Load())
	}
}
