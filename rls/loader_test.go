package rls_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Loads of two tenants with one loader never show the rows of the other, what a bypass shows, nor deleted rows.
func TestLoadsStayInTheTenant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us := orm.Repo[user](w.db)
		gone := user{Email: "gone@x"}
		must(t, us.Create(w.a, &gone))
		_, err := us.ByID(gone.ID).Delete(w.a)
		must(t, err)
		ctx := orm.WithLoader(t.Context())
		under := func(of context.Context) context.Context {
			a, _ := orm.ActorFrom(of)
			return orm.WithActor(ctx, a)
		}
		a, b := under(w.a), under(w.b)
		all := rls.Bypass(a, "a test of what is remembered")
		for range 3 {
			var wg sync.WaitGroup
			for _, c := range []struct {
				ctx   context.Context
				shows map[int64]bool
			}{{a, map[int64]bool{w.mine.ID: true}}, {b, map[int64]bool{w.theirs.ID: true}}, {all, map[int64]bool{w.mine.ID: true, w.theirs.ID: true}}} {
				for _, id := range []int64{w.mine.ID, w.theirs.ID, gone.ID} {
					wg.Go(func() {
						row, err := us.Load(c.ctx, id)
						switch {
						case c.shows[id] && (err != nil || row.ID != id):
							t.Errorf("%+v, %v", row, err)
						case !c.shows[id] && !errors.Is(err, orm.ErrNotFound):
							t.Errorf("a row of another tenant, or a deleted one: %+v, %v", row, err)
						}
					})
				}
			}
			wg.Go(func() {
				if _, err := us.Load(ctx, w.mine.ID); !errors.Is(err, orm.ErrNoActor) {
					t.Errorf("nobody: %v", err)
				}
			})
			wg.Wait()
		}
	})
}

// What a policy makes of the context, the actor being the same, is not shared either.
func TestLoadsHeedWhatPoliciesRead(t *testing.T) {
	taskDBs(t, func(t *testing.T, db orm.DB) {
		type level struct{}
		must(t, db.Use(rls.Policy(func(ctx context.Context, _ orm.Actor) (orm.Pred[task], error) {
			most, _ := ctx.Value(level{}).(int)
			return tasks.Level.Lte(most), nil
		})))
		repo := orm.Repo[task](db)
		ctx := orm.WithLoader(as(t, 1, "clerk"))
		low, high := context.WithValue(ctx, level{}, 1), context.WithValue(ctx, level{}, 9)
		row := task{Title: "high", Level: 5}
		must(t, repo.Create(high, &row))
		for range 2 {
			_, err := repo.Load(high, row.ID)
			must(t, err)
			_, err = repo.Load(low, row.ID)
			is(t, "a load of what the policy hides", err, orm.ErrNotFound)
		}
	})
}

// A hook that is left out masks nothing, for the call that left it out alone; one that must stay is refused on a row that
// is remembered too.
func TestLoadsHeedTheHooksThatAreLeftOut(t *testing.T) {
	taskDBs(t, func(t *testing.T, db orm.DB) {
		mask := hook.After[task](func(_ context.Context, op *hook.Op) error {
			for i := range op.Rows.Len() {
				op.Rows.Index(i).Addr().Interface().(*task).Title = "***"
			}
			return nil
		})
		mask.Name, mask.Optional = "mask", true
		must(t, db.Use(mask, hook.Hook{Name: "stays", Before: func(context.Context, *hook.Op) error { return nil }}))
		row := task{OwnerID: 1, Title: "secret"}
		must(t, orm.Repo[task](db).Create(t.Context(), &row))
		for _, first := range []string{"masked", "bare"} {
			ctx := orm.WithLoader(t.Context())
			bare := hook.Without(ctx, "mask")
			load := func(ctx context.Context, want string) {
				t.Helper()
				if got, err := orm.Repo[task](db).Load(ctx, row.ID); err != nil || got.Title != want {
					t.Errorf("%s first: %q, %v, want %q", first, got.Title, err, want)
				}
			}
			if first == "bare" {
				load(bare, "secret")
			}
			for range 2 {
				load(ctx, "***")
				load(bare, "secret")
				load(hook.Without(bare, "mask"), "secret")
				if _, err := orm.Repo[task](db).Load(hook.Without(ctx, "stays"), row.ID); !errors.Is(err, orm.ErrDenied) {
					t.Errorf("%s first: a hook that must stay was left out: %v", first, err)
				}
			}
		}
	})
}
