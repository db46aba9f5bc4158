package conformance

import (
	"github.com/multi-orm/orm"
)

var relationCases = []testCase{
	{"relation/many", "Some, None and Every, with NULL and without rows", relationMany},
	{"relation/one", "Is and IsNot", relationOne},
	{"relation/nested", "filters nest and mix with logic, and bind their arguments in order", relationNested},
	{"relation/writes", "updates and deletes filter by relations too", relationWrites},
}

func (e *env) names(db orm.DB, p orm.Pred[Person], about string, want ...string) {
	e.Helper()
	if want == nil {
		want = []string{}
	}
	got, err := orm.Repo[Person](db).Where(p).Sort("ID").All(e.ctx)
	if e.refused(err, about) {
		return
	}
	if err != nil {
		e.Errorf("%s: %v", about, err)
		return
	}
	e.equal(pick(got, func(p Person) string { return p.Name }), want, about)
	e.equal(must(orm.Repo[Person](db).Where(p).Count(e.ctx)), int64(len(want)), about+" (Count)")
}

func relationMany(e *env) {
	db := e.library()
	w := people.Written
	e.names(db, w.Some(), "Some()", "Ann", "Bob")
	e.names(db, w.None(), "None()", "Cid", "Dan")
	e.names(db, w.Every(), "Every()", "Ann", "Bob", "Cid", "Dan")
	e.names(db, w.Some(books.Stars.Gt(2)), "Some", "Ann", "Bob")
	e.names(db, w.Some(books.Stars.Gt(3)), "Some", "Ann")
	e.names(db, w.None(books.Stars.Gt(3)), "None", "Bob", "Cid", "Dan")
	e.names(db, w.Every(books.Stars.Gt(2)), "Every: Ann has a book without stars", "Bob", "Cid", "Dan")
	e.names(db, w.Every(orm.Or(books.Stars.IsNull(), books.Stars.Gt(0))), "Every with NULL", "Ann", "Bob", "Cid", "Dan")
	e.names(db, orm.Not(w.Every(books.Stars.Gt(2))), "Not Every", "Ann")
	e.names(db, orm.Not(w.Some()), "Not Some", "Cid", "Dan")
	e.names(db, w.Some(books.Price.Gt(15), books.Price.Lt(25)), "two conditions on one row", "Ann")
	e.names(db, orm.And(w.Some(books.Title.Eq("a")), w.Some(books.Title.Eq("c"))), "two rows", "Ann")
	e.names(db, w.Some(books.Title.Eq("a"), books.Title.Eq("c")), "no row is both")
	e.names(db, w.Some(orm.Or(books.Title.Eq("d"), books.Title.Eq("nope"))), "an Or inside stays inside", "Bob")
	e.names(db, w.Some(orm.Or[Book]()), "Some of nothing")
	e.names(db, w.Every(orm.Or[Book]()), "Every of nothing: who has none", "Cid", "Dan")
	e.names(db, people.Clubs.Some(clubs.Name.Eq("go")), "through links", "Ann", "Dan")
	e.names(db, people.Clubs.None(), "no links", "Cid")
	e.names(db, people.Clubs.Every(clubs.Name.Eq("chess")), "Every through links", "Bob", "Cid")
	e.names(db, people.Staff.Some(people.Name.Eq("Dan")), "self", "Bob")
	e.names(db, people.Staff.None(people.Name.StartsWith("D")), "self None", "Ann", "Cid", "Dan")
}

func relationOne(e *env) {
	db := e.library()
	e.names(db, people.Boss.Is(), "Is()", "Bob", "Cid", "Dan")
	e.names(db, people.Boss.IsNot(), "IsNot()", "Ann")
	e.names(db, people.Boss.Is(people.Name.Eq("Ann")), "Is", "Bob", "Cid")
	e.names(db, people.Boss.IsNot(people.Name.Eq("Ann")), "IsNot: without the relation too", "Ann", "Dan")
	e.names(db, orm.Not(people.Boss.IsNot(people.Name.Eq("Ann"))), "Not IsNot", "Bob", "Cid")
	e.equal(must(orm.Repo[Book](db).Where(books.Author.IsNot()).Count(e.ctx)), int64(1), "a missing target is none")
	e.equal(must(orm.Repo[Book](db).Where(books.Editor.Is(people.Name.Ne("Bob"))).Count(e.ctx)), int64(2), "the second relation to one model")
}

