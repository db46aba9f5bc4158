package rls_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Nested writes reach no row of another tenant, whichever way they name it, and leave no half-done write behind.
func TestNestedWritesStopAtTheTenant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us := orm.Repo[user](w.db)
		before, err := us.ByID(w.mine.ID).One(w.a)
		must(t, err)
		alien := w.theirs.ID
		for what, c := range map[string]struct {
			set  orm.Assign[user]
			want error
		}{
			"link an order of tenant b":        {users.Orders.Link(orm.Key[order](w.order.ID)), orm.ErrReference},
			"link one of mine and one of b":    {users.Orders.Link(orders.ID.In(1, w.order.ID)), orm.ErrReference},
			"set orders of tenant b":           {users.Orders.Set(orm.Key[order](w.order.ID)), orm.ErrReference},
			"a boss of tenant b":               {users.Boss.Link(orm.Key[user](alien)), orm.ErrReference},
			"a boss of tenant b by email":      {users.Boss.Set(users.Email.Eq(w.theirs.Email)), orm.ErrReference},
			"a team of tenant b":               {users.Teams.Link(orm.Key[team](w.team.ID)), orm.ErrReference},
			"set a team of tenant b":           {users.Teams.Set(orm.Key[team](w.team.ID)), orm.ErrReference},
			"an order in tenant b's name":      {users.Orders.Create(&order{AgencyID: 2}), orm.ErrDenied},
			"a team in tenant b's name":        {users.Teams.Create(&team{AgencyID: 2}), orm.ErrDenied},
			"a boss in tenant b's name":        {users.Boss.Create(&user{AgencyID: 2, Email: "n@x"}), orm.ErrDenied},
			"an order below tenant b's user":   {users.Orders.Create(&order{UserID: alien}), orm.ErrInvalid},
			"a boss below tenant b's user":     {users.Boss.Create(&user{Email: "n@x", BossID: &alien}), orm.ErrReference},
			"an order that nobody has":         {users.Orders.Link(orm.Key[order](999_999)), orm.ErrReference},
			"a boss with an email of tenant b": {users.Boss.Create(&user{Email: w.theirs.Email}), orm.ErrConflict},
		} {
			_, err := us.ByID(w.mine.ID).Update(w.a, users.Email.Set("changed@x"), c.set)
			is(t, what, err, c.want)
			is(t, what+", in a Create", us.Create(w.a, &user{Email: "fresh@x"}, c.set), c.want)
		}
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Email.Set("changed@x"), users.Orders.Set())
		is(t, "untie orders, which need their user", err, orm.ErrInvalid)
		_, err = us.ByID(alien).Update(w.a, users.Teams.Set())
		is(t, "below a user of tenant b", err, orm.ErrNotFound)
		_, err = us.ByID(alien).Update(w.a, users.Orders.Create(&order{Total: 1}))
		is(t, "below a user of tenant b", err, orm.ErrNotFound)
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Teams.Unlink(orm.Key[team](w.team.ID)))
		must(t, err)
		after, err := us.ByID(w.mine.ID).One(w.a)
		must(t, err)
		if after.Email != before.Email || *after.BossID != *before.BossID {
			t.Errorf("half-done: %+v, was %+v", after, before)
		}
		if _, err := us.ByID(w.mine.ID).Update(t.Context(), users.Teams.Set()); !errors.Is(err, orm.ErrNoActor) {
			t.Errorf("nobody: %v", err)
		}
		if n, err := us.Where(users.Email.In("fresh@x", "changed@x", "n@x")).Count(rls.Bypass(t.Context(), "look")); n != 0 || err != nil {
			t.Errorf("refused writes left %d rows: %v", n, err)
		}
		w.intact(t)
	})
}

// Rows of another tenant that refer to mine all the same, whoever planted them, are neither untied nor counted.
func TestNestedWritesLeavePlantedRows(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		look := rls.Bypass(t.Context(), "plant")
		planted := order{AgencyID: 2, UserID: w.mine.ID, Total: 99}
		if err := orm.Repo[order](w.db).Create(look, &planted); err != nil {
			t.Fatal(err)
		}
		boss, err := orm.Repo[user](w.db).ByID(*w.mine.BossID).One(w.a)
		must(t, err)
		spy := user{AgencyID: 2, Email: "spy@x", BossID: &boss.ID}
		must(t, orm.Repo[user](w.db).Create(look, &spy))
		must(t, orm.Repo[member](w.db).Create(look, &member{UserID: w.mine.ID, TeamID: w.team.ID, AgencyID: 2}))
		us := orm.Repo[user](w.db)
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Teams.Set())
		must(t, err)
		mine, err := orm.Repo[order](w.db).Where(orders.UserID.Eq(w.mine.ID)).All(w.a)
		must(t, err)
		ids := make([]int64, len(mine))
		for i, o := range mine {
			ids[i] = o.ID
		}
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Orders.Set(orders.ID.In(ids...)))
		must(t, err)
		if o, err := orm.Repo[order](w.db).ByID(planted.ID).One(w.b); err != nil || o.UserID != planted.UserID || o.Total != planted.Total {
			t.Errorf("tenant b's order: %+v, %v", o, err)
		}
		if n, err := orm.Repo[member](w.db).Count(w.b); err != nil || n != 2 {
			t.Errorf("tenant b has %d link rows, want 2: %v", n, err)
		}
		if n, err := orm.Repo[member](w.db).Count(w.a); err != nil || n != 0 {
			t.Errorf("tenant a has %d link rows, want none: %v", n, err)
		}
	})
}

