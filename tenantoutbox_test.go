package orm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// Entries are the tenant's of the row that was written, in the order of the writes, and one tenant is drained without the others.
func TestTenantOutbox(t *testing.T) {
	for engine, src := range map[string]source.Source{"sqlite": sqlite.Source("main", ":memory:"), "postgres": postgres.Source("main", testkit.Postgres(t))} {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			db, err := orm.Open(ctx, src, orm.Models(audited{}, orm.TenantOutboxEntry[int64]{}))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := orm.CreateTables(ctx, db); err != nil {
				t.Fatal(err)
			}
			if err := db.Use(rls.Tenant(), hook.Audit(orm.TenantOutbox[int64](db))); err != nil {
				t.Fatal(err)
			}
			as := func(tenant int) context.Context { return orm.WithActor(ctx, orm.Actor{ID: 9, TenantID: tenant}) }
			var many []audited
			for i := range 40 {
				many = append(many, audited{Name: fmt.Sprint("many ", i)})
			}
			repo := orm.Repo[audited](db)
			_, err = repo.CreateMany(as(1), many)
			all := rls.Bypass(ctx, "import")
			if err = errors.Join(err, repo.Create(as(2), &audited{Name: "two"}), repo.Create(all, &audited{TenantID: 1, Name: "imported"})); err != nil {
				t.Fatal(err)
			}
			if _, err := repo.Count(all); !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("an entry that belongs to no tenant: %v", err)
			}
			tenants, err := orm.OutboxTenants[int64](ctx, db)
			if slices.Sort(tenants); err != nil || !slices.Equal(tenants, []int64{1, 2}) {
				t.Fatal(tenants, err)
			}
			var got []any
			keep := func(_ context.Context, e hook.Entry) error { got = append(got, e.New["Name"]); return nil }
			for _, limit := range []int{15, 100} {
				if _, err := orm.DrainTenantOutbox(ctx, db, int64(1), limit, keep); err != nil {
					t.Fatal(err)
				}
			}
			if len(got) != 41 || got[40] != "imported" {
				t.Fatalf("%d entries: %v", len(got), got)
			}
			for i := range 40 {
				if got[i] != fmt.Sprint("many ", i) {
					t.Errorf("entry %d is that of %v", i, got[i])
				}
			}
			if tenants, err = orm.OutboxTenants[int64](ctx, db); err != nil || !slices.Equal(tenants, []int64{2}) {
				t.Error(tenants, err)
			}
		})
	}
}
