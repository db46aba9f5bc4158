package conformance

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"time"

	"pgregory.net/rapid"

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

type (
	aggPlain   struct{ B int64 }
	aggUnknown struct {
		N int64 `orm:"agg=sum(Codee)"`
	}
	aggNoGroup struct {
		Bee int64
		N   int64 `orm:"agg=count(*)"`
	}
	aggText struct {
		N int64 `orm:"agg=sum(T)"`
	}
	aggAvgText struct {
		N float64 `orm:"agg=avg(S)"`
	}
	aggAvgInt struct {
		N int64 `orm:"agg=avg(B)"`
	}
	aggSumFloat struct {
		N int64 `orm:"agg=sum(F)"`
	}
	aggSumInt struct {
		N float64 `orm:"agg=sum(B)"`
	}
	aggMinType struct {
		N string `orm:"agg=min(B)"`
	}
	aggMinBool struct {
		N *bool `orm:"agg=min(On)"`
	}
	aggMinBytes struct {
		N []byte `orm:"agg=min(Raw)"`
	}
	aggCountText struct {
		N string `orm:"agg=count(*)"`
	}
	aggNullGroup struct {
		A int64
		N int64 `orm:"agg=count(*)"`
	}
	aggGroupType struct {
		B string
		N int64 `orm:"agg=count(*)"`
	}
	aggTwice struct {
		B    int64
		Same int64 `orm:"B"`
		N    int64 `orm:"agg=count(*)"`
	}
	aggStar struct {
		N int64 `orm:"agg=sum(*)"`
	}
	aggWord struct {
		N int64 `orm:"agg=summ(B)"`
	}
	aggEmpty struct {
		N int64 `agg:"count()"`
	}
	aggDistinct struct {
		N int64 `agg:"sum(distinct B)"`
	}
	aggBoth struct {
		N int64 `orm:"agg=count(*)" agg:"count(*)"`
	}
	aggColumn struct {
		N int64 `orm:"n,agg=count(*)"`
	}
	aggRole struct {
		B int64 `orm:"b,tenant"`
		N int64 `orm:"agg=count(*)"`
	}
	aggDoc struct {
		Doc Doc   `orm:"doc,json"`
		N   int64 `orm:"agg=count(*)"`
	}
	aggList struct {
		Nums []int64
		N    int64 `orm:"agg=count(*)"`
	}
	aggDocs struct {
		N int64 `orm:"agg=count(distinct Doc)"`
	}
)

func refusedBy[R any](e *env, q orm.Readable[Row], words ...string) {
	e.Helper()
	_, err := orm.Aggregate[R](e.ctx, q)
	e.fails(err, orm.ErrInvalid, "", "")
	e.says(err, words...)
}

