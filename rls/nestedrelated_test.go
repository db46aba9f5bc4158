package rls_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Related rows are changed and deleted within the tenant, and a row of another tenant is like one that is not there.
func TestNestedChangesStopAtTheTenant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		look := rls.Bypass(t.Context(), "plant")
		planted := order{AgencyID: 2, UserID: w.mine.ID, Total: 99} // of tenant b, below a user of tenant a
		must(t, orm.Repo[order](w.db).Create(look, &planted))
		must(t, orm.Repo[member](w.db).Create(look, &member{UserID: w.mine.ID, TeamID: w.team.ID, AgencyID: 2}))
		us := orm.Repo[user](w.db)
		total, name := orders.Total.Set(666), orm.Repo[team](w.db).F("Name").Set("stolen")
		alien := func(id int64) map[string]orm.Assign[user] {
			return map[string]orm.Assign[user]{
				"Update":         users.Orders.Update(orm.Key[order](id), total),
				"Delete":         users.Orders.Delete(orm.Key[order](id)),
				"Delete several": users.Orders.Delete(orders.ID.In(1, id)),
			}
		}
		for what, a := range alien(w.order.ID) {
			_, err := us.ByID(w.mine.ID).Update(w.a, a)
			is(t, what, err, orm.ErrNotFound)
			_, absent := us.ByID(w.mine.ID).Update(w.a, alien(999_999)[what])
			_, hung := us.ByID(w.mine.ID).Update(w.a, alien(planted.ID)[what])
			if fmt.Sprint(err) != fmt.Sprint(absent) || fmt.Sprint(err) != fmt.Sprint(hung) {
				t.Errorf("%s: a foreign row is told apart: %v, %v and %v", what, err, absent, hung)
			}
		}
		for what, c := range map[string]struct {
			set  orm.Assign[user]
			want error
		}{
			"update every order":         {users.Orders.UpdateMany(orm.And[order](), total), nil},
			"update orders of b":         {users.Orders.UpdateMany(orders.AgencyID.Eq(2), total), nil},
			"delete orders of b":         {users.Orders.DeleteMany(orders.AgencyID.Eq(2)), nil},
			"upsert an order of b":       {users.Orders.Upsert(orm.Key[order](w.order.ID), &order{ID: w.order.ID}, total), orm.ErrConflict},
			"upsert the planted order":   {users.Orders.Upsert(orm.Key[order](planted.ID), &order{ID: planted.ID}, total), orm.ErrConflict},
			"take an order of b":         {users.Orders.LinkOrCreate(orm.Key[order](w.order.ID), &order{ID: w.order.ID}), orm.ErrConflict},
			"an order in tenant b":       {users.Orders.LinkOrCreate(orm.Key[order](999_999), &order{AgencyID: 2}), orm.ErrDenied},
			"orders in tenant b":         {users.Orders.CreateMany([]*order{{AgencyID: 2}}, orm.SkipDuplicates()), orm.ErrDenied},
			"move an order to b":         {users.Orders.UpdateMany(orm.And[order](), orders.AgencyID.Set(2)), orm.ErrDenied},
			"update a team of b":         {users.Teams.Update(orm.Key[team](w.team.ID), name), orm.ErrNotFound},
			"update every team":          {users.Teams.UpdateMany(orm.And[team](), name), nil},
			"upsert a team of b":         {users.Teams.Upsert(orm.Key[team](w.team.ID), &team{ID: w.team.ID}, name), orm.ErrConflict},
			"take a team of b":           {users.Teams.LinkOrCreate(orm.Key[team](w.team.ID), &team{ID: w.team.ID}), orm.ErrConflict},
			"delete a team of b":         {users.Teams.Delete(orm.Key[team](w.team.ID)), orm.ErrNotFound},
			"delete every team":          {users.Teams.DeleteMany(orm.And[team]()), nil},
			"a boss with an email of b":  {users.Boss.Upsert(&user{Email: "n@x"}, users.Email.Set(w.theirs.Email)), orm.ErrConflict},
			"a boss of b":                {users.Boss.LinkOrCreate(users.Email.Eq(w.theirs.Email), &user{}), orm.ErrConflict},
			"a boss in tenant b":         {users.Boss.LinkOrCreate(users.Email.Eq("n@x"), &user{AgencyID: 2}), orm.ErrDenied},
			"a filter by a related row":  {users.Orders.UpdateMany(orders.User.Is(users.Email.Eq(w.theirs.Email)), total), nil},
			"delete by orders of others": {users.Orders.DeleteMany(orders.Items.Some(orm.Repo[item](w.db).F("OrderID").Eq(w.order.ID))), nil},
		} {
			_, err := us.ByID(w.mine.ID).Update(w.a, c.set)
			is(t, what, err, c.want)
			_, err = us.ByID(w.theirs.ID).Update(w.a, c.set)
			is(t, what+", below b's user", err, orm.ErrNotFound)
			if _, err = us.ByID(w.mine.ID).Update(t.Context(), c.set); !errors.Is(err, orm.ErrNoActor) {
				t.Errorf("%s: nobody: %v", what, err)
			}
		}
		if o, err := orm.Repo[order](w.db).ByID(planted.ID).One(w.b); err != nil || o.Total != 99 || o.UserID != w.mine.ID {
			t.Errorf("the planted order: %+v, %v", o, err)
		}
		if n, err := orm.Repo[member](w.db).Count(w.b); err != nil || n != 2 {
			t.Errorf("tenant b has %d link rows, want 2: %v", n, err)
		}
		if x, err := orm.Repo[team](w.db).ByID(w.team.ID).One(w.b); err != nil || x.Name != "team" {
			t.Errorf("tenant b's team: %+v, %v", x, err)
		}
		if n, err := orm.Repo[team](w.db).Count(w.a); err != nil || n != 0 {
			t.Errorf("tenant a has %d teams, want none: %v", n, err)
		}
		// a foreign key that was led to another tenant's row, whoever did it
		_, err := us.ByID(w.mine.ID).Update(look, us.F("BossID").Set(w.theirs.ID))
		must(t, err)
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Boss.Update(users.Email.Set("stolen@x")))
		is(t, "a boss of b, planted", err, orm.ErrNotFound)
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Boss.Delete())
		is(t, "delete a boss of b, planted", err, orm.ErrNotFound)
		if u, err := us.ByID(w.mine.ID).One(w.a); err != nil || u.BossID == nil {
			t.Errorf("half-done: %+v, %v", u, err)
		}
		w.intact(t)
	})
}

