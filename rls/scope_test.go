package rls_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
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
