package rls_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

// Invoice is the model of the examples.
type Invoice struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	ClerkID  int64  `orm:"clerk_id,owner"`
	Number   string `orm:"number"`
	Total    int    `orm:"total"`

	CurrencyID *int64    `orm:"currency_id"`
	Currency   *Currency `orm:"relation=currency_id:id"`
}

// Currency belongs to no tenant.
type Currency struct {
	ID   int64  `orm:"id,auto"`
	Code string `orm:"code"`
}

var Invoices = orm.Bind[Invoice, struct {
	ID       orm.Col[Invoice, int64]
	TenantID orm.Col[Invoice, int64]
	Total    orm.Col[Invoice, int]
}]()

func books(extensions ...hook.Extension) (orm.Repo[Invoice], orm.DB) {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Invoice{}))
	if err == nil {
		err = orm.CreateTables(ctx, db)
	}
	if err == nil {
		err = db.Use(extensions...)
	}
	if err == nil {
		_, err = orm.Repo[Invoice](db).CreateMany(rls.Bypass(ctx, "example data"), []Invoice{
			{TenantID: 1, ClerkID: 10, Number: "A-1", Total: 50}, {TenantID: 1, ClerkID: 11, Number: "A-2", Total: 5000}, {TenantID: 2, ClerkID: 20, Number: "B-1", Total: 70},
		})
	}
	if err != nil {
		log.Fatal(err)
	}
	return orm.Repo[Invoice](db), db
}

func actor(id, tenant int64, role string) context.Context {
	return orm.WithActor(context.Background(), orm.Actor{ID: id, TenantID: tenant, Role: role})
}

// A tenant sees, changes and makes rows of its own; another's row is as absent as none.
func ExampleTenant() {
	invoices, db := books(rls.Tenant(), rls.Global(Currency{}))
	defer db.Close()
	ours := actor(10, 1, "")
	n, err := invoices.Count(ours)
	fmt.Println(n, err)
	_, err = invoices.ByID(3).One(ours)
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	made := Invoice{Number: "A-3"}
	fmt.Println(invoices.Create(ours, &made), made.TenantID)
	_, err = invoices.ByID(1).Update(ours, Invoices.TenantID.Set(2))
	fmt.Println(errors.Is(err, orm.ErrDenied))
	_, err = invoices.All(context.Background())
	fmt.Println(errors.Is(err, orm.ErrNoActor))
	// Output:
	// 2 <nil>
	// true
	// <nil> 1
	// true
	// true
}

// Machine belongs to a tenant, and to a company and a plant of it.
type Machine struct {
	ID        int64  `orm:"id,auto"`
	TenantID  int64  `orm:"tenant_id,tenant"`
	CompanyID int64  `orm:"company_id,scope=company"`
	Plant     string `orm:"plant,scope=plant"`
	Name      string `orm:"name"`
}

// Rows are kept apart by more than the tenant: what the function says of the actor is what they hold.
func ExampleScope() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Machine{}))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	value := func(name string) func(context.Context, orm.Actor) (any, error) {
		return func(_ context.Context, a orm.Actor) (any, error) { return a.Values[name], nil }
	}
	fmt.Println(orm.CreateTables(ctx, db), db.Use(rls.Tenant(), rls.Scope("company", value("company")), rls.Scope("plant", value("plant"))))
	at := func(company int64, plant string) context.Context {
		return orm.WithActor(ctx, orm.Actor{ID: 7, TenantID: 1, Values: map[string]any{"company": company, "plant": plant}})
	}
	machines := orm.Repo[Machine](db)
	press := Machine{Name: "press"}
	fmt.Println(machines.Create(at(5, "north"), &press), press.TenantID, press.CompanyID, press.Plant)
	for _, who := range []context.Context{at(5, "north"), at(5, "south"), at(6, "north")} {
		n, err := machines.Count(who)
		fmt.Println(n, err)
	}
	_, err = machines.ByID(press.ID).Update(at(5, "north"), machines.F("CompanyID").Set(6))
	fmt.Println(errors.Is(err, orm.ErrDenied))
	_, err = machines.All(orm.WithActor(ctx, orm.Actor{ID: 7, TenantID: 1}))
	fmt.Println(errors.Is(err, orm.ErrNoActor))
	// Output:
	// <nil> <nil>
	// <nil> 1 5 north
	// 1 <nil>
	// 0 <nil>
	// 0 <nil>
	// true
	// true
}