// Rows of another parent of the same tenant are not related rows, and stay with it as they are.
func TestNestedChangesStopAtTheParent(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us := orm.Repo[user](w.db)
		peer, theirs, club := user{Email: "peer@x"}, order{Total: 7}, team{Name: "theirs"}
		must(t, us.Create(w.a, &peer, users.Orders.Create(&theirs), users.Teams.Create(&club)))
		total, name := orders.Total.Set(666), orm.Repo[team](w.db).F("Name").Set("stolen")
		key, tm := orm.Key[order](theirs.ID), orm.Key[team](club.ID)
		for _, c := range []struct {
			what string
			set  orm.Assign[user]
			want error
		}{
			{"Update", users.Orders.Update(key, total), orm.ErrNotFound},
			{"UpdateMany", users.Orders.UpdateMany(key, total), nil},
			{"Upsert", users.Orders.Upsert(key, &order{ID: theirs.ID}, total), orm.ErrConflict},
			{"Delete", users.Orders.Delete(key), orm.ErrNotFound},
			{"Delete several", users.Orders.Delete(orders.ID.In(1, theirs.ID)), orm.ErrNotFound},
			{"DeleteMany", users.Orders.DeleteMany(key), nil},
			{"DeleteMany of any", users.Orders.DeleteMany(orm.Or(orders.ID.Gt(0), orders.Total.Gt(0))), nil},
			{"team Update", users.Teams.Update(tm, name), orm.ErrNotFound},
			{"team UpdateMany", users.Teams.UpdateMany(tm, name), nil},
			{"team Upsert", users.Teams.Upsert(tm, &team{ID: club.ID}, name), orm.ErrConflict},
			{"team Delete", users.Teams.Delete(tm), orm.ErrNotFound},
			{"team Delete several", users.Teams.Delete(orm.Key[team](1), tm), orm.ErrNotFound},
			{"team DeleteMany", users.Teams.DeleteMany(tm), nil},
			{"team DeleteMany of any", users.Teams.DeleteMany(orm.And[team]()), nil},
			{"hand over by Update", users.Orders.Update(orm.Key[order](1), orders.UserID.Set(peer.ID)), orm.ErrInvalid},
			{"hand over by UpdateMany", users.Orders.UpdateMany(orm.And[order](), orders.UserID.Set(peer.ID)), orm.ErrInvalid},
			{"hand over by Upsert", users.Orders.Upsert(orm.Key[order](1), &order{UserID: peer.ID}, total), orm.ErrInvalid},
		} {
			_, err := us.ByID(w.mine.ID).Update(w.a, c.set)
			is(t, c.what, err, c.want)
		}
		u, err := us.ByID(peer.ID).Include("Orders", "Teams").One(w.a)
		must(t, err)
		if len(u.Orders) != 1 || u.Orders[0].Total != 7 || len(u.Teams) != 1 || u.Teams[0].Name != "theirs" {
			t.Errorf("the peer's rows changed: %+v", u)
		}
		if u, err = us.ByID(w.mine.ID).Include("Orders", "Teams").One(w.a); err != nil || len(u.Orders)+len(u.Teams) != 0 {
			t.Errorf("what was deleted is there: %+v, %v", u, err)
		}
		w.intact(t)
	})
}

