package conformance

import (
	"context"
	"errors"

	"github.com/multi-orm/orm"
)

var streamCases = []testCase{
	{"stream/all", "Rows gives what All gives, in order, includes too", streamAll},
	{"stream/break", "leaving early gives the connection back", streamBreak},
	{"stream/cancel", "cancelling in the middle ends the stream with an error and gives the connection back", streamCancel},
	{"stream/memory", "rows that were given out do not change when the stream goes on", streamMemory},
	{"stream/panic", "a panic in the loop gives the connection back", streamPanic},
	{"stream/tx windows", "in a transaction a stream with includes gives what All gives, and other statements and streams run in its loop", streamTxWindows},
	{"stream/tx ends", "in a transaction a stream that ends early, fails or is cancelled leaves nothing behind", streamTxEnds},
	{"stream/tx", "a stream inside a transaction sees it, its includes too", streamTx},
}

func (e *env) thousand(o Options) orm.Repo[Row] {
	db := e.openWith(o, nil, Row{})
	in := make([]Row, 1200)
	for i := range in {
		in[i] = Row{ID: int64(i + 1), B: int64(i % 7), T: "t", S: ptr("s"), Raw: []byte{byte(i)}}
		if i%3 == 0 {
			in[i].S = nil
		}
	}
	must(orm.Repo[Row](db).CreateMany(e.ctx, in))
	return orm.Repo[Row](db)
}

func collect[T any](q orm.Query[T], ctx context.Context) ([]T, error) {
	out := []T{}
	for x, err := range q.Rows(ctx) {
		if err != nil {
			return out, err
		}
		out = append(out, x)
	}
	return out, nil
}

func streamAll(e *env) {
	r := e.thousand(Options{})
	for _, q := range []orm.Query[Row]{r.OrderBy(rows.B.Desc(), rows.ID.Asc()), r.Where(rows.S.IsNull()).Skip(5).Take(300), r.Select(rows.ID).OrderBy(rows.ID.Desc()), r.Take(0), r.Where(rows.B.In())} {
		e.equal(must(collect(q, e.ctx)), must(q.All(e.ctx)), "stream")
	}
	db := e.open(Person{}, Book{})
	in := make([]Person, 1100)
	for i := range in {
		in[i].Name = "p"
		if i > 0 {
			in[i].BossID = ptr(int64(i/10 + 1))
		}
	}
	must(orm.Repo[Person](db).CreateMany(e.ctx, in))
	q := orm.Repo[Person](db).With(people.Staff.OrderBy(people.ID.Desc()), people.Boss).OrderBy(people.ID.Asc())
	want := must(q.All(e.ctx))
	e.log.reset()
	e.equal(must(collect(q, e.ctx)), want, "stream with includes")
	e.ran(1+2*3, "a window of 500 rows loads each include once")
}

func streamBreak(e *env) {
	r := e.thousand(Options{MaxConns: 1})
	for range 5 {
		n := 0
		for _, err := range r.OrderBy(rows.ID.Asc()).Rows(e.ctx) {
			ok(err)
			if n++; n == 3 {
				break
			}
		}
		e.equal(must(r.Count(e.ctx)), int64(1200), "the only connection is free")
	}
}

func streamCancel(e *env) {
	r := e.thousand(Options{MaxConns: 1})
	ctx, cancel := context.WithCancel(e.ctx)
	n := 0
	var last error
	for _, err := range r.Rows(ctx) {
		if err != nil {
			last = err
			break
		}
		if n++; n == 2 {
			cancel()
		}
	}
	cancel()
	if last == nil && n < 1200 {
		e.Errorf("the stream ended after %d rows without an error", n)
	}
	if last != nil {
		e.fails(last, context.Canceled, "Row", "")
		if !errors.Is(last, context.Canceled) {
			e.Error("the cause is lost")
		}
	}
	e.equal(must(r.Count(e.ctx)), int64(1200), "the only connection is free")
	done, stop := context.WithCancel(e.ctx)
	stop()
	e.fails(second(collect(r.Query(), done)), context.Canceled, "Row", "")
}

