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
	{"stream/tx", "a stream inside a transaction sees it; its includes load or are refused", streamTx},
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
		got, err := collect(r.Include("Staff").Sort("ID"), e.ctx)
		if err != nil {
			e.fails(err, orm.ErrUnsupported, "Person", "")
		} else {
			e.equal(len(got[0].Staff), 1, "included")
		}
		e.equal(must(r.Count(e.ctx)), int64(2), "the transaction goes on")
		return nil
	}))
}
