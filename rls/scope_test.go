package rls_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// The graph: makers are the table of companies, in a tenant; machines have a tenant and a company, gauges a company and a
// region, notes neither.

type maker struct {
	ID       int64  `orm:"id,auto,scope=company,table=makers"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`

	Machines []machine `orm:"relation=id:maker_id"`
}

type machine struct {
	ID       int64  `orm:"id,auto,table=machines"`
	TenantID int64  `orm:"tenant_id,tenant"`
	MakerID  int64  `orm:"maker_id,scope=company"`
	Name     string `orm:"name,unique"`
	BossID   *int64 `orm:"boss_id"`
	Version  int    `orm:"version,version"`

	Maker  *maker   `orm:"relation=maker_id:id"`
	Boss   *machine `orm:"relation=boss_id:id"`
	Gauges []gauge  `orm:"relation=id:machine_id"`
	Tools  []tool   `orm:"relation=id:id,through=fittings(machine_id:tool_id)"`
}

type gauge struct {
	ID        int64  `orm:"id,auto,table=gauges"`
	MachineID int64  `orm:"machine_id"`
	MakerID   int64  `orm:"maker_id,scope=company"`
	Region    string `orm:"region,scope=region"`
	Level     int    `orm:"level"`

	Machine *machine `orm:"relation=machine_id:id"`
}

type tool struct {
	ID       int64  `orm:"id,auto,table=tools"`
	TenantID int64  `orm:"tenant_id,tenant"`
	MakerID  int64  `orm:"maker_id,scope=company"`
	Name     string `orm:"name"`
}

type fitting struct {
	MachineID int64 `orm:"machine_id,id,table=fittings"`
	ToolID    int64 `orm:"tool_id,id"`
	TenantID  int64 `orm:"tenant_id,tenant"`
	MakerID   int64 `orm:"maker_id,scope=company"`
}

type note struct {
	ID   int64  `orm:"id,auto,table=notes"`
	Text string `orm:"text"`
}

var (
	machines = orm.Bind[machine, struct {
		ID      orm.Col[machine, int64]
		MakerID orm.Col[machine, int64]
		Name    orm.Text[machine]
		Maker   orm.One[machine, maker]
		Boss    orm.One[machine, machine]
		Gauges  orm.Many[machine, gauge]
		Tools   orm.Many[machine, tool]
	}]()
	gauges = orm.Bind[gauge, struct {
		ID      orm.Col[gauge, int64]
		MakerID orm.Col[gauge, int64]
		Region  orm.Text[gauge]
		Level   orm.Col[gauge, int]
		Machine orm.One[gauge, machine]
	}]()
)

type sumOfLevels struct {
	N   int64 `orm:"agg=count(*)"`
	Sum int64 `orm:"agg=sum(Level)"`
}

// valueOf gives what the actor's Values say under a name.
func valueOf(name string) func(context.Context, orm.Actor) (any, error) {
	return func(_ context.Context, a orm.Actor) (any, error) { return a.Values[name], nil }
}

// actingIn acts in a tenant, a company and a region.
func actingIn(ctx context.Context, tenant, company int64, region string) context.Context {
	return orm.WithActor(ctx, orm.Actor{ID: 1, TenantID: tenant, Values: map[string]any{"company": company, "region": region}})
}

// works is two companies of one tenant with the same rows each.
type works struct {
	db     orm.DB
	a, b   context.Context
	mine   machine // of company a
	theirs machine // of company b
	gauge  gauge   // of company b
	tool   tool    // of company b
}

