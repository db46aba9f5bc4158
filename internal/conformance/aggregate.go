package conformance

import (
	"database/sql"
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/multi-orm/orm"
)

var aggregateCases = []testCase{
	{"aggregate/functions", "count, sum, avg, min and max, of rows, of values and of different values, in groups and over all", aggregateFunctions},
	{"aggregate/nothing", "over no rows: a count and a sum are 0, NULL where the field is a pointer; without a value min is an error", aggregateNothing},
	{"aggregate/having", "conditions on groups: every operator, And, Or and Not, by function, by Bind and by name", aggregateHaving},
	{"aggregate/order", "groups come in a stable order, by groups or aggregates, in pages", aggregateOrder},
	{"aggregate/where", "conditions, relation filters and SQL text hold for the rows that are grouped", aggregateWhere},
	{"aggregate/overflow", "a sum that does not fit is an error, never another number", aggregateOverflow},
	{"aggregate/kinds", "texts, times, booleans, UUIDs, enums and text types group; texts and times have a least and a greatest", aggregateKinds},
	{"aggregate/refused", "what has no meaning is ErrInvalid, and says what is meant instead", aggregateRefused},
	{"aggregate/renamed", "columns with odd names are grouped and aggregated", aggregateRenamed},
	{"property/aggregates", "random groups, conditions and pages agree with what the rows themselves give", propertyAggregates},
}

// ByB groups sample rows.
type ByB struct {
	B     int64
	Rows  int64    `orm:"agg=count(*)"`
	As    int      `orm:"agg=count(A)"`
	Kinds int32    `agg:"count(distinct A)"`
	Sum   int64    `orm:"agg=sum(A)"`
	Maybe *int64   `agg:"sum(A)"`
	Mean  *float64 `orm:"agg=avg(A)"`
	Least *int64   `orm:"agg=min(A)"`
	Most  *int64   `orm:"agg=max(a)"`
	Total float64  `orm:"agg=sum(F)"`
}

var byB = orm.Bind[ByB, struct {
	B    orm.Col[ByB, int64]
	Rows orm.Col[ByB, int64]
	Sum  orm.Col[ByB, int64]
	Mean orm.Col[ByB, float64]
	Most orm.Col[ByB, int64]
}]()

// Whole sums up sample rows without groups.
type Whole struct {
	Rows int64            `orm:"agg=count(*)"`
	Sum  int64            `orm:"agg=sum(B)"`
	Any  sql.Null[int64]  `orm:"agg=sum(B)"`
	Mean *float64         `orm:"agg=avg(F)"`
	Last *time.Time       `orm:"agg=max(At)"`
	Text sql.Null[string] `orm:"agg=max(T)"`
}

func aggregateFunctions(e *env) {
	r := e.sample()
	e.log.reset()
	have := must(orm.Aggregate[ByB](e.ctx, r))
	e.equal(have, []ByB{
		{B: 0, Rows: 1, As: 1, Kinds: 1, Sum: 0, Maybe: ptr(int64(0)), Mean: ptr(0.0), Least: ptr(int64(0)), Most: ptr(int64(0))},
		{B: 10, Rows: 1, As: 1, Kinds: 1, Sum: 1, Maybe: ptr(int64(1)), Mean: ptr(1.0), Least: ptr(int64(1)), Most: ptr(int64(1)), Total: 1.5},
		{B: 20, Rows: 2, As: 1, Kinds: 1, Sum: 2, Maybe: ptr(int64(2)), Mean: ptr(2.0), Least: ptr(int64(2)), Most: ptr(int64(2)), Total: 2.5},
		{B: 30, Rows: 1, As: 1, Kinds: 1, Sum: 2, Maybe: ptr(int64(2)), Mean: ptr(2.0), Least: ptr(int64(2)), Most: ptr(int64(2)), Total: -1},
	}, "groups")
	e.ran(1, "one statement")
	e.equal(must(orm.Aggregate[Whole](e.ctx, r.Query())), []Whole{{
		Rows: 5, Sum: 80, Any: sql.Null[int64]{V: 80, Valid: true}, Mean: ptr(1.0), Last: ptr(day(4)), Text: sql.Null[string]{V: "gamma", Valid: true},
	}}, "all rows")
	e.same("groups", have)
}