func aggregateRefused(e *env) {
	r := e.sample()
	e.log.reset()
	refusedBy[aggPlain](e, r, "no primary key")
	refusedBy[Row](e, r, "aggregates nothing")
	refusedBy[aggUnknown](e, r, `Row has no field "Codee" (did you mean "Code"?)`)
	refusedBy[aggNoGroup](e, r, `Row has no field "Bee"`)
	refusedBy[aggText](e, r, "aggText.N", "T holds string", "needs numbers")
	refusedBy[aggAvgText](e, r, "needs numbers")
	refusedBy[aggAvgInt](e, r, "float64, not int64")
	refusedBy[aggSumFloat](e, r, "float64, not int64")
	refusedBy[aggSumInt](e, r, "needs an integer")
	refusedBy[aggMinType](e, r, "holds int64, not string")
	refusedBy[aggMinBool](e, r, "no least")
	refusedBy[aggMinBytes](e, r, "no least")
	refusedBy[aggCountText](e, r, "a count needs an integer")
	refusedBy[aggNullGroup](e, r, "*int64")
	refusedBy[aggGroupType](e, r, "holds int64, not string")
	refusedBy[aggTwice](e, r, "again")
	refusedBy[aggStar](e, r, "count(*)")
	refusedBy[aggWord](e, r, `did you mean "sum"`)
	refusedBy[aggEmpty](e, r, "count(*)")
	refusedBy[aggDistinct](e, r, "count only")
	refusedBy[aggBoth](e, r, "two tags")
	refusedBy[aggColumn](e, r, `"n" does not belong`)
	refusedBy[aggRole](e, r, "no relations")
	refusedBy[ByB](e, r.OrderBy(rows.B.Asc()), "GroupOrder")
	refusedBy[ByB](e, r.Take(1), "GroupTake")
	refusedBy[ByB](e, r.Skip(1), "GroupSkip")
	refusedBy[ByB](e, r.Distinct(), "Distinct")
	refusedBy[ByB](e, r.Select(rows.B), "Select")
	refusedBy[ByB](e, r.EveryRow(), "EveryRow")
	refusedBy[ByB](e, r.Lock(), "lock")
	refusedBy[ByB](e, r.Include("Nothing"), "no relation")
	refusedBy[ByB](e, r.Where(rows.B.In(1), orm.Named[Row]("X").Eq(1)), `no field "X"`)
	_, err := orm.Aggregate[ByB](e.ctx, orm.Repo[Row]{})
	e.fails(err, orm.ErrClosed, "Row", "")
	e.ran(0, "no statement ran")

	things := orm.Repo[Thing](e.open(Thing{}))
	for about, run := range map[string]func() error{
		"a document":        func() error { _, err := orm.Aggregate[aggDoc](e.ctx, things); return err },
		"an array":          func() error { _, err := orm.Aggregate[aggList](e.ctx, things); return err },
		"distinct document": func() error { _, err := orm.Aggregate[aggDocs](e.ctx, things); return err },
	} {
		err := run()
		e.fails(err, orm.ErrInvalid, "", "")
		e.says(err, "documents and arrays")
		_ = about
	}
	persons := orm.Repo[Person](e.open(Person{}, Book{}, Chapter{}, Club{}))
	type persons1 struct {
		N int64 `orm:"agg=count(*)"`
	}
	_, err = orm.Aggregate[persons1](e.ctx, persons.With(people.Staff))
	e.fails(err, orm.ErrInvalid, "Person", "")
	e.says(err, "no relations")
	_, err = orm.Open(e.ctx, e.source("other", Options{}), orm.Models(ByB{}))
	e.fails(err, orm.ErrInvalid, "ByB", "")
	_, err = orm.Repo[ByB](persons.DB()).All(e.ctx)
	e.fails(err, orm.ErrInvalid, "ByB", "")
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

// ByTB groups the rows of the property by two columns.
type ByTB struct {
	T    string
	On   *bool
	N    int64    `orm:"agg=count(*)"`
	As   int64    `orm:"agg=count(A)"`
	Dif  int64    `orm:"agg=count(distinct S)"`
	Sum  int64    `orm:"agg=sum(B)"`
	Null *int64   `orm:"agg=sum(A)"`
	Mean *float64 `orm:"agg=avg(F)"`
	Min  *string  `orm:"agg=min(S)"`
	Max  *int64   `orm:"agg=max(A)"`
}

func propertyAggregates(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	all := grid()
	must(r.CreateMany(e.ctx, slices.Clone(all)))
	sum, n := orm.F(func(b *ByTB) *int64 { return &b.Sum }), orm.F(func(b *ByTB) *int64 { return &b.N })
	rapid.Check(e, func(t *rapid.T) {
		p := random(t, 2)
		least, most := rapid.Int64Range(0, 20).Draw(t, "least"), rapid.Int64Range(1, 6).Draw(t, "most")
		skip, take := rapid.IntRange(0, 3).Draw(t, "skip"), rapid.IntRange(0, 9).Draw(t, "take")
		down := rapid.Bool().Draw(t, "down")
		want := groupRows(all, p.judge)
		want = slices.DeleteFunc(want, func(b ByTB) bool { return b.Sum < least || b.N > most })
		order := sum.Asc()
		if down {
			order = sum.Desc()
		}
		slices.SortStableFunc(want, func(a, b ByTB) int {
			if down {
				return cmp.Compare(b.Sum, a.Sum)
			}
			return cmp.Compare(a.Sum, b.Sum)
		})
		want = want[min(skip, len(want)):]
		want = want[:min(take, len(want))]
		have, err := orm.Aggregate[ByTB](e.ctx, r.Where(p.p), orm.Having(sum.Gte(least), orm.Not(n.Gt(most))), orm.GroupOrder(order), orm.GroupSkip(skip), orm.GroupTake(take))
		if err != nil {
			t.Fatalf("%s: %v", p.text, err)
		}
		if fmt.Sprint(shown(have)) != fmt.Sprint(shown(want)) {
			t.Fatalf("%s, sum >= %d, n <= %d, skip %d take %d:\nhave %v\nwant %v", p.text, least, most, skip, take, shown(have), shown(want))
		}
	})
}

// shown follows the pointers.
func shown(list []ByTB) []string {
	return pick(list, func(b ByTB) string {
		text := fmt.Sprint(b.T, b.N, b.As, b.Dif, b.Sum)
		for _, v := range []any{b.On, b.Null, b.Mean, b.Min, b.Max} {
			switch x := v.(type) {
			case *bool:
				text += deref(x)
			case *int64:
				text += deref(x)
			case *float64:
				text += deref(x)
			case *string:
				text += deref(x)
			}
		}
		return text
	})
}

func deref[T any](p *T) string {
	if p == nil {
		return " NULL"
	}
	return fmt.Sprintf(" %v", *p)
}

// groupRows groups in memory, in the order of the groups.
func groupRows(all []Row, judge func(Row) truth) []ByTB {
	type key struct {
		t  string
		on int
	}
	groups := map[key][]Row{}
	for _, x := range all {
		if judge(x) != yes {
			continue
		}
		k := key{x.T, 2} // NULL is the largest
		if x.On != nil && *x.On {
			k.on = 1
		} else if x.On != nil {
			k.on = 0
		}
		groups[k] = append(groups[k], x)
	}
	keys := slices.SortedFunc(maps.Keys(groups), func(a, b key) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.on, b.on)) })
	out := []ByTB{}
	for _, k := range keys {
		b := ByTB{T: k.t, On: groups[k][0].On}
		texts, fs, f := map[string]bool{}, 0, 0.0
		for _, x := range groups[k] {
			b.N++
			b.Sum += x.B
			if x.A != nil {
				b.As++
				b.Null, b.Max = ptr(*x.A+deep(b.Null)), ptr(max(*x.A, deep(b.Max)))
			}
			if x.S != nil {
				texts[*x.S] = true
				if b.Min == nil || *x.S < *b.Min {
					b.Min = x.S
				}
			}
			if x.F != nil {
				fs++
				f += *x.F
			}
		}
		if fs > 0 {
			b.Mean = ptr(f / float64(fs))
		}
		b.Dif = int64(len(texts))
		out = append(out, b)
	}
	return out
}

func deep(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
