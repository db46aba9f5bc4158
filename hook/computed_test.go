package hook_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
)

type shelf struct {
	ID     int64    `orm:"id,auto,table=shelves"`
	Name   string   `orm:"name"`
	Volume []volume `orm:"relation=id:shelf_id"`
}

type volume struct {
	ID      int64  `orm:"id,auto,table=volumes"`
	ShelfID int64  `orm:"shelf_id"`
	Title   string `orm:"title"`
	Pages   int64  `orm:"pages"`
	Label   string `orm:"label,computed"`
	Weight  int64  `orm:"weight,computed"`
}

var volumes = orm.Bind[volume, struct {
	ID    orm.Col[volume, int64]
	Title orm.Text[volume]
}]()

func library(t *testing.T, exts ...hook.Extension) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(shelf{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(t.Context(), db))
	must(t, orm.Repo[shelf](db).Create(t.Context(), &shelf{Name: "first"}))
	_, err = orm.Repo[volume](db).CreateMany(t.Context(), []volume{{ShelfID: 1, Title: "a", Pages: 10}, {ShelfID: 1, Title: "b", Pages: 20}, {ShelfID: 1, Title: "c", Pages: 30}})
	must(t, err)
	must(t, db.Use(exts...))
	return db
}

func label(calls *atomic.Int64) hook.Extension {
	return hook.Computed("Label", []string{"Title", "Pages"}, func(_ context.Context, rows []*volume) error {
		calls.Add(1)
		for _, v := range rows {
			v.Label = v.Title + "/" + string(rune('0'+v.Pages/10))
		}
		return nil
	})
}

func TestComputedFieldsAreFilled(t *testing.T) {
	var calls, each, most, now atomic.Int64
	db := library(t, label(&calls), hook.ComputedEach("Weight", []string{"Pages"}, func(_ context.Context, v *volume) error {
		each.Add(1)
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(time.Millisecond)
		now.Add(-1)
		v.Weight = v.Pages * 2
		return nil
	}, hook.ComputedConcurrency(2)))
	r, ctx := orm.Repo[volume](db), t.Context()
	all, err := r.Sort("ID").All(ctx)
	must(t, err)
	if len(all) != 3 || all[2].Label != "c/3" || all[2].Weight != 60 || calls.Load() != 1 || each.Load() != 3 || most.Load() > 2 {
		t.Errorf("%+v after %d and %d calls, %d at once", all, calls.Load(), each.Load(), most.Load())
	}
	shelves, err := orm.Repo[shelf](db).Query().Include("Volume").All(ctx)
	must(t, err)
	if len(shelves[0].Volume) != 3 || shelves[0].Volume[0].Label != "a/1" {
		t.Errorf("included: %+v", shelves)
	}
	one, err := r.Select(volumes.ID, r.F("Label")).Sort("ID").First(ctx)
	must(t, err)
	if one != (volume{ID: 1, Label: "a/1"}) {
		t.Errorf("a selection shows %+v", one)
	}
	one, err = r.Select(volumes.ID, volumes.Title).Sort("ID").First(ctx)
	must(t, err)
	if one != (volume{ID: 1, Title: "a"}) {
		t.Errorf("a selection without it shows %+v", one)
	}
	for v, err := range r.Sort("ID").Rows(ctx) {
		must(t, err)
		if v.Label == "" || v.Weight == 0 {
			t.Errorf("streamed: %+v", v)
		}
	}
	page, err := r.Select(r.F("Label")).Sort("-Title").Take(2).Page(ctx, "")
	must(t, err)
	if page.Rows[0] != (volume{Label: "c/3"}) {
		t.Errorf("a page shows %+v", page.Rows)
	}
	fresh := volume{ShelfID: 1, Title: "d", Pages: 40}
	must(t, r.Create(ctx, &fresh))
	if fresh.Label != "d/4" || fresh.Weight != 80 {
		t.Errorf("created: %+v", fresh)
	}
	changed, err := r.ByID(fresh.ID).Update(ctx, volumes.Title.Set("e"))
	must(t, err)
	if changed.Label != "e/4" {
		t.Errorf("changed: %+v", changed)
	}
}

func TestComputedFieldsAreReadOnly(t *testing.T) {
	var calls atomic.Int64
	db := library(t, label(&calls))
	r, ctx := orm.Repo[volume](db), t.Context()
	for what, err := range map[string]error{
		"a filter":               second(r.Where(r.F("Label").Eq("a/1")).All(ctx)),
		"a sort key":             second(r.Sort("Label").All(ctx)),
		"an assignment":          second(r.ByID(1).Update(ctx, r.F("Label").Set("x"))),
		"one without a resolver": second(r.Select(r.F("Weight")).All(ctx)),
	} {
		if !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if all, err := r.All(ctx); err != nil || all[0].Weight != 0 {
		t.Errorf("a field without a resolver: %+v, %v", all, err)
	}
}

func TestResolversThatMisbehave(t *testing.T) {
	mine := errors.New("mine")
	for what, c := range map[string]struct {
		ext  hook.Extension
		want []error
	}{
		"fails":  {hook.Computed("Label", nil, func(context.Context, []*volume) error { return mine }), []error{orm.ErrUpstream, mine}},
		"panics": {hook.ComputedEach("Label", nil, func(context.Context, *volume) error { panic("no") }), []error{orm.ErrDenied}},
		"is late": {hook.Computed("Label", nil, func(ctx context.Context, _ []*volume) error {
			<-ctx.Done()
			return ctx.Err()
		}, hook.ComputedTimeout(time.Millisecond)), []error{orm.ErrUpstream, context.DeadlineExceeded}},
	} {
		db := library(t, c.ext)
		r := orm.Repo[volume](db)
		all, err := r.All(t.Context())
		for _, want := range c.want {
			if !errors.Is(err, want) || all != nil {
				t.Errorf("a resolver that %s: %v, %v", what, all, err)
			}
		}
		if err := r.Create(t.Context(), &volume{Title: "z"}); err == nil {
			t.Errorf("a resolver that %s let a row in", what)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	db := library(t, hook.Computed("Label", nil, func(context.Context, []*volume) error { cancel(); <-ctx.Done(); return ctx.Err() }))
	if _, err := orm.Repo[volume](db).All(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestComputedIsChecked(t *testing.T) {
	nothing := func(context.Context, []*volume) error { return nil }
	db := library(t)
	for what, ext := range map[string]hook.Extension{
		"an unknown field":    hook.Computed("Labl", nil, nothing),
		"a stored field":      hook.Computed("Title", nil, nothing),
		"an unknown input":    hook.Computed("Label", []string{"Titel"}, nothing),
		"a computed input":    hook.Computed("Label", []string{"Weight"}, nothing),
		"no resolver":         hook.Computed[volume]("Label", nil, nil),
		"no time":             hook.Computed("Label", nil, nothing, hook.ComputedTimeout(0)),
		"no concurrency":      hook.ComputedEach("Label", nil, func(context.Context, *volume) error { return nil }, hook.ComputedConcurrency(0)),
		"a nil option":        hook.Computed("Label", nil, nothing, nil),
		"an unregistered one": hook.Computed("Label", nil, func(context.Context, []*stray) error { return nil }),
	} {
		if err := db.Use(ext); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

type stray struct {
	ID    int64  `orm:"id"`
	Label string `orm:"label,computed"`
}