func worked(t *testing.T, fn func(t *testing.T, w *works)) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			db, err := orm.Open(ctx, src(), orm.Models(maker{}, machine{}, gauge{}, tool{}, fitting{}, note{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(ctx, db))
			must(t, db.Use(rls.Tenant(), rls.Global(gauge{}, note{}), rls.Scope("company", valueOf("company")), rls.Scope("region", valueOf("region"))))
			w := &works{db: db}
			for i, m := range []*machine{&w.mine, &w.theirs} {
				made := maker{TenantID: 1, Name: fmt.Sprint("maker ", i)}
				must(t, orm.Repo[maker](db).Create(rls.Bypass(ctx, "a new company"), &made))
				in := actingIn(ctx, 1, made.ID, "north")
				boss := machine{Name: fmt.Sprint("boss ", i)}
				must(t, orm.Repo[machine](db).Create(in, &boss))
				*m = machine{Name: fmt.Sprint("machine ", i), BossID: &boss.ID}
				must(t, orm.Repo[machine](db).Create(in, m))
				if m.MakerID != made.ID || m.TenantID != 1 {
					t.Fatalf("the new row is %+v", m)
				}
				gs := []gauge{{MachineID: m.ID, Level: 10}, {MachineID: m.ID, Level: 20}}
				_, err := orm.Repo[gauge](db).CreateMany(in, gs)
				must(t, err)
				tl := tool{Name: "tool"}
				must(t, orm.Repo[tool](db).Create(in, &tl))
				must(t, orm.Repo[fitting](db).Create(in, &fitting{MachineID: m.ID, ToolID: tl.ID}))
				w.a, w.b = w.b, in
				w.gauge, w.tool = gs[0], tl
			}
			fn(t, w)
		})
	}
}

func (w *works) intact(t *testing.T) {
	t.Helper()
	m, err := orm.Repo[machine](w.db).ByID(w.theirs.ID).Include("Gauges", "Tools").One(w.b)
	must(t, err)
	if m.Name != w.theirs.Name || m.MakerID != 2 || len(m.Gauges) != 2 || m.Gauges[0].Level != 10 || len(m.Tools) != 1 || m.Tools[0].Name != "tool" || m.Version != 0 {
		t.Errorf("company b's rows changed: %+v", m)
	}
}

