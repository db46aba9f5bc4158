package guard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/internal/truth"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// column is a column of Project as the model in memory sees it.
type column struct {
	wire   string
	col    orm.Selectable[Project]
	value  func(*Project) any // nil is NULL
	asc    orm.Order[Project]
	allow  guard.Filter[Project]
	values []any // to compare with
	text   bool
}

func columns() []column {
	return []column{
		{"id", Projects.ID, func(p *Project) any { return p.ID }, Projects.ID.Asc(), guard.Allow(Projects.ID), []any{int64(1), int64(3), int64(8), int64(15)}, false},
		{"title", Projects.Title, func(p *Project) any { return p.Title }, Projects.Title.Asc(), guard.Allow(Projects.Title), []any{"Alpha", "beta", "%", "a", ""}, true},
		{"status", Projects.Status, func(p *Project) any { return p.Status }, Projects.Status.Asc(), guard.Allow(Projects.Status), []any{"draft", "open", "done"}, false},
		{"priority", Projects.Priority, func(p *Project) any { return int64(p.Priority) }, Projects.Priority.Asc(), guard.Allow(Projects.Priority), []any{int64(0), int64(1), int64(2)}, false},
		{"notes", Projects.Notes, func(p *Project) any {
			if p.Notes == nil {
				return nil
			}
			return *p.Notes
		}, Projects.Notes.Asc(), guard.Allow(Projects.Notes), []any{"x", "y", "a_b"}, true},
	}
}

// force is a forced condition in both worlds.
type force struct {
	pred orm.Pred[Project]
	hold func(*Project) bool
}

func forces() []force {
	return []force{
		{Projects.Archived.Eq(false), func(p *Project) bool { return !p.Archived }},
		{Projects.Priority.Gte(1), func(p *Project) bool { return p.Priority >= 1 }},
		{orm.Or(Projects.Status.Eq("open"), Projects.Notes.IsNull()), func(p *Project) bool { return p.Status == "open" || p.Notes == nil }},
		{Projects.Tasks.Some(Tasks.Done.Eq(true)), func(p *Project) bool { return slices.ContainsFunc(p.Tasks, func(t Task) bool { return t.Done }) }},
	}
}

// world is all projects of one tenant, with their tasks.
func world(t *rapid.T, tenant int64) []Project {
	n := rapid.IntRange(0, 12).Draw(t, "projects")
	out := make([]Project, n)
	for i := range out {
		p := &out[i]
		p.Slug = fmt.Sprint("s", i)
		p.Title = rapid.SampledFrom([]string{"Alpha", "beta", "ALPHA beta", "100%", "a_b", ""}).Draw(t, "title")
		p.Status = rapid.SampledFrom([]string{"draft", "open", "done"}).Draw(t, "status")
		p.Priority = rapid.IntRange(0, 3).Draw(t, "priority")
		p.Archived = rapid.Bool().Draw(t, "archived")
		p.CreatedAt = time.Unix(1e9, 0).UTC()
		if s := rapid.SampledFrom([]string{"", "x", "y", "a_b"}).Draw(t, "notes"); s != "" {
			p.Notes = &s
		}
		for range rapid.IntRange(0, 3).Draw(t, "tasks") {
			p.Tasks = append(p.Tasks, Task{Title: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "task"), Done: rapid.Bool().Draw(t, "done"), Hidden: rapid.Bool().Draw(t, "hidden")})
		}
	}
	return out
}

// put writes the world through the library, under the tenant.
func put(ctx context.Context, db orm.DB, ps []Project) error {
	for i := range ps {
		tasks := ps[i].Tasks
		ptrs := make([]*Task, len(tasks))
		for k := range tasks {
			ptrs[k] = &tasks[k]
		}
		if err := orm.Repo[Project](db).Create(ctx, &ps[i], Projects.Tasks.Create(ptrs...), Projects.Status.Set(ps[i].Status), Projects.Priority.Set(ps[i].Priority)); err != nil {
			return err
		}
		ps[i].Tasks = tasks
	}
	return nil
}

