package builder_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// tariff has a decimal.
type tariff struct {
	ID   int64  `orm:"id"`
	Rate string `orm:"rate,type=numeric(10,2)"`
}

// meanTariff sums up tariffs.
type meanTariff struct {
	Mean string `orm:"agg=avg(Rate)"`
}

// SQL Server computes decimals in fewer digits than exact answers need, so it is not asked.
func TestSQLServerComputesNoDecimals(t *testing.T) {
	m, err := model.For[tariff]()
	if err != nil {
		t.Fatal(err)
	}
	row, err := model.For[meanTariff]()
	if err != nil {
		t.Fatal(err)
	}
	rate, _ := m.Field("Rate")
	mean, err := builder.AggregationOf(row, m)
	if err != nil {
		t.Fatal(err)
	}
	set := func(op builder.SetOp) builder.Statement {
		return &builder.Update{Model: m, Set: []builder.Set{{Field: rate, Op: op, Value: model.StringOf("1.50")}}}
	}
	for about, st := range map[string]builder.Statement{
		"an average": &builder.Select{Model: m, Want: builder.WantGroups, Aggregate: mean}, "Inc": set(builder.SetInc), "Mul": set(builder.SetMul),
	} {
		for d, want := range map[dialect.Dialect]bool{dialect.Postgres{}: true, dialect.SQLite{}: true, dialect.SQLServer{}: about == "Inc"} {
			c := builder.Cache{Dialect: d}
			_, _, err := c.Compile(st, new(builder.Args))
			if want && err != nil || !want && !errors.Is(err, fault.ErrUnsupported) {
				t.Errorf("%s, %s: %v", d.Name(), about, err)
			}
		}
	}
}

func TestDecimalArguments(t *testing.T) {
	m, err := model.For[tariff]()
	if err != nil {
		t.Fatal(err)
	}
	rate, _ := m.Field("Rate")
	c := builder.Cache{Dialect: dialect.SQLite{}}
	list := model.List{model.StringOf("7.0"), model.StringOf("+1e1")}
	q := &builder.Select{Model: m}
	q.Where.Add(builder.Compare(builder.OpGt, rate, model.StringOf("09.0")))
	q.Where.Add(builder.Within(rate, false, list))
	q.Where.Add(builder.Compare(builder.OpContains, rate, model.StringOf("9.0")))
	p, args, err := c.Compile(q, new(builder.Args))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(p.SQL, `"rate" COLLATE orm_decimal`); n != 2 || args[0].Str() != "9" || args[1].List()[0].Str() != "7" || args[1].List()[1].Str() != "10" || args[2].Str() != "*9.0*" {
		t.Errorf("%s with %v", p.SQL, args)
	}
	if list[0].Str() != "7.0" {
		t.Error("the caller's list was changed")
	}
}