func TestReadsSeeTheirOwnScopeOnly(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		ms, gs, look := orm.Repo[machine](w.db), orm.Repo[gauge](w.db), rls.Bypass(t.Context(), "plant")
		// rows of b below a row of a, planted behind the library's back
		must(t, gs.Create(look, &gauge{MachineID: w.mine.ID, MakerID: 2, Region: "north", Level: 99}))
		must(t, orm.Repo[fitting](w.db).Create(look, &fitting{MachineID: w.mine.ID, ToolID: w.tool.ID, TenantID: 1, MakerID: 2}))
		for name, q := range map[string]orm.Query[machine]{
			"All":             ms.Query(),
			"Or at the top":   ms.Where(orm.Or(machines.ID.Gt(0), orm.Not(machines.ID.Gt(0)), orm.SQL[machine]("1 = 1 OR 2 = 2"))),
			"the other's":     ms.Where(orm.Or(machines.MakerID.Eq(2), machines.MakerID.Eq(1))),
			"relation Some":   ms.Where(orm.Or(machines.Gauges.Some(), machines.Gauges.None())),
			"relation Is":     ms.Where(orm.Or(machines.Boss.Is(), machines.Boss.IsNot())),
			"a joined column": ms.OrderBy(machines.Maker.By(orm.Repo[maker](w.db).F("Name").Asc())),
		} {
			rows, err := q.All(w.a)
			must(t, err)
			n, err := q.Count(w.a)
			must(t, err)
			if len(rows) != 2 || n != 2 {
				t.Errorf("%s: %d rows, counted %d, want company a's 2", name, len(rows), n)
			}
			for x, err := range q.Rows(w.a) {
				must(t, err)
				if x.MakerID != 1 {
					t.Errorf("%s: streamed a row of company %d", name, x.MakerID)
				}
			}
		}
		m, err := ms.ByID(w.mine.ID).Include("Gauges.Machine", "Tools", "Maker.Machines", "Boss").One(w.a)
		must(t, err)
		if len(m.Gauges) != 2 || m.Gauges[0].Machine == nil || len(m.Tools) != 1 || m.Maker == nil || len(m.Maker.Machines) != 2 || m.Boss == nil {
			t.Errorf("the includes gave %+v", m)
		}
		for what, c := range map[string]struct {
			q    orm.Query[machine]
			want int64
		}{
			"a filter by gauges of b":     {ms.Where(machines.Gauges.Some(gauges.Level.Eq(99))), 0},
			"every gauge":                 {ms.Where(machines.Gauges.Every(gauges.Level.Lt(99))), 2},
			"a count of gauges":           {ms.Where(machines.Gauges.Count().Gt(2)), 0},
			"the company's own gauges":    {ms.Where(machines.Gauges.Some(gauges.Level.Eq(20))), 1},
			"a sub-select of b's gauges":  {ms.Where(machines.ID.InQuery(orm.Values(gs.Where(gauges.Level.Eq(99)), orm.Bind[gauge, struct{ MachineID orm.Col[gauge, int64] }]().MachineID))), 0},
			"a filter by the maker's own": {ms.Where(machines.Maker.Is()), 2},
		} {
			if n, err := c.q.Count(w.a); err != nil || n != c.want {
				t.Errorf("%s: %d, %v, want %d", what, n, err, c.want)
			}
		}
		sum, err := orm.Aggregate[sumOfLevels](w.a, gs.Query())
		if err != nil || len(sum) != 1 || sum[0] != (sumOfLevels{2, 30}) {
			t.Errorf("the aggregate gives %v, %v", sum, err)
		}
		_, err = ms.ByID(w.theirs.ID).One(w.a)
		_, absent := ms.ByID(int64(999_999)).One(w.a)
		is(t, "ByID of a foreign row", err, orm.ErrNotFound)
		if fmt.Sprint(err) != fmt.Sprint(absent) {
			t.Errorf("a foreign row is told apart: %q and %q", err, absent)
		}
		if all, err := orm.Repo[maker](w.db).All(w.a); err != nil || len(all) != 1 || all[0].ID != 1 {
			t.Errorf("the table of companies gives %v, %v", all, err)
		}
		if n, err := orm.Repo[note](w.db).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("a model without scopes: %d, %v", n, err)
		}
	})
}

// Scopes hold together: of two that a row is in, the one does not let in what the other keeps out.
func TestScopesHoldTogether(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		gs, ms := orm.Repo[gauge](w.db), orm.Repo[machine](w.db)
		south, foreign := actingIn(t.Context(), 1, 1, "south"), actingIn(t.Context(), 2, 1, "north")
		far := gauge{MachineID: w.mine.ID, Level: 30}
		must(t, gs.Create(south, &far))
		if far.MakerID != 1 || far.Region != "south" {
			t.Errorf("the new row is %+v", far)
		}
		for who, c := range map[string]struct {
			ctx  context.Context
			want int
		}{"north": {w.a, 2}, "south": {south, 1}, "company b": {w.b, 2}, "company b in the south": {actingIn(t.Context(), 1, 2, "south"), 0}} {
			m, err := gs.All(c.ctx)
			if err != nil || len(m) != c.want {
				t.Errorf("%s sees %v, %v", who, m, err)
			}
		}
		is(t, "a gauge in another region", gs.Create(w.a, &gauge{MachineID: w.mine.ID, Region: "south"}), orm.ErrDenied)
		is(t, "a gauge of another company", gs.Create(w.a, &gauge{MachineID: w.mine.ID, MakerID: 2}), orm.ErrDenied)
		_, err := gs.ByID(far.ID).Update(w.a, gauges.Level.Set(1))
		is(t, "a gauge of the south", err, orm.ErrNotFound)
		if n, err := ms.Count(foreign); err != nil || n != 0 {
			t.Errorf("a company's number in another tenant: %d, %v", n, err)
		}
		is(t, "another tenant's row of one's company", ms.Create(w.a, &machine{Name: "x", TenantID: 2}), orm.ErrDenied)
	})
}

