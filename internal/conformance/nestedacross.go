package conformance

import "github.com/multi-orm/orm"

// nestedAcross: rows of two sources are not written together, but a write gives relations of the other source back.
func nestedAcross(e *env, db orm.DB) {
	r := orm.Repo[Near](db)
	e.fails(r.Create(e.ctx, &Near{Name: "no"}, nears.Fars.Create(&Far{Name: "no"})), orm.ErrUnsupported, "Near", "Fars")
	e.fails(second(r.ByID(1).Update(e.ctx, nears.Name.Set("no"), nears.Far.Link(fars.ID.Eq(1)))), orm.ErrUnsupported, "Near", "Far")
	n := must(r.With(nears.Far).ByID(1).Update(e.ctx, nears.Name.Set("n1")))
	e.equal(n.Far.Name, "f2", "a relation of the other source with the result")
}
