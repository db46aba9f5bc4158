package rls_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// The graph: agencies are the tenants themselves; users, orders, items, teams and their link model belong to one.

type agency struct {
	ID   int64  `orm:"id,auto,tenant,table=agencies"`
	Name string `orm:"name"`

	Users []user `orm:"relation=id:agency_id"`
}

type user struct {
	ID        int64      `orm:"id,auto,table=users"`
	AgencyID  int64      `orm:"agency_id,tenant"`
	Email     string     `orm:"email,unique"`
	BossID    *int64     `orm:"boss_id"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`

	Boss   *user   `orm:"relation=boss_id:id"`
	Orders []order `orm:"relation=id:user_id"`
	Teams  []team  `orm:"relation=id:id,through=members(user_id:team_id)"`
}

type order struct {
	ID       int64   `orm:"id,auto,table=orders"`
	AgencyID int64   `orm:"agency_id,tenant"`
	UserID   int64   `orm:"user_id,index"`
	Total    float64 `orm:"total"`

	User  *user  `orm:"relation=user_id:id"`
	Items []item `orm:"relation=id:order_id"`
}

type item struct {
	OrderID  int64  `orm:"order_id,id,table=items"`
	Position int    `orm:"position,id"`
	AgencyID int64  `orm:"agency_id,tenant"`
	Name     string `orm:"name"`
}

type team struct {
	ID       int64  `orm:"id,auto,table=teams"`
	AgencyID int64  `orm:"agency_id,tenant"`
	Name     string `orm:"name"`
}

type member struct {
	UserID   int64 `orm:"user_id,id,table=members"`
	TeamID   int64 `orm:"team_id,id"`
	AgencyID int64 `orm:"agency_id,tenant"`
}

var (
	users = orm.Bind[user, struct {
		ID     orm.Col[user, int64]
		Email  orm.Text[user]
		Boss   orm.One[user, user]
		Orders orm.Many[user, order]
		Teams  orm.Many[user, team]
	}]()
	orders = orm.Bind[order, struct {
		ID       orm.Col[order, int64]
		AgencyID orm.Col[order, int64]
		UserID   orm.Col[order, int64]
		Total    orm.Col[order, float64]
		User     orm.One[order, user]
		Items    orm.Many[order, item]
	}]()
)

// world is two tenants with the same rows each.
type world struct {
	db     orm.DB
	a, b   context.Context
	mine   user  // of tenant a
	theirs user  // of tenant b
	order  order // of tenant b
	team   team  // of tenant b
}

func engines(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, build(t, sqlite.Source("main", ":memory:"))) })
	t.Run("postgres", func(t *testing.T) { fn(t, build(t, postgres.Source("main", testkit.Postgres(t)))) })
}

