package rls_test

import (
	"context"
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// SQL text is free only where a row policy stands for every scope that secures a model of the source.
func TestNativeOpensTextForNoOtherScope(t *testing.T) {
	for name, ext := range map[string]hook.Extension{
		"roles":    rls.RBAC{"nativeNote": {"clerk": rls.Create}, "nativeTag": {"clerk": rls.Read}},
		"owner":    rls.Owner("boss"),
		"a policy": rls.Policy[nativeNote](func(context.Context, orm.Actor) (orm.Pred[nativeNote], error) { return orm.And[nativeNote](), nil }),
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := nativeDB(t)
			if err := db.Use(rls.Native(), rls.Tenant(), ext); err != nil {
				t.Fatal(err)
			}
			ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1, Role: "clerk"})
			textDenied := name != "owner" // the models say no owner
			if _, err := orm.Raw[int64](ctx, db, "SELECT count(*) FROM native_notes"); errors.Is(err, orm.ErrDenied) != textDenied {
				t.Errorf("Raw: %v", err)
			}
			if _, err := db.Exec(ctx, "UPDATE native_notes SET text = 'x'"); errors.Is(err, orm.ErrDenied) != textDenied {
				t.Errorf("Exec: %v", err)
			}
			for _, err := range orm.RawRows[int64](ctx, db, "SELECT id FROM native_notes") {
				if errors.Is(err, orm.ErrDenied) != textDenied {
					t.Errorf("RawRows: %v", err)
				}
			}
			if err := db.Tx(ctx, func(tx orm.DB) error {
				_, err := tx.Exec(ctx, "UPDATE native_notes SET text = 'x'")
				return err
			}); errors.Is(err, orm.ErrDenied) != textDenied {
				t.Errorf("Exec in a transaction: %v", err)
			}
			if _, err := orm.Raw[int64](rls.Bypass(ctx, "report"), db, "SELECT count(*) FROM native_notes"); err != nil {
				t.Errorf("under a bypass: %v", err)
			}
		})
	}
}

// Whoever row policies do not bind is told so by the first text, not only by Check.
func TestNativeTextIsDeniedWherePoliciesDoNotBind(t *testing.T) {
	db, owner := nativeDB(t)
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
	ask := func(db orm.DB) error {
		_, err := orm.Raw[int64](ctx, db, "SELECT count(*) FROM native_notes")
		return err
	}
	if err := owner.Use(rls.Native(), rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	if err := ask(owner); !errors.Is(err, orm.ErrDenied) {
		t.Errorf("a superuser: %v", err)
	}
	role := orm.Unsafe("SELECT current_user::text")
	who, err := orm.Raw[string](t.Context(), db, role)
	if err != nil || len(who) != 1 {
		t.Fatal(who, err)
	}
	admin := func(text string) {
		t.Helper()
		if _, err := owner.Exec(rls.Bypass(t.Context(), "set-up"), orm.Unsafe(text)); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := db.Use(rls.Native(), rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, do, undo string }{
		{"BYPASSRLS", `ALTER ROLE "` + who[0] + `" BYPASSRLS`, `ALTER ROLE "` + who[0] + `" NOBYPASSRLS`},
		{"owner", `ALTER TABLE native_tags OWNER TO "` + who[0] + `"`, `ALTER TABLE native_tags OWNER TO CURRENT_USER`},
		{"a table without a policy", `ALTER TABLE native_tags DISABLE ROW LEVEL SECURITY`, `ALTER TABLE native_tags ENABLE ROW LEVEL SECURITY`},
	} {
		admin(c.do)
		if err := ask(db); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := db.Tx(ctx, func(tx orm.DB) error { return ask(tx) }); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("%s in a transaction: %v", c.name, err)
		}
		admin(c.undo)
	}
	admin(`GRANT SELECT ON native_tags TO "` + who[0] + `"`)
	if err := db.Tx(ctx, func(tx orm.DB) error { return ask(tx) }); err != nil {
		t.Errorf("once the policies hold: %v", err)
	}
}

// A schema and a table never run together into the name of another table, whose policy would then be left out.
func TestNativeSchemaTellsTablesApart(t *testing.T) {
	ddl, err := rls.NativeSchema(dottedLink{}, dotted{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range ddl {
		if len(s) > 6 && s[:6] == "CREATE" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d policies for two tables and a link table:\n%q", n, ddl)
	}
}

type dottedLink struct {
	ID       int64 `orm:"id,auto,schema=a.b,table=links"`
	TenantID int64 `orm:"tenant_id,tenant"`
}

type dotted struct {
	ID       int64    `orm:"id,auto"`
	TenantID int64    `orm:"tenant_id,tenant"`
	Others   []dotted `orm:"relation=id:id,through=a.b.links(x:y)"`
}