type bin struct {
	ID    int64   `orm:"id,auto,table=bins"`
	Code  *string `orm:"code,unique"`
	LidID *int64

	Boxes []crate `orm:"relation=code:code"`
	Lid   *crate  `orm:"relation=lid_id:serial"`
}

type crate struct {
	ID     int64   `orm:"id,auto,table=crates"`
	Code   *string `orm:"code"`
	Serial *int64  `orm:"serial,unique"`
	Name   string  `orm:"name"`
}

var bins = orm.Bind[bin, struct {
	Boxes orm.Many[bin, crate]
	Lid   orm.One[bin, crate]
}]()

// A row without the key of a relation has no related rows: not those without one either.
func TestNestedChangesOfNoKey(t *testing.T) {
	databases(t, []any{bin{}, crate{}}, func(t *testing.T, db orm.DB) {
		b := bin{}
		must(t, orm.Repo[bin](db).Create(t.Context(), &b))
		stray := crate{Name: "stray"}
		must(t, orm.Repo[crate](db).Create(t.Context(), &stray))
		name := orm.Repo[crate](db).F("Name").Set("taken")
		for what, c := range map[string]struct {
			set  orm.Assign[bin]
			want error
		}{
			"Update":     {bins.Boxes.Update(orm.Key[crate](stray.ID), name), orm.ErrNotFound},
			"UpdateMany": {bins.Boxes.UpdateMany(orm.And[crate](), name), nil},
			"Upsert":     {bins.Boxes.Upsert(orm.Key[crate](stray.ID), &crate{}, name), orm.ErrInvalid},
			"Delete":     {bins.Boxes.Delete(orm.Key[crate](stray.ID)), orm.ErrNotFound},
			"DeleteMany": {bins.Boxes.DeleteMany(orm.And[crate]()), nil},
			"Lid.Update": {bins.Lid.Update(name), orm.ErrNotFound},
			"Lid.Delete": {bins.Lid.Delete(), orm.ErrNotFound},
		} {
			_, err := orm.Repo[bin](db).ByID(b.ID).Update(t.Context(), c.set)
			is(t, what, err, c.want)
		}
		if x, err := orm.Repo[crate](db).ByID(stray.ID).One(t.Context()); err != nil || x.Name != "stray" {
			t.Errorf("the crate of nobody: %+v, %v", x, err)
		}
	})
}

// A role needs for each related row what it would need for a write of it by itself.
func TestNestedChangesNeedTheirOperations(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		must(t, w.db.Use(rls.RBAC{"agency": {}, "item": {},
			"user":   {"writer": rls.All, "changer": rls.Update, "maker": rls.Update, "remover": rls.Update, "reader": rls.Read | rls.Update, "unlinker": rls.Update},
			"order":  {"writer": rls.All, "changer": rls.Update, "maker": rls.Create, "remover": rls.Delete, "reader": rls.Read},
			"team":   {"writer": rls.All, "changer": rls.Update, "maker": rls.Create, "remover": rls.Delete, "reader": rls.Read, "unlinker": rls.Delete},
			"member": {"writer": rls.All, "changer": rls.Read, "maker": rls.Read, "remover": rls.Read, "reader": rls.Read, "unlinker": rls.Read | rls.Delete}}))
		total, name := orders.Total.Set(1), orm.Repo[team](w.db).F("Name").Set("n")
		first, club := orm.Key[order](1), orm.Key[team](1)
		every, all := orm.And[order](), orm.And[team]()
		absent := orm.Key[order](999_999)
		for what, c := range map[string]struct {
			set  func() orm.Assign[user]
			does string // the role that may, beside writer
		}{
			"Update":           {func() orm.Assign[user] { return users.Orders.Update(first, total) }, "changer"},
			"UpdateMany":       {func() orm.Assign[user] { return users.Orders.UpdateMany(every, total) }, "changer"},
			"Upsert":           {func() orm.Assign[user] { return users.Orders.Upsert(first, &order{}, total) }, "changer"},
			"Upsert, made":     {func() orm.Assign[user] { return users.Orders.Upsert(absent, &order{}, total) }, ""},
			"CreateMany":       {func() orm.Assign[user] { return users.Orders.CreateMany([]*order{{}}) }, "maker"},
			"LinkOrCreate":     {func() orm.Assign[user] { return users.Orders.LinkOrCreate(absent, &order{}) }, "maker"},
			"team Update":      {func() orm.Assign[user] { return users.Teams.Update(club, name) }, "changer"},
			"team UpdateMany":  {func() orm.Assign[user] { return users.Teams.UpdateMany(all, name) }, "changer"},
			"team Upsert":      {func() orm.Assign[user] { return users.Teams.Upsert(club, &team{}, name) }, "changer"},
			"team DeleteMany":  {func() orm.Assign[user] { return users.Teams.DeleteMany(all) }, "unlinker"},
			"team Delete":      {func() orm.Assign[user] { return users.Teams.Delete(club) }, "unlinker"},
			"order DeleteMany": {func() orm.Assign[user] { return users.Orders.DeleteMany(every) }, "remover"},
			"order Delete":     {func() orm.Assign[user] { return users.Orders.Delete(first) }, "remover"},
		} {
			for _, role := range []string{"reader", "changer", "maker", "remover", "unlinker", "writer"} {
				ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: int64(1), Role: role})
				err := w.db.Tx(ctx, func(tx orm.DB) error {
					if _, err := orm.Repo[user](tx).ByID(w.mine.ID).Update(ctx, c.set()); err != nil {
						return err
					}
					return errUndo
				})
				want := orm.ErrDenied
				if role == "writer" || role == c.does {
					want = errUndo
				}
				is(t, what+" as "+role, err, want)
			}
		}
	})
}

