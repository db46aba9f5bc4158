package hook_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
)

func modelFor[T any](t *testing.T) *model.Model {
	t.Helper()
	m, err := model.For[T]()
	must(t, err)
	return m
}

func second[T any](_ T, err error) error { return err }

// A hook that turns a statement into another kind would have rows decoded where they do not fit: it is refused,
// in place or replaced.
func TestAStatementStaysOfItsKind(t *testing.T) {
	other, notes := modelFor[trail](t), modelFor[note](t)
	foreign := notes.Fields[0]
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		var attack func(op *hook.Op)
		must(t, db.Use(hook.Hook{Name: "attack", Before: func(_ context.Context, op *hook.Op) error {
			if attack != nil && op.Model.Name == "account" && op.Path == "" {
				attack(op)
			}
			return nil
		}}, rls.Tenant(), rls.Global(trail{}), hook.SoftDelete()))
		repo := orm.Repo[account](db)
		must(t, repo.Create(ctx, &account{Email: "a@x.org"}))
		reads := map[string]func(op *hook.Op){
			"another model":       func(op *hook.Op) { op.Select.Model = other },
			"a new statement":     func(op *hook.Op) { op.Select = &builder.Select{Model: other} },
			"no statement":        func(op *hook.Op) { op.Select = nil },
			"a count":             func(op *hook.Op) { op.Select.Want = builder.WantCount },
			"a group":             func(op *hook.Op) { op.Select.Group = &builder.Group{} },
			"foreign columns":     func(op *hook.Op) { op.Select.Columns = notes.Fields },
			"a foreign condition": func(op *hook.Op) { op.Select.Where.Add(builder.Compare(builder.OpEq, foreign, model.IntOf(1))) },
			"a foreign order":     func(op *hook.Op) { op.Select.Order.Add(builder.SortKey{Field: foreign}) },
			"a foreign include": func(op *hook.Op) {
				op.Select.Includes = []*builder.Include{{Relation: &model.Relation{Model: other, Target: notes}}}
			},
			"a broken predicate": func(op *hook.Op) { op.Select.Where.Add(builder.Expr{Op: builder.OpNot}) },
		}
		writes := map[string]func(op *hook.Op){
			"another model": func(op *hook.Op) {
				switch {
				case op.Insert != nil:
					op.Insert.Model = other
				case op.Update != nil:
					op.Update.Model = other
				case op.Delete != nil:
					op.Delete.Model = other
				}
			},
			"no statement": func(op *hook.Op) { op.Insert, op.Update, op.Delete = nil, nil, nil },
			"another kind": func(op *hook.Op) {
				op.Insert, op.Update, op.Delete = nil, nil, nil
				op.Select = &builder.Select{Model: op.Model}
			},
			"foreign columns": func(op *hook.Op) {
				switch {
				case op.Insert != nil:
					op.Insert.Fields = notes.Fields
				case op.Update != nil:
					op.Update.Set = append(op.Update.Set, builder.Set{Field: foreign, Value: model.IntOf(1)})
				case op.Delete != nil:
					op.Delete.Returning = notes.Fields
					op.Delete.Where.Add(builder.Compare(builder.OpEq, foreign, model.IntOf(1)))
				}
			},
			"more rows": func(op *hook.Op) {
				if op.Insert == nil {
					op.Update, op.Delete = nil, nil
					return
				}
				op.Insert.Rows = 50
			},
		}
		refuse := func(what, verb string, err error) {
			t.Helper()
			if !errors.Is(err, orm.ErrDenied) && !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("%s in %s: %v", what, verb, err)
			}
		}
		for what, fn := range reads {
			attack = fn
			refuse(what, "All", second(repo.All(ctx)))
			refuse(what, "First", second(repo.First(ctx)))
			for _, err := range repo.Rows(ctx) {
				refuse(what, "Rows", err)
			}
		}
		for what, fn := range writes {
			attack = fn
			refuse(what, "Create", repo.Create(ctx, &account{Email: "b@x.org"}))
			refuse(what, "Update", second(repo.Where(accounts.ID.Eq(1)).UpdateReturning(ctx, accounts.Hits.Set(2))))
			refuse(what, "ForceDelete", second(repo.Where(accounts.ID.Eq(1)).ForceDelete(ctx)))
			refuse(what, "Upsert", repo.Upsert(ctx, orm.On(accounts.Email), &account{Email: "a@x.org", Hits: 7}))
		}
		attack = nil
		if all, err := repo.All(ctx); err != nil || len(all) != 1 || all[0].Hits != 0 {
			t.Errorf("the attacks left %+v, %v", all, err)
		}
	})
}

