package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/multi-orm/orm"
)

var defaultOrderCases = []testCase{
	{"defaultorder/root", "rows come in the order that the model says, the key last, whatever verb reads them", defaultOrderRoot},
	{"defaultorder/behind", "the order of a query comes first, and a column that it names keeps its direction and its NULLs", defaultOrderBehind},
	{"defaultorder/distinct", "distinct rows are sorted by what is selected", defaultOrderDistinct},
	{"defaultorder/pages", "cursors walk the order both ways, NULLs included", defaultOrderPages},
	{"defaultorder/streams", "a stream comes in the order too, with its includes", defaultOrderStreams},
	{"defaultorder/includes", "included lists come in their model's order, paged for each parent, through links and at any depth", defaultOrderIncludes},
}

// defaultOrderSQLCases ask what an API does not answer.
var defaultOrderSQLCases = []testCase{
	{"defaultorder/statements", "what gives no list is not sorted: rows by key, counts, groups and writes", defaultOrderStatements},
	{"defaultorder/computed", "an order by related rows comes first, a sub-select takes its page in the order, a join keeps it", defaultOrderComputed},
	{"defaultorder/explain", "SQL and Explain show the order, of includes too", defaultOrderExplain},
}

// stage has halls of ids 1 to 3 and acts of ids 1 to 8, whose order is 4 3 7 1 6 5 2 8.
func (e *env) stage() orm.DB {
	db := e.open(Hall{}, Act{}, Star{}, Billing{})
	must(orm.Repo[Hall](db).CreateMany(e.ctx, []Hall{{Name: "Arena"}, {Name: "Barn"}, {Name: "Crypt"}}))
	must(orm.Repo[Act](db).CreateMany(e.ctx, []Act{
		{HallID: 1, Rank: ptr(int64(2)), Fee: 10, Name: "a"}, {HallID: 1, Fee: 5, Name: "b"}, {HallID: 1, Rank: ptr(int64(1)), Fee: 10, Name: "c"},
		{HallID: 1, Rank: ptr(int64(1)), Fee: 30, Name: "d"}, {HallID: 2, Fee: 9, Name: "e"}, {HallID: 2, Rank: ptr(int64(2)), Fee: 10, Name: "f"},
		{HallID: 2, Rank: ptr(int64(1)), Fee: 10, Name: "g"}, {HallID: 1, Fee: 5, Name: "h"},
	}))
	must(orm.Repo[Star](db).CreateMany(e.ctx, []Star{{Name: "Zoe"}, {Name: "Ann"}, {Name: "Moe"}}))
	must(orm.Repo[Billing](db).CreateMany(e.ctx, []Billing{{1, 1}, {1, 2}, {1, 3}, {2, 3}, {2, 2}}))
	e.log.reset()
	return db
}

func actIDs(in []Act) []int64 { return pick(in, func(a Act) int64 { return a.ID }) }

func (e *env) played(q orm.Query[Act], about string, want ...int64) {
	e.Helper()
	e.equal(actIDs(must(q.All(e.ctx))), want, about)
}