func streamMemory(e *env) {
	r := e.thousand(Options{})
	var kept []Row
	for x, err := range r.OrderBy(rows.ID.Asc()).Rows(e.ctx) {
		ok(err)
		kept = append(kept, x)
	}
	for i, x := range kept {
		if x.Raw[0] != byte(i) || (x.S == nil) != (i%3 == 0) || x.S != nil && *x.S != "s" {
			e.Fatalf("row %d changed: %+v", i, x)
		}
	}
	// a second run of the same sequence starts anew
	seq := r.Take(3).Rows(e.ctx)
	for range 2 {
		n := 0
		for range seq {
			n++
		}
		e.equal(n, 3, "a sequence can be run again")
	}
}

func streamPanic(e *env) {
	r := e.thousand(Options{MaxConns: 1})
	func() {
		defer func() {
			if recover() == nil {
				e.Error("the panic was swallowed")
			}
		}()
		for range r.Rows(e.ctx) {
			panic("mine")
		}
	}()
	e.equal(must(r.Count(e.ctx)), int64(1200), "the only connection is free")
}

func streamTx(e *env) {
	db := e.open(Person{}, Book{})
	if e.engine.API {
		e.fails(db.Tx(e.ctx, func(tx orm.DB) error { return second(collect(orm.Repo[Person](tx).Query(), e.ctx)) }), orm.ErrUnsupported, "Person", "")
		return
	}
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		r := orm.Repo[Person](tx)
		ok(r.Create(e.ctx, &Person{Name: "a"}))
		ok(r.Create(e.ctx, &Person{Name: "b", BossID: ptr(int64(1))}))
		e.equal(len(must(collect(r.Query(), e.ctx))), 2, "sees its own rows")
		e.equal(len(must(collect(r.Include("Staff").Sort("ID"), e.ctx))[0].Staff), 1, "included")
		e.equal(must(r.Count(e.ctx)), int64(2), "the transaction goes on")
		return nil
	}))
}

// staff fills the database with 1,100 people, ten below each boss.
func (e *env) staff(opts ...orm.Option) orm.DB {
	db := e.openWith(Options{MaxConns: 1}, opts, Person{}, Book{}, Chapter{}, Club{})
	if must(orm.Repo[Person](db).Exists(e.ctx)) { // a second handle on the same database
		return db
	}
	in := make([]Person, 1100)
	for i := range in {
		in[i].Name = "p"
		if i > 0 {
			in[i].BossID = ptr(int64(i/10 + 1))
		}
	}
	must(orm.Repo[Person](db).CreateMany(e.ctx, in))
	e.log.reset()
	return db
}

// cursors checks that the transaction holds no result that is half read.
func (e *env) cursors(tx orm.DB, about string) {
	e.Helper()
	if e.engine.Name == "postgres" {
		type count struct{ N int64 }
		e.equal(must(orm.Raw[count](e.ctx, tx, "SELECT count(*) AS n FROM pg_cursors WHERE name LIKE 'orm%'"))[0].N, int64(0), about)
	}
}