// A kept query is the caller's: what a hook changes in one run is gone in the next.
func TestAHookCannotSpoilAKeptQuery(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		on := false
		must(t, db.Use(hook.Hook{Name: "spoil", Before: func(_ context.Context, op *hook.Op) error {
			if !on || op.Select == nil {
				return nil
			}
			for i := range op.Select.Where.Len() {
				*op.Select.Where.At(i) = builder.False()
			}
			for i := range op.Select.Columns {
				op.Select.Columns[i] = op.Model.Key[0]
			}
			for _, inc := range op.Select.Includes {
				inc.Where = append(inc.Where, builder.False())
				for i := range inc.Where {
					inc.Where[i] = builder.False()
				}
			}
			return nil
		}}))
		must(t, orm.Repo[account](db).Create(ctx, &account{TenantID: 1, Email: "a@x.org"}))
		must(t, orm.Repo[note](db).Create(ctx, &note{AccountID: 1}))
		p := accounts.ID.Gt(0)
		q := orm.Repo[account](db).Where(p, p, p, p, p, p, p).Select(accounts.ID, accounts.Email).With(accounts.Notes.Where(orm.And[note]()))
		on = true
		if rows, err := q.All(ctx); err != nil || len(rows) != 0 {
			t.Fatalf("the hook had no effect: %v, %v", rows, err)
		}
		on = false
		rows, err := q.All(ctx)
		if err != nil || len(rows) != 1 || rows[0].Email == "" || len(rows[0].Notes) != 1 {
			t.Errorf("the query gives %+v, %v", rows, err)
		}
		if m := modelFor[account](t); m.Fields[2].Name != "Email" {
			t.Error("the model itself was changed")
		}
	})
}

// What a hook adds is scoped like the rest, includes too; a stream has them as All does.
func TestWhatAHookAddsIsScoped(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		rel, err := modelFor[account](t).Relation("Notes")
		must(t, err)
		must(t, db.Use(hook.Hook{Name: "more", Before: func(_ context.Context, op *hook.Op) error {
			if op.Select != nil && op.Select.Group == nil && op.Kind == hook.Read && op.Model == rel.Model {
				op.Select.Includes = append(op.Select.Includes, &builder.Include{Relation: rel, Where: []builder.Expr{builder.AnyOf(builder.True(), builder.False())}})
			}
			return nil
		}}, rls.Tenant(), rls.Global(trail{})))
		must(t, orm.Repo[account](db).Create(ctx, &account{Email: "a@x.org"}))
		must(t, orm.Repo[note](db).Create(ctx, &note{AccountID: 1}))
		must(t, orm.Repo[note](db).Create(rls.Bypass(t.Context(), "plant"), &note{AccountID: 1, TenantID: 2}))
		rows, err := orm.Repo[account](db).All(ctx)
		if err != nil || len(rows) != 1 || len(rows[0].Notes) != 1 {
			t.Errorf("All: %+v, %v", rows, err)
		}
		for row, err := range orm.Repo[account](db).Rows(ctx) {
			if err != nil || len(row.Notes) != 1 {
				t.Errorf("Rows: %+v, %v", row, err)
			}
		}
	})
}

// An include is one operation, and its children have their parents before a hook may empty the key.
func TestAnIncludeIsOneOperation(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		afters := 0
		must(t, db.Use(hook.Sanitize("AccountID"), hook.Hook{Name: "twice", After: func(_ context.Context, op *hook.Op) error {
			if op.Path == "Notes" {
				afters++
				for i := range op.Rows.Len() {
					row := op.Rows.Index(i).Addr().Interface().(*note)
					row.Secret += "!"
				}
			}
			return nil
		}}))
		for i := range 3 {
			row := account{TenantID: 1, Email: strings.Repeat("a", i+1) + "@x.org"}
			must(t, orm.Repo[account](db).Create(ctx, &row))
			must(t, orm.Repo[note](db).Create(ctx, &note{AccountID: row.ID}))
		}
		rows, err := orm.Repo[account](db).Include("Notes").All(ctx)
		must(t, err)
		for _, r := range rows {
			if len(r.Notes) != 1 || r.Notes[0].AccountID != 0 || r.Notes[0].Secret != "!" {
				t.Errorf("notes %+v", r.Notes)
			}
		}
		if afters != 1 {
			t.Errorf("After ran %d times", afters)
		}
	})
}

