package ormtest_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

// example lets an example run where a test would: it prints what a test would be told.
func example(fn func(t testing.TB)) {
	t := &printer{TB: &testing.T{}}
	fn(t)
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
}

type printer struct {
	testing.TB
	cleanups []func()
}

func (*printer) Helper()                      {}
func (*printer) Context() context.Context     { return context.Background() }
func (p *printer) Cleanup(fn func())          { p.cleanups = append(p.cleanups, fn) }
func (*printer) Errorf(f string, args ...any) { fmt.Printf(f+"\n", args...) }
func (*printer) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

func ExampleOpen() {
	_ = func(t *testing.T) {
		t.Parallel()
		db := ormtest.Open(t, sqlite.Source("main", ormtest.SQLite(t)), orm.Models(Shelf{}), rls.Tenant())
		_ = db // its tables are there, and it is closed when the test ends
	}
}

func ExampleSQLite() {
	_ = func(t *testing.T) orm.Option { return sqlite.Source("main", ormtest.SQLite(t)) }
}

func ExamplePlant() {
	example(func(t testing.TB) {
		db := ormtest.Open(t, sqlite.Source("main", ":memory:"), orm.Models(Shelf{}), rls.Tenant())
		mine, theirs := ormtest.As(t.Context(), 1, ""), ormtest.As(t.Context(), 2, "")
		rows := ormtest.Plant(mine, t, db, Shelf{Name: "salt"}, Shelf{Name: "tea"})
		fmt.Println(rows[1].ID, rows[1].Firm)
		n, err := orm.Repo[Shelf](db).Count(theirs)
		fmt.Println(n, err)
	})
	// Output:
	// 2 1
	// 0 <nil>
}

func ExampleAs() {
	a, _ := orm.ActorFrom(ormtest.As(context.Background(), 7, "clerk"))
	fmt.Println(a.TenantID, a.Role)
	// Output: 7 clerk
}

func ExampleAssertStatements() {
	example(func(t testing.TB) {
		db := ormtest.Open(t, sqlite.Source("main", ":memory:"), orm.Models(Shelf{}), rls.Tenant())
		ctx := ormtest.As(t.Context(), 1, "")
		ormtest.Plant(ctx, t, db, Shelf{Name: "salt"}, Shelf{Name: "tea"})
		ormtest.AssertStatements(ctx, t, db, 1, func(ctx context.Context) {
			for _, name := range []string{"salt", "tea"} { // a query for each: one In would do
				_, _ = orm.Repo[Shelf](db).Where(orm.F(func(s *Shelf) *string { return &s.Name }).Eq(name)).Exists(ctx)
			}
		})
	})
	// Output:
	// ormtest: 2 statement(s) ran, want 1
	// 	1. select Shelf on main: SELECT 1 FROM "kit_shelves" WHERE "kit_shelves"."name" = ?1 AND "kit_shelves"."firm" = ?2 LIMIT 1
	// 	2. select Shelf on main: SELECT 1 FROM "kit_shelves" WHERE "kit_shelves"."name" = ?1 AND "kit_shelves"."firm" = ?2 LIMIT 1
}

func ExampleStatements() {
	example(func(t testing.TB) {
		db := ormtest.Open(t, sqlite.Source("main", ":memory:"), orm.Models(Shelf{}), rls.Tenant())
		ran := ormtest.Statements(ormtest.As(t.Context(), 1, ""), t, db, func(ctx context.Context) {
			_, _ = orm.Repo[Shelf](db).Count(ctx)
		})
		fmt.Println(ran[0].Verb, ran[0].Model, ran[0].Text)
	})
	// Output: select Shelf SELECT COUNT(*) FROM "kit_shelves" WHERE "kit_shelves"."firm" = ?1
}

// Every model of the DB is attacked; a row that the library could not make up gets what it needs.
func ExampleAssertIsolated() {
	example(func(t testing.TB) {
		db := ormtest.Open(t, sqlite.Source("main", ":memory:"), orm.Models(Shelf{}), rls.Tenant())
		ormtest.AssertIsolated(t, db,
			ormtest.Model(func(s *Shelf) { s.Name = "shelf " + s.Name }), ormtest.Model[Jar](),
			ormtest.Actors(orm.Actor{TenantID: 1, Role: "clerk"}, orm.Actor{TenantID: 2, Role: "clerk"}))
	})
	// Output:
}

// Where roles may read a model and not write it, the refusals of its writes are no failure.
func ExampleReadOnly() {
	example(func(t testing.TB) {
		db := ormtest.Open(t, sqlite.Source("main", ":memory:"), orm.Models(Shelf{}), rls.Tenant(), rls.RBAC{"Shelf": {"clerk": rls.All}, "Jar": {"clerk": rls.Read}})
		clerk := orm.Actor{Role: "clerk"}
		ormtest.AssertIsolated(t, db, ormtest.Model[Shelf](), ormtest.ReadOnly[Jar](), ormtest.Actors(clerk, clerk))
	})
	// Output:
}

// The source under test asks an API of this machine, and what it asked is held against what it should.
func ExampleNewAPI() {
	example(func(t testing.TB) {
		api := ormtest.NewAPI(t, ormtest.Rows("/v1/wares", Ware{ID: 7, Name: "mug"}))
		db := ormtest.Open(t, httpapi.Source("wares", api.URL, httpapi.Header("Authorization", "Bearer hush")), orm.Models(Ware{}))
		mug, err := orm.Repo[Ware](db).ByID(7).One(t.Context())
		fmt.Println(mug.Name, err)
		api.AssertRequests(t, "GET /v1/wares/7")
		asked := api.Requests()[0]
		fmt.Println(asked, asked.Header.Get("Authorization"))
	})
	// Output:
	// mug <nil>
	// GET /v1/wares/7 [redacted]
}

// An API that fails, or has a form of its own, is a handler.
func ExampleHandle() {
	example(func(t testing.TB) {
		api := ormtest.NewAPI(t, ormtest.Handle("GET /v1/wares/{id}", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
		}))
		db := ormtest.Open(t, httpapi.Source("wares", api.URL), orm.Models(Ware{}))
		_, err := orm.Repo[Ware](db).ByID(7).One(t.Context())
		fmt.Println(orm.HTTPStatus(err), err)
	})
	// Output: 503 orm: One Ware (source wares): source failed: GET /v1/wares/{id} answered 500 Internal Server Error
}
