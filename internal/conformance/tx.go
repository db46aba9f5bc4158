package conformance

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/multi-orm/orm"
)

var txCases = []testCase{
	{"tx/ends", "nil commits; an error and a panic roll back and come out as they went in", txEnds},
	{"tx/nested", "a nested transaction is a savepoint: its rollback keeps the outer one", txNested},
	{"tx/after end", "a handle that is kept after its transaction ended is ErrClosed", txAfterEnd},
	{"tx/visible", "others see nothing before the commit; the outer handle is outside", txVisible},
	{"tx/read only", "ReadOnly refuses writes", txReadOnly},
	{"tx/nested options", "a nested transaction cannot ask for what the outer one is not", txNestedOptions},
	{"tx/cancelled", "a context that ends rolls back, with a typed error", txCancelled},
	{"tx/retry", "Serializable with Retry repeats the whole function on a conflict, and only then", txRetry},
	{"tx/wrong handle", "a handle on a source that is not there fails inside a transaction too", txWrongHandle},
}

var errMine = errors.New("mine")

func txEnds(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	r := orm.Repo[Plain](db)
	add := func(tx orm.DB, name string) { ok(orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: name})) }
	ok(db.Tx(e.ctx, func(tx orm.DB) error { add(tx, "kept"); return nil }))
	err := db.Tx(e.ctx, func(tx orm.DB) error { add(tx, "lost"); return errMine })
	if err != errMine { //nolint:errorlint // it must come out as it went in
		e.Errorf("the error changed: %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != errMine { //nolint:errorlint // the very value
				e.Errorf("the panic changed: %v", p)
			}
		}()
		_ = db.Tx(e.ctx, func(tx orm.DB) error { add(tx, "lost"); panic(errMine) })
	}()
	e.equal(must(r.Count(e.ctx)), int64(1), "rows, and the only connection is free")
	ok(db.Tx(e.ctx, func(orm.DB) error { return nil }))
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		add(tx, "x")
		must(orm.Repo[Plain](tx).ByID(1).Update(e.ctx, plains.N.Set(5)))
		must(orm.Repo[Plain](tx).Where(plains.Name.Eq("x")).DeleteMany(e.ctx))
		must(tx.Exec(e.ctx, "UPDATE plains SET n = n + 1"))
		e.equal(must(orm.Raw[int64](e.ctx, tx, "SELECT n FROM plains")), []int64{6}, "raw SQL joins")
		return nil
	}))
	e.equal(must(r.One(e.ctx)).N, int64(6), "all verbs join the transaction")
}

func txNested(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	add := func(tx orm.DB, name string) error { return orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: name}) }
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		ok(add(tx, "outer"))
		e.equal(tx.Tx(e.ctx, func(in orm.DB) error { ok(add(in, "lost")); return errMine }) == errMine, true, "the error comes out")
		ok(tx.Tx(e.ctx, func(in orm.DB) error {
			ok(add(in, "inner"))
			_ = in.Tx(e.ctx, func(deep orm.DB) error { ok(add(deep, "lost")); return errMine })
			return in.Tx(e.ctx, func(deep orm.DB) error { return add(deep, "deep") })
		}))
		// a statement that fails in a savepoint leaves the transaction alive
		e.fails(tx.Tx(e.ctx, func(in orm.DB) error { return orm.Repo[Plain](in).Create(e.ctx, &Plain{ID: 1, Name: "dup"}) }), orm.ErrConflict, "Plain", "")
		func() {
			defer func() { _ = recover() }()
			_ = tx.Tx(e.ctx, func(in orm.DB) error { ok(add(in, "lost")); panic("x") })
		}()
		return add(tx, "after")
	}))
	got := must(orm.Repo[Plain](db).OrderBy(plains.Name.Asc()).All(e.ctx))
	e.equal(pick(got, func(p Plain) string { return p.Name }), []string{"after", "deep", "inner", "outer"}, "rows")
	_ = db.Tx(e.ctx, func(tx orm.DB) error {
		ok(tx.Tx(e.ctx, func(in orm.DB) error { return add(in, "inner of a lost one") }))
		return errMine
	})
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(4), "an inner commit falls with the outer")
}

