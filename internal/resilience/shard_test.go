package resilience

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// Garden, Bed and Herb are spread over machines by their tenant; as on such clusters, the tenant is in their keys.
type Garden struct {
	ID     int64  `orm:"id"`
	Tenant int64  `orm:"tenant_id,id,tenant,shardkey"`
	Name   string `orm:"name"`
	BestID *int64 `orm:"best_id"`
	Beds   []Bed  `orm:"relation=id:garden_id"`
	Best   *Bed   `orm:"relation=best_id:id"`
	Herbs  []Herb `orm:"relation=id:id,through=garden_herbs(garden_id:herb_id)"`
}

type Bed struct {
	ID       int64   `orm:"id"`
	Tenant   int64   `orm:"tenant_id,id,tenant,shardkey"`
	GardenID *int64  `orm:"garden_id"`
	Size     int64   `orm:"size"`
	Garden   *Garden `orm:"relation=garden_id:id"`
}

type Herb struct {
	ID     int64  `orm:"id"`
	Tenant int64  `orm:"tenant_id,id,tenant,shardkey"`
	Name   string `orm:"name"`
}

var gardens = orm.Bind[Garden, struct {
	ID    orm.Col[Garden, int64]
	Name  orm.Text[Garden]
	Beds  orm.Many[Garden, Bed]
	Best  orm.One[Garden, Bed]
	Herbs orm.Many[Garden, Herb]
}]()

var beds = orm.Bind[Bed, struct {
	ID     orm.Col[Bed, int64]
	Tenant orm.Col[Bed, int64]
	Size   orm.Col[Bed, int64]
	Garden orm.One[Bed, Garden]
}]()

var herbs = orm.Bind[Herb, struct {
	ID     orm.Col[Herb, int64]
	Tenant orm.Col[Herb, int64]
}]()

// sharded opens a database whose two tenants have rows of the same ids, so that whoever leaves the tenant out mixes them.
func sharded(t *testing.T, src source.Source, hooks ...hook.Extension) (db orm.DB, tenants [2]context.Context, all context.Context) {
	t.Helper()
	db, err := orm.Open(t.Context(), src, orm.Models(Garden{}, Bed{}, Herb{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := db.Use(append(hooks, rls.Tenant())...); err != nil {
		t.Fatal(err)
	}
	for i := range tenants {
		ctx := orm.WithActor(t.Context(), orm.Actor{ID: int64(1), TenantID: int64(i + 1)})
		tenants[i] = ctx
		if _, err := orm.Repo[Garden](db).CreateMany(ctx, []Garden{{ID: 1, Name: "a"}, {ID: 2, Name: "b"}}); err != nil {
			t.Fatal(err)
		}
		one, size := int64(1), int64(10*(i+1))
		if _, err := orm.Repo[Bed](db).CreateMany(ctx, []Bed{{ID: 1, GardenID: &one, Size: size}, {ID: 2, GardenID: &one, Size: size + 1}}); err != nil {
			t.Fatal(err)
		}
		if _, err := orm.Repo[Herb](db).CreateMany(ctx, []Herb{{ID: 1, Name: fmt.Sprint("sage ", i+1)}, {ID: 2, Name: fmt.Sprint("mint ", i+1)}}); err != nil {
			t.Fatal(err)
		}
	}
	return db, tenants, rls.Bypass(t.Context(), "test")
}

func engines(t *testing.T) map[string]source.Source {
	return map[string]source.Source{
		"postgres": postgres.Source("main", testkit.Postgres(t), postgres.MaxConns(4)),
		"sqlite":   sqlite.Source("main", testkit.SQLite(t)),
	}
}

// A relation of two models with shard keys holds within one tenant: read and written, filtered and loaded, under a Bypass too.
func TestRelationsStayOnTheirShard(t *testing.T) {
	for engine, src := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			db, tenants, all := sharded(t, src)
			repo := orm.Repo[Garden](db)
			for i, ctx := range tenants { // written through relations
				tenant := int64(i + 1)
				g := repo.ByID(int64(1), tenant)
				if _, err := g.Update(ctx, gardens.Herbs.Link(orm.And(herbs.ID.Eq(1), herbs.Tenant.Eq(tenant))), gardens.Best.Link(orm.And(beds.ID.Eq(2), beds.Tenant.Eq(tenant)))); err != nil {
					t.Fatal(err)
				}
				if _, err := g.Update(ctx, gardens.Beds.Create(&Bed{ID: 3, Size: int64(100 * (i + 1))})); err != nil {
					t.Fatal(err)
				}
				if _, err := g.Update(ctx, gardens.Beds.Unlink(orm.And(beds.ID.Eq(1), beds.Tenant.Eq(tenant)))); err != nil {
					t.Fatal(err)
				}
			}
			for _, q := range []orm.Query[Garden]{
				repo.With(gardens.Beds, gardens.Best, gardens.Herbs),
				repo.With(gardens.Beds.Strategy(orm.Join), gardens.Best.Strategy(orm.Join), gardens.Herbs.Strategy(orm.Join)),
			} {
				rows, err := q.Where(gardens.Name.Eq("a")).All(all)
				if err != nil || len(rows) != 2 {
					t.Fatal(len(rows), err)
				}
				for _, g := range rows {
					if len(g.Beds) != 2 || g.Best == nil || g.Best.Tenant != g.Tenant || g.Best.Size != 10*g.Tenant+1 || len(g.Herbs) != 1 || g.Herbs[0].Name != fmt.Sprint("sage ", g.Tenant) {
						t.Errorf("tenant %d: %+v, best %+v", g.Tenant, g, g.Best)
					}
					for _, b := range g.Beds {
						if b.Tenant != g.Tenant || b.ID == 1 {
							t.Errorf("tenant %d has the bed %+v", g.Tenant, b)
						}
					}
				}
			}
			for _, p := range []orm.Pred[Garden]{gardens.Beds.Some(beds.Size.Eq(200)), gardens.Best.Is(beds.Size.Eq(21)), gardens.Beds.Count(beds.Size.Gte(100)).Gt(0)} {
				rows, err := repo.Where(p, gardens.Name.Eq("a")).All(all)
				if err != nil || len(rows) == 0 || rows[len(rows)-1].Tenant != 2 || len(rows) > 2 {
					t.Errorf("%+v, %v", rows, err)
				}
			}
			loose, err := orm.Repo[Bed](db).Where(beds.Garden.IsNot()).All(all)
			if err != nil || len(loose) != 2 || loose[0].Tenant == 0 {
				t.Errorf("unlinked: %+v, %v", loose, err)
			}
			two := int64(2)
			moved := Bed{ID: 2, Tenant: 1, GardenID: &two, Size: 5}
			if err := orm.Repo[Bed](db).Save(tenants[0], &moved); err != nil {
				t.Error(err)
			}
			nowhere := int64(9)
			if err := orm.Repo[Bed](db).Create(tenants[0], &Bed{ID: 9, GardenID: &nowhere}); !errors.Is(err, orm.ErrReference) {
				t.Errorf("a bed of no garden: %v", err)
			}
		})
	}
}
