package ormtest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
)

// leaky is a source that forgets the tenant scope in one kind of statement, as a bug of the library would.
type leaky struct {
	source.SQL
	forget string
}

type leakyTx struct {
	source.Tx
	l *leaky
}

func (l *leaky) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	tx, err := l.SQL.Begin(ctx, o)
	return leakyTx{tx, l}, err
}

func without(scopes []builder.Scope) []builder.Scope {
	return slices.DeleteFunc(slices.Clone(scopes), func(s builder.Scope) bool { return s.Name == hook.TenantScope })
}

func (l *leaky) expr(e builder.Expr) builder.Expr {
	if e.Ext == nil {
		return e
	}
	x := *e.Ext
	x.Kids = slices.Clone(x.Kids)
	for i := range x.Kids {
		x.Kids[i] = l.expr(x.Kids[i])
	}
	switch l.forget {
	case "filter":
		x.Scope = without(x.Scope)
	case "filter link":
		x.LinkScope = without(x.LinkScope)
	}
	e.Ext = &x
	return e
}

func (l *leaky) conjunction(c *builder.Conjunction) {
	out := builder.Conjunction{}
	for i := range c.Len() {
		out.Add(l.expr(*c.At(i)))
	}
	*c = out
}

func (l *leaky) selects(st *builder.Select) *builder.Select {
	c := *st
	l.conjunction(&c.Where)
	kind := map[builder.Want]string{builder.WantRows: "read", builder.WantCount: "count", builder.WantExists: "exists"}[c.Want]
	switch {
	case c.Group != nil && c.Want == builder.WantCount:
		kind = "reference"
	case c.Group != nil:
		kind = "include"
	}
	if l.forget == kind {
		c.Scopes = without(c.Scopes)
	}
	if c.Group != nil && l.forget == "include link" {
		g := *c.Group
		g.LinkScope = without(g.LinkScope)
		c.Group = &g
	}
	return &c
}

func (l *leaky) inserts(st *builder.Insert) *builder.Insert {
	c := *st
	if l.forget == "upsert" {
		c.Scopes = without(c.Scopes)
	}
	return &c
}

func (l *leaky) updates(st *builder.Update) *builder.Update {
	c := *st
	l.conjunction(&c.Where)
	if l.forget == "update" {
		c.Scopes = without(c.Scopes)
	}
	return &c
}

func (l *leaky) deletes(st *builder.Delete) *builder.Delete {
	c := *st
	if l.forget == "delete" {
		c.Scopes = without(c.Scopes)
	}
	return &c
}

func (l *leaky) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	return l.SQL.Select(ctx, l.selects(st), rows)
}

func (l *leaky) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return l.SQL.Insert(ctx, l.inserts(st), rows)
}

func (l *leaky) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return l.SQL.Update(ctx, l.updates(st), rows)
}

func (l *leaky) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return l.SQL.Delete(ctx, l.deletes(st), rows)
}

func (t leakyTx) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	return t.Tx.Select(ctx, t.l.selects(st), rows)
}

func (t leakyTx) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return t.Tx.Insert(ctx, t.l.inserts(st), rows)
}

func (t leakyTx) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return t.Tx.Update(ctx, t.l.updates(st), rows)
}

func (t leakyTx) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return t.Tx.Delete(ctx, t.l.deletes(st), rows)
}

// judge takes what AssertIsolated says instead of failing.
type judge struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (j *judge) Helper() {}

func (j *judge) Errorf(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.said = append(j.said, fmt.Sprintf(format, args...))
}

func (j *judge) Fatalf(format string, args ...any) {
	j.Errorf(format, args...)
	runtime.Goexit()
}

func judged(t *testing.T, db orm.DB, opts ...ormtest.Option) []string {
	t.Helper()
	return judging(t, func(j *judge) { ormtest.AssertIsolated(j, db, opts...) })
}

