package conformance

import (
	"slices"

	"github.com/multi-orm/orm"
)

var nestedCases = []testCase{
	{"nested/create", "Create writes related rows of every kind in one transaction and fills made keys", nestedCreate},
	{"nested/to many", "Link moves, Unlink unties, Set makes exact, Set() clears, all idempotent", nestedMany},
	{"nested/to one", "a to-one relation takes one row, from either side", nestedOne},
	{"nested/link table", "link rows come and go, twice is once, with and without a model of the link table", nestedThrough},
	{"nested/self", "a relation to the same model, and a link table to itself", nestedSelf},
	{"nested/composite", "keys of two columns", nestedComposite},
	{"nested/refused", "absent rows, rows not named, columns not nullable, circles and mass writes are refused and write nothing", nestedRefused},
	{"nested/all or none", "a failure in the last child undoes everything and the structs stay as they were", nestedRollback},
	{"nested/touch", "an update of relations alone moves the version and the time, once", nestedTouch},
}

func personID(p Person) int64 { return p.ID }
func bookID(b Book) int64     { return b.ID }
func clubID(c Club) int64     { return c.ID }

func nestedCreate(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	r := orm.Repo[Person](db)
	boss := Person{Name: "boss"}
	one, two := Book{Title: "one"}, Book{Title: "two"}
	club := Club{Name: "chess"}
	p := Person{Name: "ann"}
	ok(r.Create(e.ctx, &p, people.Written.Create(&one, &two), people.Boss.Create(&boss), people.Clubs.Create(&club)))
	e.equal([]bool{boss.ID > 0, p.ID > 0, one.ID > 0, two.ID > one.ID, club.ID > 0}, []bool{true, true, true, true, true}, "made keys")
	e.equal(*p.BossID, boss.ID, "the parent's foreign key")
	e.equal([]int64{one.AuthorID, two.AuthorID}, []int64{p.ID, p.ID}, "the children's")
	back := must(r.Include("Boss", "Written", "Clubs").ByID(p.ID).One(e.ctx))
	e.equal(back.Boss.Name, "boss", "boss")
	e.equal(len(back.Written), 2, "books")
	e.equal(pick(back.Clubs, clubID), []int64{club.ID}, "clubs")
	q := Person{Name: "bob"}
	ok(r.Create(e.ctx, &q, people.Boss.Link(orm.Key[Person](p.ID)), people.Clubs.Link(clubs.Name.Eq("chess")), people.Edited.Link(books.ID.In(one.ID, two.ID))))
	back = must(r.Include("Boss", "Edited", "Clubs").ByID(q.ID).One(e.ctx))
	e.equal([]int{int(back.Boss.ID - p.ID), len(back.Edited), len(back.Clubs)}, []int{0, 2, 1}, "linked")
}

