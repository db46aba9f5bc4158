package conformance

import (
	"errors"
	"strings"
	"sync"

	"github.com/multi-orm/orm"
)

var lifeCases = []testCase{
	{"life/tables", "CreateTables may run twice and never changes a table; Schema prints what it runs", lifeTables},
	{"life/close", "Close may come twice; every verb after it is ErrClosed", lifeClose},
	{"life/open", "wrong options, models and sources are reported at Open, all at once", lifeOpen},
	{"life/unreachable", "a source that cannot be reached is ErrUpstream, and its address stays secret", lifeUnreachable},
	{"life/branches", "one base query is branched from and run by many goroutines", lifeBranches},
	{"life/zero", "the zero DB fails, it does not panic", lifeZero},
}

func lifeTables(e *env) {
	db := e.library()
	ok(orm.CreateTables(e.ctx, db))
	ok(orm.CreateTables(e.ctx, db))
	e.equal(must(orm.Repo[Person](db).Count(e.ctx)), int64(4), "rows stay")
	text := orm.Schema(db)
	for _, want := range []string{"-- source main\n", `"persons"`, `"books"`, `"chapters"`, `"clubs"`, `"members"`, `"person_id"`, `"club_id"`, "PRIMARY KEY", "UNIQUE"} {
		if e.engine.Name == "sqlserver" && strings.HasPrefix(want, `"`) {
			want = "[" + strings.Trim(want, `"`) + "]"
		}
		if !strings.Contains(text, want) {
			e.Errorf("no %s in\n%s", want, text)
		}
	}
	e.equal(orm.Schema(db), text, "always the same text")
	odd := e.open(Odd{}, Thing{}, Paper{}, Place{}, Visit{}, Token{}, Label{}, Seed{}, Wide{}, Lone{}, Row{})
	ok(orm.CreateTables(e.ctx, odd))
}

func lifeClose(e *env) {
	db := e.open(Plain{})
	ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{}))
	r := orm.Repo[Plain](db)
	q := r.Where(plains.N.Eq(0))
	ok(db.Close())
	ok(db.Close())
	for _, err := range []error{
		second(q.All(e.ctx)), second(q.First(e.ctx)), second(q.Count(e.ctx)), second(q.Exists(e.ctx)), second(collect(q, e.ctx)), r.Create(e.ctx, &Plain{}), second(r.CreateMany(e.ctx, make([]Plain, 3))),
		second(q.UpdateMany(e.ctx, plains.N.Set(1))), second(r.ByID(1).Update(e.ctx, plains.N.Set(1))), second(r.ByID(1).Delete(e.ctx)), second(q.DeleteMany(e.ctx)), r.Save(e.ctx, &Plain{ID: 1}), r.Upsert(e.ctx, orm.On(plains.ID), &Plain{ID: 1}),
		second(q.Explain(e.ctx)),
	} {
		e.fails(err, orm.ErrClosed, "Plain", "")
	}
	for _, err := range []error{
		second(orm.Raw[int64](e.ctx, db, "SELECT 1")), second(db.Exec(e.ctx, "SELECT 1")), second(db.Source("main").Exec(e.ctx, "SELECT 1")), orm.CreateTables(e.ctx, db), db.Tx(e.ctx, func(orm.DB) error { return nil }),
	} {
		e.fails(err, orm.ErrClosed, "", "")
	}
}

// Lost is bound to a source that nobody gives.
type Lost struct {
	ID int64 `orm:"id,datasource=mian"`
}

// Torn has a tag that says nothing.
type Torn struct {
	ID int64 `orm:"id,autoo"`
}

