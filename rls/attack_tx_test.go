package rls_test

import (
	"context"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// Errors of the database name columns and constraints, never what is in them.
func TestErrorsTellNoValues(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us := orm.Repo[user](w.db)
		err := us.Create(w.a, &user{Email: w.theirs.Email})
		is(t, "a foreign email", err, orm.ErrConflict)
		own := us.Create(w.a, &user{Email: w.mine.Email})
		is(t, "one's own email", own, orm.ErrConflict)
		if err.Error() != own.Error() {
			t.Errorf("a foreign row is told apart: %v, %v", err, own)
		}
		foreign := orm.Repo[order](w.db).Create(w.a, &order{UserID: w.theirs.ID})
		absent := orm.Repo[order](w.db).Create(w.a, &order{UserID: 999_999})
		if foreign.Error() != absent.Error() {
			t.Errorf("a foreign parent is told apart: %v, %v", foreign, absent)
		}
		for _, e := range []error{err, foreign, us.Upsert(w.a, orm.On(users.Email), &user{Email: w.theirs.Email})} {
			if strings.Contains(e.Error(), w.theirs.Email) || strings.Contains(e.Error(), "999") {
				t.Errorf("the error tells a value: %v", e)
			}
		}
	})
}

// The version of a foreign row is as absent as the row.
func TestAStaleForeignRowIsAbsent(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		row := user{ID: w.theirs.ID, Email: "x@x", Version: 7}
		is(t, "Save with a wrong version", orm.Repo[user](w.db).Save(w.a, &row), orm.ErrNotFound)
		_, err := orm.Repo[user](w.db).ByID(w.mine.ID).Delete(w.a)
		must(t, err)
		gone := w.mine
		is(t, "Save of a deleted row", orm.Repo[user](w.db).Save(w.a, &gone), orm.ErrNotFound)
	})
}

func TestATransactionServesOneActorOnly(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		other := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: int64(1), Role: "admin"})
		for what, ctx := range map[string]context.Context{"another tenant": w.b, "nobody": t.Context(), "another role": other} {
			err := w.db.Tx(w.a, func(tx orm.DB) error {
				n, err := orm.Repo[user](tx).Count(w.a)
				must(t, err)
				for try, fn := range map[string]func() error{
					"All":    func() error { _, err := orm.Repo[user](tx).All(ctx); return err },
					"Count":  func() error { _, err := orm.Repo[user](tx).Count(ctx); return err },
					"Create": func() error { return orm.Repo[team](tx).Create(ctx, &team{Name: "x"}) },
					"Update": func() error {
						_, err := orm.Repo[user](tx).EveryRow().UpdateMany(ctx, users.Email.Set("x"))
						return err
					},
					"Delete": func() error { _, err := orm.Repo[user](tx).EveryRow().DeleteMany(ctx); return err },
					"Upsert": func() error { return orm.Repo[user](tx).Upsert(ctx, orm.On(users.Email), &user{Email: "u@x"}) },
					"nested": func() error { return tx.Tx(ctx, func(orm.DB) error { return nil }) },
					"raw":    func() error { _, err := tx.Exec(rls.Bypass(ctx, "x"), "SELECT 1"); return err },
					"rows": func() error {
						for _, err := range orm.Repo[user](tx).Rows(ctx) {
							return err
						}
						return nil
					},
				} {
					is(t, what+": "+try, fn(), orm.ErrActorSwitch)
				}
				m, err := orm.Repo[user](tx).Count(w.a)
				if m != n {
					t.Errorf("%s changed what the transaction sees: %d, %d", what, n, m)
				}
				return err
			})
			must(t, err)
		}
		w.intact(t)
	})
}

// Before the first statement of a transaction it has an actor already: that of its context.
func TestATransactionHasItsActorFromTheStart(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		err := w.db.Tx(w.a, func(tx orm.DB) error {
			_, err := orm.Repo[user](tx).All(w.b)
			return err
		})
		is(t, "a first statement by another", err, orm.ErrActorSwitch)
	})
}