func TestWritesCannotLeaveTheirScope(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		ms, gs := orm.Repo[machine](w.db), orm.Repo[gauge](w.db)
		set := machines.Name.Set("stolen")
		_, err := ms.ByID(w.theirs.ID).Update(w.a, set)
		is(t, "Update by key", err, orm.ErrNotFound)
		_, err = ms.ByID(w.theirs.ID).Delete(w.a)
		is(t, "Delete by key", err, orm.ErrNotFound)
		if n, err := ms.Where(machines.ID.Eq(w.theirs.ID)).UpdateMany(w.a, set); n != 0 || err != nil {
			t.Errorf("UpdateMany: %d, %v", n, err)
		}
		if rows, err := gs.Where(gauges.Level.Lt(99)).UpdateReturning(w.a, gauges.Level.Inc(1)); len(rows) != 2 || err != nil {
			t.Errorf("UpdateReturning: %v, %v", rows, err)
		}
		if n, err := gs.Where(orm.Or(gauges.ID.Gt(0), gauges.ID.Lte(0))).DeleteMany(w.a); n != 2 || err != nil {
			t.Errorf("DeleteMany took %d rows: %v", n, err)
		}
		foreign := w.theirs
		foreign.Name, foreign.BossID = "stolen", nil
		is(t, "Save of a row of b", ms.Save(w.a, &foreign), orm.ErrDenied)
		foreign.MakerID = 1
		is(t, "Save of a row of b, relabelled", notFoundOrStale(ms.Save(w.a, &foreign)), orm.ErrNotFound)
		foreign.MakerID = 0
		is(t, "Save of a row of b without a company", notFoundOrStale(ms.Save(w.a, &foreign)), orm.ErrNotFound)
		moved := w.mine
		moved.MakerID = 2
		is(t, "Save that moves a row", ms.Save(w.a, &moved), orm.ErrDenied)
		_, err = ms.SaveMany(w.a, []machine{moved})
		is(t, "SaveMany that moves a row", err, orm.ErrDenied)
		is(t, "Upsert on b's key", ms.Upsert(w.a, orm.On(machines.ID), &machine{ID: w.theirs.ID, Name: "stolen"}), orm.ErrConflict)
		is(t, "Upsert on b's name", ms.Upsert(w.a, orm.On(machines.Name), &machine{Name: w.theirs.Name}), orm.ErrConflict)
		is(t, "Upsert into b", ms.Upsert(w.a, orm.On(machines.Name), &machine{Name: w.mine.Name}, machines.MakerID.Set(2)), orm.ErrDenied)
		is(t, "Create in b's name", ms.Create(w.a, &machine{MakerID: 2, Name: "new"}), orm.ErrDenied)
		is(t, "Create below b's machine", gs.Create(w.a, &gauge{MachineID: w.theirs.ID}), orm.ErrReference)
		is(t, "a fitting of b's tool", orm.Repo[fitting](w.db).Create(w.a, &fitting{MachineID: w.mine.ID, ToolID: w.tool.ID}), orm.ErrReference)
		for what, a := range map[string]orm.Assign[machine]{
			"moving a row":              machines.MakerID.Set(2),
			"counting it up":            machines.MakerID.Inc(1),
			"copying into it":           machines.MakerID.SetFrom(machines.ID),
			"computing it":              orm.SetSQL(machines.MakerID, "2"),
			"taking it away":            machines.MakerID.Set(0),
			"moving a row by its name":  ms.F("MakerID").Set(2),
			"moving a row by its patch": orm.PatchOf[machine](struct{ MakerID orm.Opt[int64] }{orm.Value(int64(2))})[0],
		} {
			_, err = ms.ByID(w.mine.ID).Update(w.a, a)
			is(t, what, err, orm.ErrDenied)
		}
		if got, err := ms.ByID(w.mine.ID).Update(w.a, machines.MakerID.Set(1)); err != nil || got.MakerID != 1 {
			t.Errorf("an assignment that changes nothing: %+v, %v", got, err)
		}
		_, err = ms.ByID(w.mine.ID).Update(w.a, ms.F("BossID").Set(w.theirs.ID))
		is(t, "a boss of b", err, orm.ErrReference)
		rows := make([]machine, 1000)
		for i := range rows {
			rows[i].Name = fmt.Sprint("bulk ", i)
		}
		rows[700].MakerID = 2
		_, err = ms.CreateMany(w.a, rows)
		is(t, "a bulk insert with one foreign row", err, orm.ErrDenied)
		if rows[0].MakerID != 0 {
			t.Errorf("a row that is not there was given a company: %+v", rows[0])
		}
		res, err := ms.Import(w.a, []machine{{Name: "imported"}, {Name: "smuggled", MakerID: 2}})
		if err != nil || res[0].Err != nil || !errors.Is(res[1].Err, orm.ErrDenied) {
			t.Errorf("Import: %v, %v", res, err)
		}
		if n, err := ms.CreateMany(w.a, []machine{{Name: w.theirs.Name}, {Name: "skipped none"}}, orm.SkipDuplicates()); n != 1 || err != nil {
			t.Errorf("CreateMany that skips b's: %d, %v", n, err)
		}
		own := machine{Name: w.mine.Name}
		must(t, ms.Upsert(w.a, orm.On(machines.Name), &own))
		if own.ID != w.mine.ID || own.MakerID != 1 || own.TenantID != 1 {
			t.Errorf("the row upserted is %+v", own)
		}
		saved := own
		saved.Name = "renamed"
		must(t, ms.Save(w.a, &saved))
		saved.MakerID, saved.TenantID, saved.Name = 0, 0, "renamed again" // zero says nothing
		if _, err := ms.SaveMany(w.a, []machine{saved}); err != nil {
			t.Error(err)
		}
		if got, err := ms.ByID(own.ID).One(w.a); err != nil || got.Name != "renamed again" || got.MakerID != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		makers := orm.Repo[maker](w.db)
		is(t, "a company makes a company", makers.Create(w.a, &maker{Name: "x"}), orm.ErrDenied)
		is(t, "a company makes another", makers.Create(w.a, &maker{ID: 77, Name: "x"}), orm.ErrDenied)
		w.intact(t)
	})
}

