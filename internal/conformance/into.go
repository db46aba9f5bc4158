package conformance

import (
	"strings"

	"github.com/multi-orm/orm"
)

var intoCases = []testCase{
	{"into/columns", "a struct reads the columns that it names, by field, column, pointer and embedded struct, and no others", intoColumns},
	{"into/relations", "relations go into structs of their own, at any depth, one statement each", intoRelations},
	{"into/verbs", "All, First, One and Rows; orders, pages, conditions and Distinct hold", intoVerbs},
	{"into/pages", "a page of structs: the same rows and cursors as of the query, keys that the struct does not name hidden", intoPages},
	{"into/refused", "names and types that do not fit are ErrInvalid", intoRefused},
}

type (
	rowCard struct {
		Text  string `orm:"t"`
		Maybe *int64 `orm:"B"`
		F     *float64
		Note  string `orm:"-"`
		rowPart
		inner int
	}
	rowPart struct{ ID int64 }

	personCard struct {
		Name    string
		Boss    *nameCard
		Written []bookCard
		Edited  []*titleCard
	}
	nameCard  struct{ Name string }
	titleCard struct{ Title string }
	bookCard  struct {
		Title    string
		Author   *nameCard
		Chapters []*chapterCard
	}
	chapterCard struct {
		Number int `orm:"no"`
	}
	onlyBoss struct{ Boss *nameCard }
)

func intoColumns(e *env) {
	r := e.sample()
	e.log.reset()
	have := must(orm.Into[rowCard](r.Where(rows.ID.In(1, 3)).OrderBy(rows.ID.Desc())).All(e.ctx))
	if len(have) != 2 || have[0].Text != "gamma" || have[0].ID != 3 || *have[0].Maybe != 20 || have[0].F != nil || *have[1].F != 1.5 || have[1].inner != 0 || have[1].Note != "" {
		e.Errorf("%+v", have)
	}
	ran := e.log.reset()
	if len(ran) != 1 {
		e.Fatalf("%d statements", len(ran))
	}
	for _, column := range []string{`"a"`, `"s"`, `"raw"`, `"code"`} {
		if strings.Contains(ran[0].Text, column) {
			e.Errorf("%s is read: %s", column, ran[0].Text)
		}
	}
}

func intoRelations(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	must(orm.Repo[Person](db).CreateMany(e.ctx, []Person{{Name: "Ada"}, {Name: "Bob", BossID: ptr(int64(1))}}))
	must(orm.Repo[Book](db).CreateMany(e.ctx, []Book{{AuthorID: 2, EditorID: ptr(int64(1)), Title: "x"}, {AuthorID: 2, Title: "y"}}))
	must(orm.Repo[Chapter](db).CreateMany(e.ctx, []Chapter{{BookID: 1, No: 1}, {BookID: 1, No: 2}}))
	e.log.reset()
	r := orm.Repo[Person](db)
	e.equal(must(orm.Into[personCard](r).All(e.ctx)), []personCard{
		{Name: "Ada", Written: []bookCard{}, Edited: []*titleCard{{"x"}}},
		{Name: "Bob", Boss: &nameCard{"Ada"}, Edited: []*titleCard{}, Written: []bookCard{
			{"x", &nameCard{"Bob"}, []*chapterCard{{1}, {2}}}, {"y", &nameCard{"Bob"}, []*chapterCard{}},
		}},
	}, "the tree")
	e.ran(6, "one statement for each relation")
	e.equal(must(orm.Into[personCard](r.ByID(2).With(people.Written.Where(books.Title.Eq("y")))).One(e.ctx)).Written, []bookCard{{"y", &nameCard{"Bob"}, []*chapterCard{}}}, "With says which rows")
	e.equal(must(orm.Into[onlyBoss](r.OrderBy(people.Name.Desc())).All(e.ctx)), []onlyBoss{{&nameCard{"Ada"}}, {nil}}, "a relation alone")
	var streamed []personCard
	for c, err := range orm.Into[personCard](r.OrderBy(people.ID.Asc())).Rows(e.ctx) {
		ok(err)
		streamed = append(streamed, c)
	}
	e.equal(streamed, must(orm.Into[personCard](r.OrderBy(people.ID.Asc())).All(e.ctx)), "a stream")
}

func intoVerbs(e *env) {
	r := e.sample()
	type text struct{ T string }
	e.equal(must(orm.Into[text](r).First(e.ctx)), text{"Alpha"}, "First")
	e.equal(must(orm.Into[text](r.ByID(3)).One(e.ctx)), text{"gamma"}, "One")
	e.equal(must(orm.Into[text](r.OrderBy(rows.T.Desc()).Skip(1).Take(2)).All(e.ctx)), []text{{"alpha"}, {"BETA"}}, "a page")
	e.equal(must(orm.Into[text](r.Where(rows.ID.Lt(0))).All(e.ctx)), []text{}, "none")
	_, err := orm.Into[text](r.Where(rows.ID.Lt(0))).First(e.ctx)
	e.fails(err, orm.ErrNotFound, "Row", "")
	_, err = orm.Into[text](r).One(e.ctx)
	e.fails(err, orm.ErrInvalid, "Row", "")
	type number struct{ B int64 }
	e.equal(must(orm.Into[number](r.Distinct().OrderBy(rows.B.Asc())).All(e.ctx)), []number{{0}, {10}, {20}, {30}}, "Distinct is of what is read")
	n := 0
	for x, err := range orm.Into[text](r.OrderBy(rows.ID.Asc())).Rows(e.ctx) {
		ok(err)
		if n++; x.T == "alpha" {
			break
		}
	}
	e.equal(n, 2, "a stream that is left")
}

