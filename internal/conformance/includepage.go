package conformance

import (
	"fmt"

	"github.com/multi-orm/orm"
)

var includePageCases = []testCase{
	{"include/per parent", "Take and Skip count for each parent", includePerParent},
	{"include/per parent links", "and through links", includePerParentLinks},
}

func includePerParent(e *env) {
	db := e.open(Person{}, Book{})
	must(orm.Repo[Person](db).CreateMany(e.ctx, []Person{{Name: "x"}, {Name: "y"}, {Name: "z"}, {Name: "childless"}}))
	var in []Book
	for i := range 30 {
		in = append(in, Book{AuthorID: int64(i%3 + 1), Title: fmt.Sprintf("%02d", i), Price: float64(i % 2)})
	}
	must(orm.Repo[Book](db).CreateMany(e.ctx, in))
	e.log.reset()
	all := must(orm.Repo[Person](db).With(people.Written.OrderBy(books.Title.Desc()).Take(5)).Sort("ID").All(e.ctx))
	e.ran(2, "two statements in all")
	e.equal(pick(all, func(p Person) int { return len(p.Written) }), []int{5, 5, 5, 0}, "5 each")
	e.equal(titles(all[1].Written), []string{"28", "25", "22", "19", "16"}, "the last 5 of each")
	all = must(orm.Repo[Person](db).With(people.Written.OrderBy(books.Title.Asc()).Skip(8).Take(5)).Sort("ID").All(e.ctx))
	e.equal(titles(all[2].Written), []string{"26", "29"}, "Skip and Take")
	all = must(orm.Repo[Person](db).With(people.Written.OrderBy(books.Title.Asc()).Skip(9)).Sort("ID").All(e.ctx))
	e.equal(titles(all[0].Written), []string{"27"}, "Skip alone")
	all = must(orm.Repo[Person](db).With(people.Written.Skip(10)).Sort("ID").All(e.ctx))
	e.equal(len(all[0].Written), 0, "Skip past the end")
	// equal sort keys: pages inside a parent neither repeat nor lose
	var seen []string
	for i := range 5 {
		p := must(orm.Repo[Person](db).With(people.Written.OrderBy(books.Price.Asc()).Skip(i * 2).Take(2)).ByID(1).One(e.ctx))
		seen = append(seen, titles(p.Written)...)
	}
	whole := must(orm.Repo[Person](db).With(people.Written.OrderBy(books.Price.Asc())).ByID(1).One(e.ctx))
	e.equal(seen, titles(whole.Written), "pages inside a parent")
	e.same("pages", seen)
	page := must(orm.Repo[Person](db).With(people.Written.Where(books.Price.Eq(1)).OrderBy(books.Title.Asc()).Take(2).Select(books.Title)).OrderBy(people.ID.Desc()).Skip(1).Take(2).All(e.ctx))
	e.equal(pick(page, func(p Person) []string { return titles(p.Written) }), [][]string{{"05", "11"}, {"01", "07"}}, "filtered, selected, on a page of parents")
	e.fails(second(orm.Repo[Person](db).With(people.Written.Take(-1)).All(e.ctx)), orm.ErrInvalid, "Person", "Written")
	e.fails(second(orm.Repo[Person](db).With(people.Written.Skip(-1)).All(e.ctx)), orm.ErrInvalid, "Person", "Written")
	e.fails(second(orm.Repo[Book](db).With(books.Author.With(people.Written.Take(-1))).All(e.ctx)), orm.ErrInvalid, "Person", "Written")
}

