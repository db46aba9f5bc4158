package rls_test

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

type byUser struct {
	UserID int64
	Orders int64    `orm:"agg=count(*)"`
	Total  float64  `orm:"agg=sum(Total)"`
	Most   *float64 `orm:"agg=max(Total)"`
}

type byAgency struct {
	AgencyID int64
	Users    int64 `orm:"agg=count(*)"`
	Bosses   int64 `orm:"agg=count(distinct BossID)"`
}

type allOrders struct {
	Orders int64    `orm:"agg=count(*)"`
	Total  float64  `orm:"agg=sum(Total)"`
	Mean   *float64 `orm:"agg=avg(Total)"`
	Least  *float64 `orm:"agg=min(Total)"`
	Most   *float64 `orm:"agg=max(Total)"`
}

// Rows of another tenant, and deleted ones, neither count nor sum nor make a group, whatever the conditions say.
func TestAggregatesAreScoped(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us, os := orm.Repo[user](w.db), orm.Repo[order](w.db)
		root := rls.Bypass(t.Context(), "plant rows that no tenant could")
		must(t, os.Create(root, &order{AgencyID: w.theirs.AgencyID, UserID: w.theirs.ID, Total: 1e6}))
		must(t, os.Create(root, &order{AgencyID: w.mine.AgencyID, UserID: w.mine.ID, Total: 7}))
		own, err := os.All(w.a)
		must(t, err)
		var sum float64
		for _, o := range own {
			sum += o.Total
		}
		total := func(ctx context.Context, q orm.Readable[order], opts ...orm.AggregateOption) allOrders {
			t.Helper()
			got, err := orm.Aggregate[allOrders](ctx, q, opts...)
			must(t, err)
			if len(got) != 1 {
				t.Fatalf("%d rows", len(got))
			}
			return got[0]
		}
		have := total(w.a, os)
		if have.Orders != int64(len(own)) || have.Total != sum || *have.Most >= 1e6 || *have.Mean >= 1e5 {
			t.Errorf("all orders: %+v, the tenant sees %v", have, own)
		}
		if all := total(root, os); all.Orders <= have.Orders || *all.Most != 1e6 {
			t.Errorf("the planted order is not there: the test would pass for nothing: %+v", all)
		}
		mineOnly := func(what string, q orm.Readable[order], opts ...orm.AggregateOption) {
			t.Helper()
			got, err := orm.Aggregate[byUser](w.a, q, opts...)
			must(t, err)
			for _, g := range got {
				if g.UserID == w.theirs.ID || g.Total >= 1e6 {
					t.Errorf("%s: a group of the other tenant: %+v", what, g)
				}
			}
		}
		most := orm.F(func(b *byUser) **float64 { return &b.Most })
		mineOnly("no condition", os)
		mineOnly("or true", os.Where(orm.Or(orders.Total.Gt(0), orm.SQL[order]("1 = 1"))))
		mineOnly("having", os, orm.Having(orm.Or(orm.Named[byUser]("Total").Gt(0), orm.Not(orm.Named[byUser]("Orders").Eq(0)))))
		mineOnly("sorted and paged", os, orm.GroupOrder(most.Desc()), orm.GroupTake(9))
		if got := total(w.a, os.Where(orders.Total.Gt(1e5))); got.Orders != 0 || got.Total != 0 || got.Most != nil {
			t.Errorf("the other tenant's order is found by its value: %+v", got)
		}

		// groups of the tenant column itself, and a relation filter that reaches across
		agencies := func(ctx context.Context, q orm.Readable[user]) []byAgency {
			t.Helper()
			got, err := orm.Aggregate[byAgency](ctx, q)
			must(t, err)
			return got
		}
		if got := agencies(w.a, us); len(got) != 1 || got[0].AgencyID != w.mine.AgencyID {
			t.Errorf("agencies: %+v", got)
		}
		_, err = w.db.Exec(root, "UPDATE orders SET user_id = :user WHERE total > 5000", orm.Args{"user": w.mine.ID})
		must(t, err)
		if got := agencies(w.a, us.Where(users.Orders.Some(orders.Total.Gt(5000)))); len(got) != 0 {
			t.Errorf("a relation filter in an aggregate reads foreign rows: %+v", got)
		}
		if got := agencies(w.a, us.Where(users.ID.InQuery(orm.Values(os.Where(orders.Total.Gt(5000)), orders.UserID)))); len(got) != 0 {
			t.Errorf("a sub-select in an aggregate reads foreign rows: %+v", got)
		}

		// soft-deleted rows
		before := agencies(w.a, us)[0].Users
		gone := user{Email: "gone@x"}
		must(t, us.Create(w.a, &gone))
		_, err = us.ByID(gone.ID).Delete(w.a)
		must(t, err)
		if n := agencies(w.a, us)[0].Users; n != before {
			t.Errorf("a deleted user counts: %d, %d before", n, before)
		}
		if n := agencies(w.a, us.Query().WithDeleted())[0].Users; n <= before {
			t.Errorf("WithDeleted does not count the deleted user: %d", n)
		}
		if got := agencies(w.b, us.Query().OnlyDeleted()); len(got) != 0 {
			t.Errorf("the other tenant counts my deleted users: %+v", got)
		}
		_, err = orm.Aggregate[byAgency](t.Context(), us)
		is(t, "nobody", err, orm.ErrNoActor)
		is(t, "in a transaction of another", w.db.Tx(w.a, func(tx orm.DB) error {
			_, err := orm.Aggregate[byAgency](w.b, orm.Repo[user](tx))
			return err
		}), orm.ErrActorSwitch)
	})
}

