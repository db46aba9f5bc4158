package conformance

import "github.com/multi-orm/orm"

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