func notFoundOrStale(err error) error { // a model with a version tells a row that may be seen from one that may not
	if errors.Is(err, orm.ErrStale) {
		return fmt.Errorf("the row was seen: %w", err)
	}
	return err
}

func TestNestedWritesKeepTheirScope(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		ms, gs := orm.Repo[machine](w.db), orm.Repo[gauge](w.db)
		must(t, orm.Repo[gauge](w.db).Create(rls.Bypass(t.Context(), "plant"), &gauge{MachineID: w.mine.ID, MakerID: 2, Region: "north", Level: 99}))
		made := gauge{Level: 5}
		m, err := ms.ByID(w.mine.ID).Update(w.a, machines.Gauges.Create(&made))
		if err != nil || made.MakerID != 1 || made.Region != "north" || made.MachineID != w.mine.ID {
			t.Errorf("the row below is %+v, %v", made, err)
		}
		if m.Version != w.mine.Version+1 || m.MakerID != 1 {
			t.Errorf("the row above is not touched: %+v", m)
		}
		tl := tool{Name: "linked"}
		must(t, ms.Create(w.a, &machine{Name: "with a tool"}, machines.Tools.Create(&tl)))
		if tl.MakerID != 1 {
			t.Errorf("the row linked is %+v", tl)
		}
		level := gauges.Level.Set(666)
		for what, c := range map[string]struct {
			set  orm.Assign[machine]
			want error
		}{
			"a row below of b":        {machines.Gauges.Create(&gauge{MakerID: 2}), orm.ErrDenied},
			"rows below of b":         {machines.Gauges.CreateMany([]*gauge{{}, {Region: "south"}}), orm.ErrDenied},
			"link a gauge of b":       {machines.Gauges.Link(orm.Key[gauge](w.gauge.ID)), orm.ErrReference},
			"link a tool of b":        {machines.Tools.Link(orm.Key[tool](w.tool.ID)), orm.ErrReference},
			"set a tool of b":         {machines.Tools.Set(orm.Key[tool](w.tool.ID)), orm.ErrReference},
			"a boss of b":             {machines.Boss.Link(orm.Key[machine](w.theirs.ID)), orm.ErrReference},
			"the maker b":             {machines.Maker.Link(orm.Key[maker](int64(2))), orm.ErrReference},
			"update a gauge of b":     {machines.Gauges.Update(orm.Key[gauge](w.gauge.ID), level), orm.ErrNotFound},
			"delete a gauge of b":     {machines.Gauges.Delete(orm.Key[gauge](w.gauge.ID)), orm.ErrNotFound},
			"move gauges to b":        {machines.Gauges.UpdateMany(orm.And[gauge](), gauges.MakerID.Set(2)), orm.ErrDenied},
			"upsert a gauge of b":     {machines.Gauges.Upsert(orm.Key[gauge](w.gauge.ID), &gauge{ID: w.gauge.ID}, level), orm.ErrConflict},
			"take a gauge of b":       {machines.Gauges.LinkOrCreate(orm.Key[gauge](w.gauge.ID), &gauge{ID: w.gauge.ID}), orm.ErrConflict},
			"delete gauges of b":      {machines.Gauges.DeleteMany(gauges.Level.Eq(99)), nil},
			"the maker's own":         {machines.Maker.Link(orm.Key[maker](int64(1))), nil},
			"upsert one's own gauge":  {machines.Gauges.Upsert(orm.Key[gauge](made.ID), &gauge{ID: made.ID, Level: 7}), nil},
			"update gauges, by name":  {machines.Gauges.UpdateMany(gauges.Region.Eq("north"), level), nil},
			"the boss, and no column": {machines.Boss.Update(machines.Name.Set("boss of a")), nil},
		} {
			_, err := ms.ByID(w.mine.ID).Update(w.a, c.set)
			if c.want == nil {
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
				continue
			}
			is(t, what, err, c.want)
		}
		if n, err := gs.Where(gauges.Level.Eq(99)).Count(rls.Bypass(t.Context(), "look")); err != nil || n != 1 {
			t.Errorf("the planted gauge of b: %d, %v", n, err)
		}
		if got, err := gs.ByID(made.ID).One(w.a); err != nil || got.MakerID != 1 || got.Region != "north" {
			t.Errorf("%+v, %v", got, err)
		}
		w.intact(t)
	})
}

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
				if *n != 0 {
					t.Errorf("%s, %s: %s sent %d statements", what, who, verb, *n)
				}
				*n = 0
			}
		}
		if n, err := gs.Count(rls.Bypass(t.Context(), "look")); err != nil || n != 0 {
			t.Errorf("%s under a bypass: %d, %v", what, n, err)
		}
	}
}