func includePerParentLinks(e *env) {
	db := e.open(Person{}, Club{}, Book{})
	in := make([]Person, 12)
	for i := range in {
		in[i].Name = fmt.Sprintf("%02d", i)
	}
	must(orm.Repo[Person](db).CreateMany(e.ctx, in))
	must(orm.Repo[Club](db).CreateMany(e.ctx, []Club{{Name: "a"}, {Name: "b"}, {Name: "c"}}))
	for i := range in {
		e.join(db, [2]int64{int64(i + 1), 1}, [2]int64{int64(i + 1), 2})
	}
	names := func(c Club) []string { return pick(c.People, func(p *Person) string { return p.Name }) }
	e.log.reset()
	all := must(orm.Repo[Club](db).With(clubs.People.OrderBy(people.Name.Desc()).Take(2)).Sort("ID").All(e.ctx))
	e.ran(2, "two statements")
	e.equal(pick(all, names), [][]string{{"11", "10"}, {"11", "10"}, {}}, "2 each")
	all = must(orm.Repo[Club](db).With(clubs.People.OrderBy(people.Name.Asc()).Skip(11).Take(3).Select(people.Name)).Sort("ID").All(e.ctx))
	e.equal(pick(all, names), [][]string{{"11"}, {"11"}, {}}, "Skip and Select")
	e.equal(all[0].People[0].ID, int64(0), "the key was not selected")
}

var includeShapeCases = []testCase{
	{"include/keys", "composite and NULL keys, keys of other widths", includeKeys},
	{"include/two sources", "a relation may lead to another source, both ways", includeTwoSources},
}

func includeKeys(e *env) {
	db := e.open(Place{}, Visit{})
	must(orm.Repo[Place](db).CreateMany(e.ctx, []Place{{"ch", 1, "Bern", nil}, {"ch", 2, "Chur", nil}, {"de", 1, "Bonn", nil}}))
	must(orm.Repo[Visit](db).CreateMany(e.ctx, []Visit{
		{PlaceCountry: ptr("ch"), PlaceNumber: ptr(int64(1))}, {PlaceCountry: ptr("de"), PlaceNumber: ptr(int64(1))}, {PlaceCountry: ptr("ch")}, {PlaceNumber: ptr(int64(1))}, {},
		{PlaceCountry: ptr("ch"), PlaceNumber: ptr(int64(1))}, {PlaceCountry: ptr("de"), PlaceNumber: ptr(int64(2))},
	}))
	e.log.reset()
	all := must(orm.Repo[Place](db).With(places.Visits.OrderBy(visits.ID.Desc())).Sort("Name").All(e.ctx))
	e.ran(2, "composite keys")
	ids := func(p Place) []int64 { return pick(p.Visits, func(v Visit) int64 { return v.ID }) }
	e.equal(pick(all, ids), [][]int64{{6, 1}, {2}, {}}, "to-many")
	all = must(orm.Repo[Place](db).With(places.Visits.OrderBy(visits.ID.Desc()).Take(1)).Sort("Name").All(e.ctx))
	e.equal(pick(all, ids), [][]int64{{6}, {2}, {}}, "paged")
	vs := must(orm.Repo[Visit](db).With(visits.Place).Sort("ID").All(e.ctx))
	e.equal(pick(vs, func(v Visit) string {
		if v.Place == nil {
			return ""
		}
		return v.Place.Name
	}), []string{"Bern", "Bonn", "", "", "", "Bern", ""}, "to-one")
	e.equal(must(orm.Repo[Place](db).Where(places.Visits.Some()).Count(e.ctx)), int64(2), "filter")
	e.equal(must(orm.Repo[Visit](db).Where(visits.Place.IsNot()).Count(e.ctx)), int64(4), "filter back")
	got := must(orm.Repo[Place](db).Select(places.Name).With(places.Visits.Select(visits.ID)).Sort("Name").First(e.ctx))
	if got.Country != "" || len(got.Visits) != 2 || got.Visits[0].PlaceCountry != nil {
		e.Errorf("hidden keys show: %+v", got)
	}
}

// includeTwoSources is one database kind twice; Across pairs different kinds.
func includeTwoSources(e *env) {
	other := e.engine.Database
	src := other(e.T)("other", Options{})
	twoSources(e, src)
}
