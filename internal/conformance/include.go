package conformance

import (
	"fmt"

	"github.com/multi-orm/orm"
)

// library: Ann (1) heads Bob (2) and Cid (3); Bob heads Dan (4). Ann wrote 1-3, Bob 4, Cid nothing; editors cross over.
func (e *env) library(opts ...orm.Option) orm.DB {
	db := e.openWith(Options{}, opts, Person{}, Book{}, Chapter{}, Club{})
	if must(orm.Repo[Person](db).Exists(e.ctx)) { // a second handle on the same database
		return db
	}
	must(orm.Repo[Person](db).CreateMany(e.ctx, []Person{{Name: "Ann"}, {Name: "Bob", BossID: ptr(int64(1))}, {Name: "Cid", BossID: ptr(int64(1))}, {Name: "Dan", BossID: ptr(int64(2))}}))
	must(orm.Repo[Book](db).CreateMany(e.ctx, []Book{
		{AuthorID: 1, EditorID: ptr(int64(2)), Title: "a", Stars: ptr(int64(5)), Price: 10},
		{AuthorID: 1, EditorID: ptr(int64(3)), Title: "b", Price: 20},
		{AuthorID: 1, Title: "c", Stars: ptr(int64(1)), Price: 30},
		{AuthorID: 2, EditorID: ptr(int64(1)), Title: "d", Stars: ptr(int64(3)), Price: 40},
		{AuthorID: 99, EditorID: ptr(int64(98)), Title: "orphan", Price: 50},
	}))
	must(orm.Repo[Chapter](db).CreateMany(e.ctx, []Chapter{{BookID: 1, No: 1, Words: ptr(int64(100))}, {BookID: 1, No: 2}, {BookID: 4, No: 1, Words: ptr(int64(300))}}))
	must(orm.Repo[Club](db).CreateMany(e.ctx, []Club{{Name: "chess"}, {Name: "go"}, {Name: "empty"}}))
	e.join(db, [2]int64{1, 1}, [2]int64{1, 2}, [2]int64{2, 1}, [2]int64{4, 2})
	e.log.reset()
	return db
}

// join makes people members of clubs.
func (e *env) join(db orm.DB, pairs ...[2]int64) {
	for _, x := range pairs {
		if e.engine.API {
			ok(orm.Repo[Member](db).Create(e.ctx, &Member{x[0], x[1]}))
			continue
		}
		must(db.Exec(e.ctx, "INSERT INTO members (person_id, club_id) VALUES (:p, :c)", orm.Args{"p": x[0], "c": x[1]}))
	}
}

var includeCases = []testCase{
	{"include/kinds", "to-one, to-many, many-to-many, pointers, self, two relations to one model", includeKinds},
	{"include/absent", "childless is empty, not included is nil, a missing target is nil", includeAbsent},
	{"include/nested", "paths nest, cycles too, and relations named twice are loaded once", includeNested},
	{"include/merged", "branches on one relation join their conditions, orders and pages, or say that they cannot", includeMerged},
	{"include/limits", "depth and fan-out have bounds", includeLimits},
	{"include/statements", "a statement per include and chunk of keys, never per row", includeStatements},
}

func titles[T *Book | Book](in []T) []string {
	return pick(in, func(b T) string {
		switch x := any(b).(type) {
		case *Book:
			return x.Title
		case Book:
			return x.Title
		}
		return ""
	})
}

