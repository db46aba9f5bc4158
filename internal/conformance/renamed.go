package conformance

import (
	"github.com/multi-orm/orm"
)

var renamedCases = []testCase{
	{"renamed/every path", "renamed columns hold in where, order, select, conflict targets, returning, updates, groups and links", renamedPaths},
	{"renamed/by column name", "column names are accepted where Go names are", renamedByColumn},
}

func renamedPaths(e *env) {
	db := e.open(Odd{})
	r := orm.Repo[Odd](db)
	root := Odd{Name: "root", Size: ptr(int64(3))}
	ok(r.Create(e.ctx, &root))
	kids := []Odd{{Name: "b", Parent: &root.Number, Size: ptr(int64(2))}, {Name: "a", Parent: &root.Number}, {Name: "c", Parent: &root.Number, Size: ptr(int64(1))}}
	e.equal(must(r.CreateMany(e.ctx, kids)), int64(3), "inserted")
	must(db.Exec(e.ctx, `INSERT INTO "odd links" ("left", "right") VALUES (1, 2), (1, 3), (4, 1)`))

	got := must(r.Where(odds.Size.Gte(1), odds.Name.In("b", "c", "root")).OrderBy(odds.Size.Desc(), odds.Name.Asc()).Select(odds.Name, odds.Size).All(e.ctx))
	e.equal(pick(got, func(o Odd) string { return o.Name }), []string{"root", "b", "c"}, "where, order, select")
	e.equal(got[0].Number, int64(0), "the key was not selected")

	full := must(r.With(odds.Kids.OrderBy(odds.Name.Desc()).Take(2), odds.Pals).ByID(1).One(e.ctx))
	e.equal(pick(full.Kids, func(o Odd) string { return o.Name }), []string{"c", "b"}, "paged include")
	e.equal(pick(full.Pals, func(o Odd) string { return o.Name }), []string{"b", "a"}, "include through links")
	up := must(r.Include("Up").Where(odds.Name.Eq("a")).One(e.ctx))
	e.equal(up.Up.Name, "root", "to-one")
	e.equal(must(r.Where(odds.Kids.Some(odds.Name.Eq("c"))).Count(e.ctx)), int64(1), "relation filter")
	e.equal(must(r.Where(odds.Pals.Some(odds.Name.Eq("root"))).One(e.ctx)).Name, "c", "filter through links")
	e.equal(must(r.Where(odds.Up.Is(odds.Name.Eq("root"))).Count(e.ctx)), int64(3), "filter by the parent")

	x := Odd{Name: "b", Size: ptr(int64(9))}
	ok(r.Upsert(e.ctx, orm.On(odds.Name), &x))
	e.equal(x.Number, int64(2), "upsert met the row")
	e.equal(*x.Size, int64(9), "upsert changed it")
	y := must(r.Where(odds.Name.Eq("b")).Update(e.ctx, odds.Size.Inc(1)))
	e.equal(*y.Size, int64(10), "update by a unique column")
	ok(r.Save(e.ctx, &y))
	e.equal(must(r.Where(odds.Size.IsNull()).UpdateMany(e.ctx, odds.Size.Set(0))), int64(1), "mass update")
	e.equal(must(r.ByID(4).Delete(e.ctx)).Name, "c", "deleted row")
	dup := Odd{Name: "a"}
	e.fails(r.Create(e.ctx, &dup), orm.ErrConflict, "Odd", "")
	e.equal(must(r.Select(odds.Name).Distinct().Count(e.ctx)), int64(3), "distinct count")
}

func renamedByColumn(e *env) {
	db := e.open(Odd{})
	r := orm.Repo[Odd](db)
	for _, n := range []string{"x", "y"} {
		ok(r.Create(e.ctx, &Odd{Name: n}))
	}
	got := must(r.Where(r.F("Group By").Eq("y")).Sort("-select").Select(r.F("Group By")).All(e.ctx))
	e.equal(pick(got, func(o Odd) string { return o.Name }), []string{"y"}, "column names")
}
