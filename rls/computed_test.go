package rls_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

var bossOf = orm.Bind[user, struct {
	BossID orm.Col[user, int64]
}]()

// What a statement counts, sorts by and looks up is scoped like what it gives.
func TestComputedValuesAreScoped(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, db := t.Context(), w.db
		repo, orderRepo := orm.Repo[user](db), orm.Repo[order](db)
		root := rls.Bypass(ctx, "plant rows that no tenant could")
		// an order of the other tenant that names my user, and a deleted member of my own staff
		foreign := order{AgencyID: w.theirs.AgencyID, UserID: w.theirs.ID, Total: 9999}
		must(t, orderRepo.Create(root, &foreign))
		_, err := db.Exec(root, "UPDATE orders SET user_id = :user WHERE id = :id", orm.Args{"user": w.mine.ID, "id": foreign.ID})
		must(t, err)
		gone := user{AgencyID: w.mine.AgencyID, Email: "gone@example.com", BossID: &w.mine.ID}
		must(t, repo.Create(root, &gone))
		_, err = repo.ByID(gone.ID).Delete(root)
		must(t, err)
		// my users whose boss is the other tenant's, or a deleted one
		for email, boss := range map[string]int64{"spy@example.com": w.theirs.ID, "orphan@example.com": gone.ID, "ok@example.com": w.mine.ID} {
			must(t, repo.Create(root, &user{AgencyID: w.mine.AgencyID, Email: email}))
			_, err := db.Exec(root, "UPDATE users SET boss_id = :boss WHERE email = :email", orm.Args{"boss": boss, "email": email})
			must(t, err)
		}
		count := func(ctx context.Context, p orm.Pred[user]) int64 {
			n, err := repo.Where(p).Count(ctx)
			must(t, err)
			return n
		}
		mine := users.ID.Eq(w.mine.ID)
		own, err := orderRepo.Where(orders.UserID.Eq(w.mine.ID)).Count(w.a)
		must(t, err)
		if n := count(w.a, orm.And(mine, users.Orders.Count().Eq(own))); n != 1 {
			t.Errorf("the count holds more than the %d orders that the tenant may see", own)
		}
		if n := count(w.a, users.Orders.Count(orders.Total.Gt(9000)).Gt(0)); n != 0 {
			t.Errorf("another tenant's orders count")
		}
		if n := count(root, users.Orders.Count(orders.Total.Gt(9000)).Gt(0)); n != 1 {
			t.Errorf("the planted order is not there: the test would pass for nothing")
		}

		// sorting by the boss: neither the other tenant's nor the deleted one's email tells anything
		sorted := func(ctx context.Context, k orm.Order[user]) []string {
			rows, err := repo.Where(users.Email.In("spy@example.com", "orphan@example.com", "ok@example.com")).OrderBy(k, users.Email.Asc()).All(ctx)
			must(t, err)
			return emailsOf(rows)
		}
		want := []string{"ok@example.com", "orphan@example.com", "spy@example.com"}
		for name, k := range map[string]orm.Order[user]{
			"up": users.Boss.By(users.Email.Asc()), "down, NULL last": users.Boss.By(users.Email.Desc().NullsLast()),
			"by the boss's boss": users.Boss.By(users.Boss.By(users.ID.Asc())), "by the boss's orders": users.Boss.By(users.Orders.Count().Asc()),
		} {
			if got := sorted(w.a, k); !equalStrings(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}

		// a sub-select gives the tenant's own values only, at any depth, whoever made the query
		theirs := orm.Values(orderRepo.Where(orders.Total.Gt(9000)), orders.UserID)
		if n := count(w.a, users.ID.InQuery(theirs)); n != 0 {
			t.Error("InQuery reads another tenant's rows")
		}
		if n := count(w.a, users.ID.NotInQuery(theirs)); n != count(w.a, builder.PredOf[user](builder.True())) {
			t.Error("NotInQuery reads another tenant's rows")
		}
		if n := count(root, users.ID.InQuery(theirs)); n != 1 {
			t.Error("the planted order is not found under a bypass")
		}
		bosses := orm.Values(repo.Query(), users.ID)
		if n := count(w.a, orm.And(users.Email.In("spy@example.com", "orphan@example.com"), bossOf.BossID.InQuery(bosses))); n != 0 {
			t.Error("InQuery finds foreign or deleted bosses")
		}
		if n := count(w.a, orm.And(users.Email.Eq("orphan@example.com"), bossOf.BossID.InQuery(orm.Values(repo.WithDeleted(), users.ID)))); n != 1 {
			t.Error("a sub-select that says WithDeleted does not see deleted rows")
		}
		if n := count(w.a, users.Boss.Is(users.ID.InQuery(theirs))); n != 0 {
			t.Error("InQuery inside a relation filter reads another tenant's rows")
		}
		if n, err := repo.Where(users.ID.InQuery(theirs)).UpdateMany(w.a, users.Email.Set("stolen@example.com")); err != nil || n != 0 {
			t.Errorf("an update by a foreign sub-select: %d, %v", n, err)
		}
		if n, err := repo.Where(users.Orders.Count(orders.Total.Gt(9000)).Gt(0)).DeleteMany(w.a); err != nil || n != 0 {
			t.Errorf("a delete by a foreign count: %d, %v", n, err)
		}

		// nobody sorts, counts or looks up
		for name, q := range map[string]orm.Query[user]{
			"order": repo.OrderBy(users.Boss.By(users.Email.Asc())), "count": repo.Where(users.Orders.Count().Gt(0)), "sub-select": repo.Where(users.ID.InQuery(bosses)),
		} {
			if _, err := q.All(ctx); !errors.Is(err, orm.ErrNoActor) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Scopes written into a value by hand are replaced, not believed.
func TestScopesWrittenByHandDoNotCount(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		root := rls.Bypass(t.Context(), "plant")
		foreign := order{AgencyID: w.theirs.AgencyID, UserID: w.theirs.ID, Total: 9999}
		must(t, orm.Repo[order](w.db).Create(root, &foreign))
		_, err := w.db.Exec(root, "UPDATE orders SET user_id = :user WHERE id = :id", orm.Args{"user": w.mine.ID, "id": foreign.ID})
		must(t, err)
		rel := users.Orders.Count(orders.Total.Gt(9000)).Gt(0).Expr().Ext.Term
		forged := *rel
		forged.Scoped = true
		n, err := orm.Repo[user](w.db).Where(builder.PredOf[user](builder.CompareTerm(builder.OpGt, &forged, builder.ValueOf(0)))).Count(w.a)
		if err != nil || n != 0 {
			t.Errorf("a value that says it is scoped: %d, %v", n, err)
		}
		e := users.ID.InQuery(orm.Values(orm.Repo[order](w.db).Where(orders.Total.Gt(9000)), orders.UserID)).Expr()
		sub := *e.Ext.Query
		sub.Scoped = true
		n, err = orm.Repo[user](w.db).Where(builder.PredOf[user](builder.Expr{Op: e.Op, Field: e.Field, Ext: &builder.Ext{Query: &sub}})).Count(w.a)
		if err != nil || n != 0 {
			t.Errorf("a sub-select that says it is scoped: %d, %v", n, err)
		}
	})
}

func emailsOf(rows []user) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Email
	}
	return out
}