func includeKinds(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	all := must(r.With(people.Boss, people.Staff.OrderBy(people.Name.Desc()), people.Written.OrderBy(books.Title.Asc()), people.Edited, people.Clubs.OrderBy(clubs.Name.Asc())).OrderBy(people.ID.Asc()).All(e.ctx))
	e.ran(6, "one statement for each include")
	e.same("all", all)
	ann, bob := all[0], all[1]
	if ann.Boss != nil || bob.Boss == nil || bob.Boss.Name != "Ann" {
		e.Errorf("boss: %+v, %+v", ann.Boss, bob.Boss)
	}
	e.equal(pick(ann.Staff, func(p Person) string { return p.Name }), []string{"Cid", "Bob"}, "self, to-many, ordered")
	e.equal(titles(ann.Written), []string{"a", "b", "c"}, "pointers")
	e.equal(titles(ann.Edited), []string{"d"}, "the other relation to the same model")
	e.equal(titles(bob.Written), []string{"d"}, "pointers")
	e.equal(titles(bob.Edited), []string{"a"}, "the other relation")
	e.equal(pick(ann.Clubs, func(c Club) string { return c.Name }), []string{"chess", "go"}, "many-to-many")
	back := must(orm.Repo[Club](db).With(clubs.People.Where(people.Name.Ne("Bob")).OrderBy(people.Name.Desc())).OrderBy(clubs.ID.Asc()).All(e.ctx))
	e.equal(pick(back, func(c Club) []string { return pick(c.People, func(p *Person) string { return p.Name }) }), [][]string{{"Ann"}, {"Dan", "Ann"}, {}}, "many-to-many back, filtered and ordered")
	byName := must(r.Include("Boss", "Staff", "Written", "Edited", "Clubs").Sort("ID").All(e.ctx))
	for i := range byName {
		e.equal(len(byName[i].Written), len(all[i].Written), "by name")
		e.equal(len(byName[i].Clubs), len(all[i].Clubs), "by name")
	}
	// each verb that reads can include
	e.equal(titles(must(r.Include("Written").First(e.ctx)).Written), []string{"a", "b", "c"}, "First")
	e.equal(titles(must(r.Include("Written").ByID(2).One(e.ctx)).Written), []string{"d"}, "One")
}

func includeAbsent(e *env) {
	db := e.library()
	cid := must(orm.Repo[Person](db).With(people.Written, people.Staff, people.Clubs, people.Boss).ByID(3).One(e.ctx))
	if cid.Written == nil || cid.Staff == nil || cid.Clubs == nil || len(cid.Written)+len(cid.Staff)+len(cid.Clubs) != 0 {
		e.Errorf("childless: %#v", cid)
	}
	if cid.Edited != nil {
		e.Error("a relation that was not included is not nil")
	}
	if cid.Boss.Staff != nil || cid.Boss.Boss != nil {
		e.Error("a relation of an included row is not nil")
	}
	orphan := must(orm.Repo[Book](db).With(books.Author, books.Editor).Where(books.Title.Eq("orphan")).One(e.ctx))
	if orphan.Author != nil || orphan.Editor != nil {
		e.Errorf("a missing target: %+v", orphan)
	}
	e.log.reset()
	none := must(orm.Repo[Person](db).With(people.Boss).ByID(1).One(e.ctx))
	if none.Boss != nil {
		e.Error("a NULL key found a row")
	}
	e.ran(1, "NULL keys ask nothing")
	zero := must(orm.Repo[Person](db).With(people.Written.Take(0)).ByID(1).One(e.ctx))
	if zero.Written == nil || len(zero.Written) != 0 {
		e.Errorf("Take(0): %#v", zero.Written)
	}
	out := must(orm.Repo[Person](db).With(people.Written.Where(books.Title.Eq("nope"))).ByID(1).One(e.ctx))
	if out.Written == nil || len(out.Written) != 0 {
		e.Errorf("all filtered out: %#v", out.Written)
	}
}

func includeNested(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	a := must(r.Include("Written.Chapters", "Written.Editor.Boss", "Written").ByID(1).One(e.ctx))
	e.ran(5, "relations named twice are loaded once")
	e.equal(len(a.Written[0].Chapters), 2, "nested")
	e.equal(a.Written[1].Editor.Boss.Name, "Ann", "a cycle")
	if a.Written[2].Editor != nil || a.Written[2].Chapters == nil {
		e.Errorf("%+v", a.Written[2])
	}
	b := must(r.With(people.Written.OrderBy(books.ID.Asc()).With(books.Chapters.OrderBy(chapters.No.Desc()), books.Editor.With(people.Boss))).ByID(1).One(e.ctx))
	e.equal(b.Written[0].Chapters[0].No, 2, "nested order")
	e.equal(b.Written[1].Editor.Boss.Name, "Ann", "nested twice")
	deep := must(orm.Repo[Chapter](db).Include("Book.Author.Staff.Staff").Sort("ID").First(e.ctx))
	e.equal(deep.Book.Author.Staff[0].Staff[0].Name, "Dan", "four levels")
	// parents that share a child share its children
	all := must(orm.Repo[Book](db).Include("Author.Clubs").Where(books.AuthorID.Eq(1)).Sort("ID").All(e.ctx))
	for _, x := range all {
		e.equal(len(x.Author.Clubs), 2, "shared")
	}
}