func nestedMany(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	r := orm.Repo[Person](db)
	a, b := Person{Name: "a"}, Person{Name: "b"}
	bs := []Book{{Title: "0"}, {Title: "1"}, {Title: "2"}, {Title: "3"}}
	ok(r.Create(e.ctx, &a, people.Written.Create(&bs[0], &bs[1], &bs[2], &bs[3])))
	ok(r.Create(e.ctx, &b))
	edited := func(p Person) []int64 {
		return pick(must(r.With(people.Edited.OrderBy(books.ID.Asc())).ByID(p.ID).One(e.ctx)).Edited, bookID)
	}
	id := pick(bs, bookID)
	got := must(r.ByID(a.ID).Update(e.ctx, people.Edited.Link(orm.Key[Book](id[0]), books.ID.In(id[1], id[2], id[1]))))
	e.equal(got.Name, "a", "the row comes back")
	e.equal(edited(a), id[:3], "linked")
	must(r.ByID(b.ID).Update(e.ctx, people.Edited.Link(orm.Key[Book](id[1])), people.Name.Set("bb")))
	e.equal(edited(a), []int64{id[0], id[2]}, "a child moves")
	e.equal(edited(b), []int64{id[1]}, "to its new parent")
	must(r.ByID(b.ID).Update(e.ctx, people.Edited.Link(orm.Key[Book](id[1]))))
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Unlink(orm.Key[Book](id[1]))))
	e.equal(edited(b), []int64{id[1]}, "what is not linked here is not untied")
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Unlink(books.Title.Eq("2"))))
	e.equal(edited(a), id[:1], "untied")
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Set(books.ID.In(id[1], id[2]), orm.Key[Book](id[3]))))
	e.equal(edited(a), id[1:], "exactly these")
	fresh := Book{Title: "fresh", AuthorID: a.ID}
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Create(&fresh), people.Edited.Set(orm.Key[Book](id[3]))))
	e.equal(edited(a), []int64{id[3], fresh.ID}, "Set comes before Create")
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Set()))
	e.equal(edited(a), []int64{}, "nothing is left")
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Link(), people.Edited.Create()))
	must(r.ByID(a.ID).Update(e.ctx, people.Edited.Set(books.ID.In())))
	must(r.ByID(a.ID).Update(e.ctx, people.Name.Set("still")))
	e.equal(must(orm.Repo[Book](db).Count(e.ctx)), int64(5), "no row was deleted")
	must(r.ByID(a.ID).Update(e.ctx, people.Written.Set(books.ID.In(append(id, fresh.ID)...))))
	e.fails(second(r.ByID(a.ID).Update(e.ctx, people.Written.Set(books.ID.In(id...)))), orm.ErrInvalid, "Person", "Written")
}

func nestedOne(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	r := orm.Repo[Book](db)
	a, b := Person{Name: "a"}, Person{Name: "b"}
	x := Book{Title: "x"}
	ok(r.Create(e.ctx, &x, books.Author.Create(&a), books.Editor.Create(&b)))
	e.equal([]int64{x.AuthorID, *x.EditorID}, []int64{a.ID, b.ID}, "targets first")
	got := must(r.ByID(x.ID).Update(e.ctx, books.Author.Link(orm.Key[Person](b.ID)), books.Editor.Unlink()))
	e.equal(got.AuthorID, b.ID, "linked")
	e.equal(got.EditorID == nil, true, "untied")
	e.equal(*must(r.ByID(x.ID).Update(e.ctx, books.Editor.Set(people.ID.Eq(a.ID)))).EditorID, a.ID, "set")
	e.fails(second(r.ByID(x.ID).Update(e.ctx, books.Author.Unlink())), orm.ErrInvalid, "Book", "Author")
	e.fails(second(r.ByID(x.ID).Update(e.ctx, books.Editor.Set(people.ID.In(a.ID, b.ID)))), orm.ErrInvalid, "Book", "Editor")
	e.fails(second(r.ByID(x.ID).Update(e.ctx, books.Editor.Link(orm.Key[Person](99)))), orm.ErrReference, "Book", "Editor", "99")
	ds := e.open(Desk{}, Lamp{})
	dr := orm.Repo[Desk](ds)
	d := Desk{Name: "d"}
	l, m := Lamp{Name: "l"}, Lamp{Name: "m"}
	ok(dr.Create(e.ctx, &d, desks.Lamp.Create(&l)))
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Create(&m)))
	e.equal(must(dr.Include("Lamp").ByID(d.ID).One(e.ctx)).Lamp.ID, m.ID, "the new one takes the place of the old one")
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Link(orm.Key[Lamp](l.ID))))
	e.equal(must(dr.Include("Lamp").ByID(d.ID).One(e.ctx)).Lamp.ID, l.ID, "and back")
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Unlink()))
	if must(dr.Include("Lamp").ByID(d.ID).One(e.ctx)).Lamp != nil {
		e.Error("not untied")
	}
}