// A role that may not read may not count either, and an emptied field does not come out in a group.
func TestAggregatesAskTheHooks(t *testing.T) {
	type byTitle struct {
		Title string
		N     int64 `orm:"agg=count(*)"`
	}
	type titles struct {
		N int64 `orm:"agg=count(distinct Title)"`
	}
	type last struct {
		Title *string `orm:"agg=max(Title)"`
	}
	ctx := as(t, 1, "")
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(task{}, step{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(ctx, db))
	var kinds []hook.Kind
	must(t, db.Use(hook.Sanitize("task.Title"), hook.Hook{Name: "look", Before: func(_ context.Context, op *hook.Op) error {
		kinds = append(kinds, op.Kind)
		return nil
	}}))
	tasks := orm.Repo[task](db)
	_, err = orm.Aggregate[byTitle](ctx, tasks)
	is(t, "groups of an emptied field", err, orm.ErrDenied)
	_, err = orm.Aggregate[last](ctx, tasks)
	is(t, "the greatest of an emptied field", err, orm.ErrDenied)
	n, err := orm.Aggregate[titles](ctx, tasks)
	must(t, err)
	if len(n) != 1 || len(kinds) == 0 || kinds[len(kinds)-1] != hook.Count {
		t.Errorf("%v %v", n, kinds)
	}
	must(t, db.Use(rls.RBAC{"task": {"reader": rls.Read, "writer": rls.Write}}))
	_, err = orm.Aggregate[titles](as(t, 1, "writer"), tasks)
	is(t, "a role that may not read", err, orm.ErrDenied)
	ctx = as(t, 1, "reader")
	_, err = orm.Aggregate[titles](ctx, tasks)
	must(t, err)
	must(t, db.Use(hook.Hook{Name: "no", Before: func(context.Context, *hook.Op) error { return orm.ErrDenied }}))
	_, err = orm.Aggregate[titles](ctx, tasks)
	is(t, "a refusal", err, orm.ErrDenied)
}

// A product tells of each of its columns.
func TestProductsAskTheHooks(t *testing.T) {
	type shift struct {
		ID    int64 `orm:"id,auto"`
		Hours int64
		Wage  int64
	}
	type paid struct {
		Sum int64 `orm:"agg=sum(Hours*Wage)"`
	}
	type worked struct {
		Sum int64 `orm:"agg=sum(Hours*Hours)"`
	}
	databases(t, []any{shift{}}, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		must(t, orm.Repo[shift](db).Create(ctx, &shift{Hours: 3, Wage: 20}))
		must(t, db.Use(hook.Sanitize("shift.Wage")))
		_, err := orm.Aggregate[paid](ctx, orm.Repo[shift](db))
		is(t, "a product with an emptied field", err, orm.ErrDenied)
		got, err := orm.Aggregate[worked](ctx, orm.Repo[shift](db))
		must(t, err)
		if len(got) != 1 || got[0].Sum != 9 {
			t.Errorf("%v", got)
		}
	})
}
