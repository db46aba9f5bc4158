package conformance

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/multi-orm/orm"
)

var txMoreCases = []testCase{
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
			e.says(err, "an earlier statement of the transaction failed")
		}
		return nil
	})
	e.fails(err, orm.ErrInvalid, "", "")
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

func bulkBig(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	big := strings.Repeat("é", 1<<20)
	ok(r.Create(e.ctx, &Plain{Name: big}))
	must(r.CreateMany(e.ctx, []Plain{{Name: big + "1"}, {Name: "small"}}))
	e.equal(must(r.Where(plains.Name.Eq(big)).Count(e.ctx)), int64(1), "found by it")
	e.equal(len(must(r.Where(plains.Name.EndsWith("1")).One(e.ctx)).Name), 2<<20+1, "read back")
	ids := make([]int64, 70_000)
	for i := range ids {
		ids[i] = int64(i) + 2
	}
	n, err := r.Where(plains.ID.In(ids...)).Count(e.ctx)
	if err != nil {
		e.fails(err, orm.ErrLimit, "Plain", "")
	} else {
		e.equal(n, int64(2), "70,000 items")
	}
	p := plains.ID.Gt(0)
	for range 10_000 {
		p = orm.Not(orm.And(p, plains.ID.Gt(0)))
	}
	if _, err := r.Where(p).Count(e.ctx); err != nil {
		e.fails(err, orm.ErrLimit, "Plain", "")
	}
	e.equal(must(r.Count(e.ctx)), int64(3), "it goes on")
}

func bulkMemory(e *env) {
	const rows, most = 100_000, 24 << 20
	db := e.open(Plain{})
	in := make([]Plain, rows)
	for i := range in {
		in[i] = Plain{Name: "row", N: int64(i)}
	}
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	base, peak, last := live(), int64(0), 0
	must(orm.Repo[Plain](db).CreateMany(e.ctx, in, orm.Progress(func(done, total int) {
		if done <= last || total != rows {
			e.Errorf("%d after %d of %d", done, last, total)
		}
		last, peak = done, max(peak, live()-base)
	})))
	e.equal(last, rows, "progress")
	if peak > most {
		e.Errorf("%d MB more are held between batches, want at most %d", peak>>20, most>>20)
	}
	e.equal(in[rows-1].ID, int64(rows), "keys")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(rows), "rows")
	in[rows-1].ID = 1 // the last batch fails, so nothing of the first stays
	for i := range in[:rows-1] {
		in[i].ID = int64(rows + 1 + i)
	}
	e.fails(second(orm.Repo[Plain](db).CreateMany(e.ctx, in)), orm.ErrConflict, "Plain", "")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(rows), "nothing half-done")
}