func txAfterEnd(e *env) {
	db := e.open(Plain{})
	var kept, inner orm.DB
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		kept = tx
		ok(tx.Tx(e.ctx, func(in orm.DB) error { inner = in; return orm.Repo[Plain](in).Create(e.ctx, &Plain{}) }))
		e.fails(orm.Repo[Plain](inner).Create(e.ctx, &Plain{}), orm.ErrClosed, "Plain", "")
		return tx.Tx(e.ctx, func(orm.DB) error {
			e.fails(second(orm.Repo[Plain](inner).Count(e.ctx)), orm.ErrClosed, "Plain", "")
			return nil
		})
	}))
	e.fails(second(orm.Repo[Plain](kept).All(e.ctx)), orm.ErrClosed, "Plain", "")
	e.fails(orm.Repo[Plain](kept).Create(e.ctx, &Plain{}), orm.ErrClosed, "Plain", "")
	e.fails(second(collect(orm.Repo[Plain](kept).Query(), e.ctx)), orm.ErrClosed, "Plain", "")
	e.fails(second(orm.Raw[int64](e.ctx, kept, "SELECT 1")), orm.ErrClosed, "", "")
	e.fails(second(kept.Exec(e.ctx, "DELETE FROM plains")), orm.ErrClosed, "", "")
	e.fails(kept.Tx(e.ctx, func(orm.DB) error { return nil }), orm.ErrClosed, "", "")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(1), "rows")
}

func txVisible(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		ok(orm.Repo[Plain](tx).Create(e.ctx, &Plain{}))
		e.equal(must(orm.Repo[Plain](tx).Count(e.ctx)), int64(1), "inside")
		if e.engine.Name == "memory" { // a database in memory has no older version to show: readers wait
			ctx, cancel := context.WithTimeout(e.ctx, 50*time.Millisecond)
			defer cancel()
			e.fails(second(r.Count(ctx)), context.DeadlineExceeded, "Plain", "")
			return nil
		}
		e.equal(must(r.Count(e.ctx)), int64(0), "outside")
		return nil
	}))
	e.equal(must(r.Count(e.ctx)), int64(1), "after")
}

func txReadOnly(e *env) {
	db := e.open(Plain{})
	ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{Name: "a"}))
	err := db.Tx(e.ctx, func(tx orm.DB) error {
		e.equal(must(orm.Repo[Plain](tx).Count(e.ctx)), int64(1), "reads")
		return orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: "b"})
	}, orm.ReadOnly)
	if err == nil {
		e.Error("a write in a read-only transaction passed")
	} else {
		var typed *orm.Error
		e.equal(errors.As(err, &typed), true, "typed")
	}
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(1), "nothing was written")
	ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{Name: "c"})) // the connection did not stay read-only
}

func txNestedOptions(e *env) {
	db := e.open(Plain{})
	none := func(orm.DB) error { return nil }
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(tx.Tx(e.ctx, none, orm.Serializable), orm.ErrInvalid, "", "")
		e.fails(tx.Tx(e.ctx, none, orm.ReadOnly), orm.ErrInvalid, "", "")
		return nil
	}))
	ok(db.Tx(e.ctx, func(tx orm.DB) error { return tx.Tx(e.ctx, none, orm.Serializable, orm.Retry(2)) }, orm.Serializable))
	e.fails(db.Tx(e.ctx, none, nil), orm.ErrInvalid, "", "")
}

func txCancelled(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	for _, stop := range []bool{true, false} {
		ctx, cancel := context.WithCancel(e.ctx)
		err := db.Tx(ctx, func(tx orm.DB) error {
			ok(orm.Repo[Plain](tx).Create(ctx, &Plain{Name: "lost"}))
			cancel()
			if stop {
				return second(orm.Repo[Plain](tx).Count(ctx))
			}
			return nil
		})
		cancel()
		e.fails(err, context.Canceled, "", "")
		e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(0), "rolled back, and the only connection is free")
	}
	ctx, cancel := context.WithCancel(e.ctx)
	ok(db.Tx(e.ctx, func(tx orm.DB) error { // an inner context ends, the outer goes on
		_ = tx.Tx(ctx, func(in orm.DB) error {
			ok(orm.Repo[Plain](in).Create(ctx, &Plain{Name: "lost"}))
			cancel()
			return ctx.Err()
		})
		return orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: "kept"})
	}))
	e.equal(must(orm.Repo[Plain](db).One(e.ctx)).Name, "kept", "rows")
}

