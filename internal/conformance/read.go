package conformance

import (
	"github.com/multi-orm/orm"
)

var readCases = []testCase{
	{"read/one", "One is exactly one, First the first, ByID the keyed row", readOne},
	{"read/counts", "Count and Exists ask the database for no more than that", readCounts},
	{"read/select", "Select and Omit read what they say; keys for includes are fetched and hidden", readSelect},
	{"read/distinct", "Distinct drops equal selections, and pages them stably", readDistinct},
	{"read/empty", "no rows is an empty slice, not nil", readEmpty},
}

func readOne(e *env) {
	r := e.sample()
	e.equal(must(r.Where(rows.ID.Eq(2)).One(e.ctx)).ID, int64(2), "One")
	e.fails(second(r.One(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Where(rows.B.Eq(20)).One(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Where(rows.B.Eq(77)).One(e.ctx)), orm.ErrNotFound, "Row", "", "77")
	e.fails(second(r.ByID(77).One(e.ctx)), orm.ErrNotFound, "Row", "", "77")
	e.fails(second(r.Where(rows.B.Eq(77)).First(e.ctx)), orm.ErrNotFound, "Row", "", "77")
	e.equal(must(r.ByID(2).First(e.ctx)).ID, int64(2), "First by key")
	e.equal(must(r.ByID(2).Where(rows.B.Eq(20)).One(e.ctx)).ID, int64(2), "key and condition")
	e.fails(second(r.ByID(2).Where(rows.B.Eq(10)).One(e.ctx)), orm.ErrNotFound, "Row", "")
	e.equal(must(r.OrderBy(rows.ID.Desc()).Take(1).One(e.ctx)).ID, int64(5), "One of a page of one")
	e.fails(second(r.Take(3).One(e.ctx)), orm.ErrInvalid, "Row", "")
	e.equal(must(r.Where(rows.ID.Eq(2)).Skip(0).One(e.ctx)).ID, int64(2), "Skip nothing")
	e.log.reset()
	must(r.First(e.ctx))
	e.ran(1, "First")
}

func readCounts(e *env) {
	r := e.sample()
	e.log.reset()
	e.equal(must(r.Count(e.ctx)), int64(5), "all")
	e.equal(must(r.Where(rows.A.Eq(2)).OrderBy(rows.S.Asc()).Skip(1).Take(1).Count(e.ctx)), int64(2), "order and page do not matter")
	e.equal(must(r.Exists(e.ctx)), true, "Exists")
	e.equal(must(r.Where(rows.A.Eq(99)).Exists(e.ctx)), false, "Exists not")
	for _, s := range e.log.reset() {
		if s.Rows > 1 || s.Verb != "select" {
			e.Errorf("%s fetched %d rows", s.Text, s.Rows)
		}
	}
	db := e.open(Person{}, Book{})
	e.equal(must(orm.Repo[Person](db).Include("Written").Count(e.ctx)), int64(0), "includes do not matter")
	e.ran(1, "Count with an include")
}

func readSelect(e *env) {
	db := e.open(Person{}, Book{}, Chapter{})
	must(orm.Repo[Person](db).CreateMany(e.ctx, []Person{{Name: "a"}, {Name: "b", BossID: ptr(int64(1))}}))
	must(orm.Repo[Book](db).CreateMany(e.ctx, []Book{{AuthorID: 2, EditorID: ptr(int64(1)), Title: "x", Price: 3}, {AuthorID: 2, Title: "y"}}))
	r := orm.Repo[Book](db)
	e.equal(must(r.Select(books.Title).Sort("ID").All(e.ctx)), []Book{{Title: "x"}, {Title: "y"}}, "Select")
	e.equal(must(r.Select(books.Title).Select(books.ID, books.Title).Sort("ID").First(e.ctx)), Book{ID: 1, Title: "x"}, "Select twice")
	e.equal(must(r.Omit(books.Title, books.Price, books.AuthorID).ByID(1).One(e.ctx)), Book{ID: 1, EditorID: ptr(int64(1))}, "Omit")
	e.equal(must(r.Select(books.ID, books.Title).Omit(books.ID).ByID(1).One(e.ctx)), Book{Title: "x"}, "Omit of Select")
	// the key that an include needs is read and hidden again, on both sides
	got := must(r.Select(books.Title).Include("Author").ByID(1).One(e.ctx))
	e.equal(got, Book{Title: "x", Author: &Person{ID: 2, Name: "b", BossID: ptr(int64(1))}}, "hidden local key")
	p := must(orm.Repo[Person](db).Select(people.Name).With(people.Written.Select(books.Title).OrderBy(books.ID.Asc())).Where(people.Name.Eq("b")).One(e.ctx))
	e.equal(p, Person{Name: "b", Written: []*Book{{Title: "x"}, {Title: "y"}}}, "hidden remote key")
	p = must(orm.Repo[Person](db).Select(people.Name).With(people.Written.Select(books.Price).With(books.Editor.Select(people.Name)).OrderBy(books.ID.Asc()).Take(1)).Where(people.Name.Eq("b")).One(e.ctx))
	e.equal(p, Person{Name: "b", Written: []*Book{{Price: 3, Editor: &Person{Name: "a"}}}}, "nested")
	got = must(r.Omit(books.AuthorID).With(books.Author).ByID(2).One(e.ctx))
	e.equal(got.AuthorID, int64(0), "omitted key")
	e.equal(got.Author.Name, "b", "and still included")
	e.fails(second(r.Select().All(e.ctx)), orm.ErrInvalid, "Book", "")
	e.fails(second(r.Select(books.Title).Omit(books.Title).All(e.ctx)), orm.ErrInvalid, "Book", "")
	for x, err := range r.Select(books.Title).Include("Author").Sort("ID").Rows(e.ctx) {
		ok(err)
		if x.AuthorID != 0 || x.Author == nil || x.Author.Name != "b" {
			e.Errorf("streamed %+v", x)
		}
	}
	_, sqlArgs, err := r.Select(books.Title).Where(books.ID.Eq(1)).SQL()
	if e.engine.API {
		e.fails(err, orm.ErrUnsupported, "Book", "")
		return
	}
	ok(err)
	e.equal(len(sqlArgs), 1, "arguments of SQL()")
}

func readDistinct(e *env) {
	r := e.sample()
	q := r.Select(rows.A).Distinct()
	got := must(q.OrderBy(rows.A.Asc()).All(e.ctx))
	e.equal(got, []Row{{A: ptr(int64(0))}, {A: ptr(int64(1))}, {A: ptr(int64(2))}, {}}, "distinct with NULL")
	e.equal(must(q.Count(e.ctx)), int64(4), "distinct count")
	e.equal(must(q.OrderBy(rows.A.Desc()).Skip(1).Take(2).All(e.ctx)), []Row{{A: ptr(int64(2))}, {A: ptr(int64(1))}}, "distinct page")
	e.equal(must(r.Select(rows.A, rows.B).Distinct().Count(e.ctx)), int64(5), "two columns")
	e.equal(must(q.First(e.ctx)), Row{A: ptr(int64(0))}, "First")
	e.fails(second(q.OrderBy(rows.B.Asc()).All(e.ctx)), orm.ErrInvalid, "Row", "B")
	var pages []Row
	for i := range 4 {
		pages = append(pages, must(q.Skip(i).Take(1).All(e.ctx))...)
	}
	e.equal(pages, got, "pages without an order")
	e.equal(must(r.Distinct().Count(e.ctx)), int64(5), "whole rows")
}

func readEmpty(e *env) {
	db := e.open(Row{}, Person{}, Book{})
	got := must(orm.Repo[Row](db).All(e.ctx))
	if got == nil {
		e.Error("All gave nil")
	}
	back := must(orm.Repo[Row](db).EveryRow().UpdateReturning(e.ctx, rows.B.Set(1)))
	if back == nil {
		e.Error("UpdateReturning gave nil")
	}
	e.log.reset()
	must(orm.Repo[Person](db).Include("Written.Chapters", "Boss").All(e.ctx))
	e.ran(1, "no rows, no includes")
	for range orm.Repo[Row](db).Rows(e.ctx) {
		e.Error("a stream of no rows gave one")
	}
}
