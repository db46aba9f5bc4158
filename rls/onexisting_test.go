package rls_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// badge has a code that is unique over all tenants, so that a row of another one is in the way.
type badge struct {
	ID        int64      `orm:"id,auto"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	OwnerID   int64      `orm:"owner_id,owner"`
	Code      string     `orm:"code,unique"`
	Serial    *int64     `orm:"serial,unique"`
	Holder    string     `orm:"holder"`
	Origin    string     `orm:"origin,createonly"`
	CreatedAt time.Time  `orm:"created_at,default=now"`
	UpdatedAt time.Time  `orm:"updated_at,update=now"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int64      `orm:"version,version"`

	Visits []visitOfBadge `orm:"relation=id:badge_id"`
}

type visitOfBadge struct {
	ID       int64  `orm:"id,auto,table=badge_visits"`
	TenantID int64  `orm:"tenant_id,tenant"`
	BadgeID  *int64 `orm:"badge_id"`
}

var badges = orm.Bind[badge, struct {
	ID     orm.Col[badge, int64]
	Code   orm.Text[badge]
	Holder orm.Text[badge]
	Visits orm.Many[badge, visitOfBadge]
}]()

func at(t *testing.T, tenant, id int) context.Context {
	return orm.WithActor(t.Context(), orm.Actor{ID: id, TenantID: tenant, Role: "clerk"})
}

// badgeDBs runs fn with a deleted badge "x" of tenant 1 and owner 1.
func badgeDBs(t *testing.T, fn func(t *testing.T, db orm.DB, gone badge), more ...hook.Extension) {
	databases(t, []any{badge{}, visitOfBadge{}}, func(t *testing.T, db orm.DB) {
		everywhere(t, db)
		_, err := db.Exec(t.Context(), "CREATE TABLE stamps (badge_id bigint REFERENCES badges(id))")
		must(t, err)
		must(t, db.Use(append([]hook.Extension{rls.Tenant(), rls.Owner(), hook.SoftDelete()}, more...)...))
		gone := badge{Code: "x", Serial: ptr(int64(7)), Holder: "Ada", Origin: "mint", CreatedAt: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
		must(t, orm.Repo[badge](db).Create(at(t, 1, 1), &gone))
		must2(t)(orm.Repo[badge](db).ByID(gone.ID).Delete(at(t, 1, 1)))
		fn(t, db, gone)
	})
}

// everywhere makes unique sets hold among deleted rows too, as in tables that the library did not make.
func everywhere(t *testing.T, db orm.DB) {
	t.Helper()
	for _, err := range []error{
		second(db.Exec(t.Context(), "DROP INDEX badges_code_key")),
		second(db.Exec(t.Context(), "DROP INDEX badges_serial_key")),
		second(db.Exec(t.Context(), "CREATE UNIQUE INDEX badges_code_key ON badges (code)")),
		second(db.Exec(t.Context(), "CREATE UNIQUE INDEX badges_serial_key ON badges (serial)")),
	} {
		must(t, err)
	}
}

// every gives all badges, whoever they belong to.
func every(t *testing.T, db orm.DB) []badge {
	t.Helper()
	rows, err := orm.Repo[badge](db).WithDeleted().OrderBy(badges.ID.Asc()).All(rls.Bypass(t.Context(), "a test looks"))
	must(t, err)
	return rows
}

func TestCreateOverADeletedRow(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		is(t, "Create", r.Create(ctx, &badge{Code: "x"}), orm.ErrConflict)
		is(t, "Refuse", r.OnExisting(orm.Refuse).Create(ctx, &badge{Code: "x"}), orm.ErrConflict)

		row := badge{Code: "x", Holder: "Bob", Origin: "other"}
		must(t, r.OnExisting(orm.Revive).Create(ctx, &row))
		if row.ID != gone.ID || row.Holder != "Bob" || row.DeletedAt != nil || row.Version != 1 || !row.CreatedAt.Equal(gone.CreatedAt) || row.Origin != "mint" || row.Serial != nil {
			t.Errorf("revived: %+v", row)
		}
		if all := every(t, db); len(all) != 1 || all[0].Holder != "Bob" || all[0].ID != gone.ID || all[0].DeletedAt != nil {
			t.Errorf("%+v", all)
		}
		for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
			is(t, "over a living row", r.OnExisting(mode).Create(ctx, &badge{Code: "x"}), orm.ErrConflict)
			free := badge{Code: fmt.Sprint("free ", mode)}
			must(t, r.OnExisting(mode).Create(ctx, &free))
			must2(t)(r.ByID(free.ID).ForceDelete(ctx))
		}
		must2(t)(r.ByID(row.ID).Delete(ctx))

		row = badge{Code: "x", Holder: "Cleo"}
		must(t, r.OnExisting(orm.Replace).Create(ctx, &row))
		all := every(t, db)
		if len(all) != 1 || row.ID == gone.ID || all[0].ID != row.ID || all[0].Version != 0 || all[0].Holder != "Cleo" || time.Since(all[0].CreatedAt) > time.Hour {
			t.Errorf("replaced: %+v, the struct %+v", all, row)
		}
		must2(t)(r.ByID(row.ID).Delete(ctx))

		key := row.ID
		row = badge{ID: key, Code: "y"} // by the key this time
		must(t, r.OnExisting(orm.Replace).Create(ctx, &row))
		if all := every(t, db); len(all) != 1 || all[0].ID != key || all[0].Code != "y" {
			t.Errorf("%+v", all)
		}
		must2(t)(r.ByID(key).Delete(ctx))
		row = badge{ID: key, Code: "z"}
		must(t, r.OnExisting(orm.Revive).Create(ctx, &row))
		if row.ID != key || row.Code != "z" || row.Version != 1 {
			t.Errorf("%+v", row)
		}
	})
}

