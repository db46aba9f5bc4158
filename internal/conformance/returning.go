package conformance

import (
	"github.com/multi-orm/orm"
)

var returningCases = []testCase{
	{"returning/includes", "Update, UpdateReturning, Create and Delete give relations, read in their transaction", returningIncludes},
	{"returning/save", "Save gives relations and columns as the database then holds them, whatever the struct held", returningSave},
	{"returning/upsert", "Upsert gives relations of the row it made or changed", returningUpsert},
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
	m := orm.Repo[Shop](e.market()).With(shops.Wares.Count().Into(shops.WareCount))
	e.fails(second(m.ByID(1).Update(e.ctx, shops.Name.Set("x"))), orm.ErrInvalid, "Shop", "")
	e.fails(m.Create(e.ctx, &Shop{Name: "x"}), orm.ErrInvalid, "Shop", "")
	narrow := orm.Repo[Person](e.library(orm.Limits{MaxFanOut: 1}))
	n := Person{Name: "n"}
	e.fails(narrow.With(people.Clubs).Create(e.ctx, &n, people.Clubs.Link(clubs.ID.In(1, 2))), orm.ErrLimit, "Person", "Clubs")
	e.equal(n, Person{Name: "n"}, "the struct is as it was")
	e.fails(second(narrow.With(people.Clubs).ByID(1).Update(e.ctx, people.Name.Set("lost"))), orm.ErrLimit, "Person", "Clubs")
	e.fails(second(narrow.With(people.Clubs).ByID(1).Delete(e.ctx)), orm.ErrLimit, "Person", "Clubs")
	e.equal(must(r.ByID(1).One(e.ctx)).Name, "Ann", "nothing was written")
	e.equal(must(r.Count(e.ctx)), int64(4), "nor made, nor deleted")
}

func returningSave(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	full := r.With(people.Boss, people.Written.OrderBy(books.Title.Asc()), people.Clubs.OrderBy(clubs.Name.Asc()))
	p := must(r.ByID(2).One(e.ctx))
	p.Name, p.BossID, p.Boss = "Bo", ptr(int64(3)), &Person{Name: "of before"}
	e.log.reset()
	ok(full.Save(e.ctx, &p))
	e.ran(4, "the update and one statement a relation")
	e.equal(p, must(full.ByID(2).One(e.ctx)), "what a read gives")
	e.same("saved", p)
	p.BossID = nil
	ok(full.Save(e.ctx, &p))
	e.equal(p.Boss == nil, true, "a relation that is gone")
	must(r.ByID(2).Update(e.ctx, people.BossID.Set(1)))
	part := Person{ID: 2, Name: "part"}
	ok(r.With(people.Boss.Select(people.Name), people.Written).Save(e.ctx, &part, people.Name))
	e.equal([]any{part.Boss.Name, part.BossID == nil, len(part.Written)}, []any{"Ann", true, 1}, "the relation is that of the row, the columns that were not asked for stay as they were")
	part = Person{ID: 2, Name: "more"}
	ok(r.Select(people.BossID).Save(e.ctx, &part, people.Name))
	e.equal(part, Person{ID: 2, Name: "more", BossID: ptr(int64(1))}, "columns alone")
	e.fails(r.With(people.Boss).Save(e.ctx, &Person{ID: 99, Name: "x"}), orm.ErrNotFound, "Person", "")
	e.fails(r.Where(people.ID.Eq(2)).Save(e.ctx, &part), orm.ErrInvalid, "Person", "")
	e.fails(r.OrderBy(people.ID.Asc()).With(people.Boss).Save(e.ctx, &part), orm.ErrInvalid, "Person", "")
	e.fails(r.With(people.Boss).Save(e.ctx, nil), orm.ErrInvalid, "Person", "")
	e.fails(r.With(people.Boss).Save(e.ctx, &part, r.F("Nope")), orm.ErrInvalid, "Person", "Nope")
	narrow := orm.Repo[Person](e.library(orm.Limits{MaxFanOut: 1}))
	was := must(narrow.ByID(1).One(e.ctx))
	now := was
	now.Name = "lost"
	e.fails(narrow.With(people.Clubs).Save(e.ctx, &now), orm.ErrLimit, "Person", "Clubs")
	now.Name = was.Name
	e.equal(now, was, "the struct is as it was given")
	e.equal(must(narrow.ByID(1).One(e.ctx)), was, "nothing was written")

	q := orm.Repo[Paper](e.open(Paper{}))
	n := paper(1)
	ok(q.Create(e.ctx, &n))
	stale := n
	n.Hits = 8
	ok(q.Select(papers.Hits, papers.Version, papers.Maker).Save(e.ctx, &n))
	e.equal(n, must(q.ByID(n.ID).One(e.ctx)), "with a version")
	kept := stale
	e.fails(q.Select(papers.Hits).Save(e.ctx, &stale), orm.ErrStale, "Paper", "Version")
	e.equal(stale, kept, "the struct is as it was")
}

func returningUpsert(e *env) {
	db := e.library()
	r := orm.Repo[Club](db)
	made := true
	c := Club{Name: "chess"}
	ok(r.With(clubs.People.OrderBy(people.ID.Asc())).Upsert(e.ctx, orm.On(clubs.Name).Inserted(&made), &c))
	e.equal(c, must(r.With(clubs.People.OrderBy(people.ID.Asc())).Where(clubs.Name.Eq("chess")).One(e.ctx)), "the row that is there")
	e.equal([]any{made, len(c.People) > 0}, []any{false, true}, "changed, with its people")
	fresh := Club{Name: "fresh"}
	ok(r.With(clubs.People).Upsert(e.ctx, orm.On(clubs.Name).Inserted(&made), &fresh))
	e.equal([]any{made, fresh.ID > 0, len(fresh.People)}, []any{true, true, 0}, "made, with nobody")
	p := Person{ID: 2, Name: "set", BossID: ptr(int64(3))}
	ok(orm.Repo[Person](db).With(people.Boss).Upsert(e.ctx, orm.On(people.ID), &p, people.BossID.Set(1)))
	e.equal([]any{p.Name, p.Boss.Name}, []any{"Bob", "Ann"}, "by assignments: the relation is that of the row")

	made = true
	narrow := orm.Repo[Club](e.library(orm.Limits{MaxFanOut: 1}))
	c = Club{Name: "chess"}
	e.fails(narrow.With(clubs.People).Upsert(e.ctx, orm.On(clubs.Name).Inserted(&made), &c, clubs.Name.Set("lost")), orm.ErrLimit, "Club", "People")
	e.equal([]any{c, made}, []any{Club{Name: "chess"}, true}, "an upsert that fails leaves the struct and says nothing")
	e.equal(must(narrow.Where(clubs.Name.Eq("lost")).Count(e.ctx)), int64(0), "nothing was written")
	e.fails(r.Select(clubs.Name).Upsert(e.ctx, orm.On(clubs.Name), &c), orm.ErrInvalid, "Club", "")
	e.fails(r.Where(clubs.ID.Eq(1)).Upsert(e.ctx, orm.On(clubs.Name), &c), orm.ErrInvalid, "Club", "")
	e.fails(r.With(clubs.People).Upsert(e.ctx, orm.On(clubs.Name), nil), orm.ErrInvalid, "Club", "")
	e.fails(r.With(clubs.People).Upsert(e.ctx, orm.On(clubs.ID, clubs.Name), &c), orm.ErrInvalid, "Club", "")
}
