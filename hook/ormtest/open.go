package ormtest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// SQLite gives the path of a fresh database file for sqlite.Source, in a folder that is removed when the test ends. The file is
// made on first use. Each call gives another one, so that parallel tests share nothing.
func SQLite(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "test.db")
}

// Open opens a DB for one test: opts are those of orm.Open, and hooks and scopes, which are registered. The tables of the models are
// created, and the DB is closed when the test ends. What fails ends the test.
func Open(t testing.TB, opts ...any) orm.DB {
	t.Helper()
	var open []orm.Option
	var use []hook.Extension
	for _, o := range opts {
		if x, ok := o.(hook.Extension); ok {
			use = append(use, x)
			continue
		}
		open = append(open, o)
	}
	ctx := t.Context()
	db, err := orm.Open(ctx, open...)
	if err != nil {
		t.Fatalf("ormtest: opening the DB: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("ormtest: closing the DB: %v", err)
		}
	})
	if err := errors.Join(db.Use(use...), orm.CreateTables(ctx, db)); err != nil {
		t.Fatalf("ormtest: %v", err)
	}
	return db
}

// As gives a context in which a member of tenant acts, in a role and with permissions; "" is no role. The actor's ID is the tenant's own
// value; where it matters who of a tenant acts, orm.WithActor says more.
func As(ctx context.Context, tenant any, role string, permissions ...string) context.Context {
	return orm.WithActor(ctx, orm.Actor{ID: tenant, TenantID: tenant, Role: role, Permissions: permissions})
}

// Plant creates rows one after the other, in one transaction, and gives them back with what the database made of them: their keys and
// defaults. Scopes and hooks hold for whoever acts in ctx, so the rows become that tenant's. What fails ends the test.
func Plant[T any](ctx context.Context, t testing.TB, db orm.DB, rows ...T) []T {
	t.Helper()
	err := db.Tx(ctx, func(tx orm.DB) error {
		for i := range rows {
			if err := orm.Repo[T](tx).Create(ctx, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("ormtest: planting rows: %v", err)
	}
	return rows
}
