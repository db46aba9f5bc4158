package introspect_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/introspect"
)

// A condition that every row passes is none, however it is said.
func TestRecordsUnboundedByForm(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		tables, err := introspect.Open(t.Context(), forumDB(t, e, `CREATE TABLE jobs (id INTEGER PRIMARY KEY, note TEXT, status TEXT NOT NULL DEFAULT 'new', tries BIGINT NOT NULL DEFAULT 0);
			INSERT INTO jobs (id) VALUES (1), (2)`))
		if err != nil {
			t.Fatal(err)
		}
		jobs := tables.Table("jobs")
		for _, f := range []introspect.Filter{
			{"note": introspect.AnyOf(nil, introspect.Not(nil))}, {"note": introspect.AnyOf(introspect.Not(nil), introspect.Not(introspect.Not(nil)))},
			{"status": introspect.Not(nil)}, {"status": introspect.Contains("")}, {"tries": introspect.AtLeast(int64(math.MinInt64))},
		} {
			if n, err := jobs.Delete(t.Context(), f); n != 0 || !errors.Is(err, introspect.ErrUnfiltered) {
				t.Errorf("%v: %d, %v", f, n, err)
			}
		}
		if _, err := jobs.Change(t.Context(), introspect.Filter{"id": 1}, introspect.Values{"status": nil}); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "status") {
			t.Error(err)
		}
		if made, err := jobs.Create(t.Context(), introspect.Values{"id": 3}); err != nil || made[0].Get("status") != "new" || made[0].Get("tries") != int64(0) {
			t.Errorf("%v, %v", made, err)
		}
		var none introspect.Rows
		if _, err := none.Count(t.Context(), nil); !errors.Is(err, orm.ErrInvalid) {
			t.Error(err)
		}
	})
}

// Keys are for tables that have none, and of columns that always hold a value.
func TestRecordsKeysThatAreNone(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, `CREATE TABLE loose (x INTEGER, y INTEGER NOT NULL); CREATE TABLE kept (id INTEGER PRIMARY KEY, team INTEGER NOT NULL)`)
		for _, o := range []introspect.Option{introspect.Key("loose", "x"), introspect.Key("kept", "team")} {
			if _, err := introspect.Open(t.Context(), db, o); !errors.Is(err, orm.ErrInvalid) {
				t.Error(err)
			}
		}
		if _, err := introspect.Open(t.Context(), db, introspect.Key("loose", "y")); err != nil {
			t.Error(err)
		}
	})
}

// A document given as bytes is that document, and a nil pointer is NULL.
func TestRecordsDocuments(t *testing.T) {
	e := recordEngines()[1]
	tables, err := introspect.Open(t.Context(), forumDB(t, e, `CREATE TABLE docs (id INTEGER PRIMARY KEY, doc JSONB)`))
	if err != nil {
		t.Fatal(err)
	}
	made, err := tables.Table("docs").Create(t.Context(), introspect.Values{"id": 1, "doc": []byte(`{"a": 1}`)}, introspect.Values{"id": 2, "doc": (*account)(nil)})
	if err != nil || text(t, made) != `[{"id":1,"doc":{"a":1}},{"id":2,"doc":null}]` {
		t.Errorf("%s, %v", text(t, made), err)
	}
	if n, err := tables.Table("docs").Count(t.Context(), introspect.Filter{"doc": nil}); n != 1 || err != nil {
		t.Error(n, err)
	}
}

type owned struct {
	ID      int64  `orm:"id,auto,table=owned"`
	OwnerID int64  `orm:"owner_id,owner"`
	OrgID   string `orm:"org_id,scope=org"`
}

