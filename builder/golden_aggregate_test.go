package builder_test

import (
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// ByRole groups people; its fields have other names than the columns.
type ByRole struct {
	Kind   string     `orm:"role_code"`
	Name   *string    `orm:"full_name"`
	People int64      `orm:"agg=count(*)"`
	Named  int        `orm:"agg=count(Name)"`
	Bosses int32      `agg:"COUNT(DISTINCT BossID)"`
	Hits   int64      `orm:"agg=sum(hit_count)"`
	Maybe  *int64     `orm:"agg=sum(Hits)"`
	Mean   *float64   `orm:"agg=avg(Hits)"`
	Rating *float64   `orm:"agg=avg(Score)"`
	Score  float64    `orm:"agg=sum(Score)"`
	First  *time.Time `orm:"agg=min(CreatedAt)"`
	Last   string     `orm:"agg=max(Email)"`
}

// Weighted multiplies columns.
type Weighted struct {
	Hits  int64    `orm:"agg=sum(Hits*BossID)"`
	Score *float64 `orm:"agg=max(Score*Hits)"`
}

// Everyone has no groups.
type Everyone struct {
	N int64 `orm:"agg=count(*)"`
}

var byRole = builder.Bind[ByRole, struct {
	Kind   builder.Text[ByRole]
	Name   builder.Text[ByRole]
	People builder.Col[ByRole, int64]
	Hits   builder.Col[ByRole, int64]
	Mean   builder.Col[ByRole, float64]
	Last   builder.Text[ByRole]
}]()

func grouped[R any](t *testing.T, f func(*builder.Select, *builder.Aggregation)) builder.Statement {
	t.Helper()
	a, err := builder.AggregationOf(of[R](), of[Person]())
	if err != nil {
		t.Fatal(err)
	}
	s := &builder.Select{Model: of[Person](), Want: builder.WantGroups, Aggregate: a}
	f(s, a)
	return s
}

func TestGoldenAggregate(t *testing.T) {
	p := people
	plain := func(*builder.Select, *builder.Aggregation) {}
	check(t, "aggregate", []golden{
		{"functions", grouped[ByRole](t, plain)},
		{"products", grouped[Weighted](t, plain)},
		{"everyone", grouped[Everyone](t, func(s *builder.Select, a *builder.Aggregation) {
			s.Where, s.Scopes = where(p.Hits.Gt(1)), []builder.Scope{tenant(3), living()}
			a.Having = where(builder.Named[Everyone]("N").Gt(2))
			a.Order = sorting(builder.Named[Everyone]("N").Asc())
			a.Take, a.HasTake = 5, true
		})},
		{"having", grouped[ByRole](t, func(s *builder.Select, a *builder.Aggregation) {
			s.Where, s.Scopes = where(p.Hits.Gt(1), p.Orders.Some(orders.Total.Gt(9))), []builder.Scope{tenant(3)}
			a.Having = where(builder.Or(byRole.People.Gte(2), builder.Not(byRole.Hits.In(4, 5))), byRole.Mean.IsNotNull(), byRole.Last.Fold().Contains("x"), byRole.Kind.Eq("admin"))
			a.Order = sorting(byRole.Hits.Desc(), byRole.Kind.Asc(), byRole.Mean.Asc().NullsFirst())
			a.Take, a.HasTake, a.Skip = 5, true, 10
		})},
		{"no_groups_taken", grouped[ByRole](t, func(_ *builder.Select, a *builder.Aggregation) { a.HasTake, a.Skip = true, 4 })},
		{"no_want", grouped[ByRole](t, func(s *builder.Select, _ *builder.Aggregation) { s.Want = builder.WantRows })},
		{"no_aggregation", grouped[ByRole](t, func(s *builder.Select, _ *builder.Aggregation) { s.Aggregate = nil })},
		{"groups_missing", grouped[ByRole](t, func(_ *builder.Select, a *builder.Aggregation) { a.Groups = a.Groups[1:] })},
		{"foreign_column", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) {
			a.Groups[0] = builder.Grouped{Func: dialect.Max, Field: field[Order]("Total")}
		})},
		{"group_without_column", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) { a.Groups[0] = builder.Grouped{} })},
		{"having_rows", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) { a.Having = where(p.Hits.Gt(1)) })},
		{"having_text", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) {
			a.Having = where(builder.And(builder.ConstantSQL[Everyone]("1 = 1"), builder.Named[Everyone]("N").Gt(2)))
		})},
		{"having_relation", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) { a.Having = where(p.Orders.Some()) })},
		{"order_of_rows", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) { a.Order = sorting(p.Hits.Asc()) })},
		{"columns", grouped[Everyone](t, func(s *builder.Select, _ *builder.Aggregation) { s.Columns = fields[Person]("ID") })},
		{"lock", grouped[Everyone](t, func(s *builder.Select, _ *builder.Aggregation) { s.Lock = builder.ForUpdate })},
		{"negative", grouped[Everyone](t, func(_ *builder.Select, a *builder.Aggregation) { a.Skip = -1 })},
	})
}

