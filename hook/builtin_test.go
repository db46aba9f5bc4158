package hook_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

func TestSanitizeEmptiesFieldsAtEveryDepth(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		repo := orm.Repo[account](db)
		row := account{TenantID: 1, Email: "a@x.org", Secret: "s"}
		must(t, repo.Create(ctx, &row))
		must(t, orm.Repo[note](db).Create(ctx, &note{TenantID: 1, AccountID: row.ID, Secret: "n"}))
		must(t, db.Use(hook.Sanitize()))
		got, err := repo.ByID(row.ID).With(accounts.Notes).One(ctx)
		must(t, err)
		if got.Secret != "" || got.Notes[0].Secret != "" {
			t.Errorf("told %q and %q", got.Secret, got.Notes[0].Secret)
		}
		for r, err := range repo.Rows(ctx) {
			must(t, err)
			if r.Secret != "" {
				t.Errorf("streamed %q", r.Secret)
			}
		}
		got.Hits = 2
		must(t, repo.Save(ctx, &got))
		kept, err := orm.Raw[string](ctx, db, "SELECT secret FROM accounts")
		must(t, err)
		if kept[0] != "s" {
			t.Errorf("Save wrote the emptiness over the secret: %q", kept[0])
		}
	})
}

func TestMaxRows(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		must(t, db.Use(hook.MaxRows(2)))
		repo := orm.Repo[account](db)
		_, err := repo.CreateMany(ctx, []account{{TenantID: 1, Email: "a@x"}, {TenantID: 1, Email: "b@x"}, {TenantID: 1, Email: "c@x"}})
		must(t, err)
		if _, err := repo.All(ctx); !errors.Is(err, orm.ErrLimit) {
			t.Errorf("all three: %v", err)
		}
		if _, err := repo.Take(3).All(ctx); !errors.Is(err, orm.ErrLimit) {
			t.Errorf("asking for three: %v", err)
		}
		if rows, err := repo.Take(2).All(ctx); err != nil || len(rows) != 2 {
			t.Errorf("two: %v, %v", rows, err)
		}
	})
}

func TestValidateListsFieldsAndNoValues(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		must(t, db.Use(hook.Validate(), hook.Timestamps("CreatedAt", "UpdatedAt")))
		repo := orm.Repo[account](db)
		err := repo.Create(ctx, &account{TenantID: 1, Email: "not an address", Hits: -1})
		var e *orm.Error
		if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &e) || e.Model != "account" ||
			!strings.Contains(err.Error(), "Email") || !strings.Contains(err.Error(), "Hits") || strings.Contains(err.Error(), "not an address") {
			t.Errorf("create: %v", err)
		}
		row := account{TenantID: 1, Email: "a@x.org"}
		must(t, repo.Create(ctx, &row))
		if row.CreatedAt.IsZero() || row.UpdatedAt.IsZero() {
			t.Error("no timestamps")
		}
		if _, err := repo.ByID(row.ID).Update(ctx, accounts.Hits.Set(-5)); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("update: %v", err)
		}
		got, err := repo.ByID(row.ID).Update(ctx, accounts.Hits.Set(5)) // only what is assigned is checked
		must(t, err)
		if !got.UpdatedAt.After(row.CreatedAt) {
			t.Error("the update has no time")
		}
	})
}

func TestSlowQueryTellsTheCaller(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		var got []hook.Slow
		now := time.Unix(0, 0)
		clock := func() time.Time { now = now.Add(time.Second); return now }
		must(t, db.Use(hook.SlowQuery(time.Second, hook.SlowClock(clock), hook.SlowTo(func(_ context.Context, s hook.Slow) { got = append(got, s) }))))
		_, err := orm.Repo[account](db).All(ctx)
		must(t, err)
		if len(got) != 1 || got[0].Model != "account" || got[0].Op != "All" || got[0].Took != time.Second || !strings.HasPrefix(got[0].Caller, "builtin_test.go:") {
			t.Errorf("reported %+v", got)
		}
	})
}

func TestAfterCommitRunsOnceTheTransactionHolds(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		sent := 0
		must(t, db.Use(hook.Hook{Name: "mail", After: func(_ context.Context, op *hook.Op) error {
			op.AfterCommit(func(context.Context) { sent++ })
			return nil
		}}))
		undo := errors.New("undo")
		err := db.Tx(ctx, func(tx orm.DB) error {
			must(t, orm.Repo[account](tx).Create(ctx, &account{TenantID: 1, Email: "a@x"}))
			return undo
		})
		if !errors.Is(err, undo) || sent != 0 {
			t.Errorf("rolled back, yet sent %d: %v", sent, err)
		}
		err = db.Tx(ctx, func(tx orm.DB) error {
			must(t, orm.Repo[account](tx).Create(ctx, &account{TenantID: 1, Email: "a@x"}))
			if sent != 0 {
				t.Error("sent before the commit")
			}
			return nil
		})
		must(t, err)
		if sent != 1 {
			t.Errorf("sent %d times", sent)
		}
	})
}

// Groups are rows too: reading one for each key is no way round the bound.
func TestMaxRowsBoundsGroups(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		type byEmail struct {
			Email string
			N     int64 `orm:"agg=count(*)"`
		}
		must(t, db.Use(hook.MaxRows(2)))
		r := orm.Repo[account](db)
		for _, e := range []string{"a@x.org", "b@x.org"} {
			must(t, r.Create(ctx, &account{Email: e}))
		}
		if rows, err := orm.Aggregate[byEmail](ctx, r); err != nil || len(rows) != 2 {
			t.Errorf("two groups: %v, %v", rows, err)
		}
		must(t, r.Create(ctx, &account{Email: "c@x.org"}))
		for _, opts := range [][]orm.AggregateOption{nil, {orm.GroupTake(3)}} {
			if rows, err := orm.Aggregate[byEmail](ctx, r, opts...); !errors.Is(err, orm.ErrLimit) || rows != nil {
				t.Errorf("three groups: %v, %v", rows, err)
			}
		}
		if rows, err := orm.Aggregate[byEmail](ctx, r, orm.GroupTake(2)); err != nil || len(rows) != 2 {
			t.Errorf("two of three groups: %v, %v", rows, err)
		}
	})
}