func TestABypassStepsOutOfScopes(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		ms, out := orm.Repo[machine](w.db), rls.Bypass(w.a, "a job of no company")
		if n, err := ms.Count(out); err != nil || n != 4 {
			t.Errorf("%d rows, %v", n, err)
		}
		is(t, "a row of no company", ms.Create(out, &machine{Name: "x", TenantID: 1}), orm.ErrInvalid)
		must(t, ms.Create(out, &machine{Name: "x", TenantID: 1, MakerID: 2}))
		_, err := ms.ByID(w.mine.ID).Update(out, machines.MakerID.Set(2))
		is(t, "moving a row under a bypass", err, orm.ErrDenied)
		_, err = ms.Count(rls.Bypass(w.a, " "))
		is(t, "a bypass without a reason", err, orm.ErrDenied)
		_, err = orm.Raw[int64](w.a, w.db, "SELECT id FROM machines")
		is(t, "SQL text", err, orm.ErrDenied)
		_, err = ms.Where(orm.SQL[machine]("id IN (SELECT machine_id FROM gauges)")).Count(w.a)
		is(t, "SQL text with a sub-select", err, orm.ErrDenied)
		err = w.db.Tx(w.a, func(tx orm.DB) error {
			if n, err := orm.Repo[machine](tx).Count(w.a); err != nil || n != 2 {
				return fmt.Errorf("in a transaction: %d, %w", n, err)
			}
			return nil
		})
		must(t, err)
	})
}

