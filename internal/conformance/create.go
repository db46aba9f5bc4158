package conformance

import (
	"fmt"
	"strings"
	"time"

	"github.com/multi-orm/orm"
)

var createCases = []testCase{
	{"create/ids down", "CreateMany gives each row its own id where the database counts down", createDown},
	{"create/fills", "made columns and defaults are filled in the struct, zero values are written", createFills},
	{"create/errors", "conflicts and wrong rows are typed and write nothing", createErrors},
	{"create/many", "5,000 rows of ten columns, ids in input order", createMany},
	{"create/mixed", "given and made ids in one call", createMixed},
	{"create/atomic", "a CreateMany that fails writes nothing, wherever it fails", createAtomic},
	{"create/skip duplicates", "only unique violations are skipped; the count is what was inserted", createSkip},
	{"create/odd", "no rows, nil, progress, slices of a larger slice", createOdd},
}

func createFills(e *env) {
	db := e.open(Paper{})
	r := orm.Repo[Paper](db)
	before := time.Now().Add(-time.Second)
	p := paper(1)
	ok(r.Create(e.ctx, &p))
	if p.ID != 1 || p.Kind != "note" || p.Count != 7 || p.Created.Before(before) || p.Updated.Before(before) || p.Version != 0 {
		e.Errorf("not filled: %+v", p)
	}
	back := must(r.ByID(1).One(e.ctx))
	e.equal(back, p, "the database has what the struct has")
	e.equal(back.Open, false, "zero values are written")
	if back.Score != nil || back.Note != nil {
		e.Error("NULL was not written")
	}
	given := paper(2)
	given.ID, given.Kind, given.Count, given.Created = 77, "letter", 1, day(1)
	ok(r.Create(e.ctx, &given))
	e.equal(must(r.ByID(77).One(e.ctx)), given, "given values are kept")
	e.equal(given.Created, day(1), "a given time stays")
}

func createErrors(e *env) {
	db := e.open(Paper{})
	r := orm.Repo[Paper](db)
	p := paper(1)
	ok(r.Create(e.ctx, &p))
	again := paper(1)
	again.Slot = 99
	e.fails(r.Create(e.ctx, &again), orm.ErrConflict, "Paper", e.told("Code"), again.Code)
	again = paper(2)
	again.Shelf, again.Slot = p.Shelf, p.Slot
	e.fails(r.Create(e.ctx, &again), orm.ErrConflict, "Paper", "", p.Shelf)
	again = paper(3)
	again.ID = p.ID
	e.fails(r.Create(e.ctx, &again), orm.ErrConflict, "Paper", "")
	again = paper(4)
	again.Kind = "secret"
	e.fails(r.Create(e.ctx, &again), orm.ErrInvalid, "Paper", "Kind", "secret")
	e.fails(r.Create(e.ctx, nil), orm.ErrInvalid, "Paper", "")
	e.equal(must(r.Count(e.ctx)), int64(1), "nothing was written")
}

func wide(n int) []Wide {
	out := make([]Wide, n)
	for i := range out {
		out[i] = Wide{A: int64(i), B: fmt.Sprint("b", i), D: float64(i) / 4, E: i%2 == 0, F: day(1).Add(time.Duration(i) * time.Microsecond), G: []byte{byte(i)}, I: int32(i), J: Key{byte(i), byte(i >> 8)}}
		if i%3 == 0 {
			out[i].C, out[i].H = ptr(out[i].B), ptr(int64(-i))
		}
	}
	return out
}

func createMany(e *env) {
	db := e.open(Wide{})
	r := orm.Repo[Wide](db)
	in := wide(5000)
	e.log.reset()
	e.equal(must(r.CreateMany(e.ctx, in)), int64(5000), "inserted")
	if n := len(e.log.reset()); n > e.most(5000/500, 5000/200) {
		e.Errorf("%d statements", n)
	}
	byID := map[int64]Wide{}
	for _, w := range must(r.All(e.ctx)) {
		byID[w.ID] = w
	}
	e.equal(len(byID), 5000, "rows")
	for i := range in {
		back := byID[in[i].ID]
		if back.A != in[i].A || in[i].A != int64(i) {
			e.Fatalf("row %d has the id of row %d", i, back.A)
		}
		if i%997 == 0 {
			e.equal(back, in[i], "row")
		}
	}
}

func createMixed(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	in := []Plain{{Name: "a"}, {ID: 100, Name: "b"}, {ID: 200, Name: "c"}, {Name: "d"}, {Name: "e"}, {ID: 50, Name: "f"}}
	e.equal(must(r.CreateMany(e.ctx, in)), int64(6), "inserted")
	for _, p := range in {
		if p.ID == 0 {
			e.Fatalf("no id: %+v", in)
		}
		e.equal(must(r.ByID(p.ID).One(e.ctx)), p, "each id belongs to its row")
	}
	if in[1].ID != 100 || in[2].ID != 200 || in[5].ID != 50 {
		e.Errorf("given ids changed: %+v", in)
	}
}

