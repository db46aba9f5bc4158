package rls_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
)

type nativeNote struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Text     string `orm:"text"`

	Tags []nativeTag `orm:"relation=id:id,through=native_note_tags(note_id:tag_id)"`
}

func (nativeNote) TableName() string { return "native_notes" }

type nativeTag struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`
}

func (nativeTag) TableName() string { return "native_tags" }

// nativeDB makes the tables and policies as their owner and opens them as a role that the policies bind,
// on a pool of one connection, so that whatever a connection kept would be seen by its next user.
func nativeDB(t *testing.T) (db, owner orm.DB) {
	t.Helper()
	ctx := t.Context()
	dsn := testkit.Postgres(t)
	owner, err := orm.Open(ctx, postgres.Source("main", dsn), orm.Models(nativeNote{}, nativeTag{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close() })
	if err := orm.CreateTables(ctx, owner); err != nil {
		t.Fatal(err)
	}
	ddl, err := rls.NativeSchema(nativeNote{}, nativeTag{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	role := "app_" + u.Path[1:]
	ddl = append(append(ddl, ddl...), // twice: it must be safe to run again
		`CREATE ROLE "`+role+`" LOGIN`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "`+role+`"`)
	for _, s := range ddl {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatal(s, err)
		}
	}
	t.Cleanup(func() {
		_, _ = conn.Exec(context.Background(), `DROP OWNED BY "`+role+`"; DROP ROLE "`+role+`"`)
	})
	db, err = orm.Open(ctx, postgres.Source("main", dsn, postgres.MaxConns(1), postgres.Configure(func(c *pgxpool.Config) {
		c.ConnConfig.User = role
	})), orm.Models(nativeNote{}, nativeTag{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, owner
}

func TestNativePoliciesIsolateRawSQL(t *testing.T) {
	db, _ := nativeDB(t)
	if err := db.Use(rls.Native(), rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	a := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
	b := orm.WithActor(t.Context(), orm.Actor{ID: 2, TenantID: 2})
	for ctx, text := range map[context.Context]string{a: "of a", b: "of b"} {
		n := nativeNote{Text: text}
		if err := orm.Repo[nativeNote](db).Create(ctx, &n); err != nil {
			t.Fatal(err)
		}
		tag := nativeTag{Name: text}
		if err := orm.Repo[nativeTag](db).Create(ctx, &tag); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(ctx, "INSERT INTO native_note_tags (note_id, tag_id) VALUES ($1, $2)", n.ID, tag.ID); err != nil {
			t.Fatal(err)
		}
	}
	raw := func(ctx context.Context, db orm.DB) []string {
		t.Helper()
		out, err := orm.Raw[string](ctx, db, "SELECT text FROM native_notes")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := raw(a, db); len(got) != 1 || got[0] != "of a" {
		t.Errorf("tenant a reads %q with raw SQL", got)
	}
	if got := raw(b, db); len(got) != 1 || got[0] != "of b" {
		t.Errorf("tenant b reads %q with raw SQL", got)
	}
	if got := raw(t.Context(), db); len(got) != 0 {
		t.Errorf("nobody reads %q: the connection kept a tenant", got)
	}
	if got := raw(rls.Bypass(t.Context(), "test"), db); len(got) != 2 {
		t.Errorf("a bypass reads %q, want both", got)
	}
	links, err := orm.Raw[int64](a, db, "SELECT note_id FROM native_note_tags")
	if err != nil || len(links) != 1 {
		t.Errorf("tenant a reads links %v, %v", links, err)
	}
	if n, err := db.Exec(a, "UPDATE native_notes SET text = 'x' WHERE tenant_id = 2"); err != nil || n != 0 {
		t.Errorf("tenant a changed %d rows of b, %v", n, err)
	}
	if _, err := db.Exec(a, "INSERT INTO native_notes (tenant_id, text) VALUES (2, 'planted')"); !errors.Is(err, orm.ErrDenied) {
		t.Errorf("tenant a planted a row for b: %v", err)
	}
	err = db.Tx(a, func(tx orm.DB) error {
		if got := raw(a, tx); len(got) != 1 || got[0] != "of a" {
			t.Errorf("in a transaction tenant a reads %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := raw(t.Context(), db); len(got) != 0 {
		t.Errorf("nobody reads %q after a transaction", got)
	}
}

func TestCheckFindsWhatVoidsPolicies(t *testing.T) {
	db, owner := nativeDB(t)
	if err := db.Use(rls.Native(), rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	if found, err := db.Check(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("a bound role: %v, %v", found, err)
	}
	if err := owner.Use(rls.Native(), rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	found, err := owner.Check(t.Context())
	if !errors.Is(err, orm.ErrDenied) || len(found) == 0 {
		t.Errorf("a superuser: %v, %v", found, err)
	}
	ctx := rls.Bypass(t.Context(), "test")
	if _, err := owner.Exec(ctx, "CREATE POLICY second ON native_notes USING (true)"); err != nil {
		t.Fatal(err)
	}
	found, err = db.Check(t.Context())
	if err != nil || len(found) != 1 || found[0].Model != "nativeNote" {
		t.Errorf("a second permissive policy: %v, %v", found, err)
	}
}
