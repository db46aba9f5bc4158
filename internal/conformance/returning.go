package conformance

import (
	"github.com/multi-orm/orm"
)

var returningCases = []testCase{
	{"returning/includes", "Update, UpdateReturning, Create and Delete give relations, read in their transaction", returningIncludes},
	{"returning/columns", "only the columns of Select come back, those that includes need hidden again", returningColumns},
	{"returning/refused", "what gives no rows takes no includes, a new row no conditions; a failing include undoes the write", returningRefused},
}

func returningIncludes(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	full := r.With(people.Boss, people.Written.OrderBy(books.Title.Asc()), people.Clubs.OrderBy(clubs.Name.Asc()))
	p := must(full.ByID(2).Update(e.ctx, people.Name.Set("Bo")))
	e.equal(p, must(full.ByID(2).One(e.ctx)), "what a read gives")
	e.same("updated", p)
	extra := Book{Title: "e"}
	p = must(full.ByID(2).Update(e.ctx, people.Written.Create(&extra), people.Clubs.Set(clubs.Name.Eq("empty")), people.Boss.Unlink()))
	e.equal(p, must(full.ByID(2).One(e.ctx)), "after nested writes")
	e.equal([]any{titles(p.Written), len(p.Clubs), p.Boss == nil}, []any{[]string{"d", "e"}, 1, true}, "as they then are")
	ps := must(full.Where(people.ID.Lte(2)).UpdateReturning(e.ctx, people.Name.Set("same")))
	e.equal(len(ps), 2, "rows")
	for _, p := range ps {
		e.equal(p, must(full.ByID(p.ID).One(e.ctx)), "each with its own")
	}
	e.equal(len(must(full.Where(people.ID.Eq(99)).UpdateReturning(e.ctx, people.Name.Set("x")))), 0, "no row")
	e.fails(second(full.ByID(99).Update(e.ctx, people.Name.Set("x"))), orm.ErrNotFound, "Person", "")
	was := must(full.ByID(1).One(e.ctx))
	gone := must(full.ByID(1).Delete(e.ctx))
	e.equal(gone, was, "as it was, relations too")
	e.fails(second(full.ByID(1).Delete(e.ctx)), orm.ErrNotFound, "Person", "")
	n := Person{Name: "new", BossID: ptr(int64(3))}
	ok(r.With(people.Boss, people.Clubs).Create(e.ctx, &n, people.Clubs.Link(clubs.Name.Eq("go"))))
	e.equal([]any{n.Boss.Name, n.Clubs[0].Name, n.Written == nil}, []any{"Cid", "go", true}, "a new row with its relations")
}

func returningColumns(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	p := must(r.Select(people.Name).With(people.Clubs.Select(clubs.Name).OrderBy(clubs.Name.Asc()), people.Boss.Select(people.Name)).ByID(2).Update(e.ctx, people.Name.Set("Bo")))
	e.equal(p, Person{Name: "Bo", Boss: &Person{Name: "Ann"}, Clubs: []Club{{Name: "chess"}}}, "nothing else")
	q := orm.Repo[Paper](e.open(Paper{}))
	n := paper(1)
	n.Note = ptr("kept")
	ok(q.Select(papers.Code, papers.Updated).Create(e.ctx, &n))
	e.equal(n, must(q.ByID(n.ID).One(e.ctx)), "the struct is what the database holds")
}

func returningRefused(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	with := r.With(people.Boss)
	e.fails(second(with.Where(people.ID.Eq(1)).UpdateMany(e.ctx, people.Name.Set("x"))), orm.ErrInvalid, "Person", "")
	e.fails(second(with.Where(people.ID.Eq(1)).DeleteMany(e.ctx)), orm.ErrInvalid, "Person", "")
	e.fails(r.Where(people.ID.Eq(1)).Create(e.ctx, &Person{Name: "x"}), orm.ErrInvalid, "Person", "")
	e.fails(r.Select(people.Name).Create(e.ctx, nil), orm.ErrInvalid, "Person", "")
	narrow := orm.Repo[Person](e.library(orm.Limits{MaxFanOut: 1}))
	n := Person{Name: "n"}
	e.fails(narrow.With(people.Clubs).Create(e.ctx, &n, people.Clubs.Link(clubs.ID.In(1, 2))), orm.ErrLimit, "Person", "Clubs")
	e.equal(n, Person{Name: "n"}, "the struct is as it was")
	e.fails(second(narrow.With(people.Clubs).ByID(1).Update(e.ctx, people.Name.Set("lost"))), orm.ErrLimit, "Person", "Clubs")
	e.fails(second(narrow.With(people.Clubs).ByID(1).Delete(e.ctx)), orm.ErrLimit, "Person", "Clubs")
	e.equal(must(r.ByID(1).One(e.ctx)).Name, "Ann", "nothing was written")
	e.equal(must(r.Count(e.ctx)), int64(4), "nor made, nor deleted")
}
