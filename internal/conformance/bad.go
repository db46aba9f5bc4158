package conformance

import (
	"context"
	"sync"
	"time"

	"github.com/multi-orm/orm"
)

var badCases = []testCase{
	{"bad/text", "NUL and broken UTF-8 are refused alike, and nothing half-written stays", badText},
	{"bad/missing table", "a table that is not there is ErrInvalid with advice", badMissing},
	{"bad/context", "a context that ended stops every verb with its cause", badContext},
}

func badText(e *env) {
	db := e.open(Plain{}, Row{})
	r := orm.Repo[Plain](db)
	for _, s := range []string{"se\x00cret", "se\xffcret", "\xc3\x28cret"} {
		e.fails(r.Create(e.ctx, &Plain{Name: s}), orm.ErrInvalid, "Plain", "Name", "cret")
		e.fails(second(r.CreateMany(e.ctx, []Plain{{Name: "fine"}, {Name: s}})), orm.ErrInvalid, "Plain", "Name", "cret")
		e.fails(second(r.Where(plains.Name.Eq(s)).All(e.ctx)), orm.ErrInvalid, "Plain", "Name", "cret")
		e.fails(second(r.Where(plains.Name.In("a", s)).Count(e.ctx)), orm.ErrInvalid, "Plain", "Name", "cret")
		e.fails(second(r.Where(plains.Name.Fold().Contains(s)).Count(e.ctx)), orm.ErrInvalid, "Plain", "Name", "cret")
		e.fails(second(r.EveryRow().UpdateMany(e.ctx, plains.Name.Set(s))), orm.ErrInvalid, "Plain", "Name", "cret")
		e.fails(second(r.Where(orm.SQL[Plain]("name = ?", s)).All(e.ctx)), orm.ErrInvalid, "Plain", "", "cret")
		e.fails(second(orm.Raw[string](e.ctx, db, "SELECT name FROM plains WHERE name = :s", orm.Args{"s": s})), orm.ErrInvalid, "", "", "cret")
	}
	e.equal(must(r.Count(e.ctx)), int64(0), "nothing was written")
	row := Row{ID: 1, Raw: []byte("a\x00\xff")}
	ok(orm.Repo[Row](db).Create(e.ctx, &row))
	e.equal(must(orm.Repo[Row](db).ByID(1).One(e.ctx)).Raw, row.Raw, "bytes may be anything")
}

func badMissing(e *env) {
	db := must(orm.Open(e.ctx, e.source("main", Options{}), orm.Models(Plain{})))
	defer func() { ok(db.Close()) }()
	err := second(orm.Repo[Plain](db).All(e.ctx))
	e.fails(err, orm.ErrInvalid, "Plain", "")
	e.says(err, "orm.CreateTables")
	e.fails(orm.Repo[Plain](db).Create(e.ctx, &Plain{}), orm.ErrInvalid, "Plain", "")
}

func badContext(e *env) {
	db := e.open(Plain{})
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	late, stop := context.WithDeadline(e.ctx, time.Now().Add(-time.Second))
	defer stop()
	r := orm.Repo[Plain](db)
	for _, c := range []struct {
		ctx   context.Context
		cause error
	}{{ctx, context.Canceled}, {late, context.DeadlineExceeded}} {
		for _, err := range []error{
			second(r.All(c.ctx)), second(r.First(c.ctx)), second(r.Count(c.ctx)), r.Create(c.ctx, &Plain{}), second(r.CreateMany(c.ctx, make([]Plain, 3))), second(r.EveryRow().DeleteMany(c.ctx)),
			second(r.ByID(1).Update(c.ctx, plains.N.Set(1))), r.Upsert(c.ctx, orm.On(plains.ID), &Plain{ID: 5}), second(collect(r.Query(), c.ctx)),
		} {
			e.fails(err, c.cause, "Plain", "")
		}
		e.fails(second(db.Exec(c.ctx, "DELETE FROM plains")), c.cause, "", "")
		e.fails(orm.CreateTables(c.ctx, db), c.cause, "", "")
	}
	e.equal(must(r.Count(e.ctx)), int64(0), "nothing was written")
}

var poolCases = []testCase{
	{"pool/of one", "a pool of one connection survives every kind of failure, and waits its turn", poolOfOne},
}

func poolOfOne(e *env) {
	db := e.openWith(Options{MaxConns: 1}, nil, Plain{}, Paper{})
	r := orm.Repo[Plain](db)
	ok(r.Create(e.ctx, &Plain{Name: "a"}))
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	for range 3 {
		_ = r.Create(e.ctx, &Plain{ID: 1})                                                      // conflict
		_, _ = r.Where(orm.SQL[Plain]("nope = 1")).All(e.ctx)                                   // refused by the database
		_, _ = orm.Raw[int8](e.ctx, db, "SELECT 1000")                                          // does not fit
		_, _ = orm.Raw[Card](e.ctx, db, "SELECT id, name FROM plains")                          // unknown column
		_, _ = r.All(ctx)                                                                       // cancelled
		_, _ = r.CreateMany(e.ctx, []Plain{{Name: "x"}, {ID: 1, Name: "y"}})                    // fails after a batch
		_, _ = r.Where(plains.Name.Eq("x\x00")).All(e.ctx)                                      // refused before
		_ = db.Tx(ctx, func(tx orm.DB) error { return second(orm.Repo[Plain](tx).Count(ctx)) }) // cannot begin
		_ = db.Tx(e.ctx, func(tx orm.DB) error { return orm.Repo[Plain](tx).Create(e.ctx, &Plain{ID: 1}) })
		e.equal(must(r.Count(e.ctx)), int64(1), "the only connection is free, nothing half-written")
	}
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { errs[i] = second(r.Where(plains.N.Eq(int64(i))).All(e.ctx)) })
	}
	wg.Wait()
	for _, err := range errs {
		ok(err)
	}
}
