package postgres

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/source"
)

// alterations follow one another while the statements run. Each leaves a table that every statement fits.
var alterations = []string{
	"ALTER TABLE items ALTER n TYPE bigint",
	"CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TABLE items ALTER label TYPE mood USING label::mood",
	"ALTER TABLE items ALTER n TYPE numeric(20,2)",
	"ALTER TYPE mood RENAME TO old; CREATE TYPE mood AS ENUM ('b', 'a'); ALTER TABLE items ALTER label TYPE mood USING label::text::mood; DROP TYPE old",
	"ALTER TABLE items ALTER label TYPE varchar(20)",
	"ALTER TABLE items ADD extra text; ALTER TABLE items ALTER n TYPE smallint USING n::smallint",
	"DROP TYPE mood; ALTER TABLE items DROP extra; ALTER TABLE items ALTER label TYPE text, ALTER n TYPE int",
	"LOCK TABLE items; ALTER TABLE items RENAME TO gone; CREATE TABLE items (label text, n int, id bigint PRIMARY KEY); INSERT INTO items SELECT label, n, id FROM gone; DROP TABLE gone",
}

// TestSchemaChangesUnderLoad alters the table while workers run every kind of statement, outside transactions and in
// transactions that run again as orm.Retry has them. No error may reach a worker.
func TestSchemaChangesUnderLoad(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := open(t, nil, append(opts, MaxConns(10))...)
			mustExec(t, d, "CREATE TABLE items (id bigint PRIMARY KEY, n int, label text)")
			all := kinds(t, m)
			delete(all, "bulk") // its lists are cast to the types of the model, which an enum does not take
			delete(all, "raw")  // it reads whatever columns there are
			ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer stop()
			var ran, repeated atomic.Int64
			var workers sync.WaitGroup
			for w := range 8 {
				workers.Go(func() {
					for i := 0; ctx.Err() == nil; i++ {
						for kind, run := range all {
							it := item{ID: int64(w+1)*1_000_000 + ran.Add(1), N: 5, Label: "a"}
							err := lives(t.Context(), d, i%2 == 1, func(ex access) error { return run(t.Context(), ex, it) }, &repeated)
							if err != nil {
								t.Errorf("%s, in a transaction: %v: %v %v", kind, i%2 == 1, err, inner(err))
								return
							}
							if ctx.Err() != nil {
								return
							}
						}
					}
				})
			}
			for i := 0; ctx.Err() == nil; i++ {
				if err := alter(t.Context(), d, alterations[i%len(alterations)]); err != nil {
					t.Error(err, inner(err))
					break
				}
				time.Sleep(30 * time.Millisecond)
			}
			workers.Wait()
			t.Logf("%d statements, %d transactions run again", ran.Load(), repeated.Load())
		})
	}
}

// alter changes the table in one transaction, again while others hold what it needs.
func alter(ctx context.Context, d *DataSource, text string) error {
	for {
		_, err := d.Exec(ctx, text, nil)
		if err == nil || !engine.Retryable(err) {
			return err
		}
	}
}

// lives runs fn, in a transaction that runs again while its error permits where it is asked for.
func lives(ctx context.Context, d *DataSource, transaction bool, fn func(access) error, repeated *atomic.Int64) error {
	if !transaction {
		return fn(d)
	}
	for try := 0; ; try++ {
		tx, err := d.Begin(ctx, source.TxOptions{})
		if err != nil {
			return err
		}
		if err = fn(tx); err == nil {
			if err = tx.Commit(ctx); err == nil {
				return nil
			}
		}
		if e := tx.Rollback(ctx); e != nil {
			return errors.Join(err, e)
		}
		if !engine.Retryable(err) || try == 5 {
			return err
		}
		repeated.Add(1)
	}
}
