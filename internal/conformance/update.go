package conformance

import (
	"time"

	"github.com/multi-orm/orm"
)

var updateCases = []testCase{
	{"update/one", "Update changes one row, named by key or unique columns, and gives it back", updateOne},
	{"update/zeros", "false, 0, empty text and NULL are written; Inc adds in the database", updateZeros},
	{"update/refused", "key, read-only, create-only, twice, nothing, wrong words and NULL where there is none", updateRefused},
	{"update/many", "UpdateMany counts, UpdateReturning gives rows that no longer pass", updateMany},
	{"update/moves", "update=now and the version move by themselves", updateMoves},
	{"delete/all ways", "Delete gives the row as it was, DeleteMany the count", deleteWays},
}

func (e *env) papers(n int) orm.Repo[Paper] {
	db := e.open(Paper{})
	in := make([]Paper, n)
	for i := range in {
		in[i] = paper(i + 1)
		in[i].Hits, in[i].Note, in[i].Score, in[i].Open = int64(i), ptr("n"), ptr(1.5), true
	}
	must(orm.Repo[Paper](db).CreateMany(e.ctx, in))
	e.log.reset()
	return orm.Repo[Paper](db)
}

func updateOne(e *env) {
	r := e.papers(4)
	old := must(r.ByID(2).One(e.ctx))
	e.log.reset()
	p := must(r.ByID(2).Update(e.ctx, papers.Short.Set("new"), papers.Hits.Inc(10)))
	e.ran(1, "one statement")
	old.Short, old.Hits, old.Version, old.Updated = "new", 11, 1, p.Updated
	e.equal(p, old, "the row as it now is")
	e.equal(must(r.ByID(2).One(e.ctx)), old, "as the database has it")
	e.equal(must(r.Where(papers.Code.Eq(old.Code)).Update(e.ctx, papers.Hits.Set(1))).ID, int64(2), "by a unique column")
	e.equal(must(r.Where(papers.Slot.Eq(2), papers.Shelf.Eq(old.Shelf)).Update(e.ctx, papers.Hits.Set(2))).ID, int64(2), "by a unique set")
	e.equal(must(r.ByID(2).Where(papers.Open.Eq(true)).Update(e.ctx, papers.Open.Set(false))).Open, false, "key and condition")
	e.fails(second(r.ByID(2).Where(papers.Open.Eq(true)).Update(e.ctx, papers.Hits.Set(9))), orm.ErrNotFound, "Paper", "")
	e.fails(second(r.ByID(99).Update(e.ctx, papers.Hits.Set(9))), orm.ErrNotFound, "Paper", "", "99")
	e.fails(second(r.Where(papers.Shelf.Eq(old.Shelf)).Update(e.ctx, papers.Hits.Set(9))), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.Where(papers.Hits.Eq(1)).Update(e.ctx, papers.Hits.Set(9))), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.Where(orm.Or(papers.ID.Eq(1), papers.ID.Eq(2))).Update(e.ctx, papers.Hits.Set(9))), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.Where(orm.Not(papers.ID.Eq(1))).Update(e.ctx, papers.Hits.Set(9))), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.Where(papers.Code.Fold().Eq("X")).Update(e.ctx, papers.Hits.Set(9))), orm.ErrInvalid, "Paper", "")
	some := must(r.Select(papers.ID, papers.Hits).ByID(3).Update(e.ctx, papers.Hits.Set(5)))
	e.equal(some, Paper{ID: 3, Hits: 5}, "Select narrows what comes back")
}

func updateZeros(e *env) {
	r := e.papers(2)
	p := must(r.ByID(1).Update(e.ctx, papers.Open.Set(false), papers.Hits.Set(0), papers.Short.Set(""), papers.Note.SetNull(), papers.Score.SetNull()))
	if p.Open || p.Hits != 0 || p.Short != "" || p.Note != nil || p.Score != nil {
		e.Errorf("%+v", p)
	}
	p = must(r.ByID(1).Update(e.ctx, papers.Note.Set(""), papers.Score.Set(0)))
	if p.Note == nil || *p.Note != "" || p.Score == nil || *p.Score != 0 {
		e.Errorf("%+v", p)
	}
	e.equal(must(r.ByID(2).Update(e.ctx, papers.Hits.Inc(-5), papers.Score.Inc(0.25))).Hits, int64(-4), "Inc down")
	e.equal(*must(r.ByID(2).One(e.ctx)).Score, 1.75, "Inc of a float")
	must(r.ByID(2).Update(e.ctx, papers.Score.SetNull()))
	if p := must(r.ByID(2).Update(e.ctx, papers.Score.Inc(1))); p.Score != nil {
		e.Errorf("NULL and one is %v", *p.Score)
	}
	p = must(r.ByID(2).Update(e.ctx, r.F("Note").Set(nil), r.F("hits").Set(int32(8)), r.F("Score").Set(2)))
	if p.Note != nil || p.Hits != 8 || *p.Score != 2 {
		e.Errorf("by name: %+v", p)
	}
}

