package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

var joinCases = []testCase{
	{"join/same answer", "every relation kind joined gives what a lookup gives, in one statement", joinSame},
	{"join/mixed", "to-one relations are joined together, to-many ones one at a time, the others looked up", joinMixed},
	{"join/looked up", "what a join would answer otherwise is looked up", joinLookedUp},
	{"join/page", "Take and Skip count rows, not joined ones", joinPage},
	{"join/bad", "several rows for a to-one relation, and too many for a to-many, are errors", joinBad},
	{"join/hooks", "events of the included model see its read, scopes go into the condition of the join", joinHooks},
	{"join/explain", "a plan shows which includes have no statement of their own", joinExplain},
	{"join/tag", "strategy=join of the tag, and a query that says otherwise", joinTag},
}

func joinSame(e *env) {
	db := e.library()
	r := orm.Repo[Person](db).OrderBy(people.ID.Asc())
	b := orm.Repo[Book](db).OrderBy(books.ID.Asc())
	alike(e, r.With(people.Boss.Strategy(orm.Join)), r.With(people.Boss), "to-one")
	alike(e, r.With(people.Staff.Strategy(orm.Join)), r.With(people.Staff), "to-many, self")
	alike(e, r.With(people.Written.OrderBy(books.Price.Desc()).Strategy(orm.Join)), r.With(people.Written.OrderBy(books.Price.Desc())), "pointers, sorted")
	alike(e, r.With(people.Clubs.Strategy(orm.Join)), r.With(people.Clubs), "through links")
	alike(e, r.With(people.Clubs.Where(clubs.Name.Ne("go")).Select(clubs.Name).Strategy(orm.Join)), r.With(people.Clubs.Where(clubs.Name.Ne("go")).Select(clubs.Name)), "links, selected")
	alike(e, r.With(people.Written.Where(orm.Or(books.Stars.IsNull(), books.Editor.Is(people.Name.Eq("Bob")))).Select(books.Title).Strategy(orm.Join)),
		r.With(people.Written.Where(orm.Or(books.Stars.IsNull(), books.Editor.Is(people.Name.Eq("Bob")))).Select(books.Title)), "conditions")
	alike(e, r.Select(people.Name).With(people.Boss.Select(people.Name).Strategy(orm.Join)), r.Select(people.Name).With(people.Boss.Select(people.Name)), "keys not selected")
	alike(e, b.With(books.Author.Strategy(orm.Join), books.Editor.Strategy(orm.Join)), b.With(books.Author, books.Editor), "two to one model")
	alike(e, b.Where(books.ID.Lt(0)).With(books.Author.Strategy(orm.Join)), b.Where(books.ID.Lt(0)).With(books.Author), "no row")
	alike(e, orm.Repo[Book](db).OrderBy(books.Author.By(people.Name.Desc()), books.ID.Asc()).Take(3).With(books.Author.Strategy(orm.Join)),
		orm.Repo[Book](db).OrderBy(books.Author.By(people.Name.Desc()), books.ID.Asc()).Take(3).With(books.Author), "sorted by a relation")
	all := must(b.With(books.Author.Strategy(orm.Join)).All(e.ctx))
	e.equal(len(all), 5, "every row is there")
	e.equal(all[4].Author == nil, true, "a missing target is nil")
	e.equal(all[0].Author.Name, "Ann", "and the others are not")
	kids := must(r.With(people.Staff.Strategy(orm.Join)).All(e.ctx))
	e.equal(kids[3].Staff, []Person{}, "childless is empty")
	e.equal(kids[3].Clubs == nil, true, "not included is nil")
	one := must(r.ByID(2).With(people.Boss.Strategy(orm.Join)).One(e.ctx))
	e.equal(one.Boss.Name, "Ann", "One")
	first := must(r.With(people.Boss.Strategy(orm.Join)).OrderBy(people.ID.Desc()).Skip(1).First(e.ctx))
	e.equal(first.Boss.Name, "Ann", "First")

	vdb := e.open(Place{}, Visit{})
	must(orm.Repo[Place](vdb).CreateMany(e.ctx, []Place{{"ch", 1, "Bern", nil}, {"de", 1, "Bonn", nil}}))
	must(orm.Repo[Visit](vdb).CreateMany(e.ctx, []Visit{{PlaceCountry: ptr("ch"), PlaceNumber: ptr(int64(1))}, {PlaceCountry: ptr("ch")}, {}, {PlaceCountry: ptr("ch"), PlaceNumber: ptr(int64(1))}}))
	v := orm.Repo[Visit](vdb).Sort("ID")
	alike(e, v.With(visits.Place.Strategy(orm.Join)), v.With(visits.Place), "composite to-one, NULL keys")
	p := orm.Repo[Place](vdb).Sort("Country")
	alike(e, p.With(places.Visits.Strategy(orm.Join)), p.With(places.Visits), "composite to-many")
}

