package rls_test

import (
	"context"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

type total struct {
	Email string  `orm:"email"`
	Total float64 `orm:"total"`
}

// SQL text whose tables are placeholders reads the caller's rows, living ones, without a bypass and without row policies.
func TestGuardPlaceholdersAreScoped(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		db := w.db
		root := rls.Bypass(t.Context(), "plant rows that no tenant could")
		must(t, orm.Repo[order](db).Create(root, &order{AgencyID: w.theirs.AgencyID, UserID: w.mine.ID, Total: 1e6})) // theirs, of my user
		sums := func(ctx context.Context) []total {
			t.Helper()
			got, err := orm.Raw[total](ctx, db, `WITH paid AS (SELECT user_id, sum(total) AS total FROM {{order}} WHERE total > :least OR 1 = 1 GROUP BY user_id)
				SELECT u.email, paid.total FROM {{user}} u JOIN paid ON paid.user_id = u.id -- {{user}}
				WHERE u.email <> '{{user}}' AND u.email NOT IN (:none) ORDER BY u.email`, orm.Args{"least": 5, "none": []string{"x", "y"}})
			must(t, err)
			return got
		}
		if got := sums(w.a); len(got) != 1 || got[0] != (total{w.mine.Email, 30}) {
			t.Errorf("mine: %+v", got)
		}
		if got := sums(w.b); len(got) != 1 || got[0] != (total{w.theirs.Email, 30}) {
			t.Errorf("theirs: %+v", got)
		}
		if got := sums(root); len(got) != 2 || got[0].Total != 1e6+30 {
			t.Errorf("all: %+v", got)
		}
		n := func(ctx context.Context, text string) int64 {
			t.Helper()
			got, err := orm.Raw[int64](ctx, db, orm.Unsafe(text))
			must(t, err)
			return got[0]
		}
		if got := n(w.a, "SELECT count(*) FROM {{orders}} WHERE orders.total > 0"); got != 2 {
			t.Errorf("by the name of the table: %d", got)
		}
		if got := n(w.a, "SELECT (SELECT count(*) FROM {{order}}) + (SELECT count(*) FROM {{order}}) + (SELECT count(*) FROM {{user}} WHERE id IN (SELECT user_id FROM {{order}}))"); got != 5 {
			t.Errorf("the same placeholder several times: %d", got)
		}
		if got := n(w.a, "SELECT count(*) FROM {{user}} a CROSS JOIN {{user}} b"); got != 4 {
			t.Errorf("one table twice: %d", got)
		}
		for row, err := range orm.RawRows[total](w.a, db, "SELECT u.email, o.total FROM {{user}} AS u, {{order}} AS o WHERE o.user_id = u.id") {
			if must(t, err); row.Total >= 1e6 || row.Email != w.mine.Email {
				t.Errorf("a stream: %+v", row)
			}
		}
		must(t, db.Tx(w.a, func(tx orm.DB) error {
			got, err := orm.Raw[int64](w.a, tx, "SELECT count(*) FROM {{order}}")
			if len(got) != 1 || got[0] != 2 {
				t.Errorf("in a transaction: %v", got)
			}
			return err
		}))
		_, err := orm.Raw[int64](t.Context(), db, "SELECT count(*) FROM {{order}}")
		is(t, "nobody", err, orm.ErrNoActor)

		_, err = orm.Repo[user](db).ByID(w.mine.ID).Delete(w.a)
		must(t, err)
		if got := sums(w.a); len(got) != 0 {
			t.Errorf("a deleted user: %+v", got)
		}
	})
}