func updateRefused(e *env) {
	r := e.papers(2)
	q := r.ByID(1)
	for field, sets := range map[string][]orm.Assign[Paper]{
		"ID": {papers.ID.Set(9)}, "Maker": {papers.Maker.Set("x")}, "Seal": {papers.Seal.Set("x")}, "Hits": {papers.Hits.Set(1), papers.Hits.Inc(1)},
		"Kind": {r.F("Kind").Set("secret")}, "Open": {r.F("Open").Set(nil)}, "Code": {papers.Code.SetNull()}, "Short": {papers.Short.Set("secret")}, "Nope": {r.F("Nope").Set(1)}, "Note": {r.F("Note").Inc(1)},
	} {
		for _, err := range []error{second(q.Update(e.ctx, sets...)), second(r.EveryRow().UpdateMany(e.ctx, sets...)), second(r.EveryRow().UpdateReturning(e.ctx, sets...))} {
			e.fails(err, orm.ErrInvalid, "Paper", field, "secret")
		}
	}
	e.fails(second(q.Update(e.ctx, papers.Kind.Set("secret"))), orm.ErrInvalid, "Paper", "Kind", "secret")
	e.fails(second(r.EveryRow().UpdateMany(e.ctx)), orm.ErrInvalid, "Paper", "")
	e.fails(second(q.Update(e.ctx, orm.Assign[Paper]{})), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.EveryRow().Take(1).UpdateMany(e.ctx, papers.Hits.Set(1))), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.EveryRow().OrderBy(papers.ID.Asc()).DeleteMany(e.ctx)), orm.ErrInvalid, "Paper", "")
	e.ran(0, "nothing ran")
	e.fails(second(q.Update(e.ctx, papers.Code.Set(paper(2).Code))), orm.ErrConflict, "Paper", e.told("Code"), paper(2).Code)
	e.fails(second(q.Update(e.ctx, papers.Short.Set("a\x00b"))), orm.ErrInvalid, "Paper", "Short")
	e.equal(must(q.One(e.ctx)).Version, 0, "nothing was written")
}

func updateMany(e *env) {
	r := e.papers(10)
	e.equal(must(r.Where(papers.Hits.Lt(4)).UpdateMany(e.ctx, papers.Hits.Inc(100))), int64(4), "count")
	got := must(r.Where(papers.Hits.Gte(100)).UpdateReturning(e.ctx, papers.Hits.Set(1), papers.Note.SetNull()))
	e.equal(len(got), 4, "rows that no longer pass come back")
	for _, p := range got {
		if p.Hits != 1 || p.Note != nil || p.Version != 2 {
			e.Errorf("%+v", p)
		}
	}
	e.equal(must(r.Where(papers.Hits.Eq(1)).Where(papers.ID.In(1, 2, 3, 4, 9)).UpdateMany(e.ctx, papers.Hits.Set(0))), int64(4), "conditions join")
	e.equal(must(r.Where(papers.Hits.Eq(777)).UpdateMany(e.ctx, papers.Hits.Set(0))), int64(0), "no row is no error")
	e.equal(len(must(r.Where(papers.Hits.Eq(777)).UpdateReturning(e.ctx, papers.Hits.Set(0)))), 0, "no rows")
	e.equal(must(r.Where(orm.SQL[Paper]("hits % ? = 1", 2)).UpdateMany(e.ctx, papers.Short.Set("odd"))), int64(3), "with SQL")
}

func updateMoves(e *env) {
	r := e.papers(2)
	old := must(r.ByID(1).One(e.ctx))
	time.Sleep(2 * time.Millisecond)
	p := must(r.ByID(1).Update(e.ctx, papers.Hits.Set(1)))
	if !p.Updated.After(old.Updated) || p.Version != 1 || !p.Created.Equal(old.Created) {
		e.Errorf("%+v", p)
	}
	given := must(r.ByID(1).Update(e.ctx, papers.Updated.Set(day(3))))
	e.equal(given.Updated, day(3), "a given time is kept")
	e.equal(given.Version, 2, "the version moves on")
	if !e.engine.API { // whose version is its own business
		for _, bad := range []orm.Assign[Paper]{papers.Version.Set(0), papers.Version.Set(40), papers.Version.Inc(-1), papers.Version.SetFrom(papers.Version)} {
			e.fails(second(r.ByID(1).Update(e.ctx, papers.Hits.Set(7), bad)), orm.ErrInvalid, "Paper", "Version")
			e.fails(second(r.EveryRow().UpdateMany(e.ctx, bad)), orm.ErrInvalid, "Paper", "Version")
			e.fails(r.Upsert(e.ctx, orm.On(papers.ID), &given, bad), orm.ErrInvalid, "Paper", "Version")
		}
		e.equal(must(r.ByID(1).One(e.ctx)).Hits, int64(1), "nothing was changed")
	}
	other := must(r.ByID(2).One(e.ctx))
	e.equal(other.Version, 0, "other rows stay")
}

func deleteWays(e *env) {
	r := e.papers(10)
	old := must(r.ByID(3).One(e.ctx))
	e.log.reset()
	e.equal(must(r.ByID(3).Delete(e.ctx)), old, "the row as it was")
	e.ran(1, "one statement")
	e.fails(second(r.ByID(3).Delete(e.ctx)), orm.ErrNotFound, "Paper", "")
	e.equal(must(r.Where(papers.Code.Eq(paper(4).Code)).Delete(e.ctx)).ID, int64(4), "by a unique column")
	e.fails(second(r.Where(papers.Hits.Gt(1)).Delete(e.ctx)), orm.ErrInvalid, "Paper", "")
	e.equal(must(r.Where(papers.Hits.In(0, 1, 77)).DeleteMany(e.ctx)), int64(2), "count")
	e.equal(must(r.Where(papers.Hits.Eq(77)).DeleteMany(e.ctx)), int64(0), "none")
	e.equal(must(r.Count(e.ctx)), int64(6), "left")
	e.equal(must(r.EveryRow().DeleteMany(e.ctx)), int64(6), "every row")
}