// A table with a column by which scopes keep models apart says whose its rows are, or is not opened.
func TestRecordsScopesOfColumns(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, `CREATE TABLE owned (id INTEGER PRIMARY KEY, owner_id BIGINT NOT NULL, org_id TEXT NOT NULL);
			CREATE TABLE drafts (id INTEGER PRIMARY KEY, owner_id BIGINT NOT NULL, body TEXT NOT NULL); CREATE TABLE bills (id INTEGER PRIMARY KEY, org_id TEXT NOT NULL);
			INSERT INTO drafts VALUES (1, 1, 'mine'), (2, 2, 'not mine'); INSERT INTO bills VALUES (1, 'one'), (2, 'two')`, orm.Models(owned{}))
		if err := db.Use(rls.Owner("admin"), rls.Scope("org", func(_ context.Context, a hook.Actor) (any, error) {
			return map[any]string{int64(1): "one", int64(2): "two"}[a.ID], nil
		})); err != nil {
			t.Fatal(err)
		}
		for _, opts := range [][]introspect.Option{nil, {introspect.Owner("owner_id")}, {introspect.Scope("org", "org_id")}} {
			if _, err := introspect.Open(t.Context(), db, opts...); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "keeps rows of owned apart") {
				t.Error(err)
			}
		}
		tables, err := introspect.Open(t.Context(), db, introspect.Owner("owner_id"), introspect.Scope("org", "org_id"))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"drafts": `[{"id":1,"owner_id":1,"body":"mine"}]`, "bills": `[{"id":1,"org_id":"one"}]`} {
			if got, err := tables.Table(name).List(as(t.Context(), 1), introspect.Args{}); err != nil || text(t, got) != want {
				t.Errorf("%s, %v", text(t, got), err)
			}
		}
		if n, err := tables.Table("bills").Delete(as(t.Context(), 1), introspect.Filter{"id": 2}); n != 0 || err != nil {
			t.Error(n, err)
		}
	})
}

// A key to a model whose table is not opened is checked all the same.
func TestRecordsReferToModelsLeftOut(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, tenants, orm.Models(account{}))
		if err := db.Use(rls.Tenant(), hook.SoftDelete()); err != nil {
			t.Fatal(err)
		}
		tables, err := introspect.Open(t.Context(), db, introspect.Tenant("tenant_id"), introspect.SoftDelete("deleted_at"), introspect.Only("threads"))
		if err != nil {
			t.Fatal(err)
		}
		if made, err := tables.Table("threads").Create(as(t.Context(), 1), introspect.Values{"id": 30, "account_id": 11, "title": "below another's"}); err == nil {
			t.Errorf("%s", text(t, made))
		}
		if _, err := tables.Table("threads").Create(as(t.Context(), 1), introspect.Values{"id": 31, "account_id": 1, "title": "below mine"}); err != nil {
			t.Error(err)
		}
	})
}

type pathSetter struct{}

func (pathSetter) Extend(r *hook.Registrar) error {
	r.Settings(func(ctx context.Context) ([]hook.Setting, error) {
		a, _ := hook.ActorFrom(ctx)
		return []hook.Setting{{Name: "search_path", Value: fmt.Sprint("tenant_", a.TenantID)}}, nil
	})
	return nil
}

// Where variables of the session lead names to schemas, tables of other schemas are opened by name only, and never beside a model.
func TestRecordsOfOtherSchemas(t *testing.T) {
	db := forumDB(t, recordEngines()[1], `CREATE SCHEMA tenant_1; CREATE SCHEMA tenant_2; CREATE TABLE tenant_2.accounts (id BIGINT PRIMARY KEY); CREATE TABLE tenant_2.bills (id BIGINT PRIMARY KEY);
		CREATE TABLE countries (id BIGINT PRIMARY KEY)`, orm.Models(account{}))
	if err := db.Use(pathSetter{}); err != nil {
		t.Fatal(err)
	}
	tables, err := introspect.Open(t.Context(), db)
	if err != nil || !slices.Equal(tables.Names(), []string{"countries"}) {
		t.Error(tables.Names(), err)
	}
	tables, err = introspect.Open(t.Context(), db, introspect.Schemas("tenant_2"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tables.Table("tenant_2.accounts").Count(as(t.Context(), 1), nil); !errors.Is(err, orm.ErrUnsupported) {
		t.Error(err)
	}
}

// A model without a schema maps the table that the search path leads to, and rows of children are its rows.
func TestRecordsOfTheSearchPath(t *testing.T) {
	e := recordEngines()[1]
	address := e.make(t)
	e.load(t, address, tenants+`CREATE SCHEMA app; CREATE TABLE app.notes (id BIGINT PRIMARY KEY); CREATE TABLE premium (extra TEXT) INHERITS (accounts)`)
	db := open(t, e.open(address+"&search_path=app%2Cpublic"), orm.Models(account{}))
	tables, err := introspect.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	ctx := as(t.Context(), 1)
	if got, err := tables.Table("public.accounts").List(ctx, introspect.Args{Limit: 1}); err != nil || strings.Contains(text(t, got), "hush") {
		t.Errorf("%s, %v", text(t, got), err)
	}
	if _, err := tables.Table("public.premium").Count(ctx, nil); !errors.Is(err, orm.ErrUnsupported) {
		t.Error(err)
	}
	if _, err := introspect.Open(t.Context(), db, introspect.Global("public.accounts")); !errors.Is(err, orm.ErrInvalid) {
		t.Error(err)
	}
}