// asked is a random request with what it means in memory.
type asked struct {
	where   any
	holds   func(*Project) truth.Value
	nothing bool // it is no condition
}

// question makes a condition out of allowed columns; it may be one the shape refuses.
func question(t *rapid.T, allowed []column, logic guard.Logic, related guard.Quantifier, depth int) asked {
	kinds := []string{"column", "column", "column"}
	if depth > 0 {
		for word, l := range map[string]guard.Logic{"AND": guard.And, "OR": guard.Or, "NOT": guard.Not} {
			if logic&l != 0 {
				kinds = append(kinds, word)
			}
		}
	}
	for word, q := range map[string]guard.Quantifier{"some": guard.Some, "none": guard.None, "every": guard.Every} {
		if related&q != 0 {
			kinds = append(kinds, word)
		}
	}
	sort.Strings(kinds)
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	switch kind {
	case "column":
		if len(allowed) > 0 {
			return compared(t, rapid.SampledFrom(allowed).Draw(t, "column"))
		}
		return asked{map[string]any{}, func(*Project) truth.Value { return truth.Yes }, true}
	case "some", "none", "every":
		done := rapid.Bool().Draw(t, "done")
		return asked{map[string]any{"tasks": map[string]any{kind: map[string]any{"done": done}}}, func(p *Project) truth.Value {
			some, all := false, true
			for _, x := range p.Tasks {
				if x.Hidden { // forced
					continue
				}
				some, all = some || x.Done == done, all && x.Done == done
			}
			return truth.Of(map[string]bool{"some": some, "none": !some, "every": all}[kind])
		}, false}
	}
	n := rapid.IntRange(1, 3).Draw(t, "branches")
	var list []any
	var kids []asked
	nothing := kind != "OR"
	for range n {
		k := question(t, allowed, logic, related, depth-1)
		list = append(list, k.where)
		if kind == "OR" {
			nothing = nothing || k.nothing
		} else {
			nothing = nothing && k.nothing
		}
		if !k.nothing {
			kids = append(kids, k)
		}
	}
	return asked{map[string]any{kind: list}, func(p *Project) truth.Value {
		if nothing {
			return truth.Yes
		}
		out := truth.Yes
		if kind == "OR" {
			out = truth.No
		}
		for _, k := range kids {
			v := k.holds(p)
			switch kind {
			case "AND":
				out = min(out, v)
			case "OR":
				out = max(out, v)
			case "NOT":
				out = min(out, v.Not())
			}
		}
		return out
	}, nothing}
}