func nestedThrough(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	through(e, orm.Repo[Person](db), people.Clubs, func(p Person) []int64 { return pick(p.Clubs, clubID) }, orm.Repo[Club](db))
	ds := e.open(Guild{}, Artisan{}, Joining{})
	r := orm.Repo[Artisan](ds)
	g, h := Guild{Name: "g"}, Guild{Name: "h"}
	a := Artisan{Name: "a"}
	ok(r.Create(e.ctx, &a, artisans.Guilds.Create(&g, &h)))
	js := must(orm.Repo[Joining](ds).Sort("ID").All(e.ctx))
	e.equal(len(js), 2, "link rows")
	e.equal(js[0].Since.IsZero(), false, "defaults of the link model")
	must(r.ByID(a.ID).Update(e.ctx, artisans.Guilds.Link(orm.Key[Guild](g.ID), orm.Key[Guild](h.ID))))
	e.equal(must(orm.Repo[Joining](ds).Count(e.ctx)), int64(2), "twice is once")
	must(r.ByID(a.ID).Update(e.ctx, artisans.Guilds.Set(orm.Key[Guild](h.ID))))
	left := must(orm.Repo[Joining](ds).All(e.ctx))
	e.equal([]int64{int64(len(left)), left[0].ID}, []int64{1, js[1].ID}, "what stays is the same row")
}

func through(e *env, r orm.Repo[Person], rel orm.Many[Person, Club], have func(Person) []int64, cs orm.Repo[Club]) {
	all := []Club{{Name: "0"}, {Name: "1"}, {Name: "2"}}
	must(cs.CreateMany(e.ctx, all))
	id := pick(all, clubID)
	p, q := Person{Name: "p"}, Person{Name: "q"}
	ok(r.Create(e.ctx, &p, rel.Link(orm.Key[Club](id[0]))))
	ok(r.Create(e.ctx, &q, rel.Set(clubs.ID.In(id...))))
	of := func(p Person) []int64 {
		out := have(must(r.With(rel).ByID(p.ID).One(e.ctx)))
		slices.Sort(out)
		return out
	}
	must(r.ByID(p.ID).Update(e.ctx, rel.Link(clubs.ID.In(id[0], id[1]), orm.Key[Club](id[1]))))
	e.equal(of(p), id[:2], "linked, twice is once")
	must(r.ByID(p.ID).Update(e.ctx, rel.Unlink(clubs.Name.In("0", "2"))))
	e.equal(of(p), id[1:2], "untied")
	must(r.ByID(p.ID).Update(e.ctx, rel.Set(clubs.ID.In(id[0], id[2]))))
	e.equal(of(p), []int64{id[0], id[2]}, "exactly these")
	must(r.ByID(p.ID).Update(e.ctx, rel.Set()))
	e.equal(of(p), []int64{}, "cleared")
	e.equal(of(q), id, "another parent keeps its own")
	e.equal(must(cs.Count(e.ctx)), int64(3), "no club was deleted")
}

func nestedSelf(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	r := orm.Repo[Person](db)
	boss, a, b := Person{Name: "boss"}, Person{Name: "a"}, Person{Name: "b"}
	ok(r.Create(e.ctx, &boss, people.Staff.Create(&a, &b)))
	e.equal(pick(must(r.With(people.Staff.OrderBy(people.ID.Asc())).ByID(boss.ID).One(e.ctx)).Staff, personID), []int64{a.ID, b.ID}, "staff")
	must(r.ByID(a.ID).Update(e.ctx, people.Boss.Unlink()))
	must(r.ByID(boss.ID).Update(e.ctx, people.Boss.Link(orm.Key[Person](a.ID))))
	e.equal(*must(r.ByID(boss.ID).One(e.ctx)).BossID, a.ID, "the other way round")
	ods := orm.Repo[Odd](e.open(Odd{}))
	x, y := Odd{Name: "x"}, Odd{Name: "y"}
	ok(ods.Create(e.ctx, &x, odds.Kids.Create(&y)))
	must(ods.ByID(x.Number).Update(e.ctx, odds.Pals.Link(odds.Name.Eq("y"), orm.Key[Odd](x.Number))))
	e.equal(len(must(ods.With(odds.Pals).ByID(x.Number).One(e.ctx)).Pals), 2, "pals")
	e.equal(len(must(ods.With(odds.Pals).ByID(y.Number).One(e.ctx)).Pals), 0, "one way only")
}