func txRetry(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	must(r.CreateMany(e.ctx, []Plain{{N: 1}, {N: 1}}))
	runs := 0
	err := db.Tx(e.ctx, func(orm.DB) error { runs++; return errMine }, orm.Retry(3))
	if err != errMine || runs != 1 { //nolint:errorlint // the very error
		e.Errorf("%d runs, %v", runs, err)
	}
	// each transaction reads the sum and writes one row: two at once cannot both be right
	var wg sync.WaitGroup
	errs := make([]error, 8)
	var mu sync.Mutex
	total := 0
	for i := range errs {
		wg.Go(func() {
			errs[i] = db.Tx(e.ctx, func(tx orm.DB) error {
				mu.Lock()
				total++
				mu.Unlock()
				all, err := orm.Repo[Plain](tx).All(e.ctx)
				if err != nil {
					return err
				}
				_, err = orm.Repo[Plain](tx).ByID(i%2+1).Update(e.ctx, plains.N.Set(all[0].N+all[1].N))
				return err
			}, orm.Serializable, orm.Retry(100))
		})
	}
	wg.Wait()
	for _, err := range errs {
		ok(err)
	}
	if e.engine.Serializable && total == len(errs) {
		e.Log("no conflict came about by chance")
	}
	if e.engine.Serializable {
		txConflict(e, db)
	}
}

// txConflict makes a conflict that cannot be missed: both have read before either writes.
func txConflict(e *env, db orm.DB) {
	both := make(chan struct{}, 2)
	var wg sync.WaitGroup
	errs, runs := make([]error, 2), make([]int, 2)
	gate := func() {
		both <- struct{}{}
		for len(both) < 2 {
			select {
			case <-e.ctx.Done():
				return
			default:
			}
		}
	}
	for retry := range 2 {
		both = make(chan struct{}, 2)
		for i := range errs {
			runs[i] = 0
			wg.Go(func() {
				errs[i] = db.Tx(e.ctx, func(tx orm.DB) error {
					n, err := orm.Repo[Plain](tx).Where(plains.N.Gt(0)).Count(e.ctx)
					if err != nil {
						return err
					}
					if runs[i]++; runs[i] == 1 {
						gate()
					}
					_, err = orm.Repo[Plain](tx).ByID(i+1).Update(e.ctx, plains.N.Inc(n))
					return err
				}, orm.Serializable, orm.Retry(retry*5))
			})
		}
		wg.Wait()
		failed := 0
		for _, err := range errs {
			if err != nil {
				failed++
			}
		}
		if retry == 0 && failed != 1 {
			e.Errorf("without Retry %d of 2 failed", failed)
		}
		if retry == 1 && (failed != 0 || runs[0]+runs[1] < 3) {
			e.Errorf("with Retry: %v after %v runs", errs, runs)
		}
	}
}

func txWrongHandle(e *env) {
	db := e.open(Plain{})
	bad := db.Source("mian")
	e.fails(second(orm.Raw[int64](e.ctx, bad, "SELECT 1")), orm.ErrInvalid, "", "")
	e.says(second(bad.Exec(e.ctx, "DELETE FROM plains")), `did you mean "main"?`)
	e.fails(bad.Tx(e.ctx, func(tx orm.DB) error {
		return second(tx.Exec(e.ctx, "INSERT INTO plains (name, n) VALUES ('x', 1)"))
	}), orm.ErrInvalid, "", "")
	e.fails(second(orm.Repo[Plain](bad).Count(e.ctx)), orm.ErrInvalid, "", "")
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(second(tx.Source("nope").Exec(e.ctx, "DELETE FROM plains")), orm.ErrInvalid, "", "")
		must(tx.Source("main").Exec(e.ctx, "INSERT INTO plains (name, n) VALUES ('y', 1)"))
		return nil
	}))
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(1), "rows")
}