func intoPages(e *env) {
	db := e.library()
	q := orm.Repo[Person](db).OrderBy(people.Name.Desc()).Take(3)
	type card struct {
		Boss    *nameCard
		Written []titleCard
	}
	cards := orm.Into[card](q.With(people.Written.OrderBy(books.Title.Asc())))
	whole := must(q.Page(e.ctx, "", orm.WithTotal))
	e.log.reset()
	first := must(cards.Page(e.ctx, "", orm.WithTotal))
	e.ran(4, "the count, the page and two relations")
	e.equal(first.Rows, []card{{&nameCard{"Bob"}, []titleCard{}}, {&nameCard{"Ann"}, []titleCard{}}, {&nameCard{"Ann"}, []titleCard{{"d"}}}}, "first")
	e.equal([]any{first.Total, first.Prev, first.Next != ""}, []any{int64(4), "", true}, "around it")
	last := must(cards.Page(e.ctx, whole.Next))
	e.equal(last.Rows, []card{{nil, []titleCard{{"a"}, {"b"}, {"c"}}}}, "by the query's cursor")
	e.equal([]any{last.Next, last.Total}, []any{"", int64(-1)}, "the end")
	e.equal(must(cards.Page(e.ctx, last.Prev)).Rows, first.Rows, "back")
	e.equal(pick(must(q.Page(e.ctx, last.Prev)).Rows, personID), pick(whole.Rows, personID), "by the struct's cursor")
	e.equal(must(orm.Into[nameCard](q).Page(e.ctx, first.Next)).Rows, []nameCard{{"Ann"}}, "another struct")
	e.equal(must(orm.Into[nameCard](q.OrderBy(people.BossID.Asc()).Where(people.ID.Lt(0))).Page(e.ctx, "")).Rows, []nameCard{}, "none")
	_, err := orm.Into[card](q.Where(people.ID.Gt(0))).Page(e.ctx, first.Next)
	e.fails(err, orm.ErrBadCursor, "Person", "")
	_, err = cards.Page(orm.WithActor(e.ctx, orm.Actor{ID: 7}), first.Next)
	e.fails(err, orm.ErrBadCursor, "Person", "")
	_, err = orm.Into[nameCard](q.Distinct()).Page(e.ctx, "")
	e.fails(err, orm.ErrInvalid, "Person", "")
	_, err = orm.Into[nameCard](q).Page(e.ctx, "", nil)
	e.fails(err, orm.ErrInvalid, "Person", "")
}

func intoRefused(e *env) {
	r := e.sample()
	e.log.reset()
	refuse := func(err error, words ...string) {
		e.Helper()
		e.fails(err, orm.ErrInvalid, "", "")
		e.says(err, words...)
	}
	type unknown struct{ Codee *Key }
	_, err := orm.Into[unknown](r).All(e.ctx)
	refuse(err, `Row has no field "Codee" (did you mean "Code"?)`)
	type wrong struct{ B string }
	_, err = orm.Into[wrong](r).First(e.ctx)
	refuse(err, "wrong.B", "Row.B holds int64", "string")
	type narrow struct{ A int64 }
	_, err = orm.Into[narrow](r).One(e.ctx)
	refuse(err, "*int64")
	type empty struct{ b int64 }
	_, err = orm.Into[empty](r).All(e.ctx)
	refuse(err, "no exported field")
	_, err = orm.Into[int](r).All(e.ctx)
	refuse(err, "a struct")
	for _, err = range orm.Into[unknown](r).Rows(e.ctx) {
		refuse(err, "did you mean")
	}
	type b struct{ B int64 }
	_, err = orm.Into[b](r.Select(rows.B)).All(e.ctx)
	refuse(err, "leave Select")
	_, err = orm.Into[b](orm.Repo[Row]{}).All(e.ctx)
	e.fails(err, orm.ErrClosed, "", "")
	e.ran(0, "no statement ran")

	ps := orm.Repo[Person](e.open(Person{}, Book{}, Chapter{}, Club{}))
	type byValue struct{ Boss nameCard }
	_, err = orm.Into[byValue](ps).All(e.ctx)
	refuse(err, "is a relation", "pointer")
	type single struct{ Staff *nameCard }
	_, err = orm.Into[single](ps).All(e.ctx)
	refuse(err, "slice")
	type misspelt struct{ Staf []nameCard }
	_, err = orm.Into[misspelt](ps).All(e.ctx)
	refuse(err, `no relation "Staf" (did you mean "Staff"?)`)
	_, err = orm.Into[nested](ps).All(e.ctx)
	refuse(err, "itself")
	_, err = orm.Into[nameCard](ps.With(people.Staff)).All(e.ctx)
	refuse(err, "included")
	_ = empty{}.b
	_ = single{}
}

type nested struct{ Staff []nested }