func defaultOrderRoot(e *env) {
	r := orm.Repo[Act](e.stage())
	e.played(r.Query(), "all", 4, 3, 7, 1, 6, 5, 2, 8)
	e.played(r.Where(acts.HallID.Eq(1)), "some", 4, 3, 1, 2, 8)
	e.played(r.Take(3), "Take", 4, 3, 7)
	e.played(r.Skip(6), "Skip", 2, 8)
	e.played(r.Skip(1).Take(2), "Skip and Take", 3, 7)
	e.equal(pick(must(r.Select(acts.Name).All(e.ctx)), func(a Act) string { return a.Name }), []string{"d", "c", "g", "a", "f", "e", "b", "h"}, "columns that are not selected sort")
	e.equal(must(r.Select(acts.Name).First(e.ctx)), Act{Name: "d"}, "and stay out of the row")
	e.equal(must(r.First(e.ctx)).ID, int64(4), "First")
	e.equal(must(r.Skip(5).First(e.ctx)).ID, int64(5), "First after Skip")
	e.equal(must(r.Take(1).One(e.ctx)).ID, int64(4), "the only one of a page")
	e.equal(must(r.ByID(2).One(e.ctx)).Name, "b", "by key")
	e.equal(must(r.ByID(2).First(e.ctx)).Name, "b", "the first by key")
	p := must(r.Take(3).PageNumber(e.ctx, 2))
	e.equal(actIDs(p.Rows), []int64{1, 6, 5}, "a numbered page")
	type card struct{ Name string }
	e.equal(must(orm.Into[card](r.Take(2)).All(e.ctx)), []card{{"d"}, {"c"}}, "Into")
	e.equal(pick(must(orm.Repo[Hall](r.DB()).All(e.ctx)), func(h Hall) string { return h.Name }), []string{"Crypt", "Barn", "Arena"}, "one key, downwards")
}

func defaultOrderBehind(e *env) {
	r := orm.Repo[Act](e.stage())
	e.played(r.OrderBy(acts.Fee.Asc()), "the second key, turned round", 2, 8, 5, 3, 7, 1, 6, 4)
	e.played(r.OrderBy(acts.Rank.Desc()), "the first key, turned round", 5, 2, 8, 1, 6, 4, 3, 7)
	e.played(r.OrderBy(acts.Rank.Asc().NullsFirst()), "NULLs first", 5, 2, 8, 4, 3, 7, 1, 6)
	e.played(r.OrderBy(acts.HallID.Desc()), "another column", 7, 6, 5, 4, 3, 1, 2, 8)
	e.played(r.OrderBy(acts.HallID.Desc()).Take(4), "in a page", 7, 6, 5, 4)
	e.played(r.OrderBy(acts.ID.Desc()), "the key", 8, 7, 6, 5, 4, 3, 2, 1)
	e.played(r.OrderBy(acts.Fee.Desc(), acts.ID.Desc(), acts.Rank.Desc()), "every key", 4, 7, 6, 3, 1, 5, 8, 2)
	e.played(r.Sort("-HallID", "Fee"), "by name", 5, 7, 6, 2, 8, 3, 1, 4)
	e.equal(must(r.OrderBy(acts.Fee.Asc()).First(e.ctx)).ID, int64(2), "First")
}

func defaultOrderDistinct(e *env) {
	r := orm.Repo[Act](e.stage())
	ranks := func(q orm.Query[Act]) string {
		return fmt.Sprint(pick(must(q.All(e.ctx)), func(a Act) int64 {
			if a.Rank == nil {
				return -1
			}
			return *a.Rank
		}))
	}
	fees := func(q orm.Query[Act]) []int64 { return pick(must(q.All(e.ctx)), func(a Act) int64 { return a.Fee }) }
	e.equal(ranks(r.Select(acts.Rank).Distinct()), "[1 2 -1]", "the first key")
	e.equal(ranks(r.Select(acts.Rank).Distinct().OrderBy(acts.Rank.Desc())), "[-1 2 1]", "turned round")
	e.equal(fees(r.Select(acts.Fee).Distinct()), []int64{30, 10, 9, 5}, "the second key")
	e.equal(fees(r.Select(acts.Fee, acts.HallID).Distinct()), []int64{30, 10, 10, 9, 5}, "a key and another column")
	e.equal(must(r.Select(acts.Fee, acts.HallID).Distinct().Take(4).All(e.ctx)), []Act{{HallID: 1, Fee: 30}, {HallID: 1, Fee: 10}, {HallID: 2, Fee: 10}, {HallID: 2, Fee: 9}}, "in a page")
	e.equal(len(must(r.Select(acts.HallID).Distinct().All(e.ctx))), 2, "no key")
	e.equal(pick(must(r.Select(acts.HallID).Distinct().Take(5).All(e.ctx)), func(a Act) int64 { return a.HallID }), []int64{1, 2}, "no key, in a page")
	e.played(r.Distinct(), "whole rows", 4, 3, 7, 1, 6, 5, 2, 8)
	e.equal(must(r.Select(acts.Fee).Distinct().Count(e.ctx)), int64(4), "counted")
}