func aggregateNothing(e *env) {
	r := e.sample()
	none := r.Where(rows.ID.Lt(0))
	e.equal(must(orm.Aggregate[Whole](e.ctx, none)), []Whole{{}}, "one row of no rows")
	e.equal(must(orm.Aggregate[ByB](e.ctx, none)), []ByB{}, "no groups of no rows")
	type leastOf struct {
		Least int64 `orm:"agg=min(A)"`
	}
	e.equal(must(orm.Aggregate[leastOf](e.ctx, r)), []leastOf{{0}}, "a value")
	_, err := orm.Aggregate[leastOf](e.ctx, none)
	e.fails(err, orm.ErrInvalid, "leastOf", "Least")
	e.says(err, "NULL", "*int64")
	type mean struct {
		Mean float64 `orm:"agg=avg(F)"`
	}
	_, err = orm.Aggregate[mean](e.ctx, r.Where(rows.ID.Eq(3)))
	e.fails(err, orm.ErrInvalid, "mean", "Mean")
	type allNull struct {
		B   int64
		Sum *int64 `orm:"agg=sum(A)"`
		N   int64  `orm:"agg=sum(A)"`
	}
	e.equal(must(orm.Aggregate[allNull](e.ctx, r.Where(rows.ID.Eq(3)))), []allNull{{B: 20}}, "a sum of NULLs")
	e.equal(must(orm.Aggregate[Whole](e.ctx, none, orm.Having(orm.F(func(w *Whole) *int64 { return &w.Rows }).Gt(0)))), []Whole{}, "one row that does not pass")
}

func aggregateHaving(e *env) {
	r := e.sample()
	check := func(about string, p orm.Pred[ByB], want ...int64) {
		e.Helper()
		have, err := orm.Aggregate[ByB](e.ctx, r, orm.Having(p))
		if err != nil {
			e.Errorf("%s: %v", about, err)
			return
		}
		if len(want) > 0 || len(have) > 0 {
			e.equal(pick(have, func(b ByB) int64 { return b.B }), want, about)
		}
	}
	check("a count", byB.Rows.Gt(1), 20)
	check("a function", orm.F(func(b *ByB) *int64 { return &b.Sum }).Eq(2), 20, 30)
	check("a name", orm.Named[ByB]("Sum").Lt(2), 0, 10)
	check("a column's name", orm.Named[ByB]("kinds").Eq(1), 0, 10, 20, 30)
	check("a group", byB.B.Between(10, 20), 10, 20)
	check("a list", byB.Sum.In(0, 1), 0, 10)
	check("not in a list", byB.Sum.NotIn(0, 1), 20, 30)
	check("nothing", byB.Sum.In())
	check("and", orm.And(byB.Sum.Eq(2), byB.Rows.Eq(1)), 30)
	check("or", orm.Or(byB.Sum.Eq(0), byB.Rows.Eq(2)), 0, 20)
	check("not", orm.Not(orm.Or(byB.Sum.Eq(0), byB.Rows.Eq(2))), 10, 30)
	check("an average", byB.Mean.Gte(1.5), 20, 30)
	check("no NULL", byB.Most.IsNotNull(), 0, 10, 20, 30)
	check("NULL", byB.Most.IsNull())
	check("distinct", byB.Most.DistinctFrom(2), 0, 10)
	both := must(orm.Aggregate[ByB](e.ctx, r.Where(rows.B.Gt(0)), orm.Having(byB.Sum.Eq(2)), orm.Having(byB.Rows.Lt(2))))
	e.equal(pick(both, func(b ByB) int64 { return b.B }), []int64{30}, "two options and a condition on rows")

	_, err := orm.Aggregate[ByB](e.ctx, r, orm.Having(orm.Named[ByB]("Suum").Eq(1)))
	e.fails(err, orm.ErrInvalid, "ByB", "")
	e.says(err, `did you mean "Sum"`)
	_, err = orm.Aggregate[ByB](e.ctx, r, orm.Having(rows.B.Eq(1)))
	e.fails(err, orm.ErrInvalid, "", "")
	_, err = orm.Aggregate[ByB](e.ctx, r, orm.Having(orm.SQL[ByB]("count(*) > ?", 1)))
	e.fails(err, orm.ErrInvalid, "Row", "")
	_, err = orm.Aggregate[ByB](e.ctx, r, orm.Having(orm.Not(orm.SQL[ByB]("EXISTS (SELECT 1 FROM secrets)"))))
	e.fails(err, orm.ErrInvalid, "Row", "")
	_, err = orm.Aggregate[ByB](e.ctx, r.Where(predOf[Row](byB.Sum.Eq(1).Expr())))
	e.fails(err, orm.ErrInvalid, "", "")
}

