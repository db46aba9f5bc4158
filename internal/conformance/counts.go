package conformance

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
)

var countCases = []testCase{
	{"include/counts", "every shape of include costs the same statements for one parent and for many, and none for no parent", includeCounts},
	{"include/counts of writes", "what includes cost beside a write", includeCountsOfWrites},
	{"include/only keys", "a to-one relation is read even for its key alone: the row may be gone, or not to be seen", includeOnlyKeys},
}

// those keeps no row, one, or all.
func those[T any](q orm.Repo[T], k int) orm.Query[T] {
	return q.Where([]orm.Pred[T]{q.F("ID").Lt(0), q.F("ID").Eq(1), orm.And[T]()}[k])
}

func includeCounts(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{}, Artisan{}, Guild{}, Joining{}, Place{}, Visit{}, Plain{}, Desk{}, Lamp{})
	person, book, club := orm.Repo[Person](db), orm.Repo[Book](db), orm.Repo[Club](db)
	for i := range 4 {
		var boss *int64
		if i > 0 {
			boss = ptr(int64(i))
		}
		ok(person.Create(e.ctx, &Person{Name: fmt.Sprint(i), BossID: boss}))
	}
	must(book.CreateMany(e.ctx, []Book{{AuthorID: 1, EditorID: ptr(int64(2))}, {AuthorID: 1}, {AuthorID: 2}, {AuthorID: 3}}))
	must(orm.Repo[Chapter](db).CreateMany(e.ctx, []Chapter{{BookID: 1}, {BookID: 1}, {BookID: 3}}))
	must(club.CreateMany(e.ctx, []Club{{Name: "a"}, {Name: "b"}}))
	e.join(db, [2]int64{1, 1}, [2]int64{1, 2}, [2]int64{2, 1})
	must(orm.Repo[Artisan](db).CreateMany(e.ctx, []Artisan{{Name: "x"}, {Name: "y"}}))
	must(orm.Repo[Guild](db).CreateMany(e.ctx, []Guild{{Name: "g"}, {Name: "h"}}))
	must(orm.Repo[Joining](db).CreateMany(e.ctx, []Joining{{ArtisanID: 1, GuildID: 1}, {ArtisanID: 1, GuildID: 2}, {ArtisanID: 2, GuildID: 1}}))
	must(orm.Repo[Desk](db).CreateMany(e.ctx, []Desk{{Name: "d"}, {Name: "e"}}))
	must(orm.Repo[Lamp](db).CreateMany(e.ctx, []Lamp{{DeskID: ptr(int64(1))}, {}}))
	must(orm.Repo[Place](db).CreateMany(e.ctx, []Place{{Country: "ch", Number: 1}, {Country: "ch", Number: 2}, {Country: "de", Number: 1}}))
	must(orm.Repo[Visit](db).CreateMany(e.ctx, []Visit{{PlaceCountry: ptr("ch"), PlaceNumber: ptr(int64(1))}, {PlaceCountry: ptr("de"), PlaceNumber: ptr(int64(1))}, {PlaceCountry: ptr("ch")}, {}}))
	place := func(k int) orm.Query[Place] {
		return orm.Repo[Place](db).Where([]orm.Pred[Place]{places.Number.Lt(0), orm.And(places.Country.Eq("ch"), places.Number.Eq(1)), orm.And[Place]()}[k])
	}
	for _, c := range []struct {
		about string
		want  [3]int // for no parent, for the first and for all
		run   func(k int)
	}{
		{"none", [3]int{1, 1, 1}, func(k int) { must(those(person, k).All(e.ctx)) }},
		{"to-one", [3]int{1, 2, 2}, func(k int) { must(those(book, k).Include("Author").All(e.ctx)) }},
		{"to-one, the key is NULL", [3]int{1, 1, 2}, func(k int) { must(those(person, k).Include("Boss").All(e.ctx)) }},
		{"to-one, all keys are NULL", [3]int{1, 1, 1}, func(k int) { must(those(person, k).Where(people.BossID.IsNull()).Include("Boss.Boss").All(e.ctx)) }},
		{"to-one from the other side", [3]int{1, 2, 2}, func(k int) { must(those(orm.Repo[Desk](db), k).Include("Lamp").All(e.ctx)) }},
		{"to-many", [3]int{1, 2, 2}, func(k int) { must(those(person, k).Include("Written").All(e.ctx)) }},
		{"two of one model", [3]int{1, 3, 3}, func(k int) { must(those(person, k).Include("Written", "Edited").All(e.ctx)) }},
		{"named twice", [3]int{1, 2, 2}, func(k int) { must(those(person, k).Include("Written").With(people.Written).All(e.ctx)) }},
		{"two levels", [3]int{1, 3, 3}, func(k int) { must(those(person, k).Include("Written.Chapters").All(e.ctx)) }},
		{"two levels, no children", [3]int{1, 2, 2}, func(k int) {
			must(those(person, k).With(people.Written.Where(books.Title.Eq("none")).With(books.Chapters)).All(e.ctx))
		}},
		{"up and down", [3]int{1, 4, 4}, func(k int) { must(those(book, k).Include("Author.Written.Chapters").All(e.ctx)) }},
		{"self, down", [3]int{1, 3, 3}, func(k int) { must(those(person, k).Include("Staff.Staff").All(e.ctx)) }},
		{"self, up", [3]int{1, 1, 3}, func(k int) { must(those(person, k).Include("Boss.Boss").All(e.ctx)) }},
		{"many-to-many", [3]int{1, 2, 2}, func(k int) { must(those(person, k).Include("Clubs").All(e.ctx)) }},
		{"many-to-many and back", [3]int{1, 3, 3}, func(k int) { must(those(person, k).Include("Clubs.People").All(e.ctx)) }},
		{"many-to-many with a link model", [3]int{1, 2, 2}, func(k int) { must(those(orm.Repo[Artisan](db), k).Include("Guilds").All(e.ctx)) }},
		{"per parent", [3]int{1, 2, 2}, func(k int) {
			must(those(person, k).With(people.Written.OrderBy(books.Title.Asc()).Skip(1).Take(1)).All(e.ctx))
		}},
		{"per parent, through links", [3]int{1, 2, 2}, func(k int) { must(those(person, k).With(people.Clubs.OrderBy(clubs.Name.Asc()).Take(1)).All(e.ctx)) }},
		{"per parent, through a link model", [3]int{1, 2, 2}, func(k int) { must(those(orm.Repo[Artisan](db), k).With(artisans.Guilds.Take(1)).All(e.ctx)) }},
		{"Take(0)", [3]int{1, 1, 1}, func(k int) { must(those(person, k).With(people.Written.Take(0).With(books.Chapters)).All(e.ctx)) }},
		{"composite, to-one", [3]int{1, 2, 2}, func(k int) { must(those(orm.Repo[Visit](db), k).Include("Place").All(e.ctx)) }},
		{"composite, half of the key is NULL", [3]int{1, 1, 1}, func(k int) {
			must(those(orm.Repo[Visit](db), k).Where(orm.Repo[Visit](db).F("PlaceNumber").IsNull()).Include("Place").All(e.ctx))
		}},
		{"composite, to-many", [3]int{1, 2, 2}, func(k int) { must(place(k).Include("Visits").All(e.ctx)) }},
		{"a stream", [3]int{1, 2, 2}, func(k int) { must(collect(those(person, k).Include("Written"), e.ctx)) }},
		{"a page and its total", [3]int{2, 3, 3}, func(k int) {
			must(those(person, k).Include("Written").OrderBy(people.ID.Asc()).Page(e.ctx, "", orm.WithTotal))
		}},
		{"a page", [3]int{1, 2, 2}, func(k int) {
			must(those(person, k).Include("Written").OrderBy(people.ID.Asc()).Take(2).Page(e.ctx, ""))
		}},
		{"a numbered page", [3]int{2, 3, 3}, func(k int) { must(those(person, k).Include("Written").OrderBy(people.ID.Asc()).PageNumber(e.ctx, 1)) }},
		{"into a struct", [3]int{1, 5, 6}, func(k int) { must(orm.Into[personCard](those(person, k)).All(e.ctx)) }},
		{"counted, not read", [3]int{1, 1, 1}, func(k int) { must(those(person, k).Include("Written").Count(e.ctx)) }},
	} {
		for k, n := range c.want {
			e.log.reset()
			c.run(k)
			e.ran(n, fmt.Sprintf("%s: %s", c.about, []string{"no parent", "one", "many"}[k]))
		}
	}
	many := make([]Person, 1196)
	must(person.CreateMany(e.ctx, many))
	e.log.reset()
	e.equal(len(must(collect(person.Include("Written.Chapters").OrderBy(people.ID.Asc()), e.ctx))), 1200, "streamed")
	e.ran(5, "three windows: each asks for its children, and the first for theirs")
}