func createAtomic(e *env) {
	db := e.open(Wide{}, Paper{})
	r := orm.Repo[Wide](db)
	in := wide(4000)
	in[3999].A = in[0].A // the last row of the last batch
	n, err := r.CreateMany(e.ctx, in)
	e.fails(err, orm.ErrConflict, "Wide", "")
	e.equal(n, int64(0), "none inserted")
	e.equal(must(r.Count(e.ctx)), int64(0), "nothing was written")
	for i := range in {
		if in[i].ID != 0 {
			e.Fatalf("row %d has the id %d though nothing was written", i, in[i].ID)
		}
	}
	in[3999].A = 3999
	e.equal(must(r.CreateMany(e.ctx, in)), int64(4000), "once more, mended")

	bad := []Paper{paper(1), paper(2), paper(3)}
	bad[2].Kind = "secret"
	e.fails(second(orm.Repo[Paper](db).CreateMany(e.ctx, bad)), orm.ErrInvalid, "Paper", "Kind", "secret")
	e.equal(must(orm.Repo[Paper](db).Count(e.ctx)), int64(0), "nothing was written")
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		ok(orm.Repo[Paper](tx).Create(e.ctx, &bad[0]))
		dup := make([]Wide, 3000)
		for i := range dup {
			dup[i] = wide(1)[0]
			dup[i].A = int64(-i)
		}
		dup[2999].A = 0
		e.fails(tx.Tx(e.ctx, func(tx orm.DB) error { return second(orm.Repo[Wide](tx).CreateMany(e.ctx, dup)) }), orm.ErrConflict, "Wide", "")
		e.equal(must(orm.Repo[Wide](tx).Count(e.ctx)), int64(4000), "the transaction goes on without it")
		return nil
	}))
	e.equal(must(orm.Repo[Paper](db).Count(e.ctx)), int64(1), "the rest was committed")
}

func createSkip(e *env) {
	db := e.open(Wide{}, Paper{})
	r := orm.Repo[Wide](db)
	must(r.CreateMany(e.ctx, wide(10)))
	e.equal(must(r.CreateMany(e.ctx, wide(2500), orm.SkipDuplicates())), int64(2490), "inserted")
	e.equal(must(r.Count(e.ctx)), int64(2500), "rows")
	twice := append(wide(1), wide(1)...)
	twice[0].A, twice[1].A = -1, -1
	e.equal(must(r.CreateMany(e.ctx, twice, orm.SkipDuplicates())), int64(1), "duplicates among themselves")
	p := []Paper{paper(1)}
	p[0].Kind = "secret"
	e.fails(second(orm.Repo[Paper](db).CreateMany(e.ctx, p, orm.SkipDuplicates())), orm.ErrInvalid, "Paper", "Kind", "secret")
	old := must(r.Where(orm.F(func(w *Wide) *int64 { return &w.A }).Eq(5)).One(e.ctx))
	old.B = "other"
	e.equal(must(r.CreateMany(e.ctx, []Wide{old}, orm.SkipDuplicates())), int64(0), "by key")
	e.equal(must(r.ByID(old.ID).One(e.ctx)).B, "b5", "the row that was there stays")
}

func createOdd(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	e.log.reset()
	e.equal(must(r.CreateMany(e.ctx, nil)), int64(0), "nil")
	e.equal(must(r.CreateMany(e.ctx, []Plain{})), int64(0), "none")
	e.ran(0, "no rows")
	backing := make([]Plain, 10)
	for i := range backing {
		backing[i].Name = strings.Repeat("x", i)
	}
	must(r.CreateMany(e.ctx, backing[3:6]))
	for i, p := range backing {
		if (p.ID != 0) != (i >= 3 && i < 6) {
			e.Errorf("row %d: id %d", i, p.ID)
		}
	}
	var done []int
	must(r.CreateMany(e.ctx, make([]Plain, 3), orm.Progress(func(n, _ int) { done = append(done, n) })))
	e.equal(done, []int{3}, "progress of one batch")
	done = nil
	many := make([]Plain, 25_000)
	must(r.CreateMany(e.ctx, many, orm.Progress(func(n, total int) {
		e.equal(total, 25_000, "total")
		done = append(done, n)
	})))
	if len(done) == 0 || done[len(done)-1] != 25_000 {
		e.Errorf("progress: %v", done)
	}
}

func createDown(e *env) {
	db := e.open(Plain{})
	if e.engine.Name != "postgres" { // SQLite's numbers only grow
		return
	}
	must(db.Exec(e.ctx, "ALTER TABLE plains ALTER COLUMN id SET MINVALUE -1000000 SET INCREMENT BY -1 RESTART WITH 900"))
	rows := []Plain{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	must(orm.Repo[Plain](db).CreateMany(e.ctx, rows))
	for _, row := range rows {
		e.equal(must(orm.Repo[Plain](db).ByID(row.ID).One(e.ctx)).Name, row.Name, "the row of an id")
	}
}