func relationNested(e *env) {
	db := e.library()
	e.names(db, people.Written.Some(books.Chapters.Some(chapters.Words.Gt(200))), "nested", "Bob")
	e.names(db, people.Written.Some(books.Chapters.None(), books.Editor.Is(people.Boss.Is(people.Name.Eq("Ann")))), "nested wide", "Ann")
	e.names(db, people.Staff.Some(people.Staff.Some(people.Clubs.Some(clubs.Name.Eq("go")))), "self in self", "Ann")
	e.names(db, people.Boss.Is(people.Boss.Is()), "grandchild", "Dan")
	e.names(db, people.Written.Every(books.Chapters.Every(chapters.Words.IsNotNull())), "Every in Every", "Bob", "Cid", "Dan")
	early := orm.SQL[Person]("id < ?", 100)
	if e.engine.API {
		early = people.ID.Lt(100)
	}
	e.names(db, orm.Or(orm.And(people.Name.Eq("Cid"), people.Boss.Is(people.Name.Eq("Ann"))), orm.And(people.Written.Some(books.Title.Eq("d")), people.Name.In("Bob", "Ann"), early), orm.Not(people.Boss.Is(people.ID.Gt(0)))), "arguments in order", "Ann", "Bob", "Cid")
	deep := people.Boss.Is(people.Name.Eq("nobody"))
	for range 20 {
		deep = people.Boss.Is(deep)
	}
	e.names(db, deep, "20 levels")
	for range 30 {
		deep = people.Boss.Is(deep)
	}
	if !e.engine.API { // which takes one after the other
		e.fails(second(orm.Repo[Person](db).Where(deep).All(e.ctx)), orm.ErrLimit, "Person", "")
	}
	for range 100 {
		deep = people.Boss.Is(deep)
	}
	e.fails(second(orm.Repo[Person](db).Where(deep).All(e.ctx)), orm.ErrLimit, "Person", "")
	got := must(orm.Repo[Person](db).With(people.Written.Where(books.Chapters.Some()).OrderBy(books.ID.Asc())).Where(people.Written.Some(books.Price.Lt(15))).All(e.ctx))
	e.equal(titles(got[0].Written), []string{"a"}, "in an include")
}

func relationWrites(e *env) {
	db := e.library()
	e.equal(must(orm.Repo[Book](db).Where(books.Author.Is(people.Name.Eq("Ann"))).UpdateMany(e.ctx, books.Price.Set(1))), int64(3), "update")
	e.equal(must(orm.Repo[Book](db).Where(books.Chapters.None(), books.Author.Is()).DeleteMany(e.ctx)), int64(2), "delete")
	e.equal(must(orm.Repo[Person](db).Where(people.Staff.Some(people.Name.Eq("Dan"))).UpdateMany(e.ctx, people.Name.Set("Robert"))), int64(1), "self")
	e.equal(len(must(orm.Repo[Person](db).Where(people.Staff.Some(people.Staff.Some())).UpdateReturning(e.ctx, people.Name.Set("Anna")))), 1, "self, returning")
	e.equal(must(orm.Repo[Club](db).Where(clubs.People.None()).DeleteMany(e.ctx)), int64(1), "through links")
	e.fails(second(orm.Repo[Person](db).Where(people.Written.Every()).DeleteMany(e.ctx)), orm.ErrUnboundedWrite, "Person", "")
	e.equal(must(orm.Repo[Person](db).Count(e.ctx)), int64(4), "left")
}