func includeCountsOfWrites(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	with := r.Include("Written", "Boss")
	ok(with.Create(e.ctx, &Person{Name: "Eve", BossID: ptr(int64(1))}))
	e.ran(3, "create")
	ok(with.Create(e.ctx, &Person{Name: "Fay"}))
	e.ran(2, "create without a boss")
	must(with.ByID(2).Update(e.ctx, people.Name.Set("Rob")))
	e.ran(3, "update")
	e.fails(second(with.ByID(99).Update(e.ctx, people.Name.Set("Rob"))), orm.ErrNotFound, "Person", "")
	e.ran(1, "update of nothing")
	for name, n := range map[string]int{"none": 1, "Rob": 3, "Ann": 2} {
		must(with.Where(people.Name.Eq(name)).UpdateReturning(e.ctx, people.Name.Set(name)))
		e.ran(n, "update returning "+name)
	}
	must(with.Where(people.ID.Lte(4)).UpdateReturning(e.ctx, people.Name.Set("all")))
	e.ran(3, "update returning many")
	must(with.ByID(4).Delete(e.ctx))
	e.ran(4, "delete: the row, its relations, the delete")
	e.fails(second(with.ByID(99).Delete(e.ctx)), orm.ErrNotFound, "Person", "")
}

func includeOnlyKeys(e *env) {
	db := e.library()
	q := orm.Repo[Book](db).Select(books.Title).With(books.Author.Select(people.ID)).OrderBy(books.ID.Asc())
	authors := func() []int64 {
		e.Helper()
		return pick(must(q.All(e.ctx)), func(b Book) int64 {
			if b.Author == nil {
				return 0
			}
			return b.Author.ID
		})
	}
	e.equal(authors(), []int64{1, 1, 1, 2, 0}, "a dangling key leads to no row")
	ok(db.Use(scopeOf[Person](func(context.Context) (orm.Pred[Person], error) { return people.ID.Ne(1), nil })))
	e.equal(authors(), []int64{0, 0, 0, 2, 0}, "a row out of scope is not told by its key")
}