// Link rows get the actor's tenant, soft-deleted rows cannot be linked, and every row that changes is audited.
func TestNestedWritesAreWritesLikeOthers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		var seen []string
		must(t, w.db.Use(hook.Audit(func(_ context.Context, e hook.Entry) error {
			seen = append(seen, string(e.Op)+" "+e.Model)
			if e.TenantID != int64(1) {
				t.Errorf("entry of tenant %v", e.TenantID)
			}
			return nil
		})))
		us := orm.Repo[user](w.db)
		one, two := order{Total: 1}, order{Total: 2}
		tm := team{Name: "third"}
		boss := user{Email: "chief@x"}
		_, err := us.ByID(w.mine.ID).Update(w.a, users.Boss.Create(&boss), users.Orders.Create(&one, &two), users.Teams.Create(&tm))
		must(t, err)
		want := []string{"create user", "update user", "create order", "create order", "create team", "create member"}
		if !slices.Equal(seen, want) {
			t.Errorf("audited %q, want %q", seen, want)
		}
		if one.AgencyID != 1 || tm.AgencyID != 1 || boss.AgencyID != 1 {
			t.Errorf("tenants: %+v %+v %+v", one, tm, boss)
		}
		if n, err := orm.Repo[member](w.db).Count(w.a); err != nil || n != 2 {
			t.Errorf("%d link rows, %v", n, err)
		}
		seen = nil
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Boss.Unlink(), users.Teams.Set(orm.Key[team](tm.ID)))
		must(t, err)
		if want := []string{"update user", "delete member"}; !slices.Equal(seen, want) {
			t.Errorf("audited %q, want %q", seen, want)
		}
		_, err = us.ByID(boss.ID).Delete(w.a)
		must(t, err)
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Boss.Link(orm.Key[user](boss.ID)))
		is(t, "a boss who is gone", err, orm.ErrReference)
		sink := errors.New("sink is full")
		must(t, w.db.Use(hook.Hook{Name: "full", After: func(_ context.Context, op *hook.Op) error {
			if op.Model.Name == "member" {
				return sink
			}
			return nil
		}}))
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Email.Set("never@x"), users.Orders.Create(&order{Total: 5}), users.Teams.Set())
		is(t, "a hook of the link model", err, sink)
		if u, err := us.ByID(w.mine.ID).Include("Orders", "Teams").One(w.a); err != nil || u.Email != w.mine.Email || len(u.Orders) != 4 || len(u.Teams) != 1 {
			t.Errorf("half-done: %+v, %v", u, err)
		}
	})
}

// A role needs for each row what it would need for a write of it by itself.
func TestNestedWritesNeedTheirOperations(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		must(t, w.db.Use(rls.RBAC{"agency": {}, "item": {},
			"user":   {"clerk": rls.Read | rls.Update, "reader": rls.Read},
			"order":  {"clerk": rls.Read},
			"team":   {"clerk": rls.Read},
			"member": {"clerk": rls.Read | rls.Create}}))
		as := func(role string) context.Context {
			return orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: int64(1), Role: role})
		}
		update := func(role string, a orm.Assign[user]) error {
			_, err := orm.Repo[user](w.db).ByID(w.mine.ID).Update(as(role), a)
			return err
		}
		is(t, "create an order", update("clerk", users.Orders.Create(&order{})), orm.ErrDenied)
		is(t, "move an order", update("clerk", users.Orders.Set(orders.ID.In(1, 2))), nil)
		is(t, "remove a link row", update("clerk", users.Teams.Set()), orm.ErrDenied)
		is(t, "link a team", update("clerk", users.Teams.Link(orm.Key[team](1))), nil)
		is(t, "a role that reads", update("reader", users.Teams.Link(orm.Key[team](1))), orm.ErrDenied)
	})
}
