package conformance

import (
	"errors"
	"sync"

	"github.com/multi-orm/orm"
)

var saveCases = []testCase{
	{"save/columns", "Save writes every column but key, created-only and read-only ones", saveColumns},
	{"save/stale", "a row that changed since it was read is ErrStale, one that is gone ErrNotFound", saveStale},
	{"save/race", "of many that save the same version, one wins", saveRace},
	{"save/partial", "given columns, Save writes those only", savePartial},
}

func saveColumns(e *env) {
	r := e.papers(2)
	p := must(r.ByID(1).One(e.ctx))
	created := p.Created
	p.Short, p.Hits, p.Note, p.Score, p.Open, p.Maker, p.Seal, p.Count = "", 0, nil, nil, false, "changed", "changed", 0
	ok(r.Save(e.ctx, &p))
	e.equal(p.Version, 1, "the struct's version moved")
	back := must(r.ByID(1).One(e.ctx))
	e.equal(back.Maker, "me", "created-only stays")
	e.equal(back.Seal, "", "read-only stays")
	e.equal(back.Count, 0, "a default is for new rows")
	e.equal(back.Created, created, "created stays")
	p.Maker, p.Seal = back.Maker, back.Seal
	e.equal(back, p, "all others are written")
	ok(r.Save(e.ctx, &p))
	e.equal(p.Version, 2, "and again")
	bad := p
	bad.Kind = "secret"
	e.fails(r.Save(e.ctx, &bad), orm.ErrInvalid, "Paper", "Kind", "secret")
	bad = p
	bad.ID = 0
	e.fails(r.Save(e.ctx, &bad), orm.ErrInvalid, "Paper", "ID")
	bad = p
	bad.Code = paper(2).Code
	e.fails(r.Save(e.ctx, &bad), orm.ErrConflict, "Paper", e.told("Code"), bad.Code)
	e.equal(bad.Version, 2, "a Save that fails leaves the struct's version")
	e.fails(r.Save(e.ctx, nil), orm.ErrInvalid, "Paper", "")
	db := e.open(Plain{})
	e.fails(orm.Repo[Plain](db).Save(e.ctx, &Plain{ID: 5}), orm.ErrNotFound, "Plain", "")
	x := Plain{Name: "x", N: 3}
	ok(orm.Repo[Plain](db).Create(e.ctx, &x))
	ok(orm.Repo[Plain](db).Save(e.ctx, &Plain{ID: x.ID}))
	e.equal(must(orm.Repo[Plain](db).ByID(x.ID).One(e.ctx)), Plain{ID: x.ID}, "zero values are written")
}

func saveStale(e *env) {
	r := e.papers(2)
	a, b := must(r.ByID(1).One(e.ctx)), must(r.ByID(1).One(e.ctx))
	a.Hits = 50
	ok(r.Save(e.ctx, &a))
	b.Hits = 60
	e.fails(r.Save(e.ctx, &b), orm.ErrStale, "Paper", "Version")
	e.equal(b.Version, 0, "the struct keeps its version")
	e.equal(must(r.ByID(1).One(e.ctx)).Hits, int64(50), "nothing was overwritten")
	must(r.ByID(2).Delete(e.ctx))
	gone := paper(2)
	gone.ID, gone.Kind = 2, "note"
	e.fails(r.Save(e.ctx, &gone), orm.ErrNotFound, "Paper", "")
	must(r.ByID(1).Update(e.ctx, papers.Hits.Inc(1)))
	e.fails(r.Save(e.ctx, &a), orm.ErrStale, "Paper", "Version")
}

func saveRace(e *env) {
	r := e.papers(1)
	p := must(r.ByID(1).One(e.ctx))
	var wg sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		wg.Go(func() {
			mine := p
			mine.Hits = int64(i + 100)
			errs[i] = r.Save(e.ctx, &mine)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, orm.ErrStale):
			e.Errorf("%v", err)
		}
	}
	e.equal(won, 1, "winners")
	e.equal(must(r.ByID(1).One(e.ctx)).Version, 1, "version")
}

func savePartial(e *env) {
	r := e.papers(1)
	p := must(r.Select(papers.ID, papers.Hits, papers.Version).ByID(1).One(e.ctx))
	p.Hits = 99
	ok(r.Save(e.ctx, &p, papers.Hits))
	back := must(r.ByID(1).One(e.ctx))
	e.equal(back.Hits, int64(99), "written")
	e.equal(back.Code, paper(1).Code, "the others stay")
	e.equal(*back.Note, "n", "the others stay")
	e.equal(back.Version, 1, "the version moves")
	e.fails(r.Save(e.ctx, &p, papers.Maker), orm.ErrInvalid, "Paper", "Maker")
	e.fails(r.Save(e.ctx, &p, r.F("Nope")), orm.ErrInvalid, "Paper", "Nope")
}