func build(t *testing.T, src orm.Option) *world {
	t.Helper()
	ctx := t.Context()
	db, err := orm.Open(ctx, src, orm.Models(agency{}, user{}, order{}, item{}, team{}, member{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	must(t, orm.CreateTables(ctx, db))
	must(t, db.Use(rls.Tenant(), hook.SoftDelete()))
	w := &world{db: db}
	for i, target := range []*user{&w.mine, &w.theirs} {
		g := agency{ID: int64(i + 1), Name: fmt.Sprint("agency ", i+1)}
		must(t, orm.Repo[agency](db).Create(rls.Bypass(ctx, "a new tenant"), &g))
		in := orm.WithActor(ctx, orm.Actor{ID: i + 1, TenantID: g.ID})
		boss := user{Email: fmt.Sprint("boss", i, "@x")}
		must(t, orm.Repo[user](db).Create(in, &boss))
		*target = user{Email: fmt.Sprint("user", i, "@x"), BossID: &boss.ID}
		must(t, orm.Repo[user](db).Create(in, target))
		os := []order{{UserID: target.ID, Total: 10}, {UserID: target.ID, Total: 20}}
		_, err := orm.Repo[order](db).CreateMany(in, os)
		must(t, err)
		must(t, orm.Repo[item](db).Create(in, &item{OrderID: os[0].ID, Position: 1, Name: "thing"}))
		tm := team{Name: "team"}
		must(t, orm.Repo[team](db).Create(in, &tm))
		must(t, orm.Repo[member](db).Create(in, &member{UserID: target.ID, TeamID: tm.ID}))
		if i == 0 {
			w.a = in
		} else {
			w.b, w.order, w.team = in, os[0], tm
		}
	}
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// intact fails when tenant b's rows are not as they were made.
func (w *world) intact(t *testing.T) {
	t.Helper()
	u, err := orm.Repo[user](w.db).ByID(w.theirs.ID).Include("Orders", "Teams").One(w.b)
	must(t, err)
	if u.Email != w.theirs.Email || u.AgencyID != 2 || len(u.Orders) != 2 || u.Orders[0].Total != 10 || len(u.Teams) != 1 || u.Version != 0 {
		t.Errorf("tenant b's rows changed: %+v", u)
	}
}

func TestReadsSeeTheirOwnTenantOnly(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		repo := orm.Repo[user](w.db)
		anything := orm.Or(users.ID.Gt(0), orm.Not(users.ID.Gt(0)), orm.SQL[user]("1 = 1 OR 2 = 2"))
		for name, q := range map[string]orm.Query[user]{
			"All":            repo.Query(),
			"Or at the top":  repo.Where(anything),
			"Distinct":       repo.Distinct(),
			"WithDeleted":    repo.WithDeleted(),
			"Sort":           repo.Sort("-Email"),
			"relation Some":  repo.Where(orm.Or(users.Orders.Some(), users.Orders.None())),
			"relation Every": repo.Where(users.Orders.Every(orders.ID.Gt(0))),
			"relation Is":    repo.Where(orm.Or(users.Boss.Is(), users.Boss.IsNot())),
		} {
			rows, err := q.All(w.a)
			must(t, err)
			n, err := q.Count(w.a)
			must(t, err)
			if len(rows) != 2 || n != 2 {
				t.Errorf("%s: %d rows, counted %d, want tenant a's 2", name, len(rows), n)
			}
			for _, u := range rows {
				if u.AgencyID != 1 {
					t.Errorf("%s: gave a row of tenant %d", name, u.AgencyID)
				}
			}
			for u, err := range q.Rows(w.a) {
				must(t, err)
				if u.AgencyID != 1 {
					t.Errorf("%s: streamed a row of tenant %d", name, u.AgencyID)
				}
			}
		}
		_, err := repo.ByID(w.theirs.ID).One(w.a)
		_, absent := repo.ByID(int64(999_999)).One(w.a)
		is(t, "ByID of a foreign row", err, orm.ErrNotFound)
		if err.Error() != absent.Error() {
			t.Errorf("a foreign row is told apart: %q and %q", err, absent)
		}
		if ok, err := repo.Where(users.Email.Eq(w.theirs.Email)).Exists(w.a); err != nil || ok {
			t.Errorf("Exists finds a foreign row: %v, %v", ok, err)
		}
		all, err := orm.Repo[agency](w.db).All(w.a)
		if err != nil || len(all) != 1 || all[0].ID != 1 {
			t.Errorf("the table of tenants gives %v, %v", all, err)
		}
	})
}

// A link row and a foreign key that lead to another tenant, planted behind the library's back, show nothing.
func TestIncludesAndFiltersStopAtTheTenant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		raw := rls.Bypass(t.Context(), "plant")
		must(t, orm.Repo[member](w.db).Create(w.a, &member{UserID: w.mine.ID, TeamID: firstTeam(t, w)}))
		_, err := orm.Repo[order](w.db).EveryRow().UpdateMany(raw, orders.UserID.Set(w.mine.ID))
		must(t, err) // now tenant b's orders hang below tenant a's user
		u, err := orm.Repo[user](w.db).ByID(w.mine.ID).Include("Orders.User.Teams", "Orders.Items").One(w.a)
		must(t, err)
		if len(u.Orders) != 2 {
			t.Errorf("the include gave %d orders, want tenant a's 2", len(u.Orders))
		}
		for _, o := range u.Orders {
			if o.AgencyID != 1 {
				t.Errorf("the include gave an order of tenant %d", o.AgencyID)
			}
		}
		n, err := orm.Repo[user](w.db).Where(users.Orders.Some(orders.AgencyID.Eq(2))).Count(w.a)
		if err != nil || n != 0 {
			t.Errorf("a relation filter looked into tenant b: %d, %v", n, err)
		}
		os, err := orm.Repo[order](w.db).Include("User").All(w.b)
		must(t, err)
		for _, o := range os {
			if o.User != nil {
				t.Errorf("tenant b's order shows tenant a's user")
			}
		}
	})
}

func firstTeam(t *testing.T, w *world) int64 {
	t.Helper()
	tm := team{Name: "second"}
	must(t, orm.Repo[team](w.db).Create(w.a, &tm))
	return tm.ID
}