// An isolation test that cannot fail proves nothing: each leak is planted, and must be named.
func TestALeakIsFound(t *testing.T) {
	for forget, path := range map[string]string{
		"read": "All", "count": "Count", "exists": "Exists", "include": "Include(", "include link": "Include(", "filter": "Some(", "filter link": "Some()",
		"reference": "below the other's", "update": "Update", "delete": "Delete", "upsert": "Upsert",
	} {
		t.Run(forget, func(t *testing.T) {
			said := judged(t, scoped(t, &leaky{memory().(source.SQL), forget}, hook.SoftDelete()), subjects()...)
			if len(said) == 0 {
				t.Fatal("the leak was not found")
			}
			if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, path) }) {
				t.Errorf("no finding names %q: %q", path, said[:min(3, len(said))])
			}
		})
	}
}

// weak is a tenant scope that lacks one of its checks.
type weak struct{ insert, assign bool }

func (w weak) Extend(r *hook.Registrar) error {
	r.Scope(hook.Scope{Name: hook.TenantScope, Secures: true, Bind: func(m *model.Model) (*hook.Rule, error) {
		f := m.Tenant
		if f == nil {
			return nil, nil
		}
		mine := func(ctx context.Context) (model.Value, bool, error) {
			if hook.BypassFrom(ctx) != nil {
				return model.Null(), true, nil
			}
			a, ok := hook.ActorFrom(ctx)
			if !ok {
				return model.Null(), false, orm.ErrNoActor
			}
			v, err := f.ValueOf(a.TenantID)
			return v, false, err
		}
		rule := &hook.Rule{Filter: func(ctx context.Context, _ hook.Touch) (builder.Expr, error) {
			v, out, err := mine(ctx)
			if out || err != nil {
				return builder.True(), err
			}
			return builder.Compare(builder.OpEq, f, v), nil
		}}
		if w.insert {
			rule.Insert = func(ctx context.Context, rows hook.NewRows) error {
				v, out, err := mine(ctx)
				if out || err != nil {
					return err
				}
				for i := range rows.Len() {
					if have := rows.Get(i, f); have.Int() != v.Int() {
						return orm.ErrDenied
					}
				}
				return nil
			}
		}
		if w.assign {
			rule.Assign = func(ctx context.Context, s *builder.Set) error {
				if s.Field == f {
					return orm.ErrDenied
				}
				return nil
			}
		}
		return rule, nil
	}})
	return nil
}

func TestAWeakTenantScopeIsFound(t *testing.T) {
	open := func(t *testing.T, ext hook.Extension) orm.DB {
		t.Helper()
		db, err := orm.Open(t.Context(), memory(), everyModel())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if err := orm.CreateTables(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if err := db.Use(ext, hook.SoftDelete()); err != nil {
			t.Fatal(err)
		}
		return db
	}
	for name, c := range map[string]struct {
		ext  hook.Extension
		path string
	}{
		"no scope at all":        {hook.Hook{Name: "nothing"}, "All"},
		"creates unchecked":      {weak{assign: true}, "Create in the other's name"},
		"assignments unchecked":  {weak{insert: true}, "Update(tenant)"},
		"a nil actor is someone": {weak{insert: true, assign: true}, "a tenant that is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			said := judged(t, open(t, c.ext), subjects()...)
			if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, c.path) }) {
				t.Errorf("no finding names %q: %q", c.path, said[:min(3, len(said))])
			}
		})
	}
}

func TestWhatIsForgottenIsSaid(t *testing.T) {
	db := scoped(t, memory())
	if said := judged(t, db, subjects()[1:]...); len(said) != 1 || !strings.Contains(said[0], "ormtest.Model[Firm]()") {
		t.Errorf("a model left out: %q", said)
	}
	denied := scoped(t, memory(), rls.RBAC{})
	if said := judged(t, denied, subjects()...); len(said) == 0 {
		t.Error("actors that may do nothing prove nothing, and that was not said")
	}
}