func defaultOrderPages(e *env) {
	db := e.stage()
	r, id := orm.Repo[Act](db), func(a Act) int64 { return a.ID }
	e.equal(actIDs(must(r.Take(3).Page(e.ctx, "")).Rows), []int64{4, 3, 7}, "the first page")
	rnd := rand.New(rand.NewPCG(3, 3))
	var more []Act
	for i := range 60 {
		a := Act{HallID: int64(i%3 + 1), Fee: int64(rnd.IntN(3)), Name: fmt.Sprint(i)}
		if rnd.IntN(3) > 0 {
			a.Rank = ptr(int64(rnd.IntN(3)))
		}
		more = append(more, a)
	}
	must(r.CreateMany(e.ctx, more))
	e.equal(actIDs(must(r.Take(1000).All(e.ctx))), actIDs(must(r.All(e.ctx))), "a page of all is all")
	for _, size := range []int{1, 7, 68} {
		walked(e, r.Query(), size, "the model's order", id)
	}
	walked(e, r.OrderBy(acts.Rank.Desc()), 5, "the first key, turned round", id)
	walked(e, r.OrderBy(acts.Rank.Asc().NullsFirst()), 5, "NULLs first", id)
	walked(e, r.OrderBy(acts.HallID.Asc()).Where(acts.Fee.Gt(0)), 5, "behind another column", id)
	walked(e, orm.Repo[Hall](db).Query(), 2, "one key, downwards", func(h Hall) int64 { return h.ID })
	walked(e, r.Select(acts.Name), 7, "keys that are not selected", func(a Act) (n int64) {
		for _, b := range []byte(a.Name) {
			n = n<<8 | int64(b)
		}
		return n
	})
	q := r.Take(7)
	first := must(q.Page(e.ctx, ""))
	e.fails(second(q.OrderBy(acts.Fee.Asc()).Page(e.ctx, first.Next)), orm.ErrBadCursor, "Act", "")
	e.equal(actIDs(must(q.OrderBy(acts.Rank.Asc(), acts.Fee.Desc()).Page(e.ctx, first.Next)).Rows), actIDs(must(q.Page(e.ctx, first.Next)).Rows), "the same order, said")
}

func defaultOrderStreams(e *env) {
	db := e.stage()
	var got []int64
	for a, err := range orm.Repo[Act](db).Rows(e.ctx) {
		ok(err)
		got = append(got, a.ID)
	}
	e.equal(got, []int64{4, 3, 7, 1, 6, 5, 2, 8}, "rows")
	var lists []string
	for h, err := range orm.Repo[Hall](db).With(halls.Acts).Rows(e.ctx) {
		ok(err)
		lists = append(lists, fmt.Sprint(h.Name, actIDs(h.Acts)))
	}
	e.equal(lists, []string{"Crypt[]", "Barn[7 6 5]", "Arena[4 3 1 2 8]"}, "with includes")
}