func TestWritesCannotReachAnotherTenant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us, os := orm.Repo[user](w.db), orm.Repo[order](w.db)
		set := users.Email.Set("stolen@x")
		_, err := us.ByID(w.theirs.ID).Update(w.a, set)
		is(t, "Update by key", err, orm.ErrNotFound)
		_, err = us.ByID(w.theirs.ID).Delete(w.a)
		is(t, "Delete by key", err, orm.ErrNotFound)
		if n, err := us.Where(users.ID.Eq(w.theirs.ID)).UpdateMany(w.a, users.Email.Set("x")); n != 0 || err != nil {
			t.Errorf("UpdateMany: %d, %v", n, err)
		}
		if n, err := os.Where(orm.Or(orders.ID.Gt(0), orders.ID.Lte(0))).DeleteMany(w.a); n != 2 || err != nil {
			t.Errorf("DeleteMany took %d rows, want tenant a's 2: %v", n, err)
		}
		if n, err := us.Where(users.ID.Eq(w.theirs.ID)).ForceDelete(w.a); n != 0 || err != nil {
			t.Errorf("ForceDelete: %d, %v", n, err)
		}
		foreign := w.theirs
		foreign.Email = "stolen@x"
		is(t, "Save of a row of tenant b", us.Save(w.a, &foreign), orm.ErrDenied)
		foreign.AgencyID, foreign.BossID = 1, nil
		is(t, "Save of a row of tenant b, relabelled", us.Save(w.a, &foreign), orm.ErrNotFound)
		foreign.AgencyID = 0
		is(t, "Save of a row of tenant b without a tenant", us.Save(w.a, &foreign), orm.ErrNotFound)
		is(t, "Upsert on tenant b's key", us.Upsert(w.a, orm.On(users.ID), &user{ID: w.theirs.ID, Email: "stolen@x"}), orm.ErrConflict)
		is(t, "Upsert on tenant b's email", us.Upsert(w.a, orm.On(users.Email), &user{Email: w.theirs.Email}), orm.ErrConflict)
		is(t, "Create in tenant b's name", us.Create(w.a, &user{AgencyID: 2, Email: "new@x"}), orm.ErrDenied)
		is(t, "Create below tenant b's user", os.Create(w.a, &order{UserID: w.theirs.ID}), orm.ErrReference)
		is(t, "Create below nobody", os.Create(w.a, &order{UserID: 999_999}), orm.ErrReference)
		is(t, "a link to tenant b's team", orm.Repo[member](w.db).Create(w.a, &member{UserID: w.mine.ID, TeamID: w.team.ID}), orm.ErrReference)
		_, err = us.ByID(w.mine.ID).Update(w.a, us.F("AgencyID").Set(2))
		is(t, "moving a row to tenant b", err, orm.ErrDenied)
		_, err = us.ByID(w.mine.ID).Update(w.a, us.F("BossID").Set(w.theirs.ID))
		is(t, "a boss of tenant b", err, orm.ErrReference)
		rows := make([]user, 1000)
		for i := range rows {
			rows[i].Email = fmt.Sprint("bulk", i, "@x")
		}
		rows[700].AgencyID = 2
		_, err = us.CreateMany(w.a, rows)
		is(t, "a bulk insert with one foreign row", err, orm.ErrDenied)
		if n, err := us.Where(users.Email.StartsWith("bulk")).Count(rls.Bypass(t.Context(), "look")); err != nil || n != 0 {
			t.Errorf("the refused bulk insert wrote %d rows, %v", n, err)
		}
		w.intact(t)
	})
}

func TestWithoutAnActorNothingRuns(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		var none *int64
		us := orm.Repo[user](w.db)
		for name, ctx := range map[string]context.Context{
			"no actor":           t.Context(),
			"nil tenant":         orm.WithActor(t.Context(), orm.Actor{ID: 1}),
			"zero tenant":        orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 0}),
			"empty tenant":       orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: ""}),
			"a nil pointer":      orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: none}),
			"a slice":            orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: []int64{1, 2}}),
			"text for a number":  orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: "1"}),
			"a list of nothing":  orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: []any{}}),
			"a map for a tenant": orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: map[string]int{}}),
		} {
			_, err := us.All(ctx)
			is(t, "All with "+name, err, orm.ErrNoActor)
			_, err = us.Count(ctx)
			is(t, "Count with "+name, err, orm.ErrNoActor)
			is(t, "Create with "+name, us.Create(ctx, &user{AgencyID: 1, Email: "n@x"}), orm.ErrNoActor)
			_, err = us.EveryRow().DeleteMany(ctx)
			is(t, "DeleteMany with "+name, err, orm.ErrNoActor)
			_, err = us.EveryRow().UpdateMany(ctx, users.Email.Set("x"))
			is(t, "UpdateMany with "+name, err, orm.ErrNoActor)
		}
		_, err := us.All(rls.Bypass(t.Context(), " "))
		is(t, "a bypass without a reason", err, orm.ErrDenied)
		_, err = orm.Raw[int64](w.a, w.db, "SELECT id FROM users")
		is(t, "raw SQL without a bypass", err, orm.ErrDenied)
		_, err = w.db.Exec(w.a, "DELETE FROM users")
		is(t, "raw Exec without a bypass", err, orm.ErrDenied)
		w.intact(t)
	})
}

func TestATransactionBelongsToItsActor(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		err := w.db.Tx(w.a, func(tx orm.DB) error {
			if _, err := orm.Repo[user](tx).All(w.a); err != nil {
				return err
			}
			_, err := orm.Repo[user](tx).All(w.b)
			return err
		})
		is(t, "another actor inside a transaction", err, orm.ErrActorSwitch)
	})
}

func TestWarmStatementsServeEveryTenantItsOwn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for i := range 20 {
			ctx, want := w.a, int64(1)
			if i%2 == 1 {
				ctx, want = w.b, 2
			}
			rows, err := orm.Repo[order](w.db).Where(orders.Total.Gt(1)).With(orders.User).All(ctx)
			must(t, err)
			for _, o := range rows {
				if o.AgencyID != want || o.User == nil || o.User.AgencyID != want {
					t.Fatalf("tenant %d was given %+v", want, o)
				}
			}
		}
	})
}