// Every related row that changes is audited as what was done to it, and hooks of its model may refuse.
func TestNestedChangesMeetHooks(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		var seen []string
		must(t, w.db.Use(hook.Audit(func(_ context.Context, e hook.Entry) error {
			seen = append(seen, string(e.Op)+" "+e.Model)
			return nil
		})))
		us := orm.Repo[user](w.db)
		total, name := orders.Total.Set(1), orm.Repo[team](w.db).F("Name").Set("n")
		for _, c := range []struct {
			set  orm.Assign[user]
			want []string
		}{
			{users.Orders.Update(orm.Key[order](1), total), []string{"update user", "update order"}},
			{users.Orders.UpdateMany(orm.And[order](), total), []string{"update user", "update order", "update order"}},
			{users.Orders.Upsert(orm.Key[order](1), &order{}, total), []string{"update user", "update order"}},
			{users.Orders.Upsert(orm.Key[order](999_999), &order{}, total), []string{"update user", "create order"}},
			{users.Orders.CreateMany([]*order{{}, {}}), []string{"update user", "create order", "create order"}},
			{users.Orders.Delete(orders.ID.In(1, 2)), []string{"update user", "delete order", "delete order"}},
			{users.Orders.DeleteMany(orders.Total.Eq(1)), []string{"update user"}},
			{users.Teams.UpdateMany(orm.And[team](), name), []string{"update user", "update team"}},
			{users.Teams.LinkOrCreate(orm.Key[team](999_999), &team{}), []string{"update user", "create team", "create member"}},
			{users.Teams.Delete(orm.Key[team](1)), []string{"update user", "delete member", "delete team"}},
			{users.Boss.Update(users.Email.Set("chief@x")), []string{"update user", "update user"}},
			{users.Boss.Delete(), []string{"update user", "delete user"}},
		} {
			seen = nil
			_, err := us.ByID(w.mine.ID).Update(w.a, c.set)
			must(t, err)
			if !slices.Equal(seen, c.want) {
				t.Errorf("audited %q, want %q", seen, c.want)
			}
		}
		no := errors.New("no")
		must(t, w.db.Use(hook.Hook{Name: "no", Before: func(_ context.Context, op *hook.Op) error {
			if op.Model.Name == "order" && (op.Kind == hook.Update || op.Kind == hook.Delete) {
				return no
			}
			return nil
		}}))
		_, err := us.ByID(w.mine.ID).Update(w.a, users.Email.Set("never@x"), users.Orders.UpdateMany(orm.And[order](), total))
		is(t, "a hook of the related model", err, no)
		_, err = us.ByID(w.mine.ID).Update(w.a, users.Email.Set("never@x"), users.Orders.DeleteMany(orm.And[order]()))
		is(t, "a hook of the related model", err, no)
		if u, err := us.ByID(w.mine.ID).One(w.a); err != nil || u.Email != w.mine.Email {
			t.Errorf("half-done: %+v, %v", u, err)
		}
		w.intact(t)
	})
}

