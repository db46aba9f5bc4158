package rls_test

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

type byEmail struct {
	Email  *string
	Orders int64    `orm:"agg=count(*)"`
	Total  float64  `orm:"agg=sum(Total)"`
	Some   float64  `orm:"agg=sum(Total)"`
	Most   *float64 `orm:"agg=max(Total)"`
}

type bySize struct {
	Size   string
	Orders int64 `orm:"agg=count(*)"`
}

type byCount struct {
	Count int64
	Users int64 `orm:"agg=count(*)"`
}

type byNick struct {
	Key *string
	N   int64 `orm:"agg=count(*)"`
}

type byLength struct {
	Key *int64
	N   int64 `orm:"agg=count(*)"`
}

// What an aggregate groups by, and the rows that single fields of it are about, reach related rows of the tenant only, and living ones.
func TestGuardGroupsAreScoped(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us, os := orm.Repo[user](w.db), orm.Repo[order](w.db)
		root := rls.Bypass(t.Context(), "plant rows that no tenant could")
		must(t, os.Create(root, &order{AgencyID: w.mine.AgencyID, UserID: w.theirs.ID, Total: 7}))   // mine, of their user
		must(t, os.Create(root, &order{AgencyID: w.theirs.AgencyID, UserID: w.mine.ID, Total: 1e6})) // theirs, of my user
		by := func(ctx context.Context, opts ...orm.AggregateOption) []byEmail {
			t.Helper()
			got, err := orm.Aggregate[byEmail](ctx, os, append(opts, orm.GroupBy("Email", orm.Through(orders.User, users.Email)))...)
			must(t, err)
			return got
		}
		theirs := 0
		for _, g := range by(root) {
			if g.Email != nil && *g.Email == w.theirs.Email {
				theirs++
			}
		}
		if theirs != 1 {
			t.Fatalf("without a tenant their user has %d groups: the test would pass for nothing", theirs)
		}
		foreign := orm.AggregateFilter("Some", orders.User.Is(users.Email.Eq(w.theirs.Email)))
		got := by(w.a, foreign)
		if len(got) != 2 || *got[0].Email != w.mine.Email || got[0].Total != 30 || got[1].Email != nil || got[1].Total != 7 {
			t.Errorf("groups by a column of related rows: %+v", got)
		}
		for _, g := range got {
			if g.Some != 0 || *g.Most >= 1e6 {
				t.Errorf("a filtered aggregate reads foreign rows: %+v", g)
			}
		}
		if got := by(w.a, orm.Having(orm.Named[byEmail]("Email").Eq(w.theirs.Email))); len(got) != 0 {
			t.Errorf("Having finds their user: %+v", got)
		}

		size := orm.GroupBy("Size", orm.Case("other", orm.When(orders.User.Is(users.Email.Contains("user1")), "theirs"),
			orm.When(orders.UserID.InQuery(orm.Values(us.Where(users.Email.Eq(w.theirs.Email)), users.ID)), "theirs too")))
		sizes, err := orm.Aggregate[bySize](w.a, os, size)
		must(t, err)
		if len(sizes) != 1 || sizes[0] != (bySize{"other", 3}) {
			t.Errorf("a Case reads foreign rows: %+v", sizes)
		}
		counts, err := orm.Aggregate[byCount](w.a, us.Where(users.ID.Eq(w.mine.ID)), orm.GroupBy("Count", users.Orders.Count()))
		must(t, err)
		if len(counts) != 1 || counts[0] != (byCount{2, 1}) {
			t.Errorf("a count of foreign rows groups: %+v", counts)
		}
		_, err = orm.Aggregate[bySize](w.a, os, orm.GroupBy("Size", orm.Case("no", orm.When(orm.SQL[order]("EXISTS (SELECT 1 FROM users)"), "yes"))))
		is(t, "a sub-select in SQL text of a Case", err, orm.ErrDenied)
		_, err = orm.Aggregate[byEmail](w.a, os, orm.GroupBy("Email", orm.Through(orders.User, users.Email)),
			orm.AggregateFilter("Some", orm.SQL[order]("EXISTS (SELECT 1 FROM users)")))
		is(t, "a sub-select in SQL text of a filter", err, orm.ErrDenied)
		_, err = orm.Aggregate[bySize](t.Context(), os, size)
		is(t, "nobody", err, orm.ErrNoActor)

		_, err = us.ByID(w.mine.ID).Delete(w.a)
		must(t, err)
		if got := by(w.a); len(got) != 1 || got[0].Email != nil || got[0].Total != 37 {
			t.Errorf("a deleted user makes a group: %+v", got)
		}
	})
}