func TestEffectsRunForWhatHolds(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		var ran []string
		var fail error
		must(t, db.Use(hook.Hook{Name: "effects", Before: func(_ context.Context, op *hook.Op) error {
			name := op.Name
			op.AfterCommit(func(context.Context) { ran = append(ran, name) })
			return nil
		}}, hook.Hook{Name: "veto", Before: func(context.Context, *hook.Op) error { return fail }}))
		expect := func(what string, want ...string) {
			t.Helper()
			if strings.Join(ran, " ") != strings.Join(want, " ") {
				t.Errorf("%s: ran %v, want %v", what, ran, want)
			}
			ran = nil
		}
		repo := orm.Repo[account](db)
		must(t, second(repo.All(ctx)))
		expect("a read", "All")
		for _, err := range repo.Rows(ctx) {
			must(t, err)
		}
		expect("a stream", "Rows")
		must(t, second(db.Exec(ctx, "DELETE FROM accounts")))
		expect("text", "Raw")
		fail = errors.New("veto")
		for _, err := range []error{second(repo.All(ctx)), second(db.Exec(ctx, "DELETE FROM accounts")), repo.Create(ctx, &account{}), second(repo.Count(ctx))} {
			if !errors.Is(err, fail) {
				t.Error(err)
			}
		}
		for _, err := range repo.Rows(ctx) {
			if !errors.Is(err, fail) {
				t.Error(err)
			}
		}
		expect("what was vetoed")
		fail = nil
		undo := errors.New("undo")
		err := db.Tx(ctx, func(tx orm.DB) error {
			must(t, orm.Repo[account](tx).Create(ctx, &account{TenantID: 1, Email: "a@x.org"}))
			inner := tx.Tx(ctx, func(in orm.DB) error {
				must(t, second(orm.Repo[account](in).EveryRow().UpdateMany(ctx, accounts.Hits.Set(2))))
				return undo
			})
			if !errors.Is(inner, undo) {
				t.Error(inner)
			}
			must(t, tx.Tx(ctx, func(in orm.DB) error {
				must(t, second(orm.Repo[account](in).Count(ctx)))
				return nil
			}))
			expect("before the commit")
			return nil
		})
		must(t, err)
		expect("a commit with one nested rollback", "Create", "Count")
		err = db.Tx(ctx, func(tx orm.DB) error {
			must(t, orm.Repo[account](tx).Create(ctx, &account{TenantID: 1, Email: "b@x.org"}))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Error(err)
		}
		expect("a rollback")
	})
}

// A hook for a model that nobody registered would be a check that never runs.
func TestAHookForAStrangerIsRefused(t *testing.T) {
	type stranger struct {
		ID int64 `orm:"id"`
	}
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		nothing := func(context.Context, *hook.Op) error { return nil }
		for what, ext := range map[string]hook.Extension{
			"Before": hook.Before[stranger](nothing), "After": hook.After[stranger](nothing), "no model": hook.Before[int](nothing), "Audit(nil)": hook.Audit[func(context.Context, hook.Entry) error](nil),
		} {
			if err := db.Use(ext); !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		must(t, db.Use(hook.Before[account](nothing), hook.After[*account](nothing)))
		_, err := orm.Repo[account](db).Count(ctx)
		must(t, err)
	})
}

// Use may come while others work: each call runs with all or none of it.
func TestUseDuringTraffic(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		must(t, orm.Repo[account](db).Create(ctx, &account{TenantID: 1, Email: "a@x.org"}))
		stop, done := make(chan struct{}), make(chan error, 4)
		for range 4 {
			go func() {
				for {
					select {
					case <-stop:
						done <- nil
						return
					default:
					}
					if _, err := orm.Repo[account](db).Include("Notes").All(ctx); err != nil {
						done <- err
						return
					}
					if _, err := orm.Repo[account](db).EveryRow().UpdateMany(ctx, accounts.Hits.Inc(1)); err != nil {
						done <- err
						return
					}
				}
			}()
		}
		for i := range 20 {
			must(t, db.Use(hook.Hook{Name: "late " + string(rune('a'+i)), Before: func(context.Context, *hook.Op) error { return nil }, After: func(context.Context, *hook.Op) error { return nil }}))
			time.Sleep(2 * time.Millisecond)
		}
		must(t, db.Use(rls.Tenant(), rls.Global(trail{})))
		if _, err := orm.Repo[account](db).Count(t.Context()); !errors.Is(err, orm.ErrNoActor) {
			t.Errorf("a call after Use: %v", err)
		}
		close(stop)
		for range 4 {
			must(t, <-done)
		}
	})
}
