package conformance

import (
	"context"
	"errors"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

func rawStreamed(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{})
	must(orm.Repo[Plain](db).CreateMany(e.ctx, make([]Plain, 1200)))
	var ids []int64
	for id, err := range orm.RawRows[int64](e.ctx, db, "SELECT id FROM plains WHERE id <= :n ORDER BY id", orm.Args{"n": 1100}) {
		ok(err)
		ids = append(ids, id)
	}
	e.equal(len(ids), 1100, "rows")
	e.equal(ids[1099], int64(1100), "order")
	n := 0
	for p, err := range orm.RawRows[Plain](e.ctx, db, "SELECT id, n FROM plains ORDER BY id", orm.SomeColumns) {
		ok(err)
		if n++; p.ID != int64(n) {
			e.Fatalf("row %d is %+v", n, p)
		}
		if n == 3 {
			break
		}
	}
	var kept []anyRow
	for m, err := range orm.RawRows[anyRow](e.ctx, db, "SELECT id FROM plains ORDER BY id") {
		ok(err)
		if kept = append(kept, m); len(kept) == 3 {
			break
		}
	}
	e.equal(kept, []anyRow{{"id": int64(1)}, {"id": int64(2)}, {"id": int64(3)}}, "maps that are kept")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(1200), "the only connection is free")
	last := func(text string) (err error) {
		for _, err = range orm.RawRows[int64](e.ctx, db, orm.Unsafe(text)) {
		}
		return err
	}
	e.fails(last("SELEC secret"), orm.ErrInvalid, "", "", "secret")
	e.fails(last("SELECT id, n FROM plains"), orm.ErrInvalid, "", "")
	for _, err := range orm.RawRows[chan int](e.ctx, db, "SELECT 1") {
		e.fails(err, orm.ErrInvalid, "", "")
	}
	ctx, cancel := context.WithCancel(e.ctx)
	var err error
	for _, err = range orm.RawRows[int64](ctx, db, "SELECT a.id FROM plains a, plains b") {
		cancel()
	}
	cancel()
	e.fails(err, context.Canceled, "", "")
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		ok(orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: "new"}))
		n := 0
		for _, err := range orm.RawRows[int64](e.ctx, tx, "SELECT id FROM plains") {
			ok(err)
			n++
		}
		e.equal(n, 1201, "inside the transaction")
		return nil
	}))
}

func rawStreamHooks(e *env) {
	db := e.open(Plain{})
	must(orm.Repo[Plain](db).CreateMany(e.ctx, make([]Plain, 600)))
	var windows []int
	ok(db.Use(hook.Hook{Name: "see", After: func(_ context.Context, op *hook.Op) error {
		if op.Kind == hook.Raw && op.Rows.IsValid() {
			windows = append(windows, op.Rows.Len())
		}
		return nil
	}}))
	n := 0
	for _, err := range orm.RawRows[anyRow](e.ctx, db, "SELECT id FROM plains ORDER BY id") {
		ok(err)
		n++
	}
	e.equal(n, 600, "rows")
	total := 0
	for _, w := range windows {
		total += w
	}
	e.equal(total, 600, "rows that hooks saw")
	ok(db.Use(hook.Hook{Name: "deny", Before: func(_ context.Context, op *hook.Op) error {
		if op.Kind == hook.Raw {
			return errMine
		}
		return nil
	}}))
	e.log.reset()
	for _, err := range orm.RawRows[int64](e.ctx, db, "SELECT id FROM plains") {
		e.equal(errors.Is(err, errMine), true, "denied")
	}
	e.ran(0, "denied")
}
