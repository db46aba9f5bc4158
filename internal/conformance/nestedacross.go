package conformance

import "github.com/multi-orm/orm"

// nestedAcross: rows of two sources are not written together, but a write gives relations of the other source back.
func nestedAcross(e *env, db orm.DB) {
	r := orm.Repo[Near](db)
	e.fails(r.Create(e.ctx, &Near{Name: "no"}, nears.Fars.Create(&Far{Name: "no"})), orm.ErrUnsupported, "Near", "Fars")
	e.fails(second(r.ByID(1).Update(e.ctx, nears.Name.Set("no"), nears.Far.Link(fars.ID.Eq(1)))), orm.ErrUnsupported, "Near", "Far")
	for _, a := range []orm.Assign[Near]{
		nears.Fars.CreateMany([]*Far{{Name: "no"}}), nears.Fars.Update(orm.Key[Far](1), fars.Name.Set("no")), nears.Fars.UpdateMany(orm.And[Far](), fars.Name.Set("no")),
		nears.Fars.Upsert(orm.Key[Far](1), &Far{Name: "no"}, fars.Name.Set("no")), nears.Fars.LinkOrCreate(orm.Key[Far](1), &Far{Name: "no"}),
		nears.Fars.Delete(orm.Key[Far](1)), nears.Fars.DeleteMany(orm.And[Far]()),
	} {
		e.fails(second(r.ByID(1).Update(e.ctx, a)), orm.ErrUnsupported, "Near", "Fars")
	}
	n := must(r.With(nears.Far).ByID(1).Update(e.ctx, nears.Name.Set("n1")))
	e.equal(n.Far.Name, "f2", "a relation of the other source with the result")
}
