package conformance

import (
	"runtime"
	"strings"

	"github.com/multi-orm/orm"
)

func bulkBig(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	big := strings.Repeat("é", 1<<20)
	ok(r.Create(e.ctx, &Plain{Name: big}))
	must(r.CreateMany(e.ctx, []Plain{{Name: big + "1"}, {Name: "small"}}))
	e.equal(must(r.Where(plains.Name.Eq(big)).Count(e.ctx)), int64(1), "found by it")
	e.equal(len(must(r.Where(plains.Name.EndsWith("1")).One(e.ctx)).Name), 2<<20+1, "read back")
	ids := make([]int64, 70_000)
	for i := range ids {
		ids[i] = int64(i) + 2
	}
	n, err := r.Where(plains.ID.In(ids...)).Count(e.ctx)
	if err != nil {
		e.fails(err, orm.ErrLimit, "Plain", "")
	} else {
		e.equal(n, int64(2), "70,000 items")
	}
	p := plains.ID.Gt(0)
	for range 10_000 {
		p = orm.Not(orm.And(p, plains.ID.Gt(0)))
	}
	if _, err := r.Where(p).Count(e.ctx); err != nil {
		e.fails(err, orm.ErrLimit, "Plain", "")
	}
	e.equal(must(r.Count(e.ctx)), int64(3), "it goes on")
}

func bulkMemory(e *env) {
	const rows, most = 100_000, 24 << 20
	db := e.open(Plain{})
	in := make([]Plain, rows)
	for i := range in {
		in[i] = Plain{Name: "row", N: int64(i)}
	}
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	base, peak, last := live(), int64(0), 0
	must(orm.Repo[Plain](db).CreateMany(e.ctx, in, orm.Progress(func(done, total int) {
		if done <= last || total != rows {
			e.Errorf("%d after %d of %d", done, last, total)
		}
		last, peak = done, max(peak, live()-base)
	})))
	e.equal(last, rows, "progress")
	if peak > most {
		e.Errorf("%d MB more are held between batches, want at most %d", peak>>20, most>>20)
	}
	e.equal(in[rows-1].ID, int64(rows), "keys")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(rows), "rows")
	in[rows-1].ID = 1 // the last batch fails, so nothing of the first stays
	for i := range in[:rows-1] {
		in[i].ID = int64(rows + 1 + i)
	}
	e.fails(second(orm.Repo[Plain](db).CreateMany(e.ctx, in)), orm.ErrConflict, "Plain", "")
	e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(rows), "nothing half-done")
}