// In tables of the library a deleted row does not hold its unique sets: only its key is in the way.
func TestCreateOverADeletedRowThatHoldsItsKeyOnly(t *testing.T) {
	databases(t, []any{badge{}, visitOfBadge{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Tenant(), rls.Owner(), hook.SoftDelete()))
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		gone := badge{Code: "x"}
		must(t, r.Create(ctx, &gone))
		must2(t)(r.ByID(gone.ID).Delete(ctx))
		row := badge{Code: "x"}
		must(t, r.OnExisting(orm.Revive).Create(ctx, &row))
		if row.ID == gone.ID || len(every(t, db)) != 2 {
			t.Errorf("%+v", every(t, db))
		}
		for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
			is(t, "a living row beside the deleted one", r.OnExisting(mode).Create(ctx, &badge{Code: "x"}), orm.ErrConflict)
			is(t, "the key, and the code of a living row", r.OnExisting(mode).Create(ctx, &badge{ID: gone.ID, Code: "x"}), orm.ErrConflict)
		}
		if len(every(t, db)) != 2 {
			t.Errorf("a refusal changed something: %+v", every(t, db))
		}
		again := badge{ID: gone.ID, Code: "y"}
		must(t, r.OnExisting(orm.Revive).Create(ctx, &again))
		if all := every(t, db); len(all) != 2 || all[0].Code != "y" || all[0].DeletedAt != nil {
			t.Errorf("%+v", all)
		}
	})
}