// What stands beside the placeholders needs a bypass still, and a placeholder stands for rows that are read.
func TestGuardPlaceholdersLetNothingElseIn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for _, text := range []string{
			"SELECT count(*) FROM {{order}}, orders", "SELECT count(*) FROM {{order}} o JOIN \"orders\" x ON 1 = 1", "SELECT count(*) FROM {{user}} UNION ALL SELECT count(*) FROM orders",
			"SELECT (SELECT count(*) FROM orders) FROM {{user}}", "SELECT count(*) FROM {{user}} WHERE id IN (SELECT user_id FROM orders)",
			"WITH o AS (SELECT * FROM orders) SELECT count(*) FROM o, {{user}}", "SELECT count(*) FROM {{user}} AS orders, (SELECT * FROM orders) x",
			"SELECT count(*) FROM {{user}} AS u JOIN {{order}} AS window ON u.id = window.user_id, orders",
			"WITH u AS (UPDATE orders SET total = 0 RETURNING 1) SELECT count(*) FROM {{user}}", "SELECT count(*) FROM {{user}} WHERE id IN orders",
		} {
			_, err := orm.Raw[int64](w.a, w.db, orm.Unsafe(text))
			is(t, text, err, orm.ErrDenied)
			for _, err := range orm.RawRows[int64](w.a, w.db, orm.Unsafe(text)) {
				is(t, text, err, orm.ErrDenied)
			}
		}
		for _, text := range []string{
			"INSERT INTO {{order}} (total) VALUES (1)", "UPDATE {{order}} SET total = 0", "DELETE FROM {{order}}", "SELECT {{order}}", "SELECT * FROM {{order}}; SELECT 1",
			"WITH orders AS (SELECT 1 AS x) SELECT count(*) FROM orders, {{order}}", "WITH Orders AS (SELECT 1 AS x) SELECT count(*) FROM {{user}}", "SELECT $$ FROM {{order}} $$", "SELECT count(*) FROM main.{{order}}",
		} {
			_, err := orm.Raw[int64](w.a, w.db, orm.Unsafe(text))
			is(t, text, err, orm.ErrInvalid)
			_, err = w.db.Exec(w.a, orm.Unsafe(text))
			is(t, "Exec "+text, err, orm.ErrInvalid)
		}
		_, err := w.db.Exec(w.a, "SELECT * FROM {{order}}")
		is(t, "Exec", err, orm.ErrInvalid)
		_, err = orm.Raw[int64](w.a, w.db, "SELECT count(*) FROM {{oder}}")
		is(t, "a name that is none", err, orm.ErrInvalid)
		if !strings.Contains(err.Error(), `did you mean "order"`) {
			t.Error(err)
		}
		for _, args := range [][]any{{}, {1, 2}} {
			p := "$1"
			if strings.Contains(t.Name(), "sqlite") {
				p = "?"
			}
			_, err = orm.Raw[int64](w.a, w.db, orm.Unsafe("SELECT count(*) FROM {{order}} WHERE agency_id = "+p), args...)
			is(t, "another number of arguments", err, orm.ErrInvalid)
		}
		root := rls.Bypass(t.Context(), "a text that names a table as well")
		if _, err := orm.Raw[int64](root, w.db, "SELECT count(*) FROM {{user}} JOIN orders ON 1 = 1"); err != nil {
			t.Error(err)
		}
	})
}

// A placeholder has no column that is emptied in results, searchable or not, and a role that may not read a model has no rows of it.
func TestGuardPlaceholdersShowNoEmptiedColumn(t *testing.T) {
	for _, h := range []hook.Sanitizer{hook.Sanitize(), hook.Sanitize("patient.Name").Searchable()} {
		databases(t, []any{patient{}, ward{}, visit{}}, func(t *testing.T, db orm.DB) {
			ctx := t.Context()
			must(t, orm.Repo[patient](db).Create(ctx, &patient{Name: "Ann", Nick: "a"}))
			must(t, db.Use(h))
			if _, err := orm.Raw[string](ctx, db, "SELECT p.name FROM {{patient}} p"); err == nil {
				t.Error("the name comes out")
			}
			got, err := orm.Raw[map[string]any](ctx, db, "SELECT * FROM {{patient}} AS p")
			must(t, err)
			if _, shown := got[0]["name"]; shown || got[0]["nick"] != "a" {
				t.Errorf("%v", got)
			}
		})
	}
	databases(t, []any{task{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.RBAC{"task": {"reader": rls.Read}}))
		_, err := orm.Raw[int64](as(t, 1, "writer"), db, "SELECT count(*) FROM {{task}}")
		is(t, "a role that may not read", err, orm.ErrDenied)
		_, err = orm.Raw[int64](as(t, 1, "reader"), db, "SELECT count(*) FROM {{task}}")
		must(t, err)
	})
}
