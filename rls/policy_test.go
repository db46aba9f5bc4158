package rls_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
)

type modelOf = model.Model

func TestPoliciesFailClosed(t *testing.T) {
	said := errors.New("a reason of its own")
	for what, fn := range map[string]func(context.Context, orm.Actor) (orm.Pred[task], error){
		"an error": func(context.Context, orm.Actor) (orm.Pred[task], error) { return orm.And[task](), said },
		"a panic":  func(context.Context, orm.Actor) (orm.Pred[task], error) { panic("with a secret") },
		"nothing":  func(context.Context, orm.Actor) (p orm.Pred[task], err error) { return p, nil },
	} {
		db, n := watched(t, []any{task{}, step{}}, rls.Policy(fn))
		ctx := as(t, 1, "")
		for try, err := range map[string]error{
			"read":    second(orm.Repo[task](db).All(ctx)),
			"include": second(orm.Repo[task](db).Include("Steps").All(ctx)),
			"update":  second(orm.Repo[task](db).EveryRow().UpdateMany(ctx, tasks.Level.Set(1))),
			"delete":  second(orm.Repo[task](db).EveryRow().DeleteMany(ctx)),
			"upsert":  orm.Repo[task](db).Upsert(ctx, orm.On(tasks.Title), &task{Title: "x"}),
		} {
			is(t, what+": "+try, err, orm.ErrDenied)
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %s tells the panic: %v", what, try, err)
			}
		}
		if what == "an error" {
			is(t, "the reason", second(orm.Repo[task](db).All(ctx)), said)
		}
		is(t, what+": nobody", second(orm.Repo[task](db).All(t.Context())), orm.ErrNoActor)
		for range n.Load() {
			if c, err := orm.Repo[task](db).Count(rls.Bypass(t.Context(), "look")); c != 0 || err != nil {
				t.Fatalf("%s wrote %d rows, %v", what, c, err)
			}
		}
		is(t, what+": create", orm.Repo[task](db).Create(ctx, &task{Title: "t"}), orm.ErrDenied)
		if c, _ := orm.Repo[task](db).Count(rls.Bypass(t.Context(), "look")); c != 0 {
			t.Errorf("%s: a refused create is there", what)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Policies that filter by each other's models end in an error, not in a crash; deep conditions are none of that.
func TestPoliciesThatNameEachOtherEnd(t *testing.T) {
	boss, hands := relation[crew](t, "Boss"), relation[crew](t, "Hands")
	loop := rls.Policy(func(context.Context, orm.Actor) (orm.Pred[crew], error) {
		return builder.PredOf[crew](builder.AnyOf(builder.Related(builder.OpSome, boss), builder.Related(builder.OpSome, hands))), nil
	})
	db, n := watched(t, []any{crew{}}, loop)
	is(t, "a loop of policies", second(orm.Repo[crew](db).All(as(t, 1, ""))), orm.ErrLimit)
	if n.Load() != 0 {
		t.Errorf("%d statements", n.Load())
	}

	depth := 0
	ends := rls.Policy(func(context.Context, orm.Actor) (orm.Pred[crew], error) {
		if depth++; depth > 3 {
			return orm.And[crew](), nil
		}
		return builder.PredOf[crew](builder.Negate(builder.Related(builder.OpSome, boss))), nil
	})
	db, _ = watched(t, []any{crew{}}, ends)
	p := orm.And(builder.PredOf[crew](builder.Related(builder.OpSome, hands)))
	for range 30 {
		p = orm.Not(p)
	}
	_, err := orm.Repo[crew](db).Where(p).All(as(t, 1, ""))
	must(t, err)
}

type crew struct {
	ID     int64  `orm:"id,auto,table=crews"`
	BossID *int64 `orm:"boss_id"`
	Boss   *crew  `orm:"relation=boss_id:id"`
	Hands  []crew `orm:"relation=id:boss_id"`
}

func TestScopesThatMisbehaveDeny(t *testing.T) {
	for what, rule := range map[string]hook.Rule{
		"Filter panics":        {Filter: func(context.Context, hook.Touch) (builder.Expr, error) { panic("x") }},
		"Filter says nothing":  {Filter: func(context.Context, hook.Touch) (builder.Expr, error) { return builder.Expr{}, nil }},
		"Insert panics":        {Insert: func(context.Context, hook.NewRows) error { panic("x") }},
		"Assign panics":        {Assign: func(context.Context, *builder.Set) error { panic("x") }},
		"Delete panics":        {Delete: func(context.Context) ([]builder.Set, error) { panic("x") }},
		"Filter and all panic": {Filter: func(context.Context, hook.Touch) (builder.Expr, error) { panic("x") }, Delete: func(context.Context) ([]builder.Set, error) { panic("x") }},
	} {
		db, _ := watched(t, []any{crew{}}, hook.Scope{Name: "wild", Bind: func(*modelOf) (*hook.Rule, error) { return &rule, nil }})
		repo := orm.Repo[crew](db)
		denied := 0
		for _, err := range []error{
			second(repo.All(t.Context())), repo.Create(t.Context(), &crew{}), second(repo.EveryRow().UpdateMany(t.Context(), repo.F("BossID").Set(nil))),
			second(repo.EveryRow().DeleteMany(t.Context())), repo.Upsert(t.Context(), orm.On(repo.F("ID")), &crew{ID: 5}),
		} {
			if err == nil {
				continue
			}
			denied++
			is(t, what, err, orm.ErrDenied)
		}
		if denied == 0 {
			t.Errorf("%s denied nothing", what)
		}
		err := db.Tx(t.Context(), func(tx orm.DB) error { return nil }) // the connection is back
		must(t, err)
	}
}

func TestOnlyDeletedNeedsSoftDelete(t *testing.T) {
	db, n := watched(t, []any{crew{}})
	is(t, "OnlyDeleted", second(orm.Repo[crew](db).OnlyDeleted().All(t.Context())), orm.ErrInvalid)
	is(t, "ForceDelete of the deleted", second(orm.Repo[crew](db).OnlyDeleted().EveryRow().ForceDelete(t.Context())), orm.ErrInvalid)
	is(t, "Restore", second(orm.Repo[crew](db).EveryRow().Restore(t.Context())), orm.ErrInvalid)
	if n.Load() != 0 {
		t.Errorf("%d statements", n.Load())
	}
}

func TestRolesAreAskedAhead(t *testing.T) {
	db, n := watched(t, []any{task{}, step{}}, rls.RBAC{"task": {"clerk": rls.Read, rls.AnyRole: rls.Create}, "step": {"boss": rls.All}})
	clerk := as(t, 1, "clerk")
	is(t, "an include", second(orm.Repo[task](db).Include("Steps").All(clerk)), orm.ErrDenied)
	is(t, "an include of nothing", second(orm.Repo[task](db).Include("Steps").Where(tasks.ID.In()).All(clerk)), orm.ErrDenied)
	for _, err := range orm.Repo[task](db).Include("Steps").Rows(clerk) {
		is(t, "a streamed include", err, orm.ErrDenied)
	}
	if n.Load() != 0 {
		t.Errorf("%d statements ran before the roles were asked", n.Load())
	}
	must(t, orm.Repo[task](db).Create(as(t, 1, ""), &task{Title: "by anyone"}))
	is(t, "the role *", second(orm.Repo[task](db).All(as(t, 1, rls.AnyRole))), orm.ErrDenied)
	is(t, "nobody", orm.Repo[task](db).Create(t.Context(), &task{Title: "x"}), orm.ErrNoActor)
}
