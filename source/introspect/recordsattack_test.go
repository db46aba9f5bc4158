package introspect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/introspect"
)

// account is a model beside tables that have none.
type account struct {
	ID       int64  `orm:"id,auto,table=accounts"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Email    string `orm:"email"`
	Secret   string `orm:"secret,hidden"`
	Plan     string `orm:"plan,readonly"`
	Rank     int64  `orm:"score,noquery"`
	Version  int64  `orm:"version,version"`
}

// Rows 1 to 9 are of tenant 1, 11 to 19 of tenant 2; 5 and 15 are crossed: they refer to a row of the other tenant.
const tenants = `
CREATE TABLE accounts (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, email TEXT NOT NULL, secret TEXT NOT NULL, plan TEXT NOT NULL DEFAULT 'free', score BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE TABLE threads (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, account_id INTEGER NOT NULL REFERENCES accounts, parent_id INTEGER REFERENCES threads, title TEXT NOT NULL, deleted_at TIMESTAMP);
CREATE TABLE comments (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, thread_id INTEGER NOT NULL REFERENCES threads, body TEXT NOT NULL);
CREATE TABLE countries (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO accounts VALUES (1, 1, 'a@1', 'hush1', 'free', 1, 1), (11, 2, 'a@2', 'hush2', 'free', 1, 1);
INSERT INTO threads VALUES (1, 1, 1, NULL, 'one', NULL), (2, 1, 1, 1, 'two', NULL), (3, 1, 1, 1, 'gone', '2024-01-01 00:00:00'), (5, 1, 11, 11, 'crossed', NULL),
 (11, 2, 11, NULL, 'uno', NULL), (12, 2, 11, 11, 'dos', NULL), (13, 2, 11, 11, 'ida', '2024-01-01 00:00:00'), (15, 2, 1, 1, 'cruzado', NULL);
INSERT INTO comments VALUES (1, 1, 1, 'x'), (2, 1, 3, 'below a deleted one'), (5, 1, 11, 'crossed'), (11, 2, 11, 'y'), (15, 2, 1, 'cruzado');
INSERT INTO countries VALUES (1, 'AT');
`

func tenantOptions() []introspect.Option {
	return []introspect.Option{introspect.Tenant("tenant_id"), introspect.SoftDelete("deleted_at"), introspect.Global("countries"),
		introspect.Relate("threads.account_id", "account", "threads"), introspect.Relate("threads.parent_id", "parent", "replies"), introspect.Relate("comments.thread_id", "thread", "comments")}
}

func as(ctx context.Context, tenant int64) context.Context {
	return orm.WithActor(ctx, orm.Actor{ID: tenant, TenantID: tenant, Role: "user"})
}

// foreign looks for rows of the other tenant anywhere in records.
func foreign(v any, mine int64) string {
	switch v := v.(type) {
	case []introspect.Record:
		for _, r := range v {
			if s := foreign(r, mine); s != "" {
				return s
			}
		}
	case introspect.Record:
		if got := v.Get("tenant_id"); v.Has("tenant_id") && got != mine {
			return fmt.Sprintf("a row of tenant %v", got)
		}
		if v.Has("secret") {
			return "a hidden column"
		}
		for name, x := range v.All() {
			if s := foreign(x, mine); s != "" {
				return name + ": " + s
			}
		}
	}
	return ""
}

func TestRecordsKeepTenantsApart(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, tenants, orm.Models(account{}))
		seen := 0
		if err := db.Use(rls.Tenant(), hook.SoftDelete(), hook.Hook{Name: "count", Before: func(context.Context, *hook.Op) error { seen++; return nil }}); err != nil {
			t.Fatal(err)
		}
		tables, err := introspect.Open(t.Context(), db.Source("main"), tenantOptions()...)
		if err != nil {
			t.Fatal(err)
		}
		everything := func() string {
			var all []string
			ctx := rls.Bypass(t.Context(), "the test looks after what it planted")
			for _, name := range []string{"accounts", "threads", "comments", "countries"} {
				rows, err := tables.Table(name).List(ctx, introspect.Args{OrderBy: "id"})
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, text(t, rows))
			}
			return strings.Join(all, "\n")
		}
		before := everything()
		deep := map[string]introspect.Args{"comments": {With: map[string]introspect.Args{"thread": {With: map[string]introspect.Args{"account": {}, "parent": {}}}}},
			"account": {With: map[string]introspect.Args{"threads": {With: map[string]introspect.Args{"comments": {}, "replies": {}}}}}, "parent": {With: map[string]introspect.Args{"account": {}}},
			"replies": {With: map[string]introspect.Args{"account": {}, "comments": {}}}}
		for _, mine := range []int64{1, 2} {
			ctx, other := as(t.Context(), mine), 3-mine
			first := (other-1)*10 + 1 // row of the other tenant
			for _, name := range []string{"accounts", "threads", "comments"} {
				rows := tables.Table(name)
				with := map[string]map[string]introspect.Args{"threads": deep, "comments": {"thread": {With: deep}}, "accounts": {"threads": {With: deep}}}[name]
				if name != "threads" { // one level less
					with = map[string]map[string]introspect.Args{"comments": {"thread": {With: map[string]introspect.Args{"account": {}, "replies": {}, "parent": {}}}}, "accounts": {"threads": {With: map[string]introspect.Args{"comments": {}, "parent": {}}}}}[name]
				}
				all, err := rows.List(ctx, introspect.Args{With: with})
				if err != nil || len(all) == 0 {
					t.Fatalf("%s: %d rows, %v", name, len(all), err)
				}
				if s := foreign(all, mine); s != "" {
					t.Errorf("%s of %d: %s in %s", name, mine, s, text(t, all))
				}
				for label, f := range map[string]introspect.Filter{"id": {"id": first}, "list": {"id": introspect.AnyOf(first, first+1)}, "tenant": {"tenant_id": other},
					"not mine": {"tenant_id": introspect.Not(mine)}, "either": {"tenant_id": introspect.AnyOf(other, introspect.Not(nil)), "id": first}} {
					if got, err := rows.List(ctx, introspect.Args{Filter: f, With: with}); err != nil || len(got) != 0 {
						t.Errorf("List %s by %s: %v, %v", name, label, text(t, got), err)
					}
					if n, err := rows.Count(ctx, f); err != nil || n != 0 {
						t.Errorf("Count %s by %s: %d, %v", name, label, n, err)
					}
					if _, err := rows.First(ctx, introspect.Args{Filter: f}); !errors.Is(err, orm.ErrNotFound) {
						t.Errorf("First %s by %s: %v", name, label, err)
					}
					column := map[string]string{"accounts": "email", "threads": "title", "comments": "body"}[name]
					if got, err := rows.Change(ctx, f, introspect.Values{column: "taken"}); len(got) != 0 {
						t.Errorf("Change %s by %s: %v, %v", name, label, text(t, got), err)
					}
					if n, err := rows.Delete(ctx, f); n != 0 {
						t.Errorf("Delete %s by %s: %d, %v", name, label, n, err)
					}
				}
				if got, err := rows.Change(ctx, introspect.Filter{"id": introspect.AtLeast(0)}, introspect.Values{"tenant_id": other}); err == nil {
					t.Errorf("%s were given away: %s", name, text(t, got))
				}
			}
			own := (mine-1)*10 + 1
			for label, c := range map[string]struct {
				err  error
				want error
			}{
				"for the other":         {second(tables.Table("threads").Create(ctx, introspect.Values{"id": 99, "tenant_id": other, "account_id": own, "title": "x"})), orm.ErrDenied},
				"below the other":       {second(tables.Table("threads").Create(ctx, introspect.Values{"id": 99, "account_id": first, "title": "x"})), orm.ErrReference},
				"below its thread":      {second(tables.Table("threads").Create(ctx, introspect.Values{"id": 99, "account_id": own, "parent_id": first, "title": "x"})), orm.ErrReference},
				"one of two":            {second(tables.Table("comments").Create(ctx, introspect.Values{"id": 98, "thread_id": own, "body": "x"}, introspect.Values{"id": 99, "thread_id": first, "body": "x"})), orm.ErrReference},
				"below a deleted one":   {second(tables.Table("comments").Create(ctx, introspect.Values{"id": 99, "thread_id": own + 2, "body": "x"})), orm.ErrReference},
				"moved below the other": {second(tables.Table("comments").Change(ctx, introspect.Filter{"id": own}, introspect.Values{"thread_id": first})), orm.ErrReference},
				"an account":            {second(tables.Table("accounts").Create(ctx, introspect.Values{"tenant_id": other, "email": "x", "secret": "x", "score": 1})), orm.ErrDenied},
				"hidden":                {second(tables.Table("accounts").Count(ctx, introspect.Filter{"secret": "hush1"})), orm.ErrInvalid},
				"hidden order":          {second(tables.Table("accounts").List(ctx, introspect.Args{OrderBy: "secret"})), orm.ErrInvalid},
				"noquery":               {second(tables.Table("accounts").Count(ctx, introspect.Filter{"score": 1})), orm.ErrInvalid},
				"readonly":              {second(tables.Table("accounts").Change(ctx, introspect.Filter{"id": own}, introspect.Values{"plan": "gold"})), orm.ErrInvalid},
				"readonly new":          {second(tables.Table("accounts").Create(ctx, introspect.Values{"email": "x", "secret": "x", "score": 1, "plan": "gold"})), orm.ErrInvalid},
				"nobody reads":          {second(tables.Table("threads").List(t.Context(), introspect.Args{})), orm.ErrNoActor},
				"nobody counts":         {second(tables.Table("accounts").Count(t.Context(), nil)), orm.ErrNoActor},
				"nobody creates":        {second(tables.Table("threads").Create(t.Context(), introspect.Values{"id": 99, "tenant_id": 1, "account_id": 1, "title": "x"})), orm.ErrNoActor},
				"nobody deletes":        {second(tables.Table("threads").EveryRow().Delete(t.Context(), nil)), orm.ErrNoActor},
			} {
				if !errors.Is(c.err, c.want) {
					t.Errorf("%s: %v, want %v", label, c.err, c.want)
				}
			}
			if n, err := tables.Table("countries").Count(ctx, nil); n != 1 || err != nil {
				t.Error(n, err)
			}
		}
		_, err = tables.Table("threads").Create(rls.Bypass(t.Context(), "nobody's row"), introspect.Values{"id": 99, "account_id": 1, "title": "x"})
		if !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("a row of no tenant: %v", err)
		}
		if after := everything(); after != before {
			t.Errorf("rows changed:\n%s\nwere\n%s", after, before)
		}
		if seen == 0 {
			t.Error("no hook saw a call")
		}
		// what is the actor's own is written, scoped and soft-deleted
		ctx := as(t.Context(), 1)
		made, err := tables.Table("threads").Create(ctx, introspect.Values{"id": 7, "account_id": 1, "title": "new"})
		if err != nil || made[0].Get("tenant_id") != int64(1) {
			t.Errorf("%s, %v", text(t, made), err)
		}
		if n, err := tables.Table("threads").Delete(ctx, introspect.Filter{"id": 7}); n != 1 || err != nil {
			t.Error(n, err)
		}
		if n, err := tables.Table("threads").EveryRow().Delete(ctx, nil); n != 3 || err != nil { // of the tenant alone
			t.Error(n, err)
		}
		changed, err := tables.Table("accounts").Change(ctx, introspect.Filter{"id": 1}, introspect.Values{"email": "b@1"})
		if err != nil || changed[0].Get("version") != int64(2) || changed[0].Has("secret") {
			t.Errorf("%s, %v", text(t, changed), err)
		}
	})
}

// Scopes that come after Open hold, or refuse every call where the tables do not fit them.
func TestRecordsFollowUse(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, tenants, orm.Models(account{}))
		fit, err := introspect.Open(t.Context(), db, tenantOptions()...)
		if err != nil {
			t.Fatal(err)
		}
		unfit, err := introspect.Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := unfit.Table("threads").Count(t.Context(), nil); n != 8 || err != nil {
			t.Error(n, err)
		}
		if err := db.Use(rls.Tenant()); err != nil {
			t.Fatal(err)
		}
		if _, err := fit.Table("threads").Count(t.Context(), nil); !errors.Is(err, orm.ErrNoActor) {
			t.Error(err)
		}
		if n, err := fit.Table("threads").Count(as(t.Context(), 1), nil); n != 4 || err != nil {
			t.Error(n, err)
		}
		if _, err := unfit.Table("accounts").Count(as(t.Context(), 1), nil); !errors.Is(err, orm.ErrInvalid) {
			t.Error(err)
		}
		if _, err := introspect.Open(t.Context(), db); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "threads") {
			t.Error(err)
		}
		other := forumDB(t, e, tenants)
		err = other.Tx(t.Context(), func(tx orm.DB) error { return second(fit.In(tx).Table("threads").Count(as(t.Context(), 1), nil)) })
		if !errors.Is(err, orm.ErrInvalid) {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := fit.Table("threads").Count(as(t.Context(), 1), nil); !errors.Is(err, orm.ErrClosed) {
			t.Error(err)
		}
	})
}

// A hook's own writes join the transaction of a record's write, and the other way round.
func TestRecordsJoinHooks(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, tenants, orm.Models(account{}))
		tables, err := introspect.Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Use(hook.Hook{Name: "log", After: func(ctx context.Context, op *hook.Op) error {
			if op.Model.Name != "threads" || op.Kind != hook.Create {
				return nil
			}
			if err := orm.Repo[account](db).Create(ctx, &account{Email: "log", Secret: "x"}); err != nil {
				return err
			}
			return errors.New("refused after all")
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := tables.Table("threads").Create(ctx, introspect.Values{"id": 50, "tenant_id": 1, "account_id": 1, "title": "x"}); err == nil {
			t.Error("the hook's error was lost")
		}
		for name, want := range map[string]int64{"accounts": 2, "threads": 8} {
			if n, err := tables.Table(name).Count(ctx, nil); n != want || err != nil {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
	})
}
