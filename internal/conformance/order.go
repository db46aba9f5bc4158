package conformance

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/multi-orm/orm"
)

var orderCases = []testCase{
	{"order/nulls", "NULL is the largest value; NullsFirst and NullsLast say otherwise", orderNulls},
	{"order/keys", "several keys sort in turn; a key named twice counts once", orderKeys},
	{"order/pages", "pages over equal sort keys neither repeat nor lose a row", orderPages},
	{"order/edges", "Take(0) is no rows, Skip past the end none, negatives are errors", orderEdges},
	{"order/text", "text sorts by its bytes on every source", orderText},
}

func (e *env) sorted(q orm.Query[Row], about string, want ...int64) {
	e.Helper()
	e.equal(pick(must(q.All(e.ctx)), func(x Row) int64 { return x.ID }), want, about)
}

func orderNulls(e *env) {
	r := e.sample()
	id := rows.ID.Asc()
	e.sorted(r.OrderBy(rows.A.Asc(), id), "ascending", 5, 1, 2, 4, 3)
	e.sorted(r.OrderBy(rows.A.Desc(), id), "descending", 3, 2, 4, 1, 5)
	e.sorted(r.OrderBy(rows.A.Asc().NullsFirst(), id), "ascending, first", 3, 5, 1, 2, 4)
	e.sorted(r.OrderBy(rows.A.Desc().NullsLast(), id), "descending, last", 2, 4, 1, 5, 3)
	e.sorted(r.OrderBy(rows.A.Asc().NullsLast(), id), "ascending, last", 5, 1, 2, 4, 3)
	e.sorted(r.OrderBy(rows.A.Desc().NullsFirst(), id), "descending, first", 3, 2, 4, 1, 5)
	e.sorted(r.OrderBy(rows.B.Asc().NullsFirst(), id), "a column that is never NULL", 5, 1, 2, 3, 4)
	e.sorted(r.OrderBy(rows.F.Desc(), id), "floats", 3, 5, 2, 1, 4)
	e.sorted(r.OrderBy(rows.At.Asc().NullsFirst(), id), "times", 3, 5, 1, 2, 4)
	e.sorted(r.OrderBy(rows.On.Asc(), id), "booleans", 2, 1, 4, 3, 5)
	e.sorted(r.OrderBy(rows.Code.Desc(), id), "uuids", 3, 5, 4, 2, 1)
}

func orderKeys(e *env) {
	r := e.sample()
	e.sorted(r.OrderBy(rows.B.Desc(), rows.T.Desc()), "two keys", 4, 3, 2, 1, 5)
	e.sorted(r.OrderBy(rows.B.Desc()).OrderBy(rows.ID.Desc()), "two calls", 4, 3, 2, 1, 5)
	e.sorted(r.Sort("-B", "ID"), "by name", 4, 2, 3, 1, 5)
	e.sorted(r.OrderBy(rows.B.Asc(), rows.B.Desc(), rows.ID.Asc()), "twice", 5, 1, 2, 3, 4)
	e.sorted(r.OrderBy(rows.B.Asc(), rows.A.Asc().NullsFirst(), rows.S.Desc(), rows.T.Asc(), rows.ID.Desc()), "five keys", 5, 1, 3, 2, 4)
	e.equal(must(r.OrderBy(rows.B.Desc()).First(e.ctx)).ID, int64(4), "First goes by the order")
	e.equal(must(r.First(e.ctx)).ID, int64(1), "First without an order goes by key")
	e.equal(must(r.OrderBy(rows.T.Asc()).Skip(4).First(e.ctx)).ID, int64(3), "First after Skip")
}

func orderPages(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	var all []Row
	for i := range 57 {
		row := Row{ID: int64((i*37)%57 + 1), B: int64(i % 3), T: strconv.Itoa(i % 2)}
		if i%4 == 0 {
			row.A = ptr(int64(i % 5))
		}
		all = append(all, row)
	}
	must(r.CreateMany(e.ctx, all))
	for name, q := range map[string]orm.Query[Row]{
		"no order": r.Query(), "equal keys": r.OrderBy(rows.B.Desc()), "with NULLs": r.OrderBy(rows.A.Asc()), "two keys": r.OrderBy(rows.T.Asc(), rows.A.Desc()), "by key": r.OrderBy(rows.ID.Desc()),
	} {
		full := must(q.Take(1000).All(e.ctx))
		for _, size := range []int{1, 7, 57, 100} {
			var got []Row
			for at := 0; ; at += size {
				page := must(q.Skip(at).Take(size).All(e.ctx))
				got = append(got, page...)
				if len(page) < size {
					break
				}
			}
			e.equal(got, full, name+" in pages")
		}
		e.same(name, pick(full, func(x Row) int64 { return x.ID }))
		slices.SortFunc(full, func(a, b Row) int { return cmp.Compare(a.ID, b.ID) })
		for i := range full {
			if full[i].ID != int64(i+1) {
				e.Fatalf("%s: a row is missing", name)
			}
		}
	}
}

func orderEdges(e *env) {
	r := e.sample()
	none := must(r.Take(0).All(e.ctx))
	if none == nil || len(none) != 0 {
		e.Errorf("Take(0) gave %#v", none)
	}
	e.equal(len(must(r.Skip(3).Take(0).All(e.ctx))), 0, "Skip and Take(0)")
	e.fails(second(r.Take(0).First(e.ctx)), orm.ErrNotFound, "Row", "")
	e.fails(second(r.Take(0).One(e.ctx)), orm.ErrNotFound, "Row", "")
	e.equal(len(must(r.Skip(100).All(e.ctx))), 0, "past the end")
	e.equal(len(must(r.Skip(3).All(e.ctx))), 2, "Skip alone")
	e.sorted(r.Skip(3), "Skip alone goes by key", 4, 5)
	e.equal(must(r.Skip(3).Take(1).Count(e.ctx)), int64(5), "Count knows no page")
	e.equal(must(r.Take(0).Exists(e.ctx)), true, "Exists knows no page")
	e.fails(second(r.Skip(-1).All(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Take(-1).Count(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Take(-1).First(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Skip(-1).Take(0).First(e.ctx)), orm.ErrInvalid, "Row", "")
	for _, err := range r.Take(-5).Rows(e.ctx) {
		e.fails(err, orm.ErrInvalid, "Row", "")
	}
}

func orderText(e *env) {
	db := e.open(Plain{})
	words := []string{"", e.blank(), "A", "B", "Z", "_", "a", "aa", "b", "z", "ä", "é", "漢", "🙂"}
	for i := range words {
		ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{Name: words[(i*5)%len(words)]}))
	}
	got := pick(must(orm.Repo[Plain](db).OrderBy(plains.Name.Asc()).All(e.ctx)), func(p Plain) string { return p.Name })
	e.equal(got, words, "by bytes")
	e.equal(must(orm.Repo[Plain](db).Where(plains.Name.Gte("a"), plains.Name.Lt("b")).Count(e.ctx)), int64(2), "compared by bytes")
}