func defaultOrderIncludes(e *env) {
	db := e.stage()
	r := orm.Repo[Hall](db)
	lists := func(q orm.Query[Hall]) string {
		e.Helper()
		return fmt.Sprint(pick(must(q.All(e.ctx)), func(h Hall) []int64 { return actIDs(h.Acts) }))
	}
	e.equal(lists(r.With(halls.Acts)), "[[] [7 6 5] [4 3 1 2 8]]", "all")
	e.equal(lists(r.Include("Acts")), "[[] [7 6 5] [4 3 1 2 8]]", "by name")
	e.equal(lists(r.With(halls.Acts.Take(2))), "[[] [7 6] [4 3]]", "Take for each parent")
	e.equal(lists(r.With(halls.Acts.Skip(1).Take(2))), "[[] [6 5] [3 1]]", "Skip and Take")
	e.equal(lists(r.With(halls.Acts.Where(acts.Rank.IsNull()))), "[[] [5] [2 8]]", "some")
	e.equal(lists(r.With(halls.Acts.OrderBy(acts.Fee.Asc()))), "[[] [5 7 6] [2 8 3 1 4]]", "behind the order of the include")
	e.equal(lists(r.With(halls.Acts.OrderBy(acts.Rank.Asc().NullsFirst()).Take(2))), "[[] [5 7] [2 8]]", "NULLs first, in a page")
	e.equal(lists(r.With(halls.Acts.Select(acts.ID))), "[[] [7 6 5] [4 3 1 2 8]]", "keys that are not selected")
	e.equal(lists(r.OrderBy(halls.ID.Asc()).With(halls.Acts.Take(1))), "[[4] [7] []]", "parents in another order")

	starred := func(q orm.Query[Hall]) string {
		e.Helper()
		return fmt.Sprint(pick(must(q.All(e.ctx)), func(h Hall) []string { return pick(h.Stars, func(s Star) string { return s.Name }) }))
	}
	e.equal(starred(r.With(halls.Stars)), "[[] [Ann Moe] [Ann Moe Zoe]]", "through links")
	e.equal(starred(r.With(halls.Stars.Take(2))), "[[] [Ann Moe] [Ann Moe]]", "through links, Take for each parent")
	e.equal(starred(r.With(halls.Stars.OrderBy(stars.Name.Desc()).Take(1))), "[[] [Moe] [Zoe]]", "through links, turned round")

	deep := must(orm.Repo[Act](db).With(acts.Hall.With(halls.Acts.Take(2), halls.Stars)).Take(3).All(e.ctx))
	e.equal(pick(deep, func(a Act) string { return fmt.Sprint(a.ID, a.Hall.Name, actIDs(a.Hall.Acts), len(a.Hall.Stars)) }),
		[]string{"4Arena[4 3] 3", "3Arena[4 3] 3", "7Barn[7 6] 2"}, "below a to-one relation")
}

// sorts tells which of the statements since the last time sort by a column.
func (e *env) sorts(column string) (n int) {
	for _, s := range e.log.reset() {
		if _, order, ok := strings.Cut(s.Text, "ORDER BY"); ok && strings.Contains(order, column) {
			n++
		}
	}
	return n
}

func defaultOrderStatements(e *env) {
	db := e.stage()
	r := orm.Repo[Act](db)
	unsorted := func(about string) {
		e.Helper()
		e.equal(e.sorts("rank"), 0, about)
	}
	must(r.All(e.ctx))
	e.equal(e.sorts("rank"), 1, "a list is sorted")
	must(r.ByID(4).One(e.ctx))
	must(r.ByID(4).First(e.ctx))
	must(r.Where(acts.Name.Eq("a")).One(e.ctx))
	unsorted("one row")
	must(r.Count(e.ctx))
	must(r.Exists(e.ctx))
	must(r.Take(2).Count(e.ctx))
	unsorted("counts")
	type byHall struct {
		HallID int64
		Acts   int64 `orm:"agg=count(*)"`
	}
	e.equal(must(orm.Aggregate[byHall](e.ctx, r)), []byHall{{1, 5}, {2, 3}}, "groups")
	e.equal(must(orm.Repo[Hall](db).Where(halls.Acts.Some(acts.Fee.Eq(30))).Count(e.ctx)), int64(1), "a relation filter")
	unsorted("groups and relation filters")
	e.equal(must(r.Where(acts.HallID.Eq(2)).UpdateMany(e.ctx, acts.Fee.Set(3))), int64(3), "updated")
	e.equal(must(r.ByID(1).Update(e.ctx, acts.Fee.Set(4))).Fee, int64(4), "updated by key")
	e.equal(len(must(r.Where(acts.HallID.Eq(2)).UpdateReturning(e.ctx, acts.Fee.Inc(1)))), 3, "updated and given back")
	a := must(r.ByID(1).One(e.ctx))
	ok(r.Save(e.ctx, &a))
	e.equal(must(r.Where(acts.HallID.Eq(2)).DeleteMany(e.ctx)), int64(3), "deleted")
	must(r.ByID(1).Delete(e.ctx))
	unsorted("writes")
	h := must(orm.Repo[Hall](db).ByID(1).With(halls.Acts).Update(e.ctx, halls.Open.Set(true)))
	e.equal(actIDs(h.Acts), []int64{4, 3, 2, 8}, "relations of a written row are lists")
}