// With rls.Tenant every model says its tenancy: a column, or Global.
func ExampleGlobal() {
	db, err := orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(Invoice{}))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	fmt.Println(db.Use(rls.Tenant()))
	fmt.Println(db.Use(rls.Tenant(), rls.Global(Currency{})))
	// Output:
	// orm: Currency: invalid: the model says nothing of its tenancy: tag a column tenant, or declare it with rls.Global
	// <nil>
}

// A job that belongs to no tenant steps out of the scopes and says why.
func ExampleBypass() {
	invoices, db := books(rls.Tenant(), rls.Global(Currency{}), hook.Audit(func(_ context.Context, e hook.Entry) error {
		fmt.Println("audit:", e.Op, e.Model, e.Bypass)
		return nil
	}))
	defer db.Close()
	n, err := invoices.Count(rls.Bypass(context.Background(), "nightly report"))
	fmt.Println(n, err)
	_, err = invoices.Count(rls.Bypass(context.Background(), ""))
	fmt.Println(errors.Is(err, orm.ErrDenied))
	// Output:
	// audit: create Invoice example data
	// audit: create Invoice example data
	// audit: create Invoice example data
	// audit: count Invoice nightly report
	// 3 <nil>
	// true
}

// Clerks see their own rows, the head sees all.
func ExampleOwner() {
	invoices, db := books(rls.Owner("head"))
	defer db.Close()
	n, err := invoices.Count(actor(10, 1, "clerk"))
	fmt.Println(n, err)
	n, err = invoices.Count(actor(99, 1, "head"))
	fmt.Println(n, err)
	// Output:
	// 1 <nil>
	// 3 <nil>
}

// What a role is not given is denied, on models that are not listed too.
func ExampleRBAC() {
	invoices, db := books(rls.RBAC{
		"Invoice":        {"clerk": rls.Read | rls.Create, "head": rls.All},
		(*Currency)(nil): {rls.AnyRole: rls.Read},
	})
	defer db.Close()
	clerk := actor(10, 1, "clerk")
	_, err := invoices.Include("Currency").All(clerk)
	fmt.Println(err)
	_, err = invoices.ByID(1).Delete(clerk)
	fmt.Println(err)
	// Output:
	// <nil>
	// orm: Delete Invoice (source main): denied: role "clerk" may not delete
}

// A policy holds for what is read and for what is written.
func ExamplePolicy() {
	invoices, db := books(rls.Policy(func(_ context.Context, a orm.Actor) (orm.Pred[Invoice], error) {
		if a.Role == "head" {
			return orm.And[Invoice](), nil // every row
		}
		return Invoices.Total.Lt(1000), nil
	}))
	defer db.Close()
	clerk := actor(10, 1, "clerk")
	n, err := invoices.Count(clerk)
	fmt.Println(n, err)
	_, err = invoices.ByID(1).Update(clerk, Invoices.Total.Set(2000))
	fmt.Println(errors.Is(err, orm.ErrDenied))
	n, err = invoices.Count(actor(1, 1, "head"))
	fmt.Println(n, err)
	// Output:
	// 2 <nil>
	// true
	// 3 <nil>
}

// The database's own row policies, for the migrations of a PostgreSQL source; rls.Native relies on them.
func ExampleNativeSchema() {
	ddl, err := rls.NativeSchema(Invoice{})
	for _, s := range ddl {
		fmt.Println(s)
	}
	fmt.Println(err)
	// Output:
	// ALTER TABLE "invoices" ENABLE ROW LEVEL SECURITY
	// ALTER TABLE "invoices" FORCE ROW LEVEL SECURITY
	// DROP POLICY IF EXISTS orm_isolation ON "invoices"
	// CREATE POLICY orm_isolation ON "invoices" USING (("tenant_id" = NULLIF(current_setting('orm.tenant', true), '')::bigint) OR current_setting('orm.bypass', true) = 'on') WITH CHECK (("tenant_id" = NULLIF(current_setting('orm.tenant', true), '')::bigint) OR current_setting('orm.bypass', true) = 'on')
	// <nil>
}
