package conformance

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/multi-orm/orm"
)

var pageCases = []testCase{
	{"page/walk", "pages forward and back cover every row once, whatever the order", pageWalk},
	{"page/ends", "Prev is empty on the first page and Next on the last; an empty page is no error", pageEnds},
	{"page/changes", "rows that come and go between pages neither repeat nor hide others", pageChanges},
	{"page/values", "the values of the sort keys survive a cursor exactly", pageValues},
	{"page/cursors", "a cursor that was changed, or belongs elsewhere, is ErrBadCursor", pageCursors},
	{"page/keys", "cursors outlive the DB with a key, and its rotation", pageKeys},
	{"page/rows", "pages with a selection, includes and a total", pageRows},
	{"page/uuid", "pages sorted by UUIDs that are not selected cover every row once", pageUUID},
	{"page/refused", "what has no place to begin a page at is refused", pageRefused},
	{"page/computed", "pages sorted by a related row, a count, a part of a value, or a rank", pageComputed},
	{"page/number", "pages by number tell how many there are", pageNumber},
}

// paged is a table with ties, NULLs and every kind of sort key.
func (e *env) paged(n int, opts ...orm.Option) orm.DB {
	db := e.openWith(Options{}, opts, Row{})
	r := rand.New(rand.NewPCG(1, uint64(n)))
	words := []string{"", "a", "A", "b", "ä", "zz"}
	var all []Row
	for i := range n {
		x := Row{ID: int64(i+1) * 7 % 1009, B: int64(r.IntN(3)), T: words[r.IntN(len(words))]}
		if r.IntN(3) > 0 {
			x.A = ptr(int64(r.IntN(4)))
		}
		if r.IntN(3) > 0 {
			x.S = ptr(words[r.IntN(len(words))])
		}
		if r.IntN(3) > 0 {
			x.F = ptr(float64(r.IntN(4)) / 3)
		}
		if r.IntN(3) > 0 {
			x.On = ptr(r.IntN(2) == 0)
		}
		if r.IntN(3) > 0 {
			x.At = ptr(time.Date(2024, 2, 29, 12, 0, r.IntN(3), 123_456_000, time.UTC))
		}
		if r.IntN(3) > 0 {
			x.Code = &Key{byte(r.IntN(3)), 15: 9}
		}
		all = append(all, x)
	}
	must(orm.Repo[Row](db).CreateMany(e.ctx, all))
	e.log.reset()
	return db
}

func rowIDs(in []Row) []int64 { return pick(in, func(x Row) int64 { return x.ID }) }

func (e *env) walked(q orm.Query[Row], size int, about string) {
	e.Helper()
	walked(e, q, size, about, func(x Row) int64 { return x.ID })
}

// walked goes through all pages to the end and back again, and compares with what All gives.
func walked[T any](e *env, q orm.Query[T], size int, about string, id func(T) int64) {
	e.Helper()
	want := pick(must(q.Take(1000).All(e.ctx)), id)
	var forth []int64
	var last orm.Page[T]
	for cursor, pages := "", 0; ; pages++ {
		var err error
		last, err = q.Take(size).Page(e.ctx, cursor)
		if e.refused(err, about) {
			return
		}
		ok(err)
		forth = append(forth, pick(last.Rows, id)...)
		if (last.Prev == "") != (cursor == "") || len(last.Rows) > size || pages > len(want) {
			e.Fatalf("%s: page %d has %d rows, Prev %q", about, pages, len(last.Rows), last.Prev)
		}
		if cursor = last.Next; cursor == "" {
			break
		}
	}
	e.equal(forth, want, about+" forward")
	back := pick(last.Rows, id)
	for cursor := last.Prev; cursor != ""; {
		p := must(q.Take(size).Page(e.ctx, cursor))
		if p.Next == "" || len(p.Rows) == 0 {
			e.Fatalf("%s: a page before another has no Next, or no rows", about)
		}
		back = append(pick(p.Rows, id), back...)
		cursor = p.Prev
	}
	e.equal(back, want, about+" backward")
}