// alike checks that two queries give the same, the first with one statement.
func alike[T any](e *env, joined, looked orm.Query[T], about string) {
	e.log.reset()
	have := must(joined.All(e.ctx))
	e.ran(1, about)
	e.equal(have, must(looked.All(e.ctx)), about)
	e.same(about, have)
}

func joinMixed(e *env) {
	db := e.library()
	q := orm.Repo[Book](db).OrderBy(books.ID.Asc())
	e.log.reset()
	have := must(q.With(books.Author.Strategy(orm.Join).With(people.Clubs), books.Editor.Strategy(orm.Join), books.Chapters.Strategy(orm.Join)).All(e.ctx))
	e.ran(3, "two joined, one below a joined one, one to-many")
	e.equal(have, must(q.With(books.Author.With(people.Clubs), books.Editor, books.Chapters).All(e.ctx)), "the same")
	p := orm.Repo[Person](db).OrderBy(people.ID.Asc())
	e.log.reset()
	all := must(p.With(people.Staff.Strategy(orm.Join), people.Written.Strategy(orm.Join).With(books.Chapters), people.Clubs).All(e.ctx))
	e.ran(4, "one to-many joined, two looked up and one below")
	e.equal(all, must(p.With(people.Staff, people.Written.With(books.Chapters), people.Clubs).All(e.ctx)), "the same")
	e.same("mixed", all)
	e.log.reset()
	deep := must(p.With(people.Staff.Strategy(orm.Join).With(people.Boss.Strategy(orm.Join))).All(e.ctx))
	e.ran(2, "a join below another include is looked up")
	e.equal(deep[0].Staff[0].Boss.Name, "Ann", "and there")
}

func joinLookedUp(e *env) {
	db := e.library()
	q := orm.Repo[Person](db).OrderBy(people.ID.Asc())
	branch := people.Written.Strategy(orm.Join)
	for about, x := range map[string]orm.Query[Person]{
		"Take of a branch": q.With(branch.Take(1)),
		"Skip of a branch": q.With(branch.Skip(1)),
		"best effort":      q.With(branch).BestEffort(new([]orm.Issue)),
	} {
		e.log.reset()
		must(x.All(e.ctx))
		e.ran(2, about)
	}
	m := e.open(Shop{}, Ware{}, Note{}, Tag{})
	ok(orm.Repo[Shop](m).Create(e.ctx, &Shop{Name: "s"}))
	e.log.reset()
	must(orm.Repo[Shop](m).With(shops.Wares.Strategy(orm.Join).With(wares.Notes.Count().Into(wares.NoteCount))).All(e.ctx))
	e.ran(2, "a branch that counts")
	e.log.reset()
	page := must(q.With(people.Boss.Strategy(orm.Join)).Take(2).Page(e.ctx, ""))
	e.ran(2, "a page")
	e.equal(page.Rows[1].Boss.Name, "Ann", "of a page")
	n := 0
	for p, err := range q.With(branch).Rows(e.ctx) {
		ok(err)
		n += len(p.Written)
	}
	e.equal(n, 4, "a stream")
	e.fails(second(q.With(people.Boss.Strategy(orm.Join), people.Boss.Strategy(orm.Lookup)).All(e.ctx)), orm.ErrInvalid, "Person", "Boss")
}