// Row policies of the database stand for tenants alone: a scope keeps SQL text closed, and the error names it.
func TestNativePoliciesDoNotStandForScopes(t *testing.T) {
	reg, err := (*hook.Registry)(nil).Extended(modelsOf(t, machine{}, maker{}, tool{}, gauge{}), rls.Native(), rls.Tenant(), rls.Global(gauge{}), rls.Scope("company", valueOf("company")))
	must(t, err)
	_, err = reg.Raw(actingIn(t.Context(), 1, 1, "north"), true, modelsOf(t, machine{}))
	is(t, "SQL text with native policies", err, orm.ErrDenied)
	if !strings.Contains(fmt.Sprint(err), `"company"`) {
		t.Errorf("the error does not name the scope: %v", err)
	}
	if ok, err := reg.Raw(actingIn(t.Context(), 1, 1, "north"), true, modelsOf(t, note{})); err != nil || !ok {
		t.Errorf("a source without the scope: %v, %v", ok, err)
	}
}

func modelsOf(t *testing.T, rows ...any) (out []*model.Model) {
	for _, r := range rows {
		m, err := model.Of(reflect.TypeOf(r))
		must(t, err)
		out = append(out, m)
	}
	return out
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

type lonely struct {
	ID     int64  `orm:"id,auto,table=lonely"`
	Branch string `orm:"branch,scope=branch"`
	Text   string `orm:"text,unique"`
}

// A column whose scope is not registered is read by everybody, is found by Check, and never holds zero.
func TestAScopeThatIsNotRegistered(t *testing.T) {
	db, _ := watched(t, []any{lonely{}, note{}})
	r, ctx := orm.Repo[lonely](db), t.Context()
	text, branch := r.F("Text"), r.F("Branch")
	found, err := db.Check(ctx)
	if err != nil || len(found) != 1 || found[0].Model != "lonely" || found[0].Field != "Branch" || found[0].Source != "main" || !strings.Contains(found[0].Detail, `"branch"`) {
		t.Errorf("Check finds %+v, %v", found, err)
	}
	given := lonely{Branch: "x", Text: "given"}
	must(t, r.Create(ctx, &given))
	for what, run := range map[string]func(ctx context.Context) error{
		"Create": func(ctx context.Context) error { return r.Create(ctx, &lonely{Text: "a"}) },
		"CreateMany": func(ctx context.Context) error {
			_, err := r.CreateMany(ctx, []lonely{{Branch: "x", Text: "b"}, {Text: "c"}})
			return err
		},
		"SkipDuplicates": func(ctx context.Context) error {
			_, err := r.CreateMany(ctx, []lonely{{Text: "d"}}, orm.SkipDuplicates())
			return err
		},
		"Upsert":         func(ctx context.Context) error { return r.Upsert(ctx, orm.On(text), &lonely{Text: "given"}) },
		"a zero meant":   func(ctx context.Context) error { return r.Create(ctx, &lonely{Text: "e"}, branch.Set("")) },
		"Update to zero": func(ctx context.Context) error { _, err := r.ByID(given.ID).Update(ctx, branch.Set("")); return err },
		"Upsert to zero": func(ctx context.Context) error {
			return r.Upsert(ctx, orm.On(text), &lonely{Branch: "x", Text: "given"}, branch.Set(""))
		},
		"Save of zero": func(ctx context.Context) error { return r.Save(ctx, &lonely{ID: given.ID, Text: "given"}) },
		"SaveMany of zero": func(ctx context.Context) error {
			_, err := r.SaveMany(ctx, []lonely{{ID: given.ID, Text: "given"}})
			return err
		},
	} {
		for who, ctx := range map[string]context.Context{"nobody": ctx, "somebody": inCompany(t, 1), "a bypass": rls.Bypass(ctx, "look")} {
			err := run(ctx)
			is(t, what+" by "+who, err, orm.ErrInvalid)
			var e *orm.Error
			if !errors.As(err, &e) || e.Field != "Branch" || what != "a zero meant" && !strings.Contains(err.Error(), `"branch"`) {
				t.Errorf("%s by %s: the error does not name field and scope: %v", what, who, err)
			}
		}
	}
	if rows, err := r.All(ctx); err != nil || len(rows) != 1 || rows[0] != given {
		t.Errorf("%v, %v", rows, err)
	}
	must(t, db.Use(rls.Scope("branch", valueOf("branch"))))
	if found, err := db.Check(ctx); err != nil || len(found) != 0 {
		t.Errorf("Check finds %+v, %v", found, err)
	}
	_, err = r.All(ctx)
	is(t, "All once it is registered", err, orm.ErrNoActor)
}

func TestScopesThatDoNotFit(t *testing.T) {
	db, _ := watched(t, []any{lonely{}, gauge{}, machine{}, maker{}, tool{}, fitting{}})
	for what, c := range map[string]struct {
		exts []hook.Extension
		says string
	}{
		"a name that nobody tags": {[]hook.Extension{rls.Scope("compny", valueOf("x"))}, `did you mean "company"?`},
		"no name":                 {[]hook.Extension{rls.Scope("", valueOf("x"))}, `scope=`},
		"the tenant":              {[]hook.Extension{rls.Scope("tenant", valueOf("x"))}, `"tenant"`},
		"the owner":               {[]hook.Extension{rls.Scope("owner", valueOf("x"))}, `"owner"`},
		"no function":             {[]hook.Extension{rls.Scope("company", nil)}, `"company"`},
		"twice":                   {[]hook.Extension{rls.Scope("company", valueOf("x")), rls.Scope("company", valueOf("x"))}, `"company" is registered twice`},
	} {
		err := db.Use(c.exts...)
		is(t, what, err, orm.ErrInvalid)
		if !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v, want it to say %s", what, err, c.says)
		}
	}
	if names := db.Scopes(); len(names) != 0 {
		t.Errorf("%v are registered", names)
	}
}

// An audit of a refused write tells nothing, one of a write tells the row with the column that the scope filled.
func TestAuditTellsWhatTheScopeFilled(t *testing.T) {
	var told []hook.Entry
	db, _ := watched(t, []any{lonely{}}, rls.Scope("branch", valueOf("branch")), hook.Audit(func(_ context.Context, e hook.Entry) error {
		told = append(told, e)
		return nil
	}))
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, Values: map[string]any{"branch": "west"}})
	r := orm.Repo[lonely](db)
	must(t, r.Create(ctx, &lonely{Text: "x"}))
	is(t, "a row of another branch", r.Create(ctx, &lonely{Text: "y", Branch: "east"}), orm.ErrDenied)
	if len(told) != 1 || fmt.Sprint(told[0].New["Branch"]) != "west" {
		t.Errorf("%+v", told)
	}
}

// The predicate of a scope stands under its name in the plan.
func TestAPlanNamesTheScope(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		plan, err := orm.Repo[gauge](w.db).Query().Explain(w.a)
		must(t, err)
		for _, name := range []string{"company", "region"} {
			if !strings.Contains(plan.String(), name) {
				t.Errorf("the plan does not name %s:\n%s", name, plan)
			}
		}
	})
}