func streamTxWindows(e *env) {
	db := e.staff()
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		r := orm.Repo[Person](tx)
		q := r.With(people.Staff.OrderBy(people.ID.Desc()), people.Boss).OrderBy(people.ID.Asc())
		for about, q := range map[string]orm.Query[Person]{
			"all": q, "a part": q.Where(people.ID.Gt(7)).Skip(3).Take(700), "one window": q.Take(500), "two windows": q.Take(1000), "none": q.Where(people.ID.Lt(0)),
			"columns": q.Select(people.Name), "two relations down": r.Include("Staff.Staff").Where(people.Name.Eq("p"), people.ID.In(1, 2, 3)).Sort("ID"), "locked": q.Lock(orm.ForUpdate).Take(600),
		} {
			if about == "locked" && e.engine.Name != "postgres" {
				continue
			}
			want := must(q.All(e.ctx))
			e.equal(must(collect(q, e.ctx)), want, about)
		}
		e.log.reset()
		must(collect(q, e.ctx))
		e.ran(1+2*3, "the statement, and each include for a window of 500 rows")

		// statements, transactions and streams of two kinds inside a loop, of the same shape too
		inner, rounds := 0, 0
		for p, err := range q.Rows(e.ctx) {
			ok(err)
			if p.ID%300 != 0 {
				continue
			}
			rounds++
			must(r.ByID(p.ID).Update(e.ctx, people.Name.Set("seen")))
			for x, err := range q.Rows(e.ctx) {
				ok(err)
				if inner++; x.ID == 501 {
					break
				}
			}
			e.equal(len(must(collect(r.Where(people.ID.Lte(20)), e.ctx))), 20, "a plain stream inside")
			ok(tx.Tx(e.ctx, func(in orm.DB) error {
				e.equal(len(must(collect(orm.Repo[Person](in).Include("Boss"), e.ctx))), 1100, "a stream in a savepoint")
				return nil
			}))
			failed := errors.New("undo")
			if err := tx.Tx(e.ctx, func(in orm.DB) error {
				for range orm.Repo[Person](in).Include("Boss").Rows(e.ctx) {
					break
				}
				must(orm.Repo[Person](in).ByID(p.ID).Delete(e.ctx))
				return failed
			}); !errors.Is(err, failed) {
				e.Errorf("want the error of the loop, have %v", err)
			}
		}
		e.equal([]int{rounds, inner}, []int{3, 3 * 501}, "rounds")
		e.equal(must(r.Where(people.Name.Eq("seen")).Count(e.ctx)), int64(3), "what the loop wrote")
		e.cursors(tx, "after streams")
		return nil
	}))
	e.equal(must(orm.Repo[Person](db).Where(people.Name.Eq("seen")).Count(e.ctx)), int64(3), "and committed")
}

func streamTxEnds(e *env) {
	db := e.staff()
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		q := orm.Repo[Person](tx).Include("Staff").Sort("ID")
		for _, at := range []int{1, 500, 501, 1000, 1100} {
			n := 0
			for _, err := range q.Rows(e.ctx) {
				ok(err)
				if n++; n == at {
					break
				}
			}
			e.cursors(tx, "after a break")
		}
		func() {
			defer func() {
				if recover() == nil {
					e.Error("the panic was swallowed")
				}
			}()
			for range q.Rows(e.ctx) {
				panic("mine")
			}
		}()
		e.cursors(tx, "after a panic")
		e.equal(must(orm.Repo[Person](tx).Count(e.ctx)), int64(1100), "the transaction goes on")
		return nil
	}))
	narrow := e.staff(orm.Limits{MaxFanOut: 9})
	ok(narrow.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(second(collect(orm.Repo[Person](tx).Include("Staff").Sort("-ID"), e.ctx)), orm.ErrLimit, "Person", "Staff")
		e.cursors(tx, "after an include that failed")
		e.equal(must(orm.Repo[Person](tx).Count(e.ctx)), int64(1100), "the transaction goes on")
		return nil
	}))
	ctx, cancel := context.WithCancel(e.ctx)
	n := 0
	var last error
	err := db.Tx(ctx, func(tx orm.DB) error {
		for _, err := range orm.Repo[Person](tx).Include("Staff").Rows(ctx) {
			if err != nil {
				last = err
				return err
			}
			if n++; n == 2 {
				cancel()
			}
		}
		return nil
	})
	cancel()
	e.fails(err, context.Canceled, "", "")
	if last == nil {
		e.Errorf("the stream went on for %d rows", n)
	}
	e.equal(must(orm.Repo[Person](db).Count(e.ctx)), int64(1100), "the only connection is free")
	if e.engine.Name == "postgres" { // a statement that fails in the middle: the server says so while rows are fetched
		ok(second(db.Exec(e.ctx, "CREATE FUNCTION fails_at(bigint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN IF $1 = 700 THEN RAISE division_by_zero; END IF; RETURN true; END'")))
		err := db.Tx(e.ctx, func(tx orm.DB) error {
			_, err := collect(orm.Repo[Person](tx).Where(orm.SQL[Person]("fails_at(id)")).Include("Boss").Sort("ID"), e.ctx)
			return err
		})
		e.fails(err, orm.ErrInvalid, "Person", "")
		e.equal(must(orm.Repo[Person](db).Count(e.ctx)), int64(1100), "the only connection is free")
	}
}
