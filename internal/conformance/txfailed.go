package conformance

import (
	"context"
	"runtime"
	"time"

	"github.com/multi-orm/orm"
)

var txFailedCases = []testCase{
	{"tx/failed statement", "after a failed statement nothing runs and nothing is committed, on every engine; a nested Tx contains it", txFailed},
	{"tx/commit", "a refused commit is repeated where the server undid it for sure, and is ErrCommitUnknown where that is in doubt", txCommit},
	{"tx/pause", "pauses between runs are bounded and end with the context; only the outermost transaction is repeated", txPause},
	{"tx/deadline", "a deadline in the middle rolls back and frees the connection", txDeadline},
	{"tx/goexit", "a goroutine that ends inside a transaction rolls it back", txGoexit},
	{"bulk/memory", "100,000 rows are inserted in batches, and memory does not grow with them", bulkMemory},
	{"bulk/big values", "2 MB of text, deep conditions and long lists: done, or ErrLimit", bulkBig},
}

func txFailed(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{Name: "there"}))
	err := db.Tx(e.ctx, func(tx orm.DB) error {
		r := orm.Repo[Plain](tx)
		ok(r.Create(e.ctx, &Plain{Name: "lost"}))
		e.fails(r.Create(e.ctx, &Plain{ID: 1}), orm.ErrConflict, "Plain", "")
		for _, err := range []error{second(r.Count(e.ctx)), r.Create(e.ctx, &Plain{}), second(orm.Raw[int64](e.ctx, tx, "SELECT 1")), second(tx.Exec(e.ctx, "DELETE FROM plains")),
			tx.Tx(e.ctx, func(in orm.DB) error { return second(orm.Repo[Plain](in).Count(e.ctx)) })} {
			e.fails(err, orm.ErrInvalid, "", "")
			e.fails(err, orm.ErrConflict, "", "")
			e.says(err, "an earlier statement of the transaction failed")
		}
		return nil
	})
	e.fails(err, orm.ErrInvalid, "", "")
	e.fails(err, orm.ErrConflict, "", "") // the first cause
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(1), "a swallowed failure commits nothing")
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		r := orm.Repo[Plain](tx)
		ok(r.Create(e.ctx, &Plain{Name: "kept"}))
		e.fails(tx.Tx(e.ctx, func(in orm.DB) error {
			err := orm.Repo[Plain](in).Create(e.ctx, &Plain{ID: 1})
			e.fails(second(orm.Repo[Plain](in).Count(e.ctx)), orm.ErrInvalid, "", "")
			return err
		}), orm.ErrConflict, "Plain", "")
		e.equal(must(r.Count(e.ctx)), int64(2), "after the nested failure")
		return nil
	}))
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(2), "committed")
	err = db.Tx(e.ctx, func(tx orm.DB) error { // what never reached the database breaks nothing
		r := orm.Repo[Plain](tx)
		e.fails(second(r.Sort("nothing").All(e.ctx)), orm.ErrInvalid, "Plain", "")
		e.fails(second(r.DeleteMany(e.ctx)), orm.ErrUnboundedWrite, "Plain", "")
		must(r.Count(e.ctx))
		return second(r.Where(plains.ID.Eq(99)).One(e.ctx)) // nor does no row
	})
	e.fails(err, orm.ErrNotFound, "Plain", "")
}

func txDeadline(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	ok(db.Tx(e.ctx, func(tx orm.DB) error { return second(orm.Repo[Plain](tx).Count(e.ctx)) })) // what is slow the first time only
	ctx, cancel := context.WithTimeout(e.ctx, 300*time.Millisecond)
	defer cancel()
	err := db.Tx(ctx, func(tx orm.DB) error {
		ok(orm.Repo[Plain](tx).Create(ctx, &Plain{Name: "lost"}))
		<-ctx.Done()
		return second(orm.Repo[Plain](tx).Count(ctx))
	}, orm.Retry(5))
	e.fails(err, context.DeadlineExceeded, "", "")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(0), "rolled back, and the only connection is free")
}

func txGoexit(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = db.Tx(e.ctx, func(tx orm.DB) error {
			ok(orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: "lost"}))
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(0), "rolled back, and the only connection is free")
}
