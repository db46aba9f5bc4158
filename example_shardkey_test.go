package orm_test

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

// Spread is embedded by models whose rows are on the machine of their tenant.
type Spread struct {
	ID       int64 `orm:"id"`
	TenantID int64 `orm:"tenant_id,id,tenant,shardkey"`
}

type Ship struct {
	Spread
	Name  string `orm:"name"`
	Crew  []Crew `orm:"relation=id:ship_id"`
	Ports []Port `orm:"relation=id:id,through=calls(ship_id:port_id)"`
}

type Crew struct {
	Spread
	ShipID int64  `orm:"ship_id"`
	Name   string `orm:"name"`
}

type Port struct {
	Spread
	Name string `orm:"name"`
}

var Ships = orm.Bind[Ship, struct {
	Name orm.Text[Ship]
	Crew orm.Many[Ship, Crew]
}]()

// Two tenants have ships of the same number. A relation leads nowhere else, even where nothing keeps tenants apart.
func Example_shardKey() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Ship{}, Crew{}, Port{}, orm.TenantOutboxEntry[int64]{}, orm.OutboxEntry{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	_ = orm.CreateTables(ctx, db)
	_ = db.Use(rls.Tenant(), rls.Global(orm.OutboxEntry{}), hook.Audit(orm.TenantOutbox[int64](db)))
	for tenant, name := range map[int64]string{1: "Ada", 2: "Bob"} {
		ctx := orm.WithActor(ctx, orm.Actor{ID: 7, TenantID: tenant})
		ship := Ship{Spread: Spread{ID: 1}, Name: "of " + name}
		_ = orm.Repo[Ship](db).Create(ctx, &ship)
		_ = orm.Repo[Crew](db).Create(ctx, &Crew{Spread: Spread{ID: 1}, ShipID: 1, Name: name})
	}
	all := rls.Bypass(ctx, "a report over tenants")
	q := orm.Repo[Ship](db).Select(Ships.Name).Where(Ships.Crew.Some()).With(Ships.Crew).OrderBy(Ships.Name.Asc())
	text, _, err := q.SQL()
	fmt.Println(text, err)
	ships, err := q.All(all)
	for _, s := range ships {
		fmt.Println(s.Name, len(s.Crew), s.Crew[0].Name)
	}
	fmt.Println(err)
	n, err := orm.DrainTenantOutbox(ctx, db, int64(2), 100, func(_ context.Context, e hook.Entry) error {
		fmt.Println(e.Op, e.Model, e.New["Name"])
		return nil
	})
	fmt.Println(n, err)
	// Output:
	// SELECT "ships"."name" FROM "ships" WHERE EXISTS (SELECT 1 FROM "crews" AS "r1" WHERE "r1"."ship_id" = "ships"."id" AND "r1"."tenant_id" = "ships"."tenant_id") ORDER BY "ships"."name" ASC <nil>
	// of Ada 1 Ada
	// of Bob 1 Bob
	// <nil>
	// create Ship of Bob
	// create Crew Bob
	// 2 <nil>
}