func nestedComposite(e *env) {
	db := e.open(Place{}, Visit{})
	r := orm.Repo[Place](db)
	v, w := Visit{}, Visit{}
	p := Place{Country: "de", Number: 1, Name: "p"}
	ok(r.Create(e.ctx, &p, places.Visits.Create(&v)))
	e.equal([]any{*v.PlaceCountry, *v.PlaceNumber}, []any{"de", int64(1)}, "both columns")
	ok(orm.Repo[Visit](db).Create(e.ctx, &w, visits.Place.Link(orm.Key[Place]("de", 1))))
	e.equal(*w.PlaceCountry, "de", "linked by both")
	must(r.ByID("de", 1).Update(e.ctx, places.Visits.Set(orm.Key[Visit](w.ID))))
	if back := must(orm.Repo[Visit](db).ByID(v.ID).One(e.ctx)); back.PlaceCountry != nil || back.PlaceNumber != nil {
		e.Error("not untied")
	}
	must(orm.Repo[Visit](db).ByID(v.ID).Update(e.ctx, visits.Place.Set(orm.Key[Place]("de", 1))))
	must(orm.Repo[Visit](db).ByID(v.ID).Update(e.ctx, visits.Place.Set()))
	e.fails(second(orm.Repo[Visit](db).ByID(v.ID).Update(e.ctx, visits.Place.Set(orm.Key[Place]("de", 2)))), orm.ErrReference, "Visit", "Place")
}

func nestedRefused(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	r := orm.Repo[Person](db)
	p := Person{Name: "p"}
	b := Book{Title: "b"}
	ok(r.Create(e.ctx, &p, people.Written.Create(&b)))
	update := func(a ...orm.Assign[Person]) error { return second(r.ByID(p.ID).Update(e.ctx, a...)) }
	e.fails(update(people.Clubs.Link(orm.Key[Club](5))), orm.ErrReference, "Person", "Clubs")
	e.fails(update(people.Edited.Link(books.ID.In(b.ID, 77))), orm.ErrReference, "Person", "Edited", "77")
	e.fails(update(people.Written.Unlink(orm.Key[Book](b.ID))), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Set()), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Edited.Link(books.Title.Eq("b"))), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Link(orm.And[Book]())), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Link(orm.Not(books.ID.Eq(1)))), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Unlink()), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Unlink(orm.And[Book]())), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Link(orm.Key[Book]("x"))), orm.ErrInvalid, "Book", "ID")
	e.fails(update(people.Edited.Link(orm.Key[Book](1, 2))), orm.ErrInvalid, "Book", "")
	e.fails(update(people.Edited.Create(&b, &b)), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Create(nil)), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Edited.Set(orm.Key[Book](b.ID)), people.Edited.Unlink(orm.Key[Book](b.ID))), orm.ErrInvalid, "Person", "Edited")
	e.fails(update(people.Boss.Link(orm.Key[Person](p.ID)), people.Boss.Unlink()), orm.ErrInvalid, "Person", "Boss")
	e.fails(update(orm.Many[Person, Book]{}.Create(&b)), orm.ErrInvalid, "", "")
	e.fails(second(r.ByID(99).Update(e.ctx, people.Written.Create(&Book{Title: "lost"}))), orm.ErrNotFound, "Person", "")
	e.fails(second(r.Where(people.Name.Eq("p")).UpdateMany(e.ctx, people.Edited.Set())), orm.ErrInvalid, "Person", "")
	e.fails(second(r.Where(people.Name.Eq("p")).UpdateReturning(e.ctx, people.Edited.Set())), orm.ErrInvalid, "Person", "")
	e.fails(r.Upsert(e.ctx, orm.On(people.ID), &Person{Name: "u"}, people.Edited.Set()), orm.ErrInvalid, "Person", "")
	q := Person{Name: "q"}
	e.fails(r.Create(e.ctx, &q, people.Staff.Create(&q)), orm.ErrInvalid, "Person", "Staff")
	e.fails(r.Create(e.ctx, &q, people.Edited.Unlink(orm.Key[Book](b.ID))), orm.ErrInvalid, "Person", "Edited")
	e.fails(r.Create(e.ctx, &q, people.ID.Inc(1)), orm.ErrInvalid, "Person", "ID")
	e.fails(r.Create(e.ctx, &q, people.Name.Set("x"), people.ID.Set(0)), orm.ErrInvalid, "Person", "ID")
	e.fails(r.Create(e.ctx, &q, people.Written.Create(&Book{AuthorID: p.ID})), orm.ErrInvalid, "Book", "AuthorID")
	e.equal(q, Person{Name: "q"}, "the struct is as it was")
	e.equal(must(r.Count(e.ctx)), int64(1), "people")
	e.equal(must(orm.Repo[Book](db).Count(e.ctx)), int64(1), "books")
	e.equal(must(orm.Repo[Book](db).ByID(b.ID).One(e.ctx)), b, "the book is as it was")
}