func aggregateOrder(e *env) {
	r := e.sample()
	check := func(about string, want []int64, opts ...orm.AggregateOption) {
		e.Helper()
		have := must(orm.Aggregate[ByB](e.ctx, r, opts...))
		e.equal(pick(have, func(b ByB) int64 { return b.B }), want, about)
	}
	check("groups, down", []int64{30, 20, 10, 0}, orm.GroupOrder(byB.B.Desc()))
	check("a sum, then the group", []int64{20, 30, 10, 0}, orm.GroupOrder(byB.Sum.Desc()))
	check("a count, then a sum", []int64{20, 30, 10, 0}, orm.GroupOrder(byB.Rows.Desc(), byB.Sum.Desc()))
	check("by name", []int64{30, 0, 10, 20}, orm.GroupOrder(orm.Named[ByB]("Total").Asc().NullsFirst()), orm.GroupOrder(byB.B.Asc()), orm.Having(orm.Not(byB.B.Lt(0))))
	check("a page", []int64{30, 10}, orm.GroupOrder(byB.Sum.Desc()), orm.GroupSkip(1), orm.GroupTake(2))
	check("skip alone", []int64{30}, orm.GroupSkip(3))
	check("none", []int64{}, orm.GroupTake(0))
	e.equal(len(must(orm.Aggregate[Whole](e.ctx, r, orm.GroupTake(3), orm.GroupOrder(orm.F(func(w *Whole) *int64 { return &w.Rows }).Desc())))), 1, "the only row has an order")
	e.equal(len(must(orm.Aggregate[Whole](e.ctx, r, orm.GroupSkip(1)))), 0, "past the only row")
	for about, o := range map[string]orm.AggregateOption{"take": orm.GroupTake(-1), "skip": orm.GroupSkip(-1), "nil": nil, "rows": orm.GroupOrder(rows.B.Asc())} {
		if _, err := orm.Aggregate[ByB](e.ctx, r, o); err == nil {
			e.Errorf("%s: no error", about)
		} else {
			e.fails(err, orm.ErrInvalid, "", "")
		}
	}
}

