package conformance

import (
	"sync"

	"github.com/multi-orm/orm"
)

var boundCases = []testCase{
	{"bound/unbounded", "a mass write without a condition is refused, whatever form nothing takes", boundUnbounded},
}

func boundUnbounded(e *env) {
	r := e.papers(3)
	truths := map[string]orm.Query[Paper]{
		"none": r.Query(), "Where()": r.Where(), "And()": r.Where(orm.And[Paper]()), "Not(Or())": r.Where(orm.Not(orm.Or[Paper]())), "NotIn()": r.Where(papers.ID.NotIn()), "Not(In())": r.Where(orm.Not(papers.ID.In())),
		"zero": r.Where(orm.Pred[Paper]{}), "several": r.Where(orm.And[Paper](), papers.ID.NotIn()), "nested": r.Where(orm.And(orm.Or(orm.And[Paper](), papers.ID.Eq(1)), papers.Code.NotIn())),
		"Not(Not())": r.Where(orm.Not(orm.Not(orm.And[Paper]()))), "Not(And(false))": r.Where(orm.Not(orm.And(papers.ID.Eq(1), papers.ID.In()))), "every text": r.Where(papers.Code.Contains("")),
		"by name": r.Where(r.F("ID").NotIn()), "empty slice": r.Where(r.F("ID").NotIn([]int64{})),
	}
	for about, q := range truths {
		for _, err := range []error{second(q.UpdateMany(e.ctx, papers.Hits.Set(1))), second(q.UpdateReturning(e.ctx, papers.Hits.Set(1))), second(q.DeleteMany(e.ctx))} {
			e.fails(err, orm.ErrUnboundedWrite, "Paper", "")
			if e.Failed() {
				e.Fatal(about)
			}
		}
		e.fails(second(q.Delete(e.ctx)), orm.ErrInvalid, "Paper", "")
	}
	e.ran(0, "nothing ran")
	e.equal(must(r.Where(papers.ID.In()).DeleteMany(e.ctx)), int64(0), "nothing at all is bounded")
	e.equal(must(r.Where(orm.Or[Paper]()).UpdateMany(e.ctx, papers.Hits.Set(1))), int64(0), "Or() too")
	e.equal(must(r.Where(orm.And[Paper]()).EveryRow().UpdateMany(e.ctx, papers.Hits.Set(1))), int64(3), "EveryRow")
	e.equal(must(r.EveryRow().Where(papers.ID.Eq(1)).DeleteMany(e.ctx)), int64(1), "EveryRow does not drop conditions")
	e.equal(must(r.EveryRow().DeleteMany(e.ctx)), int64(2), "every row")
}

var upsertCases = []testCase{
	{"upsert/insert", "no row yet: it is inserted and filled", upsertInsert},
	{"upsert/update", "a row is there: given columns change, key, created-only and defaults stay", upsertUpdate},
	{"upsert/assign", "assignments are what changes, and nothing else does", upsertAssign},
	{"upsert/refused", "columns that are no unique set, wrong assignments, another unique set", upsertRefused},
	{"upsert/race", "50 goroutines make one row", upsertRace},
}

func upsertInsert(e *env) {
	r := e.papers(1)
	p := paper(5)
	ok(r.Upsert(e.ctx, orm.On(papers.Code), &p))
	if p.ID == 0 || p.Kind != "note" || p.Count != 7 || p.Created.IsZero() || p.Version != 0 {
		e.Errorf("%+v", p)
	}
	e.equal(must(r.ByID(p.ID).One(e.ctx)), p, "as the database has it")
	e.ran(2, "one statement each")
}

func upsertUpdate(e *env) {
	r := e.papers(2)
	old := must(r.ByID(1).One(e.ctx))
	p := paper(1)
	p.Slot, p.Short, p.Hits, p.Maker, p.Note = 50, "x", 0, "other", nil
	ok(r.Upsert(e.ctx, orm.On(papers.Code), &p))
	want := old
	want.Slot, want.Short, want.Hits, want.Note, want.Score, want.Open, want.Version, want.Updated = 50, "x", 0, nil, nil, false, 1, p.Updated
	e.equal(p, want, "given columns changed, the others stay")
	e.equal(must(r.ByID(1).One(e.ctx)), want, "as the database has it")
	if !p.Updated.After(old.Updated) && !p.Updated.Equal(old.Updated) {
		e.Error("update=now went back")
	}
	byKey := want
	byKey.Short = "key"
	ok(r.Upsert(e.ctx, orm.On(papers.ID), &byKey))
	e.equal(must(r.ByID(1).One(e.ctx)).Short, "key", "by key")
	bySet := paper(2)
	ok(r.Upsert(e.ctx, orm.On(papers.Slot, papers.Shelf), &bySet))
	e.equal(bySet.ID, int64(2), "by a unique set in any order")
	e.equal(must(r.Count(e.ctx)), int64(2), "rows")
}

func upsertAssign(e *env) {
	r := e.papers(1)
	old := must(r.ByID(1).One(e.ctx))
	p := paper(1)
	p.Short, p.Hits = "leak", 1000
	ok(r.Upsert(e.ctx, orm.On(papers.Code), &p, papers.Hits.Inc(5), papers.Note.Set("seen")))
	want := old
	want.Hits, want.Note, want.Version, want.Updated = 5, ptr("seen"), 1, p.Updated
	e.equal(p, want, "only what was assigned")
	fresh := paper(9)
	fresh.Hits = 3
	ok(r.Upsert(e.ctx, orm.On(papers.Code), &fresh, papers.Hits.Inc(5)))
	e.equal(fresh.Hits, int64(3), "an insert takes the row as it is")
}

func upsertRefused(e *env) {
	r := e.papers(2)
	p := paper(1)
	e.fails(r.Upsert(e.ctx, orm.On(papers.Shelf), &p), orm.ErrInvalid, "Paper", "")
	e.fails(r.Upsert(e.ctx, orm.On[Paper](), &p), orm.ErrInvalid, "Paper", "")
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code, papers.ID), &p), orm.ErrInvalid, "Paper", "")
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code), nil), orm.ErrInvalid, "Paper", "")
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code), &p, papers.ID.Set(4)), orm.ErrInvalid, "Paper", "ID")
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code), &p, papers.Maker.Set("x")), orm.ErrInvalid, "Paper", "Maker")
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code), &p, papers.Hits.Set(1), papers.Hits.Set(2)), orm.ErrInvalid, "Paper", "Hits")
	bad := paper(1)
	bad.Kind = "secret"
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code), &bad), orm.ErrInvalid, "Paper", "Kind", "secret")
	e.ran(0, "nothing ran")
	other := paper(7)
	other.Shelf, other.Slot = paper(2).Shelf, 2
	e.fails(r.Upsert(e.ctx, orm.On(papers.Code), &other), orm.ErrConflict, "Paper", "")
}

func upsertRace(e *env) {
	db := e.open(Paper{})
	r := orm.Repo[Paper](db)
	var wg sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		wg.Go(func() {
			p := paper(1)
			p.Hits, p.Slot = 1, i
			errs[i] = r.Upsert(e.ctx, orm.On(papers.Code), &p, papers.Hits.Inc(1))
		})
	}
	wg.Wait()
	for _, err := range errs {
		ok(err)
	}
	e.equal(must(r.One(e.ctx)).Hits, int64(50), "every one counted")
}