func joinPage(e *env) {
	db := e.library()
	q := orm.Repo[Person](db).OrderBy(people.Name.Desc())
	for skip := range 4 {
		for take := range 4 {
			page := q.Skip(skip).Take(take)
			alike(e, page.With(people.Written.Strategy(orm.Join)), page.With(people.Written), fmt.Sprint(skip, take))
		}
	}
	all := must(q.Take(3).With(people.Written.OrderBy(books.ID.Asc()).Strategy(orm.Join)).All(e.ctx))
	e.equal(pick(all, func(p Person) string { return p.Name }), []string{"Dan", "Cid", "Bob"}, "rows")
	e.equal(titles(all[2].Written), []string{"d"}, "their books")
}

func joinBad(e *env) {
	db := e.openWith(Options{}, []orm.Option{orm.Limits{MaxFanOut: 3}}, Desk{}, Lamp{}, Person{}, Book{})
	must(orm.Repo[Person](db).CreateMany(e.ctx, []Person{{Name: "x"}, {Name: "y"}}))
	must(orm.Repo[Book](db).CreateMany(e.ctx, []Book{{AuthorID: 1}, {AuthorID: 1}, {AuthorID: 1}, {AuthorID: 2}}))
	q := orm.Repo[Person](db).OrderBy(people.ID.Asc())
	e.equal(len(must(q.With(people.Written.Strategy(orm.Join)).All(e.ctx))[0].Written), 3, "as many as may be")
	ok(orm.Repo[Book](db).Create(e.ctx, &Book{AuthorID: 1}))
	e.fails(second(q.With(people.Written.Strategy(orm.Join)).All(e.ctx)), orm.ErrLimit, "Person", "Written")
	e.fails(second(q.With(people.Written.Strategy(orm.Lookup)).All(e.ctx)), orm.ErrLimit, "Person", "Written")
	must(orm.Repo[Desk](db).CreateMany(e.ctx, []Desk{{Name: "a"}, {Name: "b"}}))
	must(orm.Repo[Lamp](db).CreateMany(e.ctx, []Lamp{{DeskID: ptr(int64(1))}, {DeskID: ptr(int64(2))}, {}}))
	d := orm.Repo[Desk](db).Sort("ID")
	alike(e, d.With(desks.Lamp.Strategy(orm.Join)), d.With(desks.Lamp), "one lamp each")
	ok(orm.Repo[Lamp](db).Create(e.ctx, &Lamp{DeskID: ptr(int64(1))}))
	for _, s := range []orm.Strategy{orm.Join, orm.Lookup} {
		e.fails(second(d.With(desks.Lamp.Strategy(s)).All(e.ctx)), orm.ErrInvalid, "Desk", "Lamp")
	}
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(second(orm.Repo[Person](tx).With(people.Written.Strategy(orm.Join)).All(e.ctx)), orm.ErrLimit, "Person", "Written")
		return nil
	}))
}

