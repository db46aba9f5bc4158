package rls_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type fact struct {
	ID       int64 `orm:"id,auto,table=facts"`
	TenantID int64 `orm:"tenant_id,tenant"`
	PlantID  int64 `orm:"plant_id,scope=plant"`
	Score    int   `orm:"score"`
	Version  int   `orm:"version,version"`
}

var facts = orm.Bind[fact, struct {
	ID    orm.Col[fact, int64]
	Score orm.Col[fact, int]
}]()

// pred is a random condition and what it means in memory.
type pred struct {
	p    orm.Pred[fact]
	test func(fact) bool
}

func randomPred(r *rand.Rand, depth int) pred {
	n := r.IntN(20)
	switch k := r.IntN(8); {
	case k == 0 && depth > 0:
		a, b := randomPred(r, depth-1), randomPred(r, depth-1)
		return pred{orm.Or(a.p, b.p), func(f fact) bool { return a.test(f) || b.test(f) }}
	case k == 1 && depth > 0:
		a, b := randomPred(r, depth-1), randomPred(r, depth-1)
		return pred{orm.And(a.p, b.p), func(f fact) bool { return a.test(f) && b.test(f) }}
	case k == 2 && depth > 0:
		a := randomPred(r, depth-1)
		return pred{orm.Not(a.p), func(f fact) bool { return !a.test(f) }}
	case k == 3:
		return pred{orm.SQL[fact]("score >= ? OR 1 = 1", n), func(fact) bool { return true }}
	case k == 4:
		return pred{facts.Score.In(n, n+1, n+5), func(f fact) bool { return f.Score == n || f.Score == n+1 || f.Score == n+5 }}
	case k == 5:
		return pred{facts.ID.Gt(0), func(fact) bool { return true }}
	case k == 6:
		return pred{facts.Score.Gt(n), func(f fact) bool { return f.Score > n }}
	}
	return pred{facts.Score.Lte(n), func(f fact) bool { return f.Score <= n }}
}

// asker is a tenant, and a plant of it: plants of one number of two tenants are strangers.
type asker struct{ tenant, plant int64 }

func (a asker) owns(f fact) bool { return f.TenantID == a.tenant && f.PlantID == a.plant }

// memory is the rows of every tenant, kept by hand.
type memory map[int64]fact

func (m memory) pass(who asker, test func(fact) bool) (ids []int64) {
	for id, f := range m {
		if who.owns(f) && test(f) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Statements of every kind by two tenants with two plants each do what a model in memory does that filters by both first.
func TestRandomStatementsMatchAModelThatFiltersFirst(t *testing.T) {
	for name, c := range map[string]struct {
		src func() orm.Option
		n   int
	}{
		"sqlite":   {func() orm.Option { return sqlite.Source("main", ":memory:") }, 10_000},
		"postgres": {func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) }, 10_000},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), c.src(), orm.Models(fact{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(t.Context(), db))
			must(t, db.Use(hook.Hook{Name: "event", Before: func(context.Context, *hook.Op) error { return nil }}, rls.Tenant(),
				rls.Scope("plant", func(_ context.Context, a orm.Actor) (any, error) { return a.Values["plant"], nil })))
			seed := uint64(1)
			if s := os.Getenv("ORM_SEED"); s != "" {
				seed, err = strconv.ParseUint(s, 10, 64)
				must(t, err)
			}
			if testing.Short() {
				c.n = 1000
			}
			r, m := rand.New(rand.NewPCG(seed, 7)), memory{}
			for i := range c.n {
				if err := randomStatement(t.Context(), db, r, m); err != nil {
					t.Fatalf("seed %d, statement %d: %v", seed, i, err)
				}
			}
			all, err := orm.Repo[fact](db).All(rls.Bypass(t.Context(), "compare"))
			must(t, err)
			if len(all) != len(m) {
				t.Errorf("%d rows are there, want %d", len(all), len(m))
			}
			for _, f := range all {
				if f != m[f.ID] {
					t.Errorf("row %+v, want %+v", f, m[f.ID])
				}
			}
		})
	}
}