// Columns that are emptied group under no disguise, on their own model and through a relation, searchable or not.
func TestGuardGroupsShowNoEmptiedColumn(t *testing.T) {
	for _, searchable := range []bool{false, true} {
		databases(t, []any{patient{}, ward{}, visit{}}, func(t *testing.T, db orm.DB) {
			ctx := t.Context()
			p := patient{Name: "Ann", Nick: "a"}
			must(t, orm.Repo[patient](db).Create(ctx, &p, patientsOf.Visits.Create(&visit{Secret: "s"})))
			h := hook.Sanitize("patient.Name")
			if searchable {
				h = h.Searchable()
			}
			must(t, db.Use(h))
			ps := orm.Repo[patient](db)
			length := func(opts ...orm.AggregateOption) error {
				_, err := orm.Aggregate[byLength](ctx, ps, opts...)
				return err
			}
			is(t, "its length", length(orm.GroupBy("Key", patientsOf.Name.Len())), orm.ErrDenied)
			err := length(orm.GroupBy("Key", orm.Case(int64(0), orm.When(patientsOf.Name.StartsWith("A"), int64(1)))))
			filter := length(orm.GroupBy("Key", patientsOf.Nick.Len()), orm.AggregateFilter("N", patientsOf.Name.StartsWith("A")))
			if searchable {
				must(t, err)
				must(t, filter)
			} else {
				is(t, "a Case by it", err, orm.ErrDenied)
				is(t, "an aggregate filtered by it", filter, orm.ErrDenied)
			}
			must(t, length(orm.GroupBy("Key", patientsOf.Nick.Len())))
		})
	}
}

// A related row's column is refused as the row's own is, though the hook has nothing to empty in the model that is asked.
func TestGuardGroupsShowNoEmptiedColumnOfRelatedRows(t *testing.T) {
	databases(t, []any{patient{}, ward{}, visit{}}, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		must(t, db.Use(hook.Sanitize("ward.Name").Searchable()))
		for what, key := range map[string]builder.Computed{
			"the column": orm.Through(patientsOf.Ward, wardsOf.Name), "folded": orm.Through(patientsOf.Ward, wardsOf.Name.Fold()),
		} {
			_, err := orm.Aggregate[byNick](ctx, orm.Repo[patient](db), orm.GroupBy("Key", key))
			is(t, what, err, orm.ErrDenied)
		}
		_, err := orm.Aggregate[byLength](ctx, orm.Repo[patient](db), orm.GroupBy("Key", orm.Through(patientsOf.Ward, wardsOf.Name.Len())))
		is(t, "its length", err, orm.ErrDenied)
	})
}

// A cursor belongs to the order that it was made in, and the conditions of a Case are part of it.
func TestPagesSortByCasesAndRelatedRows(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		os := orm.Repo[order](w.db)
		k := orm.Case("b", orm.When(orders.Total.Lt(15), "a"))
		k2 := orm.Case("b", orm.When(orders.Total.Gt(15), "a"))
		q := os.OrderBy(k.Desc(), orders.ID.Asc()).Take(1)
		p, err := q.Page(w.a, "")
		must(t, err)
		if p.Rows[0].Total != 20 || p.Next == "" {
			t.Errorf("%+v", p)
		}
		p2, err := q.Page(w.a, p.Next)
		must(t, err)
		if len(p2.Rows) != 1 || p2.Rows[0].Total != 10 {
			t.Errorf("%+v", p2)
		}
		_, err = os.OrderBy(k2.Desc(), orders.ID.Asc()).Take(1).Page(w.a, p.Next)
		is(t, "cursor of another case", err, orm.ErrBadCursor)
		th := os.OrderBy(orm.Through(orders.User, users.Email).Asc(), orders.ID.Desc()).Take(1)
		p, err = th.Page(w.a, "")
		must(t, err)
		p, err = th.Page(w.a, p.Next)
		must(t, err)
		if len(p.Rows) != 1 {
			t.Errorf("%+v", p)
		}
	})
}
