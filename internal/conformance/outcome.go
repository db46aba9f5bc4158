package conformance

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/multi-orm/orm"
)

var outcomeCases = []testCase{
	{"upsert/told", "an upsert says whether it inserted or changed, on the key and on any unique set", upsertTold},
	{"upsert/told in a race", "of many upserts of one row, one inserts it", upsertToldRace},
}

func upsertTold(e *env) {
	r := e.papers(2)
	made := false
	p := paper(9)
	ok(r.Upsert(e.ctx, orm.On(papers.Code).Inserted(&made), &p))
	e.equal(made, true, "inserted")
	for range 2 {
		p = paper(9)
		ok(r.Upsert(e.ctx, orm.On(papers.Code).Inserted(&made), &p))
		e.equal(made, false, "changed")
	}
	p = paper(9)
	ok(r.Upsert(e.ctx, orm.On(papers.Shelf, papers.Slot).Inserted(&made), &p, papers.Hits.Inc(5)))
	e.equal([]any{made, p.Hits, p.Version}, []any{false, int64(5), 3}, "on a set of two, with assignments")
	p = paper(10)
	p.ID = 77
	ok(r.Upsert(e.ctx, orm.On(papers.ID).Inserted(&made), &p))
	e.equal(made, true, "on the key")
	ok(r.Upsert(e.ctx, orm.On(papers.ID), &p))
	e.equal(made, true, "nobody asked")
	made = true
	bad := paper(1)
	bad.Slot = 2
	bad.Shelf = paper(2).Shelf
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code).Inserted(&made), &bad), orm.ErrConflict, "Paper", "")
	e.equal(made, true, "an upsert that fails says nothing")
	ok(r.DB().Tx(e.ctx, func(tx orm.DB) error {
		p := paper(11)
		ok(orm.Repo[Paper](tx).Upsert(e.ctx, orm.On(papers.Code).Inserted(&made), &p))
		e.equal(made, true, "in a transaction")
		p = paper(11)
		return orm.Repo[Paper](tx).Upsert(e.ctx, orm.On(papers.Code).Inserted(&made), &p)
	}))
	e.equal(made, false, "the same transaction")
}

func upsertToldRace(e *env) {
	r := e.papers(0)
	for round := range 5 {
		var wg sync.WaitGroup
		var inserts atomic.Int32
		for i := range 8 {
			wg.Go(func() {
				p, made := paper(round), false
				p.Slot = 100*round + i // or else the other unique columns of two new rows collide, which is no upsert's business
				if err := r.Upsert(e.ctx, orm.On(papers.Code).Inserted(&made), &p, papers.Hits.Inc(1)); err != nil {
					e.Errorf("%v", err)
				}
				if made {
					inserts.Add(1)
				}
			})
		}
		wg.Wait()
		e.equal(inserts.Load(), int32(1), fmt.Sprint("inserts in round ", round))
		e.equal(must(r.Where(papers.Code.Eq(paper(round).Code)).One(e.ctx)).Hits, int64(7), "and seven changes")
	}
}
