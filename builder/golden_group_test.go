package builder_test

import (
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
)

// Monthly groups orders by what is computed of them.
type Monthly struct {
	Month   *string
	Night   int
	Buyer   *string
	Boss    *int64
	Size    string
	Rank    int64
	Flag    bool
	Length  *int64
	Orders  int64    `orm:"agg=count(*)"`
	Lined   int64    `orm:"agg=count(*)"`
	Total   float64  `orm:"agg=sum(Total)"`
	Large   float64  `orm:"agg=sum(Total)"`
	Buyers  int64    `orm:"agg=count(distinct BuyerID)"`
	Average *float64 `orm:"agg=avg(Total)"`
}

var orderTimes = builder.Bind[Order, struct{ PaidAt builder.Time[Order] }]()

var monthly = builder.Bind[Monthly, struct {
	Month builder.Text[Monthly]
	Size  builder.Text[Monthly]
	Large builder.Col[Monthly, float64]
}]()

type groupings map[string]builder.Computed

// groupedBy groups rows of T by values of R's fields.
func groupedBy[R, T any](t *testing.T, by groupings, f func(*builder.Select, *builder.Aggregation)) builder.Statement {
	t.Helper()
	a, err := builder.NewAggregation(of[R]())
	for name, x := range by {
		if err == nil {
			err = a.By(name, x)
		}
	}
	if err == nil {
		err = a.Tie(of[T]())
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &builder.Select{Model: of[T](), Want: builder.WantGroups, Aggregate: a}
	f(s, a)
	return s
}

// scopedGroups marks what a statement groups by as the scoping step does.
func scopedGroups(a *builder.Aggregation, scopes ...builder.Scope) {
	for i := range a.Groups {
		if t := a.Groups[i].Term; t != nil && t.Rel != nil {
			as := *t
			as.Scope, as.Scoped = scopes, true
			a.Groups[i].Term = &as
		}
	}
}

func TestGoldenGroupBy(t *testing.T) {
	east := time.FixedZone("east", 5*3600+1800)
	all := groupings{
		"Month": orderTimes.PaidAt.Zone(east).YearMonth(), "Night": builder.Case(0, builder.When(orders.Total.Gt(3), 1)),
		"Buyer": builder.Through(orders.Buyer, people.Email), "Boss": builder.Through(orders.Buyer, people.BossID),
		"Size":   builder.Case("large", builder.When(orders.Total.Lt(10), "small"), builder.When(builder.Or(orders.Total.Lt(100), orders.PaidAt.IsNull()), "medium")),
		"Rank":   builder.Case(int64(0), builder.When(orders.Total.Between(1, 2), int64(1))),
		"Flag":   builder.Case(false, builder.When(orders.Total.In(1, 2), true)),
		"Length": builder.Through(orders.Buyer, people.Email.Len()),
	}
	type byDay struct {
		Day    *string
		Orders int64 `orm:"agg=count(*)"`
	}
	type whole struct {
		Paid  int64   `orm:"agg=count(*)"`
		Total float64 `orm:"agg=sum(Total)"`
	}
	day := groupings{"Day": orderTimes.PaidAt.Date()}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "group", []golden{
		{"computed", groupedBy[Monthly, Order](t, all, func(s *builder.Select, a *builder.Aggregation) {
			scopedGroups(a, tenant(7))
			a.Groups[9].Only = where(orders.Total.Gt(1))
			a.Groups[11].Only = where(orders.Total.Gt(100), builder.Not(orders.PaidAt.IsNull()))
			s.Where, s.Scopes = where(orders.Total.Gt(0)), []builder.Scope{{Name: "own", Expr: builder.Compare(builder.OpEq, field[Order]("BuyerID"), builder.ValueOf(3))}}
			a.Having = where(builder.Or(monthly.Month.StartsWith("2026"), monthly.Size.Eq("large")), monthly.Large.Gt(5))
			a.Order = sorting(monthly.Large.Desc())
			a.Take, a.HasTake, a.Skip = 5, true, 10
		})},
		{"day", groupedBy[byDay, Order](t, day, func(*builder.Select, *builder.Aggregation) {})},
		{"zone", groupedBy[byDay, Order](t, groupings{"Day": orderTimes.PaidAt.Zone(berlin).Date()}, func(*builder.Select, *builder.Aggregation) {})},
		{"filter", groupedBy[whole, Order](t, nil, func(_ *builder.Select, a *builder.Aggregation) { a.Groups[0].Only = where(orders.PaidAt.IsNotNull()) })},
		{"unscoped", groupedBy[Monthly, Order](t, all, func(*builder.Select, *builder.Aggregation) {})},
		{"foreign", groupedBy[byDay, Person](t, day, func(*builder.Select, *builder.Aggregation) {})},
		{"group_filtered", groupedBy[byDay, Order](t, day, func(_ *builder.Select, a *builder.Aggregation) { a.Groups[0].Only = where(orders.Total.Gt(1)) })},
		{"filter_of_others", groupedBy[whole, Order](t, nil, func(_ *builder.Select, a *builder.Aggregation) { a.Groups[0].Only = where(people.Hits.Gt(1)) })},
	})
}