func differ(what string, got, want any) error {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}

func randomStatement(ctx context.Context, db orm.DB, r *rand.Rand, m memory) error {
	who := asker{int64(1 + r.IntN(2)), int64(1 + r.IntN(2))}
	ctx = orm.WithActor(ctx, orm.Actor{ID: who.tenant, TenantID: who.tenant, Values: map[string]any{"plant": who.plant}})
	repo, p := orm.Repo[fact](db), randomPred(r, 3)
	id := int64(1 + r.IntN(len(m)+2))
	mine := who.owns(m[id])
	switch k := r.IntN(12); k {
	case 0, 1, 2:
		rows := make([]fact, 1+r.IntN(3))
		for i := range rows {
			rows[i].Score = r.IntN(25)
		}
		if _, err := repo.CreateMany(ctx, rows); err != nil {
			return err
		}
		for _, f := range rows {
			m[f.ID] = f
		}
		return differ("tenant and plant of a new row", who.owns(rows[0]), true)
	case 3:
		n, err := repo.Where(p.p).Count(ctx)
		return errors.Join(err, differ("Count", n, len(m.pass(who, p.test))))
	case 4:
		rows, err := repo.Where(p.p).All(ctx)
		for _, f := range rows {
			err = errors.Join(err, differ("All", f, m[f.ID]), differ("tenant and plant read", who.owns(f), true))
		}
		return errors.Join(err, differ("rows of All", len(rows), len(m.pass(who, p.test))))
	case 5:
		n := 0
		for f, err := range repo.Where(p.p).Rows(ctx) {
			if err = errors.Join(err, differ("tenant and plant streamed", who.owns(f), true)); err != nil {
				return err
			}
			n++
		}
		return differ("rows of a stream", n, len(m.pass(who, p.test)))
	case 6:
		ok, err := repo.Where(p.p).Exists(ctx)
		return errors.Join(err, differ("Exists", ok, len(m.pass(who, p.test)) > 0))
	case 7:
		ids := m.pass(who, p.test)
		n, err := repo.Where(p.p, facts.ID.Lte(1<<40)).UpdateMany(ctx, facts.Score.Inc(1))
		for _, id := range ids {
			f := m[id]
			f.Score, f.Version = f.Score+1, f.Version+1
			m[id] = f
		}
		return errors.Join(err, differ("UpdateMany", n, len(ids)))
	case 8:
		_, err := repo.ByID(id).Delete(ctx)
		if mine {
			delete(m, id)
			return err
		}
		return notFound("Delete", err)
	case 9:
		f := m[id]
		f.ID, f.TenantID, f.PlantID, f.Score = id, who.tenant, who.plant, r.IntN(25)
		err := repo.Save(ctx, &f)
		if mine {
			m[id] = f
			return err
		}
		return notFound("Save", err)
	case 10:
		_, taken := m[id]
		f := fact{ID: id, Score: r.IntN(25)}
		if !taken { // an explicit key would run ahead of the sequence
			return nil
		}
		err := repo.Upsert(ctx, orm.On(facts.ID), &f)
		if mine {
			m[id] = f
			return err
		}
		if !errors.Is(err, orm.ErrConflict) {
			return fmt.Errorf("Upsert on a foreign key: %w", err)
		}
		return nil
	}
	_, err := repo.ByID(id).Update(ctx, facts.Score.Set(7))
	if mine {
		f := m[id]
		f.Score, f.Version = 7, f.Version+1
		m[id] = f
		return err
	}
	return notFound("Update", err)
}

func notFound(what string, err error) error {
	if errors.Is(err, orm.ErrNotFound) {
		return nil
	}
	return fmt.Errorf("%s of a row that is not the tenant's: %v", what, err)
}