func pageWalk(e *env) {
	r := orm.Repo[Row](e.paged(61))
	e.walked(r.Query(), 7, "by key")
	e.walked(r.OrderBy(rows.ID.Desc()), 61, "one page")
	keys := []func() orm.Order[Row]{rows.A.Asc, rows.B.Asc, rows.S.Asc, rows.T.Asc, rows.F.Asc, rows.On.Asc, rows.At.Asc, rows.Code.Asc,
		rows.A.Desc, rows.B.Desc, rows.S.Desc, rows.T.Desc, rows.F.Desc, rows.On.Desc, rows.At.Desc, rows.Code.Desc, rows.T.Fold().Asc, rows.S.Fold().Desc}
	if _, err := r.OrderBy(rows.T.Fold().Asc()).First(e.ctx); e.refused(err, "letter case folded") {
		keys = keys[:len(keys)-2]
	}
	rnd := rand.New(rand.NewPCG(2, 2))
	for range 25 {
		q := r.Query()
		about := ""
		for range 1 + rnd.IntN(3) {
			at := rnd.IntN(len(keys))
			k := keys[at]()
			nulls := rnd.IntN(4)
			switch nulls {
			case 0:
				k = k.NullsFirst()
			case 1:
				k = k.NullsLast()
			}
			about += string(rune('a'+at)) + string(rune('0'+nulls))
			q = q.OrderBy(k)
		}
		if rnd.IntN(2) == 0 {
			q = q.Where(orm.Or(rows.B.Lt(2), rows.A.IsNull()))
		}
		e.walked(q, 1+rnd.IntN(9), about)
	}
}

func pageEnds(e *env) {
	r := orm.Repo[Row](e.paged(5))
	none := must(r.Where(rows.B.Eq(99)).Page(e.ctx, ""))
	if none.Rows == nil || len(none.Rows) != 0 || none.Next != "" || none.Prev != "" || none.Total != -1 {
		e.Errorf("an empty page: %+v", none)
	}
	all := must(r.Page(e.ctx, ""))
	if len(all.Rows) != 5 || all.Next != "" || all.Prev != "" {
		e.Errorf("the only page: %d rows, %q, %q", len(all.Rows), all.Next, all.Prev)
	}
	e.ran(2, "a page is one statement")
	first := must(r.Take(2).Page(e.ctx, ""))
	second := must(r.Take(2).Page(e.ctx, first.Next))
	again := must(r.Take(2).Page(e.ctx, second.Prev))
	e.equal(rowIDs(again.Rows), rowIDs(first.Rows), "the first page, reached from behind")
	if again.Prev != "" || again.Next == "" {
		e.Error("the first page, reached from behind, has a Prev or no Next")
	}
	wide := must(r.Take(50).Page(e.ctx, first.Next))
	e.equal(len(wide.Rows), 3, "another size on the way")
}

func pageChanges(e *env) {
	db := e.paged(0)
	r := orm.Repo[Row](db)
	for i := range 10 {
		ok(r.Create(e.ctx, &Row{ID: int64(10 * (i + 1)), B: 1}))
	}
	q := r.Where(rows.B.Eq(1)).OrderBy(rows.ID.Asc()).Take(3)
	first := must(q.Page(e.ctx, ""))
	must(r.Where(rows.ID.In(20, 30, 40)).DeleteMany(e.ctx)) // the row of the cursor is among them
	ok(r.Create(e.ctx, &Row{ID: 5, B: 1}))
	ok(r.Create(e.ctx, &Row{ID: 45, B: 1}))
	second := must(q.Page(e.ctx, first.Next))
	e.equal(rowIDs(second.Rows), []int64{45, 50, 60}, "the second page")
	before := must(q.Page(e.ctx, second.Prev))
	e.equal(rowIDs(before.Rows), []int64{5, 10}, "the page before")

	must(r.Where(rows.ID.Gt(60)).DeleteMany(e.ctx))
	gone := must(q.Page(e.ctx, second.Next))
	if len(gone.Rows) != 0 || gone.Next != "" || gone.Prev == "" {
		e.Fatalf("beyond the end: %+v", gone)
	}
	e.equal(rowIDs(must(q.Page(e.ctx, gone.Prev)).Rows), []int64{45, 50, 60}, "back from beyond the end")
	must(r.Where(rows.ID.Lt(45)).DeleteMany(e.ctx))
	gone = must(q.Page(e.ctx, second.Prev))
	if len(gone.Rows) != 0 || gone.Prev != "" || gone.Next == "" {
		e.Fatalf("before the beginning: %+v", gone)
	}
	e.equal(rowIDs(must(q.Page(e.ctx, gone.Next)).Rows), []int64{45, 50, 60}, "forth from before the beginning")
}

