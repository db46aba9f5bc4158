package conformance

import (
	"fmt"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

type rack struct {
	Name   string `orm:"name,id,table=racks"`
	Tenant int64  `orm:"tenant,tenant"`
	N      int64  `orm:"n"`

	Books []rackBook `orm:"relation=name:rack"`
	Kinds []rackKind `orm:"relation=name:name,through=rack_kinds(rack:kind)"`
}

type rackBook struct {
	ID     int64  `orm:"id,auto,table=rack_books"`
	Tenant int64  `orm:"tenant,tenant"`
	Rack   string `orm:"rack"`

	In *rack `orm:"relation=rack:name"`
}

type rackKind struct {
	Name   string `orm:"name,id,table=rack_kind_names"`
	Tenant int64  `orm:"tenant,tenant"`
}

type rackLink struct {
	Rack   string `orm:"rack,id,table=rack_kinds"`
	Kind   string `orm:"kind,id"`
	Tenant int64  `orm:"tenant,tenant"`
}

var (
	racks = orm.Bind[rack, struct {
		Name  orm.Text[rack]
		N     orm.Col[rack, int64]
		Kinds orm.Many[rack, rackKind]
	}]()
	rackKindName = orm.Bind[rackKind, struct{ Name orm.Text[rackKind] }]()
)

// Writes and loads by keys that the database takes for the same, though their bytes differ, do what the database does.
func TestCollatedKeysOfWrites(t *testing.T) {
	for _, c := range collationsOf(t) {
		t.Run(c.name, func(t *testing.T) {
			e := &env{T: t, ctx: orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})}
			defer e.stop()
			db := must(orm.Open(e.ctx, c.open(), orm.Models(rack{}, rackLink{})))
			defer db.Close() //nolint:errcheck // a test
			typ := c.types[1]
			for _, text := range append(c.before,
				"DROP TABLE IF EXISTS racks", "DROP TABLE IF EXISTS rack_books", "DROP TABLE IF EXISTS rack_kind_names", "DROP TABLE IF EXISTS rack_kinds",
				"CREATE TABLE racks (name "+typ+" PRIMARY KEY, tenant bigint NOT NULL, n bigint NOT NULL)",
				"CREATE TABLE rack_books (id "+map[string]string{"sqlite": "INTEGER PRIMARY KEY", "postgres": "bigserial PRIMARY KEY"}[c.name]+", tenant bigint NOT NULL, rack "+typ+" NOT NULL)",
				"CREATE TABLE rack_kind_names (name "+typ+" PRIMARY KEY, tenant bigint NOT NULL)",
				"CREATE TABLE rack_kinds (rack "+typ+" NOT NULL, kind "+typ+" NOT NULL, tenant bigint NOT NULL)") {
				must(db.Exec(e.ctx, orm.Unsafe(text)))
			}
			ok(db.Use(rls.Tenant()))
			R := orm.Repo[rack](db)
			must(R.CreateMany(e.ctx, []rack{{Name: "abc"}, {Name: "def"}}))
			must(orm.Repo[rackKind](db).CreateMany(e.ctx, []rackKind{{Name: "x"}, {Name: "Y"}}))

			// a loader gathers keys: each finds the row that it would find alone
			ctx := orm.WithLoader(e.ctx)
			var wg sync.WaitGroup
			found := make([]string, 4)
			for i, key := range []string{"abc", "ABC", "Def", "ghi"} {
				wg.Go(func() {
					r, err := R.Load(ctx, key)
					found[i] = fmt.Sprint(r.Name, err != nil)
				})
			}
			wg.Wait()
			e.equal(found, []string{"abcfalse", "abcfalse", "deffalse", "true"}, "loads")

			// references are found as the database compares them
			must(orm.Repo[rackBook](db).CreateMany(e.ctx, []rackBook{{Rack: "abc"}, {Rack: "ABC"}, {Rack: "Abc"}, {Rack: "DEF"}}))
			_, err := orm.Repo[rackBook](db).CreateMany(e.ctx, []rackBook{{Rack: "abc"}, {Rack: "ABC"}, {Rack: "ghi"}})
			e.fails(err, orm.ErrReference, "rackBook", "Rack")

			// many rows are saved by their keys, and two that are one are refused
			must(R.SaveMany(e.ctx, []rack{{Name: "ABC", N: 5}, {Name: "Def", N: 6}}))
			e.equal(pick(must(R.OrderBy(racks.Name.Asc()).All(e.ctx)), func(r rack) string { return fmt.Sprint(r.Name, r.N) }), []string{"abc5", "def6"}, "saved")
			_, err = R.SaveMany(e.ctx, []rack{{Name: "ABC", N: 7}, {Name: "abc", N: 8}})
			e.fails(err, orm.ErrInvalid, "rack", "Name")
			_, err = R.SaveMany(e.ctx, []rack{{Name: "ABC", N: 7}, {Name: "ghi", N: 8}})
			e.fails(err, orm.ErrNotFound, "rack", "")
			e.equal(must(R.ByID("aBc").One(e.ctx)).N, int64(5), "nothing is saved then")

			// links that are there are not made again
			links := func() int64 { return must(orm.Repo[rackLink](db).Count(e.ctx)) }
			K := rackKindName.Name
			must(orm.Repo[rackLink](db).CreateMany(e.ctx, []rackLink{{Rack: "ABC", Kind: "X"}}))
			must(R.ByID("abc").Update(e.ctx, racks.Kinds.Link(K.In("x", "y"))))
			e.equal(links(), int64(2), "linked")
			must(R.ByID("Abc").Update(e.ctx, racks.Kinds.Link(K.In("x", "X", "y"))))
			e.equal(links(), int64(2), "linked again")
			must(R.ByID("Abc").Update(e.ctx, racks.Kinds.Set(K.Eq("y"))))
			e.equal(links(), int64(1), "set")
			_, err = R.ByID("abc").Update(e.ctx, racks.Kinds.Link(K.In("x", "z")))
			e.fails(err, orm.ErrReference, "rack", "Kinds")
			row := must(R.ByID("ABC").Include("Kinds").Include("Books").One(e.ctx))
			e.equal(fmt.Sprint(row.Name, pick(row.Kinds, func(k rackKind) string { return k.Name }), len(row.Books)), "abc[Y] 3", "what is there")
		})
	}
}