func TestCreateOverTwoDeletedRows(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		other := badge{Code: "y"}
		must(t, r.Create(ctx, &other))
		must2(t)(r.ByID(other.ID).Delete(ctx))
		row := badge{Code: "y", Serial: ptr(int64(7))}
		is(t, "one row cannot be two", r.OnExisting(orm.Revive).Create(ctx, &row), orm.ErrConflict)
		is(t, "another key is said", r.OnExisting(orm.Revive).Create(ctx, &badge{ID: 99, Code: "y"}), orm.ErrConflict)
		is(t, "deleted again", r.OnExisting(orm.Revive).Create(ctx, &badge{Code: "y", DeletedAt: ptr(time.Now())}), orm.ErrInvalid)
		if all := every(t, db); len(all) != 2 || all[0].DeletedAt == nil || all[1].DeletedAt == nil || row.ID != 0 {
			t.Errorf("a refusal changed something: %+v, the struct %+v", all, row)
		}
		must(t, r.OnExisting(orm.Replace).Create(ctx, &row))
		if all := every(t, db); len(all) != 1 || all[0].ID != row.ID {
			t.Errorf("%+v", all)
		}
		// one deleted row and a living one: what was removed comes back
		third := badge{Code: "z"}
		must(t, r.Create(ctx, &third))
		must2(t)(r.ByID(third.ID).Delete(ctx))
		for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
			is(t, "a living row is in the way too", r.OnExisting(mode).Create(ctx, &badge{Code: "z", Serial: ptr(int64(7))}), orm.ErrConflict)
		}
		if n, err := r.OnlyDeleted().Count(ctx); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestCreateOverARowOfSomebodyElse(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r := orm.Repo[badge](db)
		before := every(t, db)
		for who, ctx := range map[string]context.Context{"another tenant": at(t, 2, 1), "another owner": at(t, 1, 2)} {
			for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
				for what, row := range map[string]badge{"its code": {Code: "x"}, "its key": {ID: gone.ID, Code: "new"}, "both": {ID: gone.ID, Code: "x"}} {
					deleted := r.OnExisting(mode).Create(ctx, &row)
					is(t, who+" takes "+what, deleted, orm.ErrConflict)
					must2(t)(r.OnlyDeleted().ByID(gone.ID).Restore(at(t, 1, 1)))
					living := r.OnExisting(mode).Create(ctx, &row)
					must2(t)(r.ByID(gone.ID).Delete(at(t, 1, 1)))
					if deleted == nil || living == nil || deleted.Error() != living.Error() {
						t.Errorf("the answer tells that the row is deleted: %v, %v", deleted, living)
					}
				}
			}
		}
		out := rls.Bypass(t.Context(), "a tenant is said")
		for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
			is(t, "another tenant's, under a bypass", r.OnExisting(mode).Create(out, &badge{TenantID: 2, OwnerID: 1, Code: "x"}), orm.ErrConflict)
		}
		is(t, "nobody", r.OnExisting(orm.Replace).Create(t.Context(), &badge{Code: "x"}), orm.ErrNoActor)
		after := every(t, db)
		if len(after) != 1 || after[0].DeletedAt == nil || after[0].Holder != before[0].Holder || after[0].TenantID != 1 || after[0].OwnerID != 1 {
			t.Errorf("%+v", after)
		}
		is(t, "a row that does not pass", r.Where(badges.Holder.Eq("Bob")).OnExisting(orm.Revive).Create(at(t, 1, 1), &badge{Code: "x"}), orm.ErrConflict)
		is(t, "a row that does not pass", r.Where(badges.Holder.Eq("Bob")).OnExisting(orm.Replace).Create(at(t, 1, 1), &badge{Code: "x"}), orm.ErrConflict)
		must(t, r.Where(badges.Holder.Eq("Ada")).OnExisting(orm.Replace).Create(at(t, 1, 1), &badge{Code: "x"}))
	})
}

func TestCreateOverARowThatIsReferredTo(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		_, err := db.Exec(rls.Bypass(t.Context(), "a test"), "INSERT INTO stamps (badge_id) SELECT id FROM badges")
		must(t, err)
		row := badge{Code: "x"}
		err = r.OnExisting(orm.Replace).Create(ctx, &row)
		is(t, "Replace", err, orm.ErrReference)
		if !strings.Contains(fmt.Sprint(err), "orm.Revive") || row.ID != 0 || len(every(t, db)) != 1 {
			t.Errorf("%v, %+v", err, every(t, db))
		}
		must(t, r.OnExisting(orm.Revive).Create(ctx, &row))
	})
}

func TestCreateOverADeletedRowOnceOfMany(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, _ badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
			errs := make([]error, 20)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = r.OnExisting(mode).Create(ctx, &badge{Code: "x", Holder: fmt.Sprint(i)}) })
			}
			wg.Wait()
			won, winner := 0, 0
			for i, err := range errs {
				if err == nil {
					won, winner = won+1, i
				} else if !errors.Is(err, orm.ErrConflict) {
					t.Errorf("mode %d: %v", mode, err)
				}
			}
			all := every(t, db)
			if won != 1 || len(all) != 1 || all[0].DeletedAt != nil || all[0].Holder != fmt.Sprint(winner) {
				t.Errorf("mode %d: %d won, %+v", mode, won, all)
			}
			must2(t)(r.Where(badges.Code.Eq("x")).DeleteMany(ctx))
		}
	})
}