func lifeOpen(e *env) {
	src := func() any { return e.source("main", Options{}) }
	open := func(opts ...orm.Option) error { return second(orm.Open(e.ctx, opts...)) }
	err := open(src(), orm.Models(Lost{}, Plain{}))
	e.fails(err, orm.ErrInvalid, "Lost", "")
	e.says(err, `"mian"`, `did you mean "main"?`)
	err = open(src(), orm.Models(Torn{}))
	e.fails(err, orm.ErrInvalid, "Torn", "ID")
	e.says(err, `"autoo"`, `did you mean "auto"?`)
	e.fails(open(orm.Models(Plain{})), orm.ErrInvalid, "", "")
	e.fails(open(src(), src(), orm.Models(Plain{})), orm.ErrInvalid, "", "")
	e.fails(open(src(), orm.Models(nil)), orm.ErrInvalid, "", "")
	e.fails(open(src(), orm.Models(7)), orm.ErrInvalid, "", "")
	e.fails(open(src(), "main"), orm.ErrInvalid, "", "")
	e.fails(open(src(), nil), orm.ErrInvalid, "", "")
	e.fails(open(src(), orm.Limits{MaxFanOut: -1}), orm.ErrInvalid, "", "")
	both := open(src(), orm.Models(Lost{}, Near{}))
	e.says(both, "Lost", "Far")
	db := e.open(Plain{})
	e.fails(second(orm.Repo[Stranger](db).All(e.ctx)), orm.ErrInvalid, "Stranger", "")
	e.fails(orm.Repo[Stranger](db).Create(e.ctx, &Stranger{ID: 1}), orm.ErrInvalid, "Stranger", "")
	e.says(second(orm.Repo[Stranger](db).All(e.ctx)), "orm.Models")
	e.fails(second(orm.Repo[int](db).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(orm.Repo[int](db).ByID(1).Include("x").Update(e.ctx)), orm.ErrInvalid, "", "")
}

func lifeUnreachable(e *env) {
	if e.engine.Unreachable == nil {
		return // it lives in this process
	}
	err := second(orm.Open(e.ctx, e.engine.Unreachable("main"), orm.Models(Plain{})))
	e.fails(err, orm.ErrUpstream, "", "", "hidden", "127.0.0.1", "/nowhere")
}

func lifeBranches(e *env) {
	db := e.library()
	base := orm.Repo[Person](db).Where(people.ID.Gt(0), people.ID.Lt(100)).OrderBy(people.ID.Asc()).With(people.Written.OrderBy(books.ID.Asc()))
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			for n := range 15 {
				id := int64((i+n)%4 + 1)
				q := base.Where(people.Name.Ne("x")).Where(people.ID.Eq(id), people.Name.Ne("y"), people.Name.Ne("z")).OrderBy(people.Name.Desc()).Include("Staff").Take(n + 1)
				got, err := q.All(e.ctx)
				if err != nil {
					errs[i] = err
					return
				}
				if len(got) != 1 || got[0].ID != id || got[0].Written == nil || got[0].Staff == nil {
					errs[i] = errors.New("a branch saw another's conditions")
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		ok(err)
	}
	e.equal(len(must(base.All(e.ctx))), 4, "the base is as it was")
}

func lifeZero(e *env) {
	var db orm.DB
	e.fails(second(orm.Repo[Plain](db).All(e.ctx)), orm.ErrClosed, "Plain", "")
	e.fails(orm.Repo[Plain](db).Create(e.ctx, &Plain{}), orm.ErrClosed, "Plain", "")
	e.fails(second(orm.Repo[Plain](db).EveryRow().DeleteMany(e.ctx)), orm.ErrClosed, "Plain", "")
	e.fails(second(db.Exec(e.ctx, "SELECT 1")), orm.ErrClosed, "", "")
	e.fails(second(orm.Raw[int](e.ctx, db.Source("x"), "SELECT 1")), orm.ErrClosed, "", "")
	e.fails(db.Tx(e.ctx, func(orm.DB) error { return nil }), orm.ErrClosed, "", "")
	e.fails(orm.CreateTables(e.ctx, db), orm.ErrClosed, "", "")
	e.fails(db.Use(), orm.ErrClosed, "", "")
	e.equal(orm.Schema(db), "", "Schema")
	ok(db.Close())
}
