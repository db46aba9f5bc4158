package conformance

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source"
)

// Across runs what concerns two sources on two kinds of databases.
func Across(t *testing.T, a, b Engine) {
	t.Helper()
	v := &env{T: t, ctx: t.Context(), engine: a, answers: &Answers{}}
	v.source = a.Database(t)
	defer v.stop()
	twoSources(v, b.Database(t)("other", Options{}))
}

func twoSources(e *env, other source.Source) {
	db := must(orm.Open(e.ctx, e.source("main", Options{}), other, orm.Models(Near{}), orm.Observer(e.log.add)))
	defer func() { ok(db.Close()) }()
	ok(orm.CreateTables(e.ctx, db))
	must(orm.Repo[Far](db).CreateMany(e.ctx, []Far{{Name: "f1", NearID: ptr(int64(1))}, {Name: "f2", NearID: ptr(int64(1))}, {Name: "f3"}, {Name: "f4", NearID: ptr(int64(2))}}))
	must(orm.Repo[Near](db).CreateMany(e.ctx, []Near{{Name: "n1", FarID: ptr(int32(2))}, {Name: "n2"}, {Name: "n3", FarID: ptr(int32(77))}}))
	e.log.reset()
	all := must(orm.Repo[Near](db).With(nears.Far.With(fars.Near), nears.Fars.OrderBy(fars.Name.Desc()).Take(1)).Sort("ID").All(e.ctx))
	e.ran(4, "one statement each, on its source")
	e.equal(all[0].Far.Name, "f2", "to-one, keys of two widths")
	e.equal(all[0].Far.Near.Name, "n1", "and back")
	e.equal(pick(all[0].Fars, func(f Far) string { return f.Name }), []string{"f2"}, "to-many, per parent")
	e.equal(len(all[1].Fars), 1, "to-many")
	if all[1].Far != nil || all[2].Far != nil || all[2].Fars == nil {
		e.Errorf("%+v", all[1:])
	}
	// a transaction has one source; includes from the other are read beside it
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		n := Near{Name: "n4", FarID: ptr(int32(1))}
		ok(orm.Repo[Near](tx).Create(e.ctx, &n))
		got := must(orm.Repo[Near](tx).With(nears.Far).ByID(n.ID).One(e.ctx))
		e.equal(got.Far.Name, "f1", "include inside a transaction")
		e.fails(second(orm.Repo[Far](tx).Count(e.ctx)), orm.ErrInvalid, "Far", "")
		e.fails(orm.Repo[Far](tx).Create(e.ctx, &Far{Name: "no"}), orm.ErrInvalid, "Far", "")
		return nil
	}))
	nestedAcross(e, db)
	e.equal(must(orm.Repo[Near](db).Count(e.ctx)), int64(4), "committed")
	e.equal(must(orm.Repo[Far](db).Count(e.ctx)), int64(4), "untouched")
	e.log.reset()
	e.equal(must(orm.Repo[Near](db).Where(nears.Fars.Some(fars.Name.Eq("f1"))).Count(e.ctx)), int64(1), "filter across")
	e.ran(2, "the keys, then the count")
	e.equal(must(orm.Raw[int64](e.ctx, db.Source("other"), "SELECT COUNT(*) FROM fars")), []int64{4}, "raw SQL by source")
	e.equal(must(orm.Raw[int64](e.ctx, db, "SELECT COUNT(*) FROM nears")), []int64{4}, "raw SQL on the first source")
}