func nestedRollback(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	r := orm.Repo[Person](db)
	must(orm.Repo[Club](db).CreateMany(e.ctx, []Club{{Name: "taken"}}))
	p := Person{Name: "p"}
	boss, book, free, taken := Person{Name: "boss"}, Book{Title: "b"}, Club{Name: "free"}, Club{Name: "taken"}
	assigns := []orm.Assign[Person]{people.Boss.Create(&boss), people.Written.Create(&book), people.Clubs.Create(&free, &taken)}
	untouched := func() {
		e.Helper()
		e.equal(boss, Person{Name: "boss"}, "boss")
		e.equal(book, Book{Title: "b"}, "book")
		e.equal(free, Club{Name: "free"}, "club")
	}
	e.fails(r.Create(e.ctx, &p, assigns...), orm.ErrConflict, "Club", e.told("Name"))
	e.equal(p, Person{Name: "p"}, "the parent's struct")
	untouched()
	e.equal(must(r.Count(e.ctx)), int64(0), "nobody")
	e.equal(must(orm.Repo[Book](db).Count(e.ctx)), int64(0), "no book")
	ok(r.Create(e.ctx, &p))
	e.fails(second(r.ByID(p.ID).Update(e.ctx, append(assigns, people.Name.Set("new"))...)), orm.ErrConflict, "Club", e.told("Name"))
	untouched()
	e.equal(must(r.All(e.ctx)), []Person{p}, "the parent")
	e.equal(must(orm.Repo[Book](db).Count(e.ctx)), int64(0), "no book")
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(second(orm.Repo[Person](tx).ByID(p.ID).Update(e.ctx, assigns...)), orm.ErrConflict, "Club", e.told("Name"))
		return second(orm.Repo[Person](tx).ByID(p.ID).Update(e.ctx, people.Clubs.Link(clubs.Name.Eq("taken"))))
	}))
	e.equal(len(must(r.Include("Clubs").ByID(p.ID).One(e.ctx)).Clubs), 1, "the outer transaction goes on")
}

func nestedTouch(e *env) {
	db := e.open(Shelf{}, Item{})
	r := orm.Repo[Shelf](db)
	s := Shelf{Name: "s"}
	a, b := Item{Name: "a"}, Item{Name: "b"}
	ok(r.Create(e.ctx, &s, shelves.Items.Create(&a, &b)))
	got := must(r.ByID(s.ID).Update(e.ctx, shelves.Items.Set(orm.Key[Item](a.ID))))
	e.equal(got.Version, 1, "the parent's version")
	items := must(orm.Repo[Item](db).Sort("ID").All(e.ctx))
	e.equal([]int{items[0].Version, items[1].Version}, []int{0, 1}, "what was linked stays untouched")
	e.fails(r.Save(e.ctx, &s), orm.ErrStale, "Shelf", "Version")
}
