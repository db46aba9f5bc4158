package rls_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
)

type schemaNote struct {
	ID   int64 `orm:"id,auto,table=schema_notes"`
	Size int64
	Text string
}

// schemaPerTenant sets the search path of the actor's tenant.
type schemaPerTenant struct{}

func (schemaPerTenant) Extend(r *hook.Registrar) error {
	r.Settings(func(ctx context.Context) ([]hook.Setting, error) {
		a, _ := hook.ActorFrom(ctx)
		return []hook.Setting{{Name: "search_path", Value: fmt.Sprint("tenant_", a.TenantID)}}, nil
	})
	return nil
}

// TestSchemaPerTenant gives each tenant tables of its own, which differ in type, over one connection that is fresh.
func TestSchemaPerTenant(t *testing.T) {
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			db, err := orm.Open(t.Context(), postgres.Source("main", testkit.Postgres(t)+"&default_query_exec_mode="+mode, postgres.MaxConns(1), postgres.AllowSimpleProtocol()), orm.Models(schemaNote{}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			for _, text := range []string{"CREATE SCHEMA tenant_1", "CREATE SCHEMA tenant_2",
				"CREATE TABLE tenant_1.schema_notes (id bigserial PRIMARY KEY, size int NOT NULL, text text NOT NULL)",
				"CREATE TABLE tenant_2.schema_notes (text varchar(9) NOT NULL, size numeric(20) NOT NULL, id bigserial PRIMARY KEY)"} {
				if _, err := db.Source("main").Exec(t.Context(), orm.Unsafe(text)); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Use(schemaPerTenant{}); err != nil {
				t.Fatal(err)
			}
			for i := range 6 {
				tenant := i%2 + 1
				ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: tenant})
				check := func(db orm.DB, want int) error {
					notes := orm.Repo[schemaNote](db)
					n := schemaNote{Size: 1 << (20 * tenant), Text: fmt.Sprint("of ", tenant)}
					if err := notes.Create(ctx, &n); err != nil {
						return err
					}
					got, err := notes.Where(notes.F("Size").Eq(n.Size)).All(ctx)
					if err != nil || len(got) != want || got[0].Text != n.Text {
						return fmt.Errorf("tenant %d has %v: %w", tenant, got, err)
					}
					for note, err := range notes.Rows(ctx) {
						if err != nil || note.Size != n.Size {
							return fmt.Errorf("streamed %v: %w", note, err)
						}
					}
					return nil
				}
				if err := check(db, i/2*2+1); err != nil {
					t.Fatal(err)
				}
				if err := db.Tx(ctx, func(tx orm.DB) error { return check(tx, i/2*2+2) }); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