type folder struct {
	ID      int64 `orm:"id,auto,table=folders"`
	OwnerID int64 `orm:"owner_id,owner"`
	TopID   *int64

	Papers []paper `orm:"relation=id:folder_id"`
	Top    *paper  `orm:"relation=top_id:id"`
}

type paper struct {
	ID       int64  `orm:"id,auto,table=papers"`
	FolderID *int64 `orm:"folder_id"`
	OwnerID  int64  `orm:"owner_id,owner"`
	Title    string `orm:"title,unique"`
	Level    int    `orm:"level"`
}

var folders = orm.Bind[folder, struct {
	Papers orm.Many[folder, paper]
	Top    orm.One[folder, paper]
}]()

var papers = orm.Bind[paper, struct {
	ID    orm.Col[paper, int64]
	Title orm.Text[paper]
	Level orm.Col[paper, int]
}]()

// Rows of another owner below a row of mine are not reached, and a policy holds for what is written.
func TestNestedChangesStopAtTheOwner(t *testing.T) {
	databases(t, []any{folder{}, paper{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Owner("boss"), rls.Policy[paper](func(context.Context, orm.Actor) (orm.Pred[paper], error) {
			return papers.Level.Lte(5), nil
		})))
		me := as(t, 1, "")
		fs := orm.Repo[folder](db)
		mine := paper{Title: "mine"}
		f := folder{}
		must(t, fs.Create(me, &f, folders.Papers.Create(&mine)))
		theirs := paper{Title: "theirs", FolderID: &f.ID, OwnerID: 2}
		must(t, orm.Repo[paper](db).Create(rls.Bypass(t.Context(), "plant"), &theirs))
		_, err := fs.ByID(f.ID).Update(rls.Bypass(t.Context(), "plant"), fs.F("TopID").Set(theirs.ID))
		must(t, err)
		key, every, up := orm.Key[paper](theirs.ID), orm.And[paper](), papers.Level.Set(1)
		for what, c := range map[string]struct {
			set  orm.Assign[folder]
			want error
		}{
			"Update":              {folders.Papers.Update(key, up), orm.ErrNotFound},
			"UpdateMany":          {folders.Papers.UpdateMany(every, up), nil},
			"Upsert":              {folders.Papers.Upsert(papers.Title.Eq("theirs"), &paper{}, up), orm.ErrConflict},
			"LinkOrCreate":        {folders.Papers.LinkOrCreate(papers.Title.Eq("theirs"), &paper{}), orm.ErrConflict},
			"CreateMany":          {folders.Papers.CreateMany([]*paper{{Title: "new", OwnerID: 2}}), orm.ErrDenied},
			"Delete":              {folders.Papers.Delete(key), orm.ErrNotFound},
			"DeleteMany":          {folders.Papers.DeleteMany(papers.Title.Eq("theirs")), nil},
			"given away":          {folders.Papers.UpdateMany(every, orm.Repo[paper](db).F("OwnerID").Set(2)), orm.ErrDenied},
			"Top.Update":          {folders.Top.Update(up), orm.ErrNotFound},
			"Top.Delete":          {folders.Top.Delete(), orm.ErrNotFound},
			"Top.Upsert":          {folders.Top.Upsert(&paper{Title: "theirs"}, up), orm.ErrConflict},
			"out of the policy":   {folders.Papers.UpdateMany(every, papers.Level.Set(9)), orm.ErrDenied},
			"made out of it":      {folders.Papers.Upsert(papers.Title.Eq("high"), &paper{Level: 9}, up), orm.ErrDenied},
			"many made out of it": {folders.Papers.CreateMany([]*paper{{Title: "high", Level: 9}}, orm.SkipDuplicates()), orm.ErrDenied},
		} {
			_, err := fs.ByID(f.ID).Update(me, c.set)
			is(t, what, err, c.want)
		}
		look := rls.Bypass(t.Context(), "look")
		if p, err := orm.Repo[paper](db).ByID(theirs.ID).One(look); err != nil || p.Level != 0 || p.OwnerID != 2 {
			t.Errorf("the other's paper: %+v, %v", p, err)
		}
		if n, err := orm.Repo[paper](db).Count(look); err != nil || n != 2 {
			t.Errorf("%d papers, want 2: %v", n, err)
		}
		_, err = fs.ByID(f.ID).Update(as(t, 9, "boss"), folders.Papers.DeleteMany(every))
		must(t, err)
		if n, err := orm.Repo[paper](db).Count(look); err != nil || n != 0 {
			t.Errorf("%d papers after the boss, want none: %v", n, err)
		}
	})
}