func TestCreateOverADeletedRowInATransaction(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		ctx, undo := at(t, 1, 1), errors.New("undo")
		for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
			err := db.Tx(ctx, func(tx orm.DB) error {
				r := orm.Repo[badge](tx)
				must(t, r.Create(ctx, &badge{Code: "before"}))
				row := badge{Code: "x"}
				must(t, r.OnExisting(mode).Create(ctx, &row))
				is(t, "again", r.OnExisting(mode).Create(ctx, &badge{Code: "x"}), orm.ErrConflict)
				n, err := r.Count(ctx) // the transaction goes on after the refusal
				if n != 2 || err != nil {
					t.Errorf("%d, %v", n, err)
				}
				return undo
			})
			is(t, "the transaction", err, undo)
			if all := every(t, db); len(all) != 1 || all[0].ID != gone.ID || all[0].DeletedAt == nil {
				t.Errorf("%+v", all)
			}
		}
	})
}

func TestCreateOverADeletedRowWritesRelatedRows(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		must2(t)(r.OnlyDeleted().ByID(gone.ID).Restore(ctx))
		must2(t)(r.ByID(gone.ID).Update(ctx, badges.Visits.Create(&visitOfBadge{})))
		must2(t)(r.ByID(gone.ID).Delete(ctx))
		row := badge{Code: "x"}
		other := visitOfBadge{}
		must(t, orm.Repo[visitOfBadge](db).Create(ctx, &other))
		must(t, r.With(badges.Visits).OnExisting(orm.Revive).Create(ctx, &row, badges.Visits.Set(orm.Key[visitOfBadge](other.ID))))
		if row.ID != gone.ID || len(row.Visits) != 1 || row.Visits[0].ID != other.ID {
			t.Errorf("Set leaves what hung below the row: %+v", row)
		}
	})
}

func TestHooksSeeACreateOverADeletedRow(t *testing.T) {
	var mu sync.Mutex
	var entries []hook.Entry
	audit := hook.Audit(func(_ context.Context, e hook.Entry) error {
		mu.Lock()
		defer mu.Unlock()
		entries = append(entries, e)
		return nil
	})
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		told := func(want ...string) {
			t.Helper()
			var got []string
			for _, e := range entries {
				got = append(got, fmt.Sprint(e.Op, " ", e.Key["ID"], " ", e.Old["Holder"], " ", e.New["Holder"]))
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the audit has %q, want %q", got, want)
			}
			entries = nil
		}
		entries = nil
		row := badge{Code: "x", Holder: "Bob"}
		must(t, r.OnExisting(orm.Revive).Create(ctx, &row))
		told(fmt.Sprint("upsert ", gone.ID, " Ada Bob"))
		must2(t)(r.ByID(row.ID).Delete(ctx))
		entries = nil
		row = badge{Code: "x", Holder: "Cleo"}
		must(t, r.OnExisting(orm.Replace).Create(ctx, &row))
		told(fmt.Sprint("delete ", gone.ID, " Bob <nil>"), fmt.Sprint("create ", row.ID, " <nil> Cleo"))
	}, audit)
}

// A hook that changes new rows in place does it once to what is written.
func TestHooksChangeACreateOverADeletedRowOnce(t *testing.T) {
	mark := hook.Hook{Name: "mark", Before: func(_ context.Context, op *hook.Op) error {
		if op.Insert != nil && op.Rows.IsValid() {
			for i := range op.Rows.Len() {
				b := op.Rows.Index(i).Addr().Interface().(*badge)
				b.Holder, b.Code = b.Holder+"!", strings.ToLower(b.Code)
			}
		}
		return nil
	}}
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r, ctx := orm.Repo[badge](db), at(t, 1, 1)
		for _, mode := range []orm.Existing{orm.Revive, orm.Replace} {
			row := badge{Code: "X", Holder: "Bob"} // collides as the hook writes it
			must(t, r.OnExisting(mode).Create(ctx, &row))
			if all := every(t, db); len(all) != 1 || all[0].Holder != "Bob!" || row.Holder != "Bob!" {
				t.Errorf("mode %d: %+v", mode, all)
			}
			must2(t)(r.ByID(row.ID).Delete(ctx))
		}
	}, forBadges(mark))
}

