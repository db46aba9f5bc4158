package conformance

import (
	"math"

	"github.com/multi-orm/orm"
)

// Sold is a line of a bill.
type Sold struct {
	ID       int64   `orm:"id,auto"`
	Bill     int64   `orm:"bill"`
	Quantity int32   `orm:"quantity"`
	Cents    int64   `orm:"cents"`
	Price    Exact   `orm:"price,decimal=20.4"`
	Weight   Exact   `orm:"weight,decimal=12.3"`
	Off      *Exact  `orm:"off,decimal=6.4"`
	Factor   float64 `orm:"factor"`
	Secret   int64   `orm:"secret,hidden"`
	Name     string  `orm:"name"`
}

var solds = orm.Bind[Sold, struct {
	ID       orm.Col[Sold, int64]
	Bill     orm.Col[Sold, int64]
	Quantity orm.Col[Sold, int32]
}]()

type billed struct {
	Bill     int64
	Cents    int64    `orm:"agg=sum(Quantity*Cents)"`
	Most     int64    `orm:"agg=max(Quantity * Cents)"`
	Mean     *float64 `orm:"agg=avg(Quantity*Cents)"`
	Net      Exact    `orm:"agg=sum(Price*Weight)"`
	Pieces   Exact    `orm:"agg=sum(Quantity*Price)"`
	Off      *Exact   `orm:"agg=sum(Price*Weight*Off)"`
	Least    Exact    `orm:"agg=min(Price*Quantity)"`
	Factored float64  `orm:"agg=sum(Factor*Quantity)"`
	Some     Exact    `orm:"agg=sum(Price*Quantity)"`
}

var billings = orm.Bind[billed, struct {
	Bill  orm.Col[billed, int64]
	Cents orm.Col[billed, int64]
	Net   orm.Col[billed, Exact]
}]()

var productCases = []testCase{
	{"products/exact", "products of columns are summed, averaged and compared exactly, filtered, sorted and had", productsExact},
	{"products/refused", "a product that an integer does not hold, or of what are no numbers, is ErrInvalid", productsRefused},
}

func (e *env) sold() orm.Repo[Sold] {
	r := orm.Repo[Sold](e.open(Sold{}))
	must(r.CreateMany(e.ctx, []Sold{
		{Bill: 1, Quantity: 3, Cents: 1999, Price: x("0.7"), Weight: x("0.1"), Factor: 0.5, Off: ptr(x("0.5"))},
		{Bill: 1, Quantity: math.MaxInt32, Cents: 1 << 20, Price: x("1000000.0001"), Weight: x("1.005"), Factor: 2},
		{Bill: 2, Quantity: -2, Cents: 5, Price: x("9999999999999999.9999"), Weight: x("999999999.999"), Factor: 0.25},
	}))
	return r
}

func productsExact(e *env) {
	r := e.sold()
	rows := must(orm.Aggregate[billed](e.ctx, r, orm.AggregateFilter("Some", solds.Quantity.Lt(4))))
	mean := float64(3*1999+int64(math.MaxInt32)<<20) / 2
	e.equal(rows, []billed{
		{1, 3*1999 + int64(math.MaxInt32)<<20, int64(math.MaxInt32) << 20, &mean, x("1005000.0701005"), x("2147483647214750.4647"), ptr(x("0.035")), x("2.1"), 1.5 + 2*math.MaxInt32, x("2.1")},
		{2, -10, -10, ptr(-10.0), x("9999999999989999999900000.0000001"), x("-19999999999999999.9998"), nil, x("-19999999999999999.9998"), -0.5, x("-19999999999999999.9998")},
	}, "bills")
	of := func(opts ...orm.AggregateOption) []int64 {
		return pick(must(orm.Aggregate[billed](e.ctx, r, opts...)), func(b billed) int64 { return b.Bill })
	}
	e.equal(of(orm.Having(billings.Net.Gt(x("1005000.0701005")))), []int64{2}, "had by a product")
	e.equal(of(orm.Having(billings.Net.Eq(x("1005000.07010050")))), []int64{1}, "had by a product that equals")
	e.equal(of(orm.Having(billings.Cents.Lt(0))), []int64{2}, "had by a product of integers")
	e.equal(of(orm.GroupOrder(billings.Net.Desc())), []int64{2, 1}, "sorted by a product")
	type nothing struct {
		Sum   int64  `orm:"agg=sum(Quantity*Cents)"`
		Exact Exact  `orm:"agg=sum(Price*Weight)"`
		Maybe *Exact `orm:"agg=sum(Price*Weight)"`
	}
	e.equal(must(orm.Aggregate[nothing](e.ctx, r.Where(solds.ID.Lt(0)))), []nothing{{Exact: x("0")}}, "of no rows")
}

func productsRefused(e *env) {
	r := e.sold()
	type over struct {
		N int64 `orm:"agg=max(Cents*Cents*Cents*Cents)"`
	}
	type text struct {
		N int64 `orm:"agg=sum(Quantity*Name)"`
	}
	type mixed struct {
		N Exact `orm:"agg=sum(Price*Factor)"`
	}
	type whole struct {
		N int64 `orm:"agg=sum(Price*Quantity)"`
	}
	type unknown struct {
		N int64 `orm:"agg=sum(Quantity*Cent)"`
	}
	type counted struct {
		N int64 `orm:"agg=count(Quantity*Cents)"`
	}
	noProduct[over](e, r, "", "")
	noProduct[text](e, r, "text", "N")
	noProduct[mixed](e, r, "mixed", "N")
	noProduct[whole](e, r, "whole", "N")
	noProduct[unknown](e, r, "Sold", "Cent")
	noProduct[counted](e, r, "counted", "N")
}

func noProduct[R any](e *env, r orm.Repo[Sold], model, field string) {
	e.Helper()
	_, err := orm.Aggregate[R](e.ctx, r)
	e.fails(err, orm.ErrInvalid, model, field)
}