func includeMerged(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	e.log.reset()
	p := must(r.With(people.Written.Where(books.Price.Gt(10))).With(people.Written.Where(books.Price.Lt(30)).OrderBy(books.ID.Desc())).Include("Written.Chapters").ByID(1).One(e.ctx))
	e.equal(titles(p.Written), []string{"b"}, "conditions join")
	e.ran(3, "once")
	p = must(r.With(people.Written.OrderBy(books.ID.Desc()), people.Written.Take(2), people.Written.Skip(1)).ByID(1).One(e.ctx))
	e.equal(titles(p.Written), []string{"b", "a"}, "order, Take and Skip join")
	e.fails(second(r.With(people.Written.Take(2), people.Written.Take(3)).All(e.ctx)), orm.ErrInvalid, "Person", "Written")
	e.fails(second(r.With(people.Written.OrderBy(books.ID.Asc()), people.Written.OrderBy(books.Price.Asc())).All(e.ctx)), orm.ErrInvalid, "Person", "Written")
	// a branch is a value: using it does not change it
	base := people.Written.Where(books.Price.Gt(10))
	_ = base.Where(books.Price.Lt(0)).Take(1)
	e.equal(len(must(r.With(base).ByID(1).One(e.ctx)).Written), 2, "the base of a branch")
	q := r.With(people.Staff)
	_ = q.With(people.Written)
	if must(q.First(e.ctx)).Written != nil {
		e.Error("the base of a query changed")
	}
}

func includeLimits(e *env) {
	db := e.library()
	r := orm.Repo[Person](db)
	must(r.Include("Boss.Boss.Boss.Boss.Boss").All(e.ctx))
	// depth counts what is asked for, whether or not there are rows so deep
	e.fails(second(r.Include("Boss.Boss.Boss.Boss.Boss.Boss").All(e.ctx)), orm.ErrLimit, "Person", "Boss")
	e.fails(second(collect(r.Include("Staff.Staff.Staff.Staff.Staff.Staff"), e.ctx)), orm.ErrLimit, "Person", "Staff")
	e.fails(second(r.Include("Boss.Boss.Boss.Boss.Boss.Boss").Explain(e.ctx)), orm.ErrLimit, "Person", "")
	small := e.library(orm.Limits{MaxFanOut: 2, MaxIncludeDepth: 1})
	p := orm.Repo[Person](small)
	e.fails(second(p.Include("Written").All(e.ctx)), orm.ErrLimit, "Person", "Written")
	e.equal(len(must(p.With(people.Written.Take(2)).ByID(1).One(e.ctx)).Written), 2, "Take counts first")
	e.fails(second(p.With(people.Written.Take(3)).ByID(1).One(e.ctx)), orm.ErrLimit, "Person", "Written")
	e.equal(len(must(p.Include("Written").ByID(2).One(e.ctx)).Written), 1, "below the bound")
	e.equal(len(must(p.Include("Staff").ByID(1).One(e.ctx)).Staff), 2, "at the bound")
	e.fails(second(p.Include("Staff.Staff").All(e.ctx)), orm.ErrLimit, "Person", "Staff")
	for _, err := range p.Include("Written").Rows(e.ctx) {
		e.fails(err, orm.ErrLimit, "Person", "Written")
		break
	}
}

func includeStatements(e *env) {
	db := e.open(Person{}, Book{})
	in := make([]Person, 3000)
	for i := range in {
		in[i].Name = fmt.Sprint(i)
	}
	must(orm.Repo[Person](db).CreateMany(e.ctx, in))
	bs := make([]Book, 6000)
	for i := range bs {
		bs[i] = Book{AuthorID: int64((i*7)%3000 + 1), Title: fmt.Sprint(i)}
	}
	must(orm.Repo[Book](db).CreateMany(e.ctx, bs))
	e.log.reset()
	for _, q := range []orm.Query[Person]{orm.Repo[Person](db).Query(), orm.Repo[Person](db).OrderBy(people.ID.Desc()), orm.Repo[Person](db).OrderBy(people.Name.Asc())} {
		all := must(q.With(people.Written.OrderBy(books.ID.Asc())).All(e.ctx))
		e.ran(2, "3,000 parents")
		for _, p := range all {
			if len(p.Written) != 2 || p.Written[0].AuthorID != p.ID || p.Written[1].AuthorID != p.ID || p.Written[0].ID >= p.Written[1].ID {
				e.Fatalf("wrong children: %+v", p)
			}
		}
	}
	back := must(orm.Repo[Book](db).With(books.Author).All(e.ctx))
	e.ran(2, "6,000 children, to-one")
	for _, b := range back {
		if b.Author == nil || b.Author.ID != b.AuthorID {
			e.Fatalf("wrong parent: %+v", b)
		}
	}
}
