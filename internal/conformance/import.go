package conformance

import (
	"context"
	"errors"
	"strings"

	"github.com/multi-orm/orm"
)

var importCases = []testCase{
	{"import/partial", "a bad row does not spoil the others, and each has its result", importPartial},
	{"import/whole", "what concerns the whole import inserts nothing", importWhole},
	{"save/many", "SaveMany writes all or none, by key, with versions", saveMany},
	{"save/many statements", "ten thousand rows take few statements; one missing row undoes all", saveManyStatements},
	{"save/many kinds", "every kind of column, composite keys, and names like the library's own", saveManyKinds},
	{"save/many at once", "many at once neither deadlock nor overwrite a version", saveManyAtOnce},
	{"save/many hooks", "hooks see each row, and one that denies denies all", saveManyHooks},
	{"tx/attempt", "a transaction's handle knows its attempt", txAttempt},
}

func importPartial(e *env) {
	r := e.papers(1)
	in := make([]Paper, 12)
	for i := range in {
		in[i] = paper(i + 1)
		in[i].Slot += 100
	}
	in[4].Kind = "secret"
	in[5].ID, in[6].ID = 500, 500
	in[7].Code = in[8].Code
	in[9].Code = strings.ToUpper(in[9].Code)
	refused := errors.New("no thirteen")
	in[10].Slot = 13
	for _, batch := range []orm.ImportOption{orm.Batch(5), orm.Batch(1), orm.Batch(100)} {
		must(r.Where(papers.ID.Gt(1)).DeleteMany(e.ctx))
		rows := append([]Paper{}, in...)
		res := must(r.Import(e.ctx, rows, batch,
			orm.Check(func(_ context.Context, p *Paper) error { p.Code = strings.ToLower(p.Code); return nil }),
			orm.Check(func(_ context.Context, p *Paper) error {
				if p.Slot == 13 {
					return refused
				}
				return nil
			})))
		e.equal(len(res), len(in), "a result for each")
		var made []string
		for i, x := range res {
			e.equal(x.Index, i, "index")
			e.equal(x.Row == &rows[i], true, "row")
			if x.Err == nil {
				made = append(made, rows[i].Code)
				e.equal(must(r.ByID(x.Row.ID).One(e.ctx)).Code, rows[i].Code, "inserted, the key filled in")
			}
		}
		e.fails(res[0].Err, orm.ErrConflict, "Paper", e.told("Code"))
		e.fails(res[4].Err, orm.ErrInvalid, "Paper", "Kind", "secret")
		e.fails(res[6].Err, orm.ErrConflict, "Paper", "", "500")
		e.fails(res[8].Err, orm.ErrConflict, "Paper", e.told("Code"))
		e.equal(errors.Is(res[10].Err, refused), true, "the check's own error")
		e.equal(len(made), 7, "inserted")
		e.equal(must(r.Count(e.ctx)), int64(8), "rows in the table")
		e.equal(rows[8].ID, int64(0), "a row that is not there has no made key")
	}
}

func importWhole(e *env) {
	r := e.papers(0)
	ctx, stop := context.WithCancel(e.ctx)
	n := 0
	_, err := r.Import(ctx, []Paper{paper(1), paper(2)}, orm.Check(func(context.Context, *Paper) error {
		if n++; n == 2 {
			stop()
		}
		return nil
	}))
	e.equal(errors.Is(err, context.Canceled), true, "cancelled")
	e.fails(second(r.Import(e.ctx, []Paper{paper(1)}, nil)), orm.ErrInvalid, "Paper", "")
	e.fails(second(r.Import(e.ctx, []Paper{paper(1)}, orm.Batch(0))), orm.ErrInvalid, "Paper", "")
	res := must(r.Import(e.ctx, []Paper{paper(1)}, orm.Check(func(context.Context, *Plain) error { return nil })))
	e.fails(res[0].Err, orm.ErrInvalid, "", "")
	e.equal(must(r.Count(e.ctx)), int64(0), "nothing was inserted")
	e.equal(len(must(r.Import(e.ctx, nil))), 0, "no rows, no results")
}

func saveMany(e *env) {
	r := e.papers(4)
	all := must(r.OrderBy(papers.ID.Desc()).All(e.ctx))
	for i := range all {
		all[i].Hits = int64(100 + i)
	}
	e.equal(must(r.SaveMany(e.ctx, all)), int64(4), "rows")
	e.equal(must(r.OrderBy(papers.ID.Desc()).All(e.ctx)), all, "written, versions moved on")
	was := append([]Paper{}, all...)
	same := func(about string) {
		e.Helper()
		e.equal(must(r.OrderBy(papers.ID.Desc()).All(e.ctx)), was, about)
	}
	for i := range all {
		all[i].Hits = 0
	}
	asked := append([]Paper{}, all...)
	all[1].Version, asked[1].Version = 0, 0
	e.fails(second(r.SaveMany(e.ctx, all)), orm.ErrStale, "Paper", "Version")
	e.equal(all, asked, "the structs stay")
	same("one is stale, none is written")
	all[1] = asked[1]
	all[1].ID, all[1].Version = 99, 1
	e.fails(second(r.SaveMany(e.ctx, all)), orm.ErrNotFound, "Paper", "")
	same("one is absent, none is written")
	e.fails(second(r.SaveMany(e.ctx, []Paper{all[0], all[0]})), orm.ErrInvalid, "Paper", "ID")
	e.fails(second(r.SaveMany(e.ctx, []Paper{{}})), orm.ErrInvalid, "Paper", "ID")
	e.equal(must(r.SaveMany(e.ctx, nil)), int64(0), "none")
	part := []Paper{{ID: 1, Hits: 5, Version: 1}, {ID: 2, Hits: 6, Version: 1}}
	e.equal(must(r.SaveMany(e.ctx, part, papers.Hits)), int64(2), "some columns")
	e.equal(must(r.ByID(2).One(e.ctx)).Code, paper(2).Code, "the others stay")
	e.fails(second(r.SaveMany(e.ctx, part, papers.Maker)), orm.ErrInvalid, "Paper", "Maker")
}

func txAttempt(e *env) {
	db := e.open(Plain{})
	e.equal(db.Attempt(), 1, "outside")
	var seen []int
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		seen = append(seen, tx.Attempt())
		if tx.Attempt() < 3 {
			return again{}
		}
		return tx.Tx(e.ctx, func(in orm.DB) error { seen = append(seen, in.Attempt()); return nil })
	}, orm.Retry(5)))
	e.equal(seen, []int{1, 2, 3, 3}, "attempts")
}

type again struct{}

func (again) Error() string   { return "again" }
func (again) Retryable() bool { return true }