func pageValues(e *env) {
	db := e.paged(0)
	r := orm.Repo[Row](db)
	big := int64(1)<<53 + 1
	for i := range 3 {
		n := int64(i)
		ok(r.Create(e.ctx, &Row{ID: math.MaxInt64 - n, B: big + n, T: "'\"\\%_\n" + string(rune('a'+i)), F: ptr(math.Nextafter(1, 2+float64(i))),
			At: ptr(time.Date(1969, 12, 31, 23, 59, 59, int(n+1)*1000, time.UTC)), Raw: []byte{0, 255, byte(i)}}))
	}
	for about, k := range map[string]orm.Order[Row]{"ids": rows.ID.Asc(), "numbers": rows.B.Desc(), "text": rows.T.Asc(), "floats": rows.F.Desc(), "times": rows.At.Asc(), "bytes": rows.Raw.Desc()} {
		e.walked(r.OrderBy(k), 1, about)
	}
}

func pageCursors(e *env) {
	db := e.paged(20)
	r := orm.Repo[Row](db)
	q := r.Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Asc()).Take(3)
	ann := orm.WithActor(e.ctx, orm.Actor{ID: 1, TenantID: 1, Role: "clerk"})
	cursor := must(q.Page(ann, "")).Next
	must(q.Page(ann, cursor))
	must(q.Include().Take(9).Page(ann, cursor))
	bad := func(about string, err error) {
		e.Helper()
		if err == nil {
			e.Errorf("%s was taken", about)
			return
		}
		e.fails(err, orm.ErrBadCursor, "Row", "", cursor)
	}
	for about, other := range map[string]orm.Query[Row]{
		"another value":     r.Where(rows.B.Lt(4), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Asc()),
		"another list":      r.Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä")).OrderBy(rows.T.Asc()),
		"another operator":  r.Where(rows.B.Lte(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Asc()),
		"no filter":         r.OrderBy(rows.T.Asc()),
		"another direction": r.Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Desc()),
		"other NULLs":       r.Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Asc().NullsFirst()),
		"another column":    r.Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.S.Asc()),
		"another key":       r.Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Asc(), rows.B.Asc()),
	} {
		bad(about, second(other.Page(ann, cursor)))
	}
	for about, a := range map[string]orm.Actor{
		"another actor": {ID: 2, TenantID: 1, Role: "clerk"}, "another tenant": {ID: 1, TenantID: 2, Role: "clerk"},
		"another role": {ID: 1, TenantID: 1, Role: "boss"}, "a tenant of another type": {ID: 1, TenantID: "1", Role: "clerk"},
	} {
		bad(about, second(q.Page(orm.WithActor(e.ctx, a), cursor)))
	}
	bad("nobody", second(q.Page(e.ctx, cursor)))
	for i := range len(cursor) {
		flipped := []byte(cursor)
		flipped[i] ^= 1
		bad("a changed cursor", second(q.Page(ann, string(flipped))))
		bad("a cut cursor", second(q.Page(ann, cursor[:max(1, i)])))
	}
	for _, text := range []string{" ", "x", "=", strings.Repeat("A", 100_000), cursor + "A", cursor + "=", cursor + "\n", "\x00", "null", "eyJhIjoxfQ"} {
		bad("a made-up cursor", second(q.Page(ann, text)))
	}
	other := e.openWith(Options{}, nil, Row{})
	bad("a cursor of another DB", second(orm.Repo[Row](other).Where(rows.B.Lt(5), rows.T.In("a", "b", "zz", "A", "ä", "")).OrderBy(rows.T.Asc()).Take(3).Page(ann, cursor)))
}

func pageKeys(e *env) {
	a, b := []byte(strings.Repeat("a", 32)), []byte(strings.Repeat("b", 16))
	r := orm.Repo[Row](e.paged(9, orm.CursorKey(a)))
	cursor := must(r.Query().Take(4).Page(e.ctx, "")).Next
	for i, key := range []orm.Option{orm.CursorKey(a), orm.CursorKey(b, a), orm.CursorKey(b)} {
		db := e.openWith(Options{}, []orm.Option{key}, Row{})
		_, err := orm.Repo[Row](db).Query().Take(4).Page(e.ctx, cursor)
		if i < 2 {
			ok(err)
		} else {
			e.fails(err, orm.ErrBadCursor, "Row", "")
		}
	}
	_, err := orm.Open(e.ctx, e.source("main", Options{}), orm.Models(Row{}), orm.CursorKey([]byte("short")))
	e.fails(err, orm.ErrInvalid, "", "", "short")
}