// forBadges is a hook of badges alone.
func forBadges(h hook.Hook) hook.Hook {
	before := h.Before
	h.Before = func(ctx context.Context, op *hook.Op) error {
		if op.Model == nil || op.Model.Name != "badge" {
			return nil
		}
		return before(ctx, op)
	}
	return h
}

func TestRBACOfACreateOverADeletedRow(t *testing.T) {
	badgeDBs(t, func(t *testing.T, db orm.DB, gone badge) {
		r := orm.Repo[badge](db)
		role := func(name string) context.Context {
			return orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1, Role: name})
		}
		for _, code := range []string{"x", "free"} { // nothing of what is there is to be learned
			is(t, "Replace without delete", r.OnExisting(orm.Replace).Create(role("changer"), &badge{Code: code}), orm.ErrDenied)
			is(t, "Revive without update", r.OnExisting(orm.Revive).Create(role("remover"), &badge{Code: code}), orm.ErrDenied)
			is(t, "Revive without create", r.OnExisting(orm.Revive).Create(role("reader"), &badge{Code: code}), orm.ErrDenied)
		}
		must(t, r.OnExisting(orm.Revive).Create(role("changer"), &badge{Code: "x"}))
		must2(t)(r.ByID(gone.ID).Delete(role("clerk")))
		must(t, r.OnExisting(orm.Replace).Create(role("remover"), &badge{Code: "x"}))
	}, rls.RBAC{"badge": {"clerk": rls.All, "changer": rls.Read | rls.Create | rls.Update, "remover": rls.Read | rls.Create | rls.Delete, "reader": rls.Read}})
}

// keepsake has a key that the library makes.
type keepsake struct {
	ID        string     `orm:"id,default=uuid"`
	Name      string     `orm:"name,unique"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

type pebble struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,unique"`
}

func TestCreateOverADeletedRowNeedsSoftDelete(t *testing.T) {
	databases(t, []any{keepsake{}, pebble{}}, func(t *testing.T, db orm.DB) {
		must(t, second(db.Exec(t.Context(), "DROP INDEX keepsakes_name_key")))
		must(t, second(db.Exec(t.Context(), "CREATE UNIQUE INDEX keepsakes_name_key ON keepsakes (name)")))
		err := orm.Repo[keepsake](db).OnExisting(orm.Replace).Create(t.Context(), &keepsake{Name: "a"})
		is(t, "without the hook", err, orm.ErrInvalid)
		if !strings.Contains(fmt.Sprint(err), "hook.SoftDelete") || !strings.Contains(fmt.Sprint(err), "keepsake") {
			t.Error(err)
		}
		must(t, db.Use(hook.SoftDelete()))
		err = orm.Repo[pebble](db).OnExisting(orm.Revive).Create(t.Context(), &pebble{Name: "a"})
		is(t, "without the column", err, orm.ErrInvalid)
		if !strings.Contains(fmt.Sprint(err), "pebble") || !strings.Contains(fmt.Sprint(err), "softdelete") {
			t.Error(err)
		}
		r := orm.Repo[keepsake](db)
		is(t, "a mode that is none", r.OnExisting(9).Create(t.Context(), &keepsake{Name: "a"}), orm.ErrInvalid)
		first := keepsake{Name: "a"}
		must(t, r.Create(t.Context(), &first))
		must2(t)(r.ByID(first.ID).Delete(t.Context()))
		row := keepsake{Name: "a"}
		must(t, r.OnExisting(orm.Revive).Create(t.Context(), &row))
		if row.ID != first.ID {
			t.Errorf("%+v, was %+v", row, first)
		}
		must2(t)(r.ByID(first.ID).Delete(t.Context()))
		row = keepsake{Name: "a"}
		must(t, r.OnExisting(orm.Replace).Create(t.Context(), &row))
		if row.ID == first.ID || row.ID == "" {
			t.Errorf("%+v, was %+v", row, first)
		}
	})
}
