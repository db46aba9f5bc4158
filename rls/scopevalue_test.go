package rls_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// Whoever has no value of a scope sends nothing, whatever keeps the function from giving one.
func TestWithoutAValueOfTheScopeNothingRuns(t *testing.T) {
	cause := errors.New("the directory is down")
	var none *int64
	text := ""
	for what, fn := range map[string]func(context.Context, orm.Actor) (any, error){
		"nil":              func(context.Context, orm.Actor) (any, error) { return nil, nil },
		"zero":             func(context.Context, orm.Actor) (any, error) { return 0, nil },
		"a nil pointer":    func(context.Context, orm.Actor) (any, error) { return none, nil },
		"text":             func(context.Context, orm.Actor) (any, error) { return "1", nil },
		"a pointer to it":  func(context.Context, orm.Actor) (any, error) { return &text, nil },
		"a list":           func(context.Context, orm.Actor) (any, error) { return []int64{1, 2}, nil },
		"a fraction":       func(context.Context, orm.Actor) (any, error) { return 1.5, nil },
		"an error":         func(context.Context, orm.Actor) (any, error) { return int64(1), cause },
		"a panic":          func(context.Context, orm.Actor) (any, error) { panic("no") },
		"a nil map":        func(_ context.Context, a orm.Actor) (any, error) { return a.Values["company"].(int64), nil },
		"a panic with nil": func(context.Context, orm.Actor) (any, error) { panic(error(nil)) },
	} {
		db, n := watched(t, []any{gauge{}, machine{}, maker{}, tool{}, fitting{}}, rls.Scope("company", fn), rls.Scope("region", valueOf("region")))
		gs, ms := orm.Repo[gauge](db), orm.Repo[machine](db)
		for who, ctx := range map[string]context.Context{"nobody": t.Context(), "somebody": orm.WithActor(t.Context(), orm.Actor{ID: 1, Values: map[string]any{"region": "north"}})} {
			for verb, run := range map[string]func() error{
				"All":        func() error { _, err := gs.All(ctx); return err },
				"Count":      func() error { _, err := gs.Count(ctx); return err },
				"ByID":       func() error { _, err := gs.ByID(1).One(ctx); return err },
				"Page":       func() error { _, err := gs.Take(2).Page(ctx, ""); return err },
				"Aggregate":  func() error { _, err := orm.Aggregate[sumOfLevels](ctx, gs.Query()); return err },
				"Include":    func() error { _, err := ms.Include("Gauges").All(ctx); return err },
				"a relation": func() error { _, err := ms.Where(machines.Gauges.Some()).Count(ctx); return err },
				"Create":     func() error { return gs.Create(ctx, &gauge{MakerID: 1, Region: "north"}) },
				"Save":       func() error { return gs.Save(ctx, &gauge{ID: 1, MakerID: 1}) },
				"Upsert":     func() error { return gs.Upsert(ctx, orm.On(gauges.ID), &gauge{ID: 1}) },
				"UpdateMany": func() error { _, err := gs.EveryRow().UpdateMany(ctx, gauges.Level.Set(1)); return err },
				"DeleteMany": func() error { _, err := gs.EveryRow().DeleteMany(ctx); return err },
				"Load":       func() error { _, err := gs.Load(orm.WithLoader(ctx), 1); return err },
			} {
				err := run()
				is(t, what+", "+who+": "+verb, err, orm.ErrNoActor)
				if what == "an error" && who == "somebody" && (!errors.Is(err, cause) || strings.Contains(err.Error(), "directory")) {
					t.Errorf("%s: the error of the function: %v", verb, err)
				}
				if n.Load() != 0 {
					t.Errorf("%s, %s: %s sent %d statements", what, who, verb, n.Load())
				}
				n.Store(0)
			}
		}
		if n, err := gs.Count(rls.Bypass(t.Context(), "look")); err != nil || n != 0 {
			t.Errorf("%s under a bypass: %d, %v", what, n, err)
		}
	}
}

type companyKey struct{}

// atCompany carries the company in the context: the actor is the same.
func atCompany(ctx context.Context, id int64) context.Context {
	return context.WithValue(ctx, companyKey{}, id)
}

func fromContext(ctx context.Context, _ orm.Actor) (any, error) { return ctx.Value(companyKey{}), nil }

// What a page or a loader keeps from one call to the next serves those only whom the scopes hold to the same value,
// though the actor is the same.
func TestWhatIsKeptServesOneValueOfTheScope(t *testing.T) {
	db, _ := watched(t, []any{machine{}, maker{}, gauge{}, tool{}, fitting{}, note{}}, rls.Scope("company", fromContext), rls.Scope("region", valueOf("region")))
	ms, ns, out := orm.Repo[machine](db), orm.Repo[note](db), rls.Bypass(t.Context(), "plant")
	ctx := orm.WithLoader(actingIn(t.Context(), 1, 1, "north"))
	a, b, nowhere := atCompany(ctx, 1), atCompany(ctx, 2), ctx
	for range 2 {
		must(t, orm.Repo[maker](db).Create(out, &maker{}))
	}
	for i := range int64(6) {
		must(t, ms.Create(out, &machine{Name: fmt.Sprint(i), TenantID: 1, MakerID: 1 + i%2}))
		must(t, ns.Create(t.Context(), &note{Text: fmt.Sprint(i)}))
	}
	for _, q := range []orm.Query[machine]{ms.Take(2), ms.OrderBy(machines.Name.Desc()).Take(2)} {
		page, err := q.Page(a, "")
		if err != nil || len(page.Rows) != 2 || page.Next == "" {
			t.Fatalf("%+v, %v", page, err)
		}
		if rest, err := q.Page(a, page.Next); err != nil || len(rest.Rows) != 1 {
			t.Errorf("the next page: %+v, %v", rest, err)
		}
		_, err = q.Page(b, page.Next)
		is(t, "another company's cursor", err, orm.ErrBadCursor)
		_, err = q.Page(nowhere, page.Next)
		is(t, "nobody's cursor", err, orm.ErrBadCursor)
		_, err = q.Page(rls.Bypass(a, "look"), page.Next)
		is(t, "a cursor under a bypass", err, orm.ErrBadCursor)
	}
	for who, c := range map[string]context.Context{"a company": a, "nobody": t.Context(), "a company of none": nowhere} {
		page, err := ns.Take(4).Page(c, "")
		must(t, err)
		if rest, err := ns.Take(4).Page(c, page.Next); err != nil || len(rest.Rows) != 2 {
			t.Errorf("%s: a page of a model without scopes: %+v, %v", who, rest, err)
		}
	}
	var wg sync.WaitGroup
	for range 3 {
		for id := range int64(6) {
			for company, c := range map[int64]context.Context{1: a, 2: b} {
				wg.Go(func() {
					row, err := ms.Load(c, id+1)
					if own := 1+id%2 == company; own && (err != nil || row.MakerID != company) || !own && !errors.Is(err, orm.ErrNotFound) {
						t.Errorf("company %d loaded %+v, %v", company, row, err)
					}
				})
			}
		}
	}
	wg.Wait()
	for range 20 { // statements that are warm serve each its own
		for company, c := range map[int64]context.Context{1: a, 2: b} {
			rows, err := ms.Where(machines.ID.Gt(0)).All(c)
			if err != nil || len(rows) != 3 || rows[0].MakerID != company {
				t.Fatalf("company %d was given %+v, %v", company, rows, err)
			}
		}
	}
}