func pageRows(e *env) {
	db := e.paged(20)
	r := orm.Repo[Row](db)
	q := r.Select(rows.ID, rows.B).OrderBy(rows.T.Asc(), rows.S.Desc()).Take(6)
	p := must(q.Page(e.ctx, "", orm.WithTotal))
	e.equal(p.Total, int64(20), "total")
	p = must(q.Page(e.ctx, p.Next, orm.WithTotal))
	e.equal(p.Total, int64(20), "total on the second page")
	for _, x := range p.Rows {
		if x.T != "" || x.S != nil || x.ID == 0 {
			e.Errorf("a row shows its sort keys, which were not selected: %+v", x)
		}
	}
	lib := e.library()
	books := orm.Repo[Person](lib).Include("Written").Take(2)
	first := must(books.Page(e.ctx, ""))
	e.equal(len(first.Rows[0].Written), 3, "included")
	e.ran(2, "a page with an include")
	second := must(books.Page(e.ctx, first.Next))
	back := must(books.Page(e.ctx, second.Prev))
	e.equal(back.Rows, first.Rows, "included, from behind")
	if e.engine.API {
		return
	}
	err := lib.Tx(e.ctx, func(tx orm.DB) error {
		p := must(orm.Repo[Person](tx).Query().Take(3).Page(e.ctx, "", orm.WithTotal))
		e.equal(p.Total, int64(4), "total in a transaction")
		return nil
	})
	ok(err)
}

func pageUUID(e *env) {
	db := e.open(Token{})
	for _, name := range []string{"a", "a", "b", "a", "c"} {
		ok(orm.Repo[Token](db).Create(e.ctx, &Token{Name: name}))
	}
	var names []string
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		p := must(orm.Repo[Token](db).Select(orm.F(func(t *Token) *string { return &t.Name })).Sort("Name").Take(2).Page(e.ctx, cursor))
		for _, x := range p.Rows {
			e.equal(x.ID, Key{}, "a key that was not selected")
			names = append(names, x.Name)
		}
		if cursor = p.Next; pages > 5 {
			e.Fatalf("the pages have no end: %v", names)
		}
	}
	e.equal(names, []string{"a", "a", "a", "b", "c"}, "pages without their key")
}

func pageRefused(e *env) {
	db := e.openWith(Options{}, nil, Row{}, Thing{})
	r := orm.Repo[Row](db)
	e.fails(second(r.Query().Skip(1).Page(e.ctx, "")), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Query().Take(0).Page(e.ctx, "")), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Query().Take(-1).Page(e.ctx, "")), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Query().Distinct().Page(e.ctx, "")), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Query().Page(e.ctx, "", nil)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Sort("Nope").Page(e.ctx, "")), orm.ErrInvalid, "Row", "")
	e.fails(second(orm.Repo[Thing](db).Sort("Doc").Page(e.ctx, "")), orm.ErrInvalid, "Thing", "Doc")
	e.fails(second(r.Query().Take(math.MaxInt).Page(e.ctx, "")), orm.ErrLimit, "Row", "")
	if e.engine.Name == "postgres" {
		e.fails(second(r.Query().Lock(orm.ForUpdate).Page(e.ctx, "")), orm.ErrInvalid, "Row", "")
		e.fails(second(r.Query().Lock(orm.ForUpdate).PageNumber(e.ctx, 1)), orm.ErrInvalid, "Row", "")
	}
	long := strings.Repeat("x", 10_000)
	ok(r.Create(e.ctx, &Row{ID: 1, T: long}))
	ok(r.Create(e.ctx, &Row{ID: 2, T: long}))
	e.fails(second(r.OrderBy(rows.T.Asc()).Take(1).Page(e.ctx, "")), orm.ErrLimit, "Row", "", "xxxx")
}

func pageNumber(e *env) {
	r := orm.Repo[Row](e.paged(23))
	q := r.OrderBy(rows.B.Asc()).Take(10)
	var all []int64
	for n := 1; n <= 3; n++ {
		p := must(q.PageNumber(e.ctx, n))
		e.equal([]int64{int64(p.Number), p.Pages, p.Total}, []int64{int64(n), 3, 23}, "numbers")
		all = append(all, rowIDs(p.Rows)...)
	}
	e.equal(all, rowIDs(must(r.OrderBy(rows.B.Asc(), rows.ID.Asc()).All(e.ctx))), "rows")
	beyond := must(q.PageNumber(e.ctx, 4))
	e.equal(len(beyond.Rows), 0, "beyond the last page")
	empty := must(r.Where(rows.B.Eq(99)).PageNumber(e.ctx, 1))
	e.equal([]int64{empty.Pages, empty.Total}, []int64{1, 0}, "an empty table")
	for _, n := range []int{0, -1} {
		e.fails(second(q.PageNumber(e.ctx, n)), orm.ErrInvalid, "Row", "")
	}
	e.fails(second(q.PageNumber(e.ctx, math.MaxInt)), orm.ErrLimit, "Row", "")
	e.fails(second(q.Take(0).PageNumber(e.ctx, 1)), orm.ErrInvalid, "Row", "")
}
