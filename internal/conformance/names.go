package conformance

import (
	"github.com/multi-orm/orm"
)

var nameCases = []testCase{
	{"names/unknown", "an unknown name is an error that suggests the nearest, in every verb", namesUnknown},
	{"names/values", "a value of the wrong type names the types, never the value", namesValues},
	{"names/foreign", "another model's column or relation is refused", namesForeign},
}

func namesUnknown(e *env) {
	r := e.sample()
	bad := r.F("Raww")
	ctx := e.ctx
	for about, err := range map[string]error{
		"All": second(r.Where(bad.Eq(1)).All(ctx)), "Count": second(r.Where(bad.IsNull()).Count(ctx)), "Exists": second(r.Where(bad.In(1)).Exists(ctx)),
		"First": second(r.OrderBy(bad.Asc()).First(ctx)), "Sort": second(r.Sort("-Raww").All(ctx)), "Count sorted": second(r.Sort("Raww").Count(ctx)),
		"Select": second(r.Select(bad).All(ctx)), "Omit": second(r.Omit(bad).All(ctx)), "UpdateMany": second(r.EveryRow().UpdateMany(ctx, bad.Set(1))),
		"Update": second(r.ByID(1).Update(ctx, bad.Set(1))), "DeleteMany": second(r.Where(bad.Eq(1)).DeleteMany(ctx)), "Upsert": r.Upsert(ctx, orm.On(bad), &Row{ID: 9}),
		"UpdateReturning": second(r.Where(bad.Eq(1)).UpdateReturning(ctx, rows.B.Set(1))), "take none": second(r.Where(bad.Eq(1)).Take(0).First(ctx)),
		"nested": second(r.Where(orm.Or(rows.B.Eq(1), orm.Not(bad.Fold().Contains("x")))).All(ctx)), "Inc": second(r.EveryRow().UpdateMany(ctx, bad.Inc(1))),
		"SQL": func() error { _, _, err := r.Where(bad.Eq(1)).SQL(); return err }(), "Explain": second(r.Where(bad.Eq(1)).Explain(ctx)),
	} {
		if e.engine.API && about == "SQL" {
			e.fails(err, orm.ErrUnsupported, "Row", "")
			continue
		}
		e.fails(err, orm.ErrInvalid, "Row", "Raww")
		e.says(err, `Row has no field "Raww"`, `did you mean "Raw"?`)
		if e.Failed() {
			e.Fatal(about)
		}
	}
	for _, err := range []error{second(r.Include("Kids").All(ctx)), second(r.Include("B").Count(ctx))} {
		e.fails(err, orm.ErrInvalid, "Row", "")
	}
	db := e.open(Person{})
	err := second(orm.Repo[Person](db).Include("Written.Autor").All(ctx))
	e.fails(err, orm.ErrInvalid, "Book", "Autor")
	e.says(err, `Book has no relation "Autor"`, `did you mean "Author"?`)
	e.ran(0, "nothing ran")
}

func namesValues(e *env) {
	r := e.sample()
	for name, v := range map[string]any{"A": "secret", "T": 12345, "On": "secret", "At": "secret", "F": []int{12345}, "Raw": 12345, "Code": "secret", "B": 12345.5, "ID": struct{ X string }{"secret"}} {
		for _, err := range []error{second(r.Where(r.F(name).Eq(v)).All(e.ctx)), second(r.Where(r.F(name).Between(v, v)).All(e.ctx)), second(r.Where(r.F(name).In(v, v)).All(e.ctx))} {
			e.fails(err, orm.ErrInvalid, "Row", name, "secret", "12345")
		}
		if name != "ID" {
			e.fails(second(r.ByID(1).Update(e.ctx, r.F(name).Set(v))), orm.ErrInvalid, "Row", name, "secret", "12345")
		}
	}
	e.fails(second(r.ByID("secret").One(e.ctx)), orm.ErrInvalid, "Row", "ID", "secret")
	e.fails(second(r.ByID(nil).One(e.ctx)), orm.ErrInvalid, "Row", "ID")
	e.fails(second(r.ByID(0).One(e.ctx)), orm.ErrInvalid, "Row", "ID")
	e.fails(second(r.ByID(1, 2).One(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.ByID().One(e.ctx)), orm.ErrInvalid, "Row", "")
	e.equal(must(r.ByID(int8(2)).One(e.ctx)).ID, int64(2), "a number of another width is fine")
	e.equal(must(r.Where(r.F("A").Eq(uint16(2))).Count(e.ctx)), int64(2), "an unsigned one too")
}

func namesForeign(e *env) {
	db := e.open(Row{}, Person{}, Place{})
	// the typed API does not compile such things; predicates made of data can
	q := orm.Repo[Row](db)
	p := orm.F(func(x *Plain) *int64 { return &x.N }).Eq(1).Expr()
	e.fails(second(q.Where(predOf[Row](p)).All(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(q.Where(orm.Or(rows.B.Eq(1), predOf[Row](people.Staff.Some().Expr()))).All(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(q.EveryRow().UpdateMany(e.ctx, assignOf[Row](plains.N.Set(1).Set()))), orm.ErrInvalid, "Row", "")
	e.fails(second(orm.Repo[Place](db).Where(predOf[Place](rows.ID.Eq(1).Expr())).DeleteMany(e.ctx)), orm.ErrInvalid, "Place", "")
	e.ran(0, "nothing ran")
}