// Statements that differ in one structural part only must not share their text.
func TestAggregatesAreToldApart(t *testing.T) {
	type plainSum struct {
		N int64 `orm:"agg=sum(Hits)"`
	}
	type plainMin struct {
		N int64 `orm:"agg=min(Hits)"`
	}
	type nullSum struct {
		N *int64 `orm:"agg=sum(Hits)"`
	}
	type sumByBoss struct {
		BossID *int64
		N      int64 `orm:"agg=sum(Hits)"`
	}
	plain := func(*builder.Select, *builder.Aggregation) {}
	n := builder.Named[plainSum]("N")
	with := func(f func(*builder.Aggregation)) builder.Statement {
		return grouped[plainSum](t, func(_ *builder.Select, a *builder.Aggregation) { f(a) })
	}
	c := builder.Cache{Dialect: dialect.Postgres{}}
	seen := map[*builder.Compiled]int{}
	for i, st := range []builder.Statement{
		&builder.Select{Model: of[Person]()}, &builder.Select{Model: of[Person](), Want: builder.WantCount},
		grouped[plainSum](t, plain), grouped[plainMin](t, plain), grouped[nullSum](t, plain), grouped[sumByBoss](t, plain),
		with(func(a *builder.Aggregation) { a.Having = where(n.Gt(1)) }), with(func(a *builder.Aggregation) { a.Having = where(n.Lt(1)) }),
		with(func(a *builder.Aggregation) { a.Take, a.HasTake = 1, true }), with(func(a *builder.Aggregation) { a.Skip = 1 }),
		with(func(a *builder.Aggregation) { a.Order = sorting(n.Asc()) }), with(func(a *builder.Aggregation) { a.Order = sorting(n.Desc()) }),
		grouped[plainSum](t, func(s *builder.Select, _ *builder.Aggregation) { s.Where = where(people.Hits.Gt(1)) }),
		grouped[plainSum](t, func(s *builder.Select, _ *builder.Aggregation) { s.Scopes = []builder.Scope{tenant(1)} }),
		with(func(a *builder.Aggregation) {
			a.Groups = []builder.Grouped{{Func: dialect.Sum, Field: field[Person]("BossID")}}
		}),
	} {
		p, _, err := c.Compile(st, new(builder.Args))
		if err != nil {
			t.Fatal(i, err)
		}
		if j, ok := seen[p]; ok {
			t.Errorf("statements %d and %d share %s", i, j, p.SQL)
		}
		seen[p] = i
	}
	if _, err := builder.AggregationOf(of[Person](), of[Person]()); err == nil {
		t.Error("a model is taken for a result")
	}
	if m := of[ByRole](); !m.Result || m.Table != "" || len(m.Key) != 0 || m.Fields[2].Agg.Func != model.AggCount {
		t.Errorf("%+v", m)
	}
}