func equalStrings(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// digest is shown with orders that no key leads to.
type digest struct {
	ID       int64   `orm:"id,auto"`
	AgencyID int64   `orm:"agency_id,tenant"`
	Recent   []order `orm:",computed"`
}

// A resolver that loads rows for others reads them as whoever asks.
func TestResolversAreScoped(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(digest{}, agency{}, user{}, order{}, item{}, team{}, member{}))
	must(t, err)
	defer db.Close()
	must(t, orm.CreateTables(ctx, db))
	must(t, db.Use(rls.Tenant(), hook.SoftDelete(), hook.Computed("Recent", nil, func(ctx context.Context, rows []*digest) error {
		recent, err := orm.Repo[order](db).All(ctx)
		for _, d := range rows {
			d.Recent = recent
		}
		return err
	})))
	for i := range int64(2) {
		in := orm.WithActor(ctx, orm.Actor{ID: i, TenantID: i + 1})
		must(t, orm.Repo[agency](db).Create(rls.Bypass(ctx, "a new tenant"), &agency{ID: i + 1, Name: "x"}))
		u := user{Email: fmt.Sprint(i, "@x")}
		must(t, orm.Repo[user](db).Create(in, &u))
		must(t, orm.Repo[order](db).Create(in, &order{UserID: u.ID, Total: 1}))
		must(t, orm.Repo[digest](db).Create(in, &digest{}))
		d, err := orm.Repo[digest](db).One(in)
		must(t, err)
		if len(d.Recent) != 1 || d.Recent[0].AgencyID != i+1 {
			t.Errorf("tenant %d: %+v", i+1, d.Recent)
		}
	}
}