func compared(t *rapid.T, c column) asked {
	v := rapid.SampledFrom(c.values).Draw(t, "value")
	ops := []string{"equals", "not", "in", "notIn"}
	if c.wire != "status" {
		ops = append(ops, "lt", "gte", "between")
	}
	if c.text {
		ops = append(ops, "contains", "startsWith", "fold")
	}
	if c.wire == "notes" {
		ops = append(ops, "isNull", "null")
	}
	op := rapid.SampledFrom(ops).Draw(t, "operator")
	w := rapid.SampledFrom(c.values).Draw(t, "value")
	test := func(of func(x any) bool) func(*Project) truth.Value {
		return func(p *Project) truth.Value {
			x := c.value(p)
			if x == nil {
				return truth.Unknown
			}
			return truth.Of(of(x))
		}
	}
	on := func(what any, holds func(*Project) truth.Value) asked {
		return asked{map[string]any{c.wire: what}, holds, false}
	}
	switch op {
	case "equals":
		return on(v, test(func(x any) bool { return x == v }))
	case "not":
		return on(map[string]any{"not": v}, test(func(x any) bool { return x != v }))
	case "in":
		return on(map[string]any{"in": []any{v, w}}, test(func(x any) bool { return x == v || x == w }))
	case "notIn":
		return on(map[string]any{"notIn": []any{v, w}}, test(func(x any) bool { return x != v && x != w }))
	case "lt":
		return on(map[string]any{"lt": v}, test(func(x any) bool { return compare(x, v) < 0 }))
	case "gte":
		return on(map[string]any{"gte": v}, test(func(x any) bool { return compare(x, v) >= 0 }))
	case "between":
		return on(map[string]any{"between": []any{v, w}}, test(func(x any) bool { return compare(x, v) >= 0 && compare(x, w) <= 0 }))
	case "contains":
		return on(map[string]any{"contains": v}, test(func(x any) bool { return strings.Contains(x.(string), v.(string)) }))
	case "startsWith":
		return on(map[string]any{"startsWith": v}, test(func(x any) bool { return strings.HasPrefix(x.(string), v.(string)) }))
	case "fold":
		return on(map[string]any{"contains": strings.ToUpper(v.(string)), "mode": "insensitive"}, test(func(x any) bool {
			return strings.Contains(strings.ToLower(x.(string)), strings.ToLower(v.(string)))
		}))
	case "isNull":
		return on(map[string]any{"isNull": true}, func(p *Project) truth.Value { return truth.Of(c.value(p) == nil) })
	}
	return on(nil, func(p *Project) truth.Value { return truth.Of(c.value(p) == nil) })
}

func compare(a, b any) int {
	if x, ok := a.(string); ok {
		return strings.Compare(x, b.(string))
	}
	return int(a.(int64) - b.(int64))
}

// For random shapes and random requests: what comes back is what a model in memory gives that filters by the shape first, or
// the request is refused; and the answer shows the columns asked for, which are among those of the shape.
func TestRandomRequestsStayInTheirShape(t *testing.T) {
	for name, source := range map[string]orm.Option{"sqlite": sqlite.Source("main", ":memory:"), "postgres": postgres.Source("main", testkit.Postgres(t))} {
		t.Run(name, func(t *testing.T) {
			setup := context.Background()
			db, err := orm.Open(setup, source, orm.Models(Project{}, Task{}, Tag{}, Person{}, Comment{}))
			must(t, err)
			defer db.Close()
			must(t, orm.CreateTables(setup, db))
			must(t, db.Use(rls.Tenant()))
			rapid.Check(t, func(t *rapid.T) {
				all := rls.Bypass(setup, "the test starts afresh")
				for _, wipe := range []func() (int64, error){
					func() (int64, error) { return orm.Repo[Task](db).EveryRow().DeleteMany(all) },
					func() (int64, error) { return orm.Repo[Project](db).EveryRow().DeleteMany(all) },
				} {
					if _, err := wipe(); err != nil {
						t.Fatal(err)
					}
				}
				mine, others := world(t, 1), world(t, 2)
				for tenant, ps := range map[int64][]Project{1: mine, 2: others} {
					if err := put(actor(tenant), db, ps); err != nil {
						t.Fatal(err)
					}
				}
				walk(t, db, mine)
			})
		})
	}
}

// some gives a random part of cols, in their order.
func some(t *rapid.T, cols []column, what string, least int) []column {
	var out []column
	for _, c := range cols {
		if rapid.Bool().Draw(t, what) {
			out = append(out, c)
		}
	}
	for i := 0; len(out) < least; i++ {
		out = append(out, cols[i])
	}
	return out
}

func selectable(cols []column) guard.Columns[Project] {
	list := make([]orm.Selectable[Project], len(cols))
	for i, c := range cols {
		list[i] = c.col
	}
	return guard.Only(list...)
}

