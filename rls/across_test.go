package rls_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// The graph over two sources: people and towns are near, what belongs to them is far.

type town struct { // everyone's
	Name string
	ID   int64   `orm:"id,table=towns,datasource=near"`
	Maps []atlas `orm:"relation=id:town_id"`
	Pets []pet   `orm:"relation=id:town_id"`
}

type atlas struct { // everyone's
	ID     int64 `orm:"id,table=atlases,datasource=far"`
	TownID int64 `orm:"town_id"`
}

type person struct {
	ID        int64      `orm:"id,table=people,datasource=near"`
	FirmID    int64      `orm:"firm_id,tenant"`
	TownID    *int64     `orm:"town_id"`
	Name      string     `orm:"name"`
	CarID     *int64     `orm:"car_id"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Car   *car   `orm:"relation=car_id:id"`
	Pets  []pet  `orm:"relation=id:person_id"`
	Clubs []club `orm:"relation=id:id,through=enrolments(person_id:club_id)"`
}

type car struct {
	ID        int64      `orm:"id,table=cars,datasource=far"`
	FirmID    int64      `orm:"firm_id,tenant"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

type pet struct {
	ID        int64      `orm:"id,table=pets,datasource=far"`
	FirmID    int64      `orm:"firm_id,tenant"`
	PersonID  *int64     `orm:"person_id"`
	TownID    *int64     `orm:"town_id"`
	Name      string     `orm:"name"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Person *person `orm:"relation=person_id:id"`
}

type club struct {
	ID        int64      `orm:"id,table=clubs,datasource=far"`
	FirmID    int64      `orm:"firm_id,tenant"`
	Name      string     `orm:"name"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	People []person `orm:"relation=id:id,through=enrolments(club_id:person_id)"`
}

type enrolment struct {
	PersonID  int64      `orm:"person_id,id,table=enrolments,datasource=far"`
	ClubID    int64      `orm:"club_id,id"`
	FirmID    int64      `orm:"firm_id,tenant"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

var (
	towns = orm.Bind[town, struct {
		ID   orm.Col[town, int64]
		Maps orm.Many[town, atlas]
		Pets orm.Many[town, pet]
	}]()
	people = orm.Bind[person, struct {
		ID    orm.Col[person, int64]
		Name  orm.Text[person]
		Car   orm.One[person, car]
		Pets  orm.Many[person, pet]
		Clubs orm.Many[person, club]
	}]()
	pets = orm.Bind[pet, struct {
		ID       orm.Col[pet, int64]
		FirmID   orm.Col[pet, int64]
		PersonID orm.Col[pet, int64]
		Name     orm.Text[pet]
		Person   orm.One[pet, person]
	}]()
	clubs = orm.Bind[club, struct {
		ID     orm.Col[club, int64]
		Name   orm.Text[club]
		People orm.Many[club, person]
	}]()
	cars = orm.Bind[car, struct {
		ID     orm.Col[car, int64]
		FirmID orm.Col[car, int64]
	}]()
)

// pairs runs fn over two sources of several kinds.
func pairs(t *testing.T, fn func(t *testing.T, near, far source.SQL)) {
	lite := func(name string) source.SQL { return sqlite.Source(name, ":memory:") }
	pg := func(t *testing.T, name string) source.SQL { return postgres.Source(name, testkit.Postgres(t)) }
	t.Run("sqlite and sqlite", func(t *testing.T) { fn(t, lite("near"), lite("far")) })
	t.Run("sqlite and postgres", func(t *testing.T) { fn(t, lite("near"), pg(t, "far")) })
	t.Run("postgres and sqlite", func(t *testing.T) { fn(t, pg(t, "near"), lite("far")) })
}

// realm is two tenants, firms 1 and 2, whose rows are tied to each other over two sources behind the library's back.
type realm struct {
	db     orm.DB
	n      *atomic.Int64 // statements on any source
	me, it context.Context
}

func reign(t *testing.T, near, far source.SQL, exts ...hook.Extension) *realm {
	t.Helper()
	r := &realm{n: new(atomic.Int64)}
	ctx := t.Context()
	db, err := orm.Open(ctx, &counting{SQL: near, n: r.n}, &counting{SQL: far, n: r.n},
		orm.Models(town{}, atlas{}, person{}, car{}, pet{}, club{}, enrolment{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(ctx, db))
	r.db, r.me, r.it = db, inCompany(t, 1), inCompany(t, 2)
	now := time.Now()
	one := ptr(int64(1))
	plant(t, db, town{ID: 1})
	plant(t, db, atlas{ID: 1, TownID: 1})
	plant(t, db, car{ID: 1, FirmID: 1}, car{ID: 2, FirmID: 2}, car{ID: 3, FirmID: 1, DeletedAt: &now})
	plant(t, db,
		person{ID: 1, FirmID: 1, Name: "ann", CarID: one}, person{ID: 2, FirmID: 1, Name: "bob", CarID: ptr(int64(2))},
		person{ID: 3, FirmID: 1, Name: "cy", CarID: ptr(int64(3))}, person{ID: 4, FirmID: 1, Name: "dee"},
		person{ID: 5, FirmID: 2, Name: "eve", CarID: ptr(int64(2))}, person{ID: 6, FirmID: 1, Name: "ghost", CarID: one, DeletedAt: &now})
	plant(t, db,
		pet{ID: 1, FirmID: 1, Name: "rex", PersonID: one, TownID: one}, pet{ID: 2, FirmID: 2, Name: "spy", PersonID: one, TownID: one},
		pet{ID: 3, FirmID: 2, Name: "spy", PersonID: ptr(int64(2))}, pet{ID: 4, FirmID: 1, Name: "gone", PersonID: ptr(int64(3)), DeletedAt: &now},
		pet{ID: 5, FirmID: 2, Name: "eves", PersonID: ptr(int64(5))}, pet{ID: 6, FirmID: 1, Name: "haunt", PersonID: ptr(int64(6))})
	plant(t, db, club{ID: 1, FirmID: 1, Name: "chess"}, club{ID: 2, FirmID: 2, Name: "theirs"}, club{ID: 3, FirmID: 1, Name: "closed", DeletedAt: &now})
	plant(t, db,
		enrolment{PersonID: 1, ClubID: 1, FirmID: 1}, enrolment{PersonID: 2, ClubID: 1, FirmID: 2}, enrolment{PersonID: 3, ClubID: 2, FirmID: 1},
		enrolment{PersonID: 4, ClubID: 3, FirmID: 1}, enrolment{PersonID: 3, ClubID: 1, FirmID: 1, DeletedAt: &now},
		enrolment{PersonID: 5, ClubID: 2, FirmID: 2}, enrolment{PersonID: 6, ClubID: 1, FirmID: 1}, enrolment{PersonID: 5, ClubID: 1, FirmID: 1})
	must(t, db.Use(append(exts, rls.Tenant(), rls.Global(town{}, atlas{}), hook.SoftDelete())...))
	r.n.Store(0)
	return r
}

// plant writes rows behind the back of what isolates them.
func plant[T any](t *testing.T, db orm.DB, rows ...T) {
	t.Helper()
	_, err := orm.Repo[T](db).CreateMany(rls.Bypass(t.Context(), "plant"), rows)
	must(t, err)
}

func ptr[T any](v T) *T { return &v }

func idsOf[T any](rows []T, id func(T) int64) []int64 {
	out := []int64{}
	for _, r := range rows {
		out = append(out, id(r))
	}
	return out
}

// passes checks which rows pass p by every road: lists, counts, streams, updates and deletes.
func passes[T any](t *testing.T, r *realm, ctx context.Context, what string, p orm.Pred[T], id func(T) int64, key orm.Col[T, int64], rename orm.Assign[T], want ...int64) {
	t.Helper()
	if want == nil {
		want = []int64{}
	}
	repo := orm.Repo[T](r.db)
	q := repo.Where(p).OrderBy(key.Asc())
	rows, err := q.All(ctx)
	must(t, err)
	if have := idsOf(rows, id); !slices.Equal(have, want) {
		t.Errorf("%s: gave %v, want %v", what, have, want)
	}
	count := func(road string, n int64, err error) {
		t.Helper()
		if err != nil || n != int64(len(want)) {
			t.Errorf("%s: %s: %d, %v, want %d", what, road, n, err, len(want))
		}
	}
	n, err := q.Count(ctx)
	count("Count", n, err)
	if some, err := q.Exists(ctx); err != nil || some != (len(want) > 0) {
		t.Errorf("%s: Exists: %v, %v", what, some, err)
	}
	var streamed []int64
	for row, err := range q.Rows(ctx) {
		must(t, err)
		streamed = append(streamed, id(row))
	}
	if !slices.Equal(streamed, want) && len(want) > 0 {
		t.Errorf("%s: streamed %v, want %v", what, streamed, want)
	}
	undo := errors.New("undo")
	for road, write := range map[string]func(orm.Repo[T]) (int64, error){
		"Count in a transaction": func(in orm.Repo[T]) (int64, error) { return in.Where(p).Count(ctx) },
		"UpdateMany":             func(in orm.Repo[T]) (int64, error) { return in.Where(p).UpdateMany(ctx, rename) },
		"DeleteMany":             func(in orm.Repo[T]) (int64, error) { return in.Where(p).DeleteMany(ctx) },
		"UpdateReturning": func(in orm.Repo[T]) (int64, error) {
			back, err := in.Where(p).UpdateReturning(ctx, rename)
			return int64(len(back)), err
		},
	} {
		is(t, what, r.db.Tx(ctx, func(tx orm.DB) error {
			n, err := write(orm.Repo[T](tx))
			count(road, n, err)
			return undo
		}), undo)
	}
}

// Rows of another tenant, and deleted ones, on the far side of a relation are as if they were not there.
func TestFiltersAcrossSourcesStopAtTheTenant(t *testing.T) {
	pairs(t, func(t *testing.T, near, far source.SQL) {
		r := reign(t, near, far)
		who := func(what string, ctx context.Context, p orm.Pred[person], want ...int64) {
			t.Helper()
			passes(t, r, ctx, what, p, func(x person) int64 { return x.ID }, people.ID, people.Name.Set("renamed"), want...)
		}
		spy, any := pets.Name.Eq("spy"), orm.Or(pets.FirmID.Gt(0), orm.Not(pets.FirmID.Gt(0)))
		for what, c := range map[string]struct {
			p    orm.Pred[person]
			want []int64
		}{
			"Some()":                   {people.Pets.Some(), []int64{1}},
			"Some(any)":                {people.Pets.Some(any), []int64{1}},
			"Some(theirs)":             {people.Pets.Some(spy), nil},
			"Some(gone)":               {people.Pets.Some(pets.Name.Eq("gone")), nil},
			"None()":                   {people.Pets.None(), []int64{2, 3, 4}},
			"None(theirs)":             {people.Pets.None(spy), []int64{1, 2, 3, 4}},
			"Every(mine)":              {people.Pets.Every(pets.Name.Eq("rex")), []int64{1, 2, 3, 4}},
			"Every(nothing)":           {people.Pets.Every(orm.Or[pet]()), []int64{2, 3, 4}},
			"Not Some(theirs)":         {orm.Not(people.Pets.Some(spy)), []int64{1, 2, 3, 4}},
			"Not Every(nothing)":       {orm.Not(people.Pets.Every(orm.Or[pet]())), []int64{1}},
			"Is()":                     {people.Car.Is(), []int64{1}},
			"Is(theirs)":               {people.Car.Is(cars.FirmID.Eq(2)), nil},
			"IsNot()":                  {people.Car.IsNot(), []int64{2, 3, 4}},
			"IsNot(theirs)":            {people.Car.IsNot(cars.FirmID.Eq(2)), []int64{1, 2, 3, 4}},
			"Not Is()":                 {orm.Not(people.Car.Is()), []int64{2, 3, 4}},
			"linked Some()":            {people.Clubs.Some(), []int64{1}},
			"linked Some(theirs)":      {people.Clubs.Some(clubs.Name.Eq("theirs")), nil},
			"linked Some(closed)":      {people.Clubs.Some(clubs.Name.Eq("closed")), nil},
			"linked None()":            {people.Clubs.None(), []int64{2, 3, 4}},
			"linked Every(nothing)":    {people.Clubs.Every(orm.Or[club]()), []int64{2, 3, 4}},
			"there and back":           {people.Pets.Some(pets.Person.Is(people.Name.Eq("ann"))), []int64{1}},
			"there and back to theirs": {people.Pets.Some(pets.Person.Is(people.Name.Eq("eve"))), nil},
			"three levels":             {people.Pets.Some(pets.Person.Is(people.Pets.Some(spy))), nil},
			"three levels, negated":    {people.Pets.Some(pets.Person.Is(people.Pets.None(spy))), []int64{1}},
			"through clubs and back":   {people.Clubs.Some(clubs.People.Some(people.Name.In("bob", "eve", "ghost", "cy"))), nil},
			"Or and Not":               {orm.Or(people.Pets.Some(spy), orm.And(people.Car.IsNot(), orm.Not(people.Clubs.Some()))), []int64{2, 3, 4}},
		} {
			who(what, r.me, c.p, c.want...)
		}
		which := func(what string, ctx context.Context, p orm.Pred[pet], want ...int64) {
			t.Helper()
			passes(t, r, ctx, what, p, func(x pet) int64 { return x.ID }, pets.ID, pets.Name.Set("renamed"), want...)
		}
		which("my pets of people", r.me, pets.Person.Is(), 1)
		which("my pets of nobody alive", r.me, pets.Person.IsNot(), 6)
		which("their pets of people", r.it, pets.Person.Is(), 5)
		which("their pets of my people", r.it, pets.Person.Is(people.Name.In("ann", "bob")))
		which("their pets of none of theirs", r.it, pets.Person.IsNot(), 2, 3)
		who("their people", r.it, people.Clubs.Some(), 5)
		who("their people in my club", r.it, people.Clubs.Some(clubs.Name.Eq("chess")))
	})
}

func TestIncludesAcrossSourcesStopAtTheTenant(t *testing.T) {
	pairs(t, func(t *testing.T, near, far source.SQL) {
		r := reign(t, near, far)
		rows, err := orm.Repo[person](r.db).With(people.Pets.With(pets.Person), people.Car, people.Clubs.With(clubs.People.OrderBy(people.ID.Asc()))).OrderBy(people.ID.Asc()).All(r.me)
		must(t, err)
		var have []string
		for _, p := range rows {
			line := fmt.Sprint(p.Name, ":")
			for _, x := range p.Pets {
				line += " " + x.Name + " of " + x.Person.Name
			}
			if p.Car != nil {
				line += fmt.Sprint(" car ", p.Car.ID)
			}
			for _, x := range p.Clubs {
				line += fmt.Sprint(" ", x.Name, idsOf(x.People, func(p person) int64 { return p.ID }))
			}
			have = append(have, line)
		}
		want := []string{"ann: rex of ann car 1 chess[1]", "bob:", "cy:", "dee:"}
		if !slices.Equal(have, want) {
			t.Errorf("have %q, want %q", have, want)
		}
		towns, err := orm.Repo[town](r.db).Include("Pets.Person").All(r.it)
		if err != nil || len(towns) != 1 || len(towns[0].Pets) != 1 || towns[0].Pets[0].ID != 2 || towns[0].Pets[0].Person != nil {
			t.Errorf("the other tenant's town: %+v, %v", towns, err)
		}
		got, err := orm.Repo[pet](r.db).With(pets.Person).ByID(1).Update(r.me, pets.Name.Set("rex"))
		if err != nil || got.Person == nil || got.Person.Name != "ann" {
			t.Errorf("an update gave %+v, %v", got, err)
		}
		got, err = orm.Repo[pet](r.db).With(pets.Person).ByID(2).Update(r.it, pets.Name.Set("spy"))
		if err != nil || got.Person != nil {
			t.Errorf("an update shows a foreign person: %+v, %v", got.Person, err)
		}
	})
}

// A key written into one source must lead to a row of the tenant in the other.
func TestKeysAcrossSourcesLeadToTheTenant(t *testing.T) {
	pairs(t, func(t *testing.T, near, far source.SQL) {
		r := reign(t, near, far)
		repo := orm.Repo[pet](r.db)
		is(t, "a pet of their person", repo.Create(r.me, &pet{ID: 90, PersonID: ptr(int64(5))}), orm.ErrReference)
		is(t, "a pet of a deleted person", repo.Create(r.me, &pet{ID: 90, PersonID: ptr(int64(6))}), orm.ErrReference)
		_, err := repo.ByID(1).Update(r.me, pets.PersonID.Set(5))
		is(t, "a pet given to their person", err, orm.ErrReference)
		is(t, "their person in my club", orm.Repo[enrolment](r.db).Create(r.me, &enrolment{PersonID: 5, ClubID: 1}), orm.ErrReference)
		is(t, "my person in their club", orm.Repo[enrolment](r.db).Create(r.me, &enrolment{PersonID: 1, ClubID: 2}), orm.ErrReference)
		must(t, repo.Create(r.me, &pet{ID: 90, PersonID: ptr(int64(4))}))
	})
}

// Without an actor nothing reaches any source, though what needs the actor is asked for last.
func TestNobodySendsNothingToAnySource(t *testing.T) {
	pairs(t, func(t *testing.T, near, far source.SQL) {
		r := reign(t, near, far)
		ts, ps := orm.Repo[town](r.db), orm.Repo[person](r.db)
		global, tenanted := towns.Maps.Some(), towns.Pets.Some()
		for what, fn := range map[string]func(ctx context.Context) error{
			"a filter":           func(ctx context.Context) error { _, err := ts.Where(tenanted).All(ctx); return err },
			"after a global one": func(ctx context.Context) error { _, err := ts.Where(global, tenanted).All(ctx); return err },
			"in an Or": func(ctx context.Context) error {
				_, err := ts.Where(orm.Or(global, orm.Not(tenanted))).Count(ctx)
				return err
			},
			"an include": func(ctx context.Context) error { _, err := ts.With(towns.Pets).All(ctx); return err },
			"filter then include": func(ctx context.Context) error {
				_, err := ts.Where(global).With(towns.Maps, towns.Pets).All(ctx)
				return err
			},
			"an include's filter": func(ctx context.Context) error {
				_, err := ts.Where(global).With(towns.Pets.Where(pets.Person.Is())).All(ctx)
				return err
			},
			"Exists":   func(ctx context.Context) error { _, err := ts.Where(global, tenanted).Exists(ctx); return err },
			"Explain":  func(ctx context.Context) error { _, err := ts.Where(global, tenanted).Explain(ctx); return err },
			"the root": func(ctx context.Context) error { _, err := ps.Where(people.Pets.Some()).All(ctx); return err },
			"UpdateMany": func(ctx context.Context) error {
				_, err := ts.Where(global, tenanted).UpdateMany(ctx, ts.F("Name").Set("x"))
				return err
			},
			"DeleteMany": func(ctx context.Context) error { _, err := ts.Where(global, tenanted).DeleteMany(ctx); return err },
			"Delete":     func(ctx context.Context) error { _, err := ts.ByID(1).Where(global, tenanted).Delete(ctx); return err },
			"filter in a Tx": func(ctx context.Context) error {
				return r.db.Tx(ctx, func(tx orm.DB) error { _, err := orm.Repo[town](tx).Where(global, tenanted).All(ctx); return err })
			},
			"BestEffort": func(ctx context.Context) error {
				var is []orm.Issue
				_, err := ts.Query().BestEffort(&is).With(towns.Pets).All(ctx)
				return err
			},
			"BestEffort of a filter": func(ctx context.Context) error {
				var is []orm.Issue
				_, err := ts.Query().BestEffort(&is).Where(tenanted).All(ctx)
				return err
			},
		} {
			is(t, what, fn(t.Context()), orm.ErrNoActor)
			if r.n.Load() != 0 {
				t.Errorf("%s: %d statements were sent", what, r.n.Load())
			}
			r.n.Store(0)
			if what == "Explain" || what == "Delete" || what == "DeleteMany" {
				continue
			}
			if err := fn(r.me); err != nil && !errors.Is(err, orm.ErrNotFound) {
				t.Errorf("%s with an actor: %v", what, err)
			}
			r.n.Store(0)
		}
	})
}

// A policy may filter by rows of the other source: it holds for reads, filters, includes and writes.
func TestPoliciesAcrossSources(t *testing.T) {
	pairs(t, func(t *testing.T, near, far source.SQL) {
		r := reign(t, near, far, rls.Policy(func(context.Context, orm.Actor) (orm.Pred[pet], error) {
			return pets.Person.Is(people.Name.Eq("ann")), nil
		}))
		plant(t, r.db, pet{ID: 20, FirmID: 1, Name: "bobs", PersonID: ptr(int64(2))})
		ps, hs := orm.Repo[pet](r.db), orm.Repo[person](r.db)
		passes(t, r, r.me, "pets of ann", pets.ID.Gt(0), func(x pet) int64 { return x.ID }, pets.ID, pets.Name.Set("renamed"), 1)
		passes(t, r, r.me, "people whose pets may be seen", people.Pets.Some(), func(x person) int64 { return x.ID }, people.ID, people.Name.Set("ann"), 1)
		bob, err := hs.With(people.Pets).ByID(2).One(r.me)
		if err != nil || len(bob.Pets) != 0 {
			t.Errorf("the include shows %v, %v", bob.Pets, err)
		}
		is(t, "Create of a pet that may not be seen", ps.Create(r.me, &pet{ID: 21, Name: "new", PersonID: ptr(int64(2))}), orm.ErrDenied)
		must(t, ps.Create(r.me, &pet{ID: 22, Name: "new", PersonID: ptr(int64(1))}))
		_, err = ps.ByID(22).Update(r.me, pets.PersonID.Set(2))
		is(t, "a pet given away", err, orm.ErrDenied)
		_, err = ps.ByID(20).Update(r.me, pets.Name.Set("x"))
		is(t, "Update of a hidden pet", err, orm.ErrNotFound)
		_, err = ps.ByID(20).Delete(r.me)
		is(t, "Delete of a hidden pet", err, orm.ErrNotFound)
		n, err := ps.Where(pets.ID.In(20, 21)).Count(rls.Bypass(t.Context(), "look"))
		if err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
		if rows, err := ps.All(r.it); err != nil || len(rows) != 0 {
			t.Errorf("the other tenant sees %v, %v", rows, err)
		}
		_, err = ps.All(t.Context())
		is(t, "nobody", err, orm.ErrNoActor)
	})
}

// Policies that filter by each other's models end with an error, and reach no source.
func TestPoliciesAcrossSourcesWithoutEnd(t *testing.T) {
	r := reign(t, sqlite.Source("near", ":memory:"), sqlite.Source("far", ":memory:"),
		rls.Policy(func(context.Context, orm.Actor) (orm.Pred[pet], error) { return pets.Person.Is(), nil }),
		rls.Policy(func(context.Context, orm.Actor) (orm.Pred[person], error) {
			return orm.And(people.Pets.Some(), people.Pets.Some()), nil
		}))
	_, err := orm.Repo[pet](r.db).All(r.me)
	is(t, "endless policies", err, orm.ErrLimit)
	if r.n.Load() != 0 {
		t.Errorf("%d statements were sent", r.n.Load())
	}
}

// What one statement reads from other sources is bounded before the first of it is read, policies included.
func TestFiltersAcrossSourcesAreCounted(t *testing.T) {
	many := func(n int) (out []orm.Pred[pet]) {
		for range n {
			out = append(out, pets.Person.Is())
		}
		return out
	}
	r := reign(t, sqlite.Source("near", ":memory:"), sqlite.Source("far", ":memory:"))
	_, err := orm.Repo[pet](r.db).Where(many(101)...).All(r.me)
	is(t, "101 filters", err, orm.ErrLimit)
	_, err = orm.Repo[pet](r.db).Where(many(101)...).Explain(r.me)
	is(t, "101 filters, explained", err, orm.ErrLimit)
	if r.n.Load() != 0 {
		t.Errorf("%d statements were sent", r.n.Load())
	}
	_, err = orm.Repo[pet](r.db).Where(many(100)...).All(r.me)
	must(t, err)
	r = reign(t, sqlite.Source("near", ":memory:"), sqlite.Source("far", ":memory:"),
		rls.Policy(func(context.Context, orm.Actor) (orm.Pred[pet], error) { return orm.And(many(60)...), nil }))
	_, err = orm.Repo[pet](r.db).Where(many(41)...).All(r.me)
	is(t, "60 of a policy and 41", err, orm.ErrLimit)
	_, err = orm.Repo[person](r.db).Where(people.Pets.Some(), people.Pets.Some()).Count(r.me)
	is(t, "two filters by a model with 60", err, orm.ErrLimit)
	if r.n.Load() != 0 {
		t.Errorf("%d statements were sent", r.n.Load())
	}
	_, err = orm.Repo[pet](r.db).Where(many(40)...).All(r.me)
	must(t, err)
}