func aggregateWhere(e *env) {
	db := e.open(Person{}, Book{}, Chapter{}, Club{})
	people1 := []Person{{Name: "Ada"}, {Name: "Bob"}}
	must(orm.Repo[Person](db).CreateMany(e.ctx, people1))
	must(orm.Repo[Book](db).CreateMany(e.ctx, []Book{
		{AuthorID: 1, Title: "a", Stars: ptr(int64(3)), Price: 1.5}, {AuthorID: 1, Title: "b", Price: 2}, {AuthorID: 2, Title: "c", Stars: ptr(int64(5)), Price: 10},
	}))
	type byAuthor struct {
		Writer int64   `orm:"author_id"`
		Books  int64   `orm:"agg=count(*)"`
		Price  float64 `orm:"agg=sum(Price)"`
		Best   *int64  `orm:"agg=max(Stars)"`
	}
	r := orm.Repo[Book](db)
	e.equal(must(orm.Aggregate[byAuthor](e.ctx, r)), []byAuthor{{1, 2, 3.5, ptr(int64(3))}, {2, 1, 10, ptr(int64(5))}}, "by column")
	e.equal(must(orm.Aggregate[byAuthor](e.ctx, r.Where(books.Author.Is(people.Name.Eq("Ada")), books.Price.Lt(2)))), []byAuthor{{1, 1, 1.5, ptr(int64(3))}}, "a relation filter")
	e.equal(must(orm.Aggregate[byAuthor](e.ctx, r.Where(orm.SQL[Book]("price > ?", 5), books.Title.NotInQuery(orm.Values(r.Where(books.Stars.Eq(3)), books.Title))),
		orm.Having(orm.Named[byAuthor]("Books").Eq(1)), orm.GroupTake(4))), []byAuthor{{2, 1, 10, ptr(int64(5))}}, "SQL text, a sub-select and a page")
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		must(orm.Repo[Book](tx).CreateMany(e.ctx, []Book{{AuthorID: 2, Title: "d", Price: 1}}))
		e.equal(len(must(orm.Aggregate[byAuthor](e.ctx, orm.Repo[Book](tx).ByID(4)))), 1, "in a transaction")
		return nil
	}))
}

func aggregateOverflow(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	must(r.CreateMany(e.ctx, []Row{{ID: 1, B: math.MaxInt64 - 1}, {ID: 2, B: 1}, {ID: 3, B: 1}, {ID: 4, B: math.MinInt64}}))
	type total struct {
		Sum int64 `orm:"agg=sum(B)"`
	}
	e.equal(must(orm.Aggregate[total](e.ctx, r.Where(rows.ID.Lte(2)))), []total{{math.MaxInt64}}, "the largest sum")
	_, err := orm.Aggregate[total](e.ctx, r.Where(rows.ID.Lte(3)))
	e.fails(err, orm.ErrInvalid, "Row", "", "9223372036854775807")
	e.says(err, "range")
	e.equal(must(orm.Aggregate[total](e.ctx, r.Where(rows.ID.Eq(4)))), []total{{math.MinInt64}}, "the least sum")
	type small struct {
		Sum int8 `orm:"agg=sum(B)"`
	}
	_, err = orm.Aggregate[small](e.ctx, r.Where(rows.ID.Eq(1)))
	e.fails(err, orm.ErrInvalid, "small", "Sum")
	type mean struct {
		Mean float64 `orm:"agg=avg(B)"`
	}
	e.equal(must(orm.Aggregate[mean](e.ctx, r.Where(rows.ID.In(2, 3)))), []mean{{1}}, "an average is exact here")
	if m := must(orm.Aggregate[mean](e.ctx, r.Where(rows.ID.Lte(3))))[0].Mean; math.Abs(m-math.MaxInt64/3.0) > 4096 {
		e.Errorf("an average of large numbers: %v", m)
	}
}

