package rls_test

import (
	"context"
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Of WithActor and Bypass the innermost counts: an actor set inside a bypass acts in its scopes.
func TestTheInnermostOfActorAndBypassCounts(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us := orm.Repo[user](w.db)
		b, _ := orm.ActorFrom(w.b)
		within := orm.WithActor(rls.Bypass(w.a, "a job"), b)
		rows, err := us.All(within)
		must(t, err)
		for _, u := range rows {
			if u.AgencyID != w.theirs.AgencyID {
				t.Errorf("an actor inside a bypass reads user %d of agency %d", u.ID, u.AgencyID)
			}
		}
		if len(rows) == 0 {
			t.Error("the actor sees nothing")
		}
		if _, err := us.ByID(w.mine.ID).Update(within, us.F("Email").Set("taken@x")); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("an update of another tenant's row: %v", err)
		}
		if _, err := us.ByID(w.mine.ID).Delete(within); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("a delete of another tenant's row: %v", err)
		}
		if _, err := orm.Raw[int64](within, w.db, "SELECT count(*) FROM users"); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("SQL text: %v", err)
		}
		if n, err := us.Count(rls.Bypass(within, "another job")); err != nil || n <= int64(len(rows)) {
			t.Errorf("a bypass inside an actor's context: %d, %v", n, err)
		}
		// nobody inside a bypass is nobody
		if _, err := us.Count(orm.WithActor(rls.Bypass(w.a, "a job"), orm.Actor{})); !errors.Is(err, orm.ErrNoActor) {
			t.Errorf("an empty actor inside a bypass: %v", err)
		}
	})
}

// The bypass that the outbox writes under is the outbox' own: neither hooks of its table nor deliveries inherit it.
func TestTheBypassOfTheOutboxStaysItsOwn(t *testing.T) {
	databases(t, []any{task{}, orm.OutboxEntry{}}, func(t *testing.T, db orm.DB) {
		var seen []string
		look := func(ctx context.Context, where string) {
			if out, _ := hook.Bypassed(ctx); out {
				seen = append(seen, where)
			}
		}
		must(t, db.Use(rls.RBAC{"task": {"clerk": rls.All}}, hook.Audit(orm.Outbox(db)), hook.Hook{Name: "looks",
			Before: func(ctx context.Context, op *hook.Op) error { look(ctx, "before "+op.Model.Name); return nil },
			After:  func(ctx context.Context, op *hook.Op) error { look(ctx, "after "+op.Model.Name); return nil },
		}))
		ctx := as(t, 1, "clerk")
		must(t, orm.Repo[task](db).Create(ctx, &task{OwnerID: 1}))
		delivered, err := orm.DrainOutbox(ctx, db, 10, func(ctx context.Context, _ hook.Entry) error { look(ctx, "deliver"); return nil })
		must(t, err)
		if delivered != 1 || len(seen) != 0 {
			t.Errorf("%d delivered; under a bypass: %q", delivered, seen)
		}
	})
}

// What is audited of a bypassed read inside a transaction is written in it: another connection would wait for it.
func TestABypassedReadIsAuditedInItsTransaction(t *testing.T) {
	databases(t, []any{task{}, orm.OutboxEntry{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.RBAC{"task": {"clerk": rls.All}}, hook.Audit(orm.Outbox(db))))
		ctx := as(t, 1, "clerk")
		out := rls.Bypass(ctx, "a report")
		tasks := orm.Repo[task](db)
		undo := errors.New("undo")
		entries := func() int64 {
			t.Helper()
			n, err := orm.Repo[orm.OutboxEntry](db).Count(hook.WithOwnBypass(ctx, "a test"))
			must(t, err)
			return n
		}
		for name, read := range map[string]func(tx orm.DB) error{
			"count": func(tx orm.DB) error { _, err := orm.Repo[task](tx).Count(out); return err },
			"all":   func(tx orm.DB) error { _, err := orm.Repo[task](tx).All(out); return err },
			"page":  func(tx orm.DB) error { _, err := orm.Repo[task](tx).Sort("ID").Take(1).Page(out, ""); return err },
			"raw":   func(tx orm.DB) error { _, err := orm.Raw[int64](out, tx, "SELECT count(*) FROM tasks"); return err },
			"stream": func(tx orm.DB) error {
				for _, err := range orm.Repo[task](tx).Rows(out) {
					if err != nil {
						return err
					}
				}
				return nil
			},
			"raw stream": func(tx orm.DB) error {
				for _, err := range orm.RawRows[int64](out, tx, "SELECT id FROM tasks") {
					if err != nil {
						return err
					}
				}
				return nil
			},
		} {
			before := entries()
			err := db.Tx(ctx, func(tx orm.DB) error {
				if err := orm.Repo[task](tx).Create(ctx, &task{OwnerID: 1}); err != nil {
					return err
				}
				if err := read(tx); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				return undo
			})
			if !errors.Is(err, undo) || entries() != before {
				t.Errorf("%s: %v; %d entries are left of a transaction that was rolled back", name, err, entries()-before)
			}
			err = db.Tx(ctx, func(tx orm.DB) error { return read(tx) })
			if err != nil || entries() != before+1 {
				t.Errorf("%s: %v; %d entries for one read", name, err, entries()-before)
			}
		}
		if n, err := tasks.Count(ctx); err != nil || n != 0 {
			t.Error(n, err)
		}
	})
}