func joinHooks(e *env) {
	db := e.library()
	var seen []string
	note := func(what string) func(context.Context, *hook.Op) error {
		return func(_ context.Context, op *hook.Op) error {
			seen = append(seen, fmt.Sprintf("%s %s %q %d", what, op.Model.Name, op.Path, op.Affected))
			return nil
		}
	}
	ok(db.Use(hook.Hook{Name: "note", Before: note("before"), After: note("after")}))
	q := orm.Repo[Book](db).OrderBy(books.ID.Asc()).Take(2)
	e.log.reset()
	must(q.With(books.Author.Strategy(orm.Join), books.Editor.Strategy(orm.Join)).All(e.ctx))
	e.ran(1, "one statement with hooks")
	e.equal(seen, []string{`before Book "" 0`, `before Person "Author" 0`, `before Person "Editor" 0`, `after Person "Editor" 2`, `after Person "Author" 2`, `after Book "" 2`}, "events")

	narrow := e.library()
	ok(narrow.Use(hook.Before[Person](func(_ context.Context, op *hook.Op) error {
		if op.Select != nil && op.Path == "Author" {
			op.Select.Where.Add(people.Name.Ne("Bob").Expr())
		}
		return nil
	})))
	all := must(orm.Repo[Book](narrow).OrderBy(books.ID.Asc()).With(books.Author.Strategy(orm.Join)).All(e.ctx))
	e.equal(pick(all, func(b Book) bool { return b.Author != nil }), []bool{true, true, true, false, false}, "a hook narrows the join")

	paged := e.library()
	ok(paged.Use(hook.Before[Book](func(_ context.Context, op *hook.Op) error {
		if op.Path != "" {
			op.Select.Take, op.Select.HasTake = 2, true
		}
		return nil
	})))
	e.log.reset()
	some := must(orm.Repo[Person](paged).OrderBy(people.ID.Asc()).With(people.Written.Strategy(orm.Join)).All(e.ctx))
	e.ran(2, "what a hook pages is looked up")
	e.equal(len(some[0].Written), 2, "and paged")

	veto := e.library()
	denied := errors.New("no")
	ok(veto.Use(hook.Before[Person](func(_ context.Context, op *hook.Op) error {
		if op.Path != "" {
			return denied
		}
		return nil
	})))
	e.log.reset()
	if err := second(orm.Repo[Book](veto).With(books.Author.Strategy(orm.Join)).All(e.ctx)); !errors.Is(err, denied) {
		e.Error(err)
	}
	e.ran(0, "a veto comes before the statement")
}

func joinExplain(e *env) {
	db := e.library()
	q := orm.Repo[Book](db).Where(books.Price.Gt(1)).With(books.Author.Strategy(orm.Join).With(people.Clubs), books.Chapters)
	plan := must(q.Explain(e.ctx))
	e.equal(pick(plan.Steps, func(s orm.Step) string { return s.Path }), []string{"", "Author", "Author.Clubs", "Chapters"}, "steps")
	e.equal(pick(plan.Steps, func(s orm.Step) bool { return s.Joined }), []bool{false, true, false, false}, "joined")
	if !strings.Contains(plan.Steps[0].Text, "LEFT JOIN") || plan.Steps[1].Text != "" || !strings.Contains(plan.String(), "  Author → Person (main) joined\n") {
		e.Error(plan)
	}
	ran := must(q.Explain(e.ctx, orm.Analyze))
	if ran.Steps[0].Text != plan.Steps[0].Text || ran.Steps[0].Ran.Statements != 1 || ran.Steps[1].Ran.Statements != 0 {
		e.Error(ran)
	}
	e.ran(3, "analysed")
}

// Crate says in its tags how its relations are loaded.
type Crate struct {
	ID     int64 `orm:"id,auto"`
	Inside *int64

	Outer   *Crate  `orm:"relation=inside:id,strategy=join"`
	Content []Crate `orm:"relation=id:inside,strategy=pushdown"`
}

var crates = orm.Bind[Crate, struct {
	Outer   orm.One[Crate, Crate]
	Content orm.Many[Crate, Crate]
}]()

func joinTag(e *env) {
	db := e.open(Crate{})
	must(orm.Repo[Crate](db).CreateMany(e.ctx, []Crate{{}, {Inside: ptr(int64(1))}, {Inside: ptr(int64(1))}, {Inside: ptr(int64(3))}}))
	q := orm.Repo[Crate](db).Sort("ID")
	alike(e, q.Include("Outer"), q.With(crates.Outer.Strategy(orm.Lookup)), "to-one")
	alike(e, q.Include("Content"), q.With(crates.Content.Strategy(orm.Lookup)), "to-many")
	e.log.reset()
	must(q.With(crates.Outer.Strategy(orm.Lookup)).All(e.ctx))
	e.ran(2, "the query has the last word")
}