func aggregateKinds(e *env) {
	db := e.open(Thing{})
	r := orm.Repo[Thing](db)
	base := func(n int) Thing {
		return Thing{Yes: n%2 == 0, I: n, I8: int8(n), U64: uint64(n), U32: math.MaxUint32, F32: float32(n) / 2, S: fmt.Sprint("s", n%2), At: day(1 + n%2), UID: Key{byte(n % 2)}, Level: Level(n), Tint: "red", Price: Cents{100}}
	}
	things := []Thing{base(0), base(1), base(2)}
	for i := range things {
		t := &things[i]
		t.Any, t.Addr, t.Nums, t.Words, t.Raw = []byte("{}"), netip.MustParseAddr("10.0.0.1"), []int64{}, []string{}, []byte{}
	}
	must(r.CreateMany(e.ctx, things))
	type byAll struct {
		Yes   bool
		S     string
		At    time.Time
		UID   Key
		Tint  Colour
		Price Cents
		PYes  *bool
		City  string    `orm:"home_city"`
		N     int64     `orm:"agg=count(*)"`
		Docs  int64     `orm:"agg=count(Doc)"`
		U     uint64    `orm:"agg=sum(U32)"`
		U64   int64     `orm:"agg=sum(U64)"`
		F     float64   `orm:"agg=sum(F32)"`
		AvgF  float64   `orm:"agg=avg(F32)"`
		MaxF  float32   `orm:"agg=max(F32)"`
		MaxU  uint64    `orm:"agg=max(U64)"`
		MaxL  Level     `orm:"agg=max(Level)"`
		MinS  string    `orm:"agg=min(S)"`
		MinT  Colour    `orm:"agg=min(Tint)"`
		MinAt time.Time `orm:"agg=min(MadeAt)"`
		Days  int       `orm:"agg=count(distinct At)"`
	}
	e.equal(must(orm.Aggregate[byAll](e.ctx, r)), []byAll{
		{Yes: false, S: "s1", At: day(2), UID: Key{1}, Tint: "red", Price: Cents{100}, N: 1, Docs: 1, U: math.MaxUint32, U64: 1, F: 0.5, AvgF: 0.5, MaxF: 0.5, MaxU: 1, MaxL: 1, MinS: "s1", MinT: "red", MinAt: time.Time{}, Days: 1},
		{Yes: true, S: "s0", At: day(1), Tint: "red", Price: Cents{100}, N: 2, Docs: 2, U: 2 * math.MaxUint32, U64: 2, F: 1, AvgF: 0.5, MaxF: 1, MaxU: 2, MaxL: 2, MinS: "s0", MinT: "red", MinAt: time.Time{}, Days: 1},
	}, "every kind")
	at := orm.F(func(b *byAll) *time.Time { return &b.MinAt })
	yes := orm.F(func(b *byAll) *bool { return &b.Yes })
	s := orm.Named[byAll]("MinS")
	for about, p := range map[string]orm.Pred[byAll]{
		"a time": at.Lt(day(1)), "a bool": yes.Eq(true), "text": s.Contains("0"), "folded": s.Fold().Eq("S0"), "a list of texts": s.In("s0", "x"),
		"a uuid": orm.F(func(b *byAll) *Key { return &b.UID }).Eq(Key{}), "a float": orm.Named[byAll]("F").Gt(0.75), "times": at.In(time.Time{}),
	} {
		have, err := orm.Aggregate[byAll](e.ctx, r, orm.Having(p), orm.GroupOrder(yes.Desc()), orm.GroupTake(1))
		if err != nil || len(have) != 1 || !have[0].Yes {
			e.Errorf("having %s: %v %v", about, have, err)
		}
	}
}

func aggregateRenamed(e *env) {
	db := e.open(Odd{})
	r := orm.Repo[Odd](db)
	must(r.CreateMany(e.ctx, []Odd{{Name: "a", Size: ptr(int64(4))}, {Name: "b", Size: ptr(int64(6))}, {Name: "c"}}))
	type bySize struct {
		Size   *int64
		N      int   `orm:"agg=count(Group By)"`
		Number int64 `orm:"agg=max(select)"`
	}
	e.equal(must(orm.Aggregate[bySize](e.ctx, r, orm.Having(orm.F(func(b *bySize) *int { return &b.N }).Eq(1)))),
		[]bySize{{ptr(int64(4)), 1, 1}, {ptr(int64(6)), 1, 2}, {nil, 1, 3}}, "NULL is a group, and the last one")
	e.equal(len(must(orm.Aggregate[bySize](e.ctx, r.Where(odds.Kids.None())))), 3, "with a filter by its own relation")
}