func walk(t *rapid.T, db orm.DB, mine []Project) {
	shown, filtered, sorted := some(t, columns(), "shown", 1), some(t, columns(), "filtered", 0), some(t, columns(), "sorted", 0)
	shape := guard.Shape[Project]{Select: selectable(shown), OrderBy: selectable(sorted), Take: guard.Take{Default: 5, Max: 10}, Skip: 3}
	for _, c := range filtered {
		shape.Where = append(shape.Where, c.allow)
	}
	var forced []force
	for _, f := range forces() {
		if rapid.IntRange(0, 3).Draw(t, "forced") == 0 {
			forced = append(forced, f)
			shape.Where = append(shape.Where, guard.Force(f.pred))
		}
	}
	shape.Logic = guard.Logic(rapid.IntRange(0, 7).Draw(t, "logic"))
	related := guard.Quantifier(rapid.IntRange(0, 7).Draw(t, "related"))
	if related != 0 {
		shape.Where = append(shape.Where, guard.Related(Projects.Tasks, related, guard.Where[Task]{guard.Allow(Tasks.Done), guard.Force(Tasks.Hidden.Eq(false))}))
	}
	compiled, err := guard.Compile(shape)
	if err != nil {
		t.Fatal(err)
	}

	body := map[string]any{}
	q := question(t, filtered, shape.Logic, related, 3)
	body["where"] = q.where
	sel := shown
	if rapid.Bool().Draw(t, "select") {
		sel = some(t, shown, "selected", 1)
		names := map[string]bool{}
		for _, c := range sel {
			names[c.wire] = true
		}
		body["select"] = names
	}
	var order []column
	var desc []bool
	var keys []any
	for _, c := range some(t, sorted, "order", 0) {
		d := rapid.Bool().Draw(t, "desc")
		order, desc = append(order, c), append(desc, d)
		keys = append(keys, map[string]string{c.wire: map[bool]string{true: "desc", false: "asc"}[d]})
	}
	if len(keys) > 0 {
		body["orderBy"] = keys
	}
	skip, take := rapid.IntRange(0, 3).Draw(t, "skip"), 5
	body["skip"] = skip
	if rapid.Bool().Draw(t, "page") {
		take = rapid.IntRange(1, 10).Draw(t, "take")
		body["take"] = take
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}

	var want []*Project
	for i := range mine {
		p := &mine[i]
		if q.holds(p) == truth.Yes && !slices.ContainsFunc(forced, func(f force) bool { return !f.hold(p) }) {
			want = append(want, p)
		}
	}
	n, err := compiled.Count(actor(1), orm.Repo[Project](db), fmt.Appendf(nil, `{"where": %s}`, must1(json.Marshal(q.where))))
	if err != nil || n != int64(len(want)) {
		t.Fatalf("Count of %s gives %d, want %d: %v", text, n, len(want), err)
	}
	sort.SliceStable(want, func(i, k int) bool {
		for x, c := range order {
			a, b := c.value(want[i]), c.value(want[k])
			d := 0
			switch {
			case a == nil && b == nil:
			case a == nil:
				d = 1
			case b == nil:
				d = -1
			default:
				d = compare(a, b)
			}
			if d != 0 {
				return d < 0 != desc[x]
			}
		}
		return want[i].ID < want[k].ID
	})
	want = want[min(skip, len(want)):]
	want = want[:min(take, len(want))]
	var expected strings.Builder
	expected.WriteByte('[')
	for i, p := range want {
		if i > 0 {
			expected.WriteByte(',')
		}
		expected.WriteByte('{')
		for k, c := range sel {
			if k > 0 {
				expected.WriteByte(',')
			}
			fmt.Fprintf(&expected, "%q:%s", c.wire, must1(json.Marshal(c.value(p))))
		}
		expected.WriteByte('}')
	}
	expected.WriteByte(']')
	rows, err := compiled.FindMany(actor(1), orm.Repo[Project](db), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	got, err := json.Marshal(rows)
	if err != nil || string(got) != expected.String() {
		t.Fatalf("%s\ngot  %s\nwant %s (%v)", text, got, expected.String(), err)
	}
}

func must1[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
