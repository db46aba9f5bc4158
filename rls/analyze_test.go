package rls_test

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// An analysed query runs under the scopes and hooks of any other, and its row counts tell nothing of other tenants.
func TestAnalyzeCountsTheTenantsRowsOnly(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		q := orm.Repo[user](w.db).Include("Orders", "Teams").Where(orm.Or(users.ID.Gt(0), users.ID.Lte(0)))
		for _, ctx := range []context.Context{w.a, w.b} {
			p, err := q.Explain(ctx, orm.Analyze)
			must(t, err)
			if len(p.Steps) != 3 {
				t.Fatalf("%d steps", len(p.Steps))
			}
			for i, want := range []int64{2, 2, 1} {
				if s := p.Steps[i]; s.Ran.Rows != want || len(s.Scopes) == 0 {
					t.Errorf("step %q: %d rows, want %d; scopes %v", s.Path, s.Ran.Rows, want, s.Scopes)
				}
			}
		}
		_, err := q.Explain(t.Context(), orm.Analyze)
		is(t, "no actor", err, orm.ErrNoActor)
		seen := 0
		must(t, w.db.Use(hook.Hook{Name: "count", Before: func(context.Context, *hook.Op) error { seen++; return nil }}))
		_, err = q.Explain(w.a, orm.Analyze)
		must(t, err)
		if seen != 3 {
			t.Errorf("%d hooks ran, want 3", seen)
		}
		must(t, w.db.Use(hook.Hook{Name: "deny", Before: func(context.Context, *hook.Op) error { return orm.ErrDenied }}))
		_, err = q.Explain(w.a, orm.Analyze)
		is(t, "a hook denies", err, orm.ErrDenied)
	})
}
