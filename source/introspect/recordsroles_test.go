package introspect_test

import (
	"errors"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/introspect"
)

// Columns get their roles from the options: owner, version and the time of the last write.
func TestRecordsRoles(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, `CREATE TABLE notes (id INTEGER PRIMARY KEY, owner_id BIGINT NOT NULL, body TEXT NOT NULL, version BIGINT NOT NULL DEFAULT 1, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
			INSERT INTO notes VALUES (1, 1, 'mine', 1, '2020-01-01 00:00:00'), (2, 2, 'not mine', 1, '2020-01-01 00:00:00')`)
		if err := db.Use(rls.Owner("admin")); err != nil {
			t.Fatal(err)
		}
		tables, err := introspect.Open(t.Context(), db, introspect.Owner("owner_id"), introspect.Version("version"), introspect.UpdatedAt("updated_at"))
		if err != nil {
			t.Fatal(err)
		}
		notes, ctx := tables.Table("notes"), as(t.Context(), 1)
		made, err := notes.Create(ctx, introspect.Values{"id": 3, "body": "new"})
		if err != nil || made[0].Get("owner_id") != int64(1) || time.Since(made[0].Get("updated_at").(time.Time)) > time.Minute {
			t.Fatalf("%s, %v", text(t, made), err)
		}
		changed, err := notes.EveryRow().Change(ctx, nil, introspect.Values{"body": "x"})
		if err != nil || len(changed) != 2 {
			t.Fatalf("%s, %v", text(t, changed), err)
		}
		for _, r := range changed {
			if r.Get("id") == int64(1) && (r.Get("version") != int64(2) || r.Get("updated_at").(time.Time).Year() < 2024) {
				t.Error(text(t, r))
			}
		}
		if n, err := notes.Delete(ctx, introspect.Filter{"id": 2}); n != 0 || err != nil {
			t.Error(n, err)
		}
		for _, o := range []introspect.Option{introspect.Version("body"), introspect.UpdatedAt("body"), introspect.SoftDelete("updated_at")} {
			if _, err := introspect.Open(t.Context(), db, o); !errors.Is(err, orm.ErrInvalid) {
				t.Error(err)
			}
		}
	})
}

// A role that RBAC does not list has no table of a model, and nobody has one without a model.
func TestRecordsRBAC(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, tenants, orm.Models(account{}))
		if err := db.Use(rls.RBAC{"account": {"user": rls.Read}}, hook.SoftDelete()); err != nil {
			t.Fatal(err)
		}
		tables, err := introspect.Open(t.Context(), db, introspect.Relate("threads.account_id", "account", "threads"))
		if err != nil {
			t.Fatal(err)
		}
		ctx := as(t.Context(), 1)
		if n, err := tables.Table("accounts").Count(ctx, nil); n != 2 || err != nil {
			t.Error(n, err)
		}
		for _, err := range []error{
			second(tables.Table("threads").Count(ctx, nil)), second(tables.Table("accounts").Delete(ctx, introspect.Filter{"id": 1})),
			second(tables.Table("accounts").List(ctx, introspect.Args{With: map[string]introspect.Args{"threads": {}}})),
			second(tables.Table("accounts").Create(ctx, introspect.Values{"tenant_id": 1, "email": "x", "secret": "x", "score": 1})),
		} {
			if !errors.Is(err, orm.ErrDenied) {
				t.Error(err)
			}
		}
	})
}

// A relation follows the database's own equality of its key.
func TestRecordsFoldedKey(t *testing.T) {
	e := engines()[0]
	db := forumDB(t, e, `CREATE TABLE codes (code TEXT COLLATE NOCASE PRIMARY KEY NOT NULL); CREATE TABLE uses (id INTEGER PRIMARY KEY, code TEXT COLLATE NOCASE REFERENCES codes);
		INSERT INTO codes VALUES ('ABC'), ('x'); INSERT INTO uses VALUES (1, 'abc'), (2, 'ABC'), (3, NULL)`)
	tables, err := introspect.Open(t.Context(), db, introspect.Relate("uses.code", "to", "uses"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := tables.Table("uses").List(t.Context(), introspect.Args{OrderBy: "id", With: map[string]introspect.Args{"to": {With: map[string]introspect.Args{"uses": {OrderBy: "id"}}}}})
	const want = `[{"id":1,"code":"abc","to":{"code":"ABC","uses":[{"id":1,"code":"abc"},{"id":2,"code":"ABC"}]}},{"id":2,"code":"ABC","to":{"code":"ABC","uses":[{"id":1,"code":"abc"},{"id":2,"code":"ABC"}]}},{"id":3,"code":null,"to":null}]`
	if err != nil || text(t, rows) != want {
		t.Errorf("%s, %v", text(t, rows), err)
	}
}

// Names and texts from outside are refused or bound: nothing of them becomes SQL.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{"id", "-id,username", "id; DROP TABLE users", `"`, "'", "-", ",", "id,-", "threads.id", "x\x00"} {
		f.Add(s, s, s)
	}
	e := engines()[0]
	address := e.make(f)
	e.load(f, address, forum)
	tables, err := introspect.Open(f.Context(), open(f, e.open(address)))
	if err != nil {
		f.Fatal(err)
	}
	users := tables.Table("users")
	f.Fuzz(func(t *testing.T, order, column, value string) {
		_, err := users.List(t.Context(), introspect.Args{Filter: introspect.Filter{column: value, "username": introspect.Not(value)}, OrderBy: order})
		if err != nil && !errors.Is(err, orm.ErrInvalid) {
			t.Error(err)
		}
		if n, err := users.Count(t.Context(), nil); n != 3 || err != nil {
			t.Error(n, err)
		}
	})
}