func defaultOrderComputed(e *env) {
	db := e.stage()
	r := orm.Repo[Act](db)
	e.played(r.OrderBy(acts.Hall.By(halls.Name.Desc())), "by a related row", 7, 6, 5, 4, 3, 1, 2, 8)
	walked(e, r.OrderBy(acts.Hall.By(halls.Name.Desc())), 3, "by a related row", func(a Act) int64 { return a.ID })
	h := orm.Repo[Hall](db)
	names := func(q orm.Query[Hall]) []string {
		return pick(must(q.All(e.ctx)), func(h Hall) string { return h.Name })
	}
	e.equal(names(h.OrderBy(halls.Stars.Count().Asc())), []string{"Crypt", "Barn", "Arena"}, "by a count")
	e.equal(names(h.OrderBy(halls.Acts.Count(acts.Fee.Eq(10)).Desc())), []string{"Barn", "Arena", "Crypt"}, "by a count, with a tie")
	e.played(r.Where(acts.ID.InQuery(orm.Values(r.Take(3), acts.ID))), "a sub-select of the first three", 4, 3, 7)
	e.played(r.Where(acts.ID.InQuery(orm.Values(r.Query(), acts.ID))).Take(2), "a sub-select of all", 4, 3)
	for about, with := range map[string]orm.Inclusion[Hall]{"lookup": halls.Acts.Strategy(orm.Lookup), "join": halls.Acts.Strategy(orm.Join)} {
		e.equal(fmt.Sprint(pick(must(h.With(with).All(e.ctx)), func(h Hall) []int64 { return actIDs(h.Acts) })), "[[] [7 6 5] [4 3 1 2 8]]", about)
	}
	e.equal(pick(must(r.With(acts.Hall.Strategy(orm.Join)).Take(3).All(e.ctx)), func(a Act) string { return fmt.Sprint(a.ID, a.Hall.Name) }), []string{"4Arena", "3Arena", "7Barn"}, "a to-one join")
	if e.engine.Name == "postgres" {
		ok(db.Tx(e.ctx, func(tx orm.DB) error {
			e.equal(actIDs(must(orm.Repo[Act](tx).Lock(orm.ForUpdate).Take(2).All(e.ctx))), []int64{4, 3}, "locked")
			return nil
		}))
	}
}

func defaultOrderExplain(e *env) {
	db := e.stage()
	text, _, err := orm.Repo[Act](db).Query().SQL()
	ok(err)
	if _, order, _ := strings.Cut(text, "ORDER BY"); !strings.Contains(order, "rank") || !strings.Contains(order, "fee") || !strings.Contains(order, "id") {
		e.Errorf("the text does not show the order: %s", text)
	}
	plan := must(orm.Repo[Hall](db).With(halls.Acts).Explain(e.ctx))
	for i, column := range []string{"name", "rank"} {
		if _, order, _ := strings.Cut(plan.Steps[i].Text, "ORDER BY"); !strings.Contains(order, column) {
			e.Errorf("step %d does not show the order: %s", i, plan.Steps[i].Text)
		}
	}
}
