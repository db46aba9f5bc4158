package introspect_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/introspect"
)

// The bounds of orm.Limits hold below records, and count the limit of each parent first.
func TestRecordsLimits(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		statements := 0
		var mu sync.Mutex
		db := forumDB(t, e, forum, orm.Limits{MaxFanOut: 2, MaxIncludeDepth: 2}, orm.Observer(func(_ context.Context, _ orm.Statement) {
			mu.Lock()
			defer mu.Unlock()
			statements++
		}))
		users := related(t, db).Table("users")
		with := func(a introspect.Args) introspect.Args {
			return introspect.Args{With: map[string]introspect.Args{"threads": a}}
		}
		if _, err := users.List(t.Context(), with(introspect.Args{})); !errors.Is(err, orm.ErrLimit) {
			t.Error(err)
		}
		statements = 0
		if _, err := users.List(t.Context(), with(introspect.Args{Limit: 2, With: map[string]introspect.Args{"editor": {}}})); err != nil {
			t.Error(err)
		}
		if statements != 3 {
			t.Errorf("%d statements for three levels", statements)
		}
		statements = 0
		if _, err := users.List(t.Context(), with(introspect.Args{With: map[string]introspect.Args{"editor": {With: map[string]introspect.Args{"boss": {}}}}})); !errors.Is(err, orm.ErrLimit) || statements > 0 {
			t.Errorf("%d statements, %v", statements, err)
		}
	})
}

// Key makes a table without a key one that is written.
func TestRecordsKey(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, forum)
		tables, err := introspect.Open(t.Context(), db, introspect.Key("loose", "x"), introspect.Only("loose", "adults"))
		if err != nil {
			t.Fatal(err)
		}
		if got := tables.Names(); !slices.Equal(got, []string{"adults", "loose"}) {
			t.Error(got)
		}
		if _, err := tables.Table("loose").Create(t.Context(), introspect.Values{"x": 3, "y": "c"}); err != nil {
			t.Error(err)
		}
		changed, err := tables.Table("loose").Change(t.Context(), introspect.Filter{"x": 3}, introspect.Values{"y": nil})
		if err != nil || text(t, changed) != `[{"x":3,"y":null}]` {
			t.Errorf("%s, %v", text(t, changed), err)
		}
	})
}

// The table of a model is the model's in any letter case that the database takes for the same.
func TestRecordsCaseOfTables(t *testing.T) {
	e := engines()[0]
	db := forumDB(t, e, `CREATE TABLE "ACCOUNTS" (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, email TEXT NOT NULL, SECRET TEXT NOT NULL, plan TEXT NOT NULL, score BIGINT NOT NULL, version BIGINT NOT NULL, extra TEXT);
		INSERT INTO accounts VALUES (1, 1, 'a', 'hush', 'free', 1, 1, 'x')`, orm.Models(account{}))
	tables, err := introspect.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := tables.Table("ACCOUNTS").List(t.Context(), introspect.Args{})
	if err != nil || text(t, rows) != `[{"id":1,"tenant_id":1,"email":"a","plan":"free","score":1,"version":1}]` {
		t.Errorf("%s, %v", text(t, rows), err)
	}
	if _, err := tables.Table("ACCOUNTS").Count(t.Context(), introspect.Filter{"SECRET": "hush"}); !errors.Is(err, orm.ErrInvalid) {
		t.Error(err)
	}
}

// Tables serve many goroutines, while hooks are registered.
func TestRecordsAtOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, forum)
		tables := related(t, db)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 5 {
					rows, err := tables.Table("users").List(t.Context(), introspect.Args{With: map[string]introspect.Args{"threads": {}}})
					if err != nil || len(rows) != 3 {
						t.Error(len(rows), err)
					}
				}
			})
		}
		for range 5 {
			if err := db.Use(hook.Hook{Before: func(context.Context, *hook.Op) error { return nil }}); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
	})
}
