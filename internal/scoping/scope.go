package scoping

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// maxPolicyDepth bounds policies that filter by relations whose models have such policies themselves.
const maxPolicyDepth = 8

// Scoper is the one place that asks the scopes. It visits every model a statement touches and marks the
// statement; sources refuse what it has not marked. It is copied into closures, which take no more than 128 bytes
// without an allocation.
type Scoper struct {
	ctx     context.Context
	e       *engine.Engine
	reg     *hook.Registry
	deleted builder.Deleted
	access  hook.Access     // what a Select is for; Reading unless said
	buf     []builder.Scope // memory for the scopes of a Select
	nested  int32           // policies inside policies

	subselects int32        // inside each other
	of         *model.Model // whose rows a condition is about; nil where nobody said

	s       *engine.Session
	home    source.Source // of the statement that is scoped
	across  across        // what becomes of filters by relations into other sources
	planned *engine.Plan  // with planning: where their statements go
	asks    *asks         // nil where no relation leaves its source
}

// For begins the scoping step of one statement of s: its conditions are asked of reg, for rows that are living or deleted as d says.
func For(ctx context.Context, s *engine.Session, reg *hook.Registry, d builder.Deleted) Scoper {
	sc := Scoper{ctx: ctx, e: s.Engine, s: s, reg: reg, deleted: d}
	if s.Crossing {
		sc.asks = new(asks)
	}
	return sc
}

// Noting makes the step note in p, if there is one, the statements that would read keys.
func (s Scoper) Noting(p *engine.Plan) Scoper {
	s.across, s.planned = planning, p
	return s
}

// Wanting says what a Select is for.
func (s Scoper) Wanting(a hook.Access) Scoper {
	s.access = a
	return s
}

// Reads scopes a read and, at the root, asks for everything that it includes. buf and ahead are memory for the scopes of either.
func (s Scoper) Reads(st *builder.Select, root bool, buf, ahead []builder.Scope) error {
	st.Scoped = false
	s.buf = buf
	if s.waits() && len(st.Includes) > 0 {
		whole := s
		s.asks.whole = func() error { return whole.Dry().all(st, root) }
	}
	if err := s.Selects(st, root); err != nil {
		return err
	}
	if len(st.Includes) == 0 || !s.reg.HasScopes() && !s.e.Crossing {
		return nil // where relations leave their source, what an include may ask must not hang on there being parents
	}
	s.buf = ahead
	return s.Includes(st.Includes)
}

// Filters gives the scopes of one model, their own relation filters scoped too.
func (s Scoper) Filters(m *model.Model, a hook.Access, root bool) ([]builder.Scope, error) {
	return s.filtersIn(nil, m, a, root)
}

func (s Scoper) filtersIn(buf []builder.Scope, m *model.Model, a hook.Access, root bool) (out []builder.Scope, err error) {
	if root && s.deleted == builder.DeletedRows && s.reg != nil && !s.reg.SoftDeletes(m) {
		return nil, fault.New(fault.ErrInvalid, m.Name, "", "no row of it is soft-deleted: register hook.SoftDelete, and tag a column softdelete")
	}
	if !s.reg.Scoped(m) {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fault.New(fault.ErrDenied, m.Name, "", fmt.Sprintf("a scope panicked (%T)", p))
		}
	}()
	t := hook.Touch{Model: m, Access: a, Root: root}
	if root {
		t.Deleted = s.deleted
	}
	out, err = s.reg.Filters(s.ctx, t, buf)
	if err != nil {
		return nil, err
	}
	inner := s
	inner.of = m
	inner.nested++
	for i := range out {
		if out[i].Expr.HasRelation() {
			if s.nested >= maxPolicyDepth {
				return nil, fault.New(fault.ErrLimit, m.Name, "", "policies filter by each other's models without end")
			}
			if out[i].Expr, err = inner.expr(out[i].Expr, 0); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// conjunction scopes the relation filters of c, which are about rows of m, in place; c is the statement's own copy.
func (s Scoper) conjunction(m *model.Model, c *builder.Conjunction) error {
	s.of = m
	for i := range c.Len() {
		if !c.At(i).HasRelation() {
			continue
		}
		out := builder.Conjunction{}
		for j := range c.Len() {
			e, err := s.expr(*c.At(j), 0)
			if err != nil {
				return err
			}
			out.Add(e)
		}
		*c = out
		return nil
	}
	return nil
}

// expr gives a copy of e whose relation filters hold the scopes of the models they reach.
func (s Scoper) expr(e builder.Expr, depth int) (builder.Expr, error) {
	if !e.HasRelation() {
		return e, nil
	}
	if depth > builder.MaxDepth {
		return e, fault.New(fault.ErrLimit, "", "", "the predicate is nested too deeply")
	}
	if e.Ext.Reads && s.nested == 0 { // a policy's own text is the policy's business
		if _, err := s.reg.Raw(s.ctx, false, nil); err != nil {
			return e, fault.New(fault.ErrDenied, "", "", "a sub-select in SQL text goes round the scopes: filter by a relation, or use rls.Bypass with a reason")
		}
	}
	x, in := *e.Ext, s
	if r := x.Rel; r != nil {
		if s.of != nil && s.of != r.Model && s.e.Apart(r) { // others are found out by their compiler
			return e, fault.New(fault.ErrInvalid, s.of.Name, "", "the relation "+r.Model.Name+"."+r.Name+" belongs to another model")
		}
		in.of = r.Target
	}
	x.Kids = make([]builder.Expr, len(e.Ext.Kids))
	for i := range x.Kids {
		k, err := in.expr(e.Ext.Kids[i], depth+1)
		if err != nil {
			return e, err
		}
		x.Kids[i] = k
	}
	if r := x.Rel; r != nil {
		if s.e.Apart(r) {
			return s.semijoin(e, &x)
		}
		var err error
		if x.Scope, err = s.Filters(r.Target, hook.Reading, false); err != nil {
			return e, err
		}
		if x.LinkScope, err = s.Link(r); err != nil {
			return e, err
		}
		x.Scoped = true
	}
	if x.Term != nil || x.Query != nil {
		var m *model.Model
		if e.Field != nil {
			m = e.Field.Model
		}
		if err := s.reach(m, &x, depth); err != nil {
			return e, err
		}
	}
	e.Ext = &x
	return e, nil
}

// Link gives the scopes of the model behind a link table, if there is one.
func (s Scoper) Link(r *model.Relation) ([]builder.Scope, error) {
	m := s.e.LinkModel(r)
	if m == nil {
		return nil, nil
	}
	return s.Filters(m, hook.Reading, false)
}

// Includes asks the scopes of every included model, so that what is denied is denied before any statement runs.
func (s Scoper) Includes(incs []*builder.Include) error {
	for _, inc := range incs {
		in := s
		in.deleted, in.across, in.of = inc.Deleted, asking, inc.Relation.Target
		if s.asks != nil {
			in.asks = new(asks)
		}
		if _, err := in.filtersIn(s.buf[:0], inc.Relation.Target, hook.Reading, inc.Deleted != builder.LivingRows); err != nil {
			return err
		}
		if _, err := in.Link(inc.Relation); err != nil {
			return err
		}
		for _, w := range inc.Where {
			if _, err := in.expr(w, 0); err != nil {
				return err
			}
		}
		if err := in.computedBy(inc); err != nil {
			return err
		}
		if err := in.Includes(inc.Includes); err != nil {
			return err
		}
	}
	return nil
}

// Selects scopes a Select: its model, relation filters and link table.
func (s Scoper) Selects(q *builder.Select, root bool) (err error) {
	if s.home == nil {
		s.home = s.e.BoundTo(q.Model)
	}
	if s.waits() {
		s.asks.whole = func() error { c := *q; return s.Dry().Selects(&c, root) }
	}
	if q.Scopes, err = s.filtersIn(s.buf, q.Model, s.access, root); err != nil {
		return err
	}
	if err = s.conjunction(q.Model, &q.Where); err != nil {
		return err
	}
	if err = s.computed(q); err != nil {
		return err
	}
	if err = s.groups(q); err != nil {
		return err
	}
	if q.Group != nil && q.Group.Link != nil {
		if q.Group.LinkScope, err = s.Link(q.Group.Link); err != nil {
			return err
		}
	}
	q.Scoped = true
	return nil
}

// Updates scopes an Update and lets the scopes check its assignments.
func (s Scoper) Updates(q *builder.Update, a hook.Access) (err error) {
	s.home = s.e.BoundTo(q.Model)
	if s.waits() {
		where := q.Where
		s.asks.whole = func() error { return s.Dry().changes(q.Model, where, a) }
	}
	if q.Scopes, err = s.Filters(q.Model, a, true); err != nil {
		return err
	}
	if err = s.conjunction(q.Model, &q.Where); err != nil {
		return err
	}
	if err = s.assignments(q.Model, q.Set); err != nil {
		return err
	}
	if err = s.rowAssignments(q); err != nil {
		return err
	}
	q.Scoped = true
	return nil
}

// Deletes scopes a Delete.
func (s Scoper) Deletes(q *builder.Delete) (err error) {
	s.home = s.e.BoundTo(q.Model)
	if s.waits() {
		where := q.Where
		s.asks.whole = func() error { return s.Dry().changes(q.Model, where, hook.Removing) }
	}
	if q.Scopes, err = s.Filters(q.Model, hook.Removing, true); err != nil {
		return err
	}
	if err = s.conjunction(q.Model, &q.Where); err != nil {
		return err
	}
	q.Scoped = true
	return nil
}

// Inserts lets the scopes fill and check new rows, and scopes the row that an upsert may change.
func (s Scoper) Inserts(q *builder.Insert, rows hook.NewRows) (err error) {
	if err = s.reg.Insert(s.ctx, q.Model, rows); err != nil {
		return err
	}
	if err = unfilled(q.Model, rows); err != nil {
		return err
	}
	if q.Conflict != nil && !q.Conflict.DoNothing {
		s.home = s.e.BoundTo(q.Model)
		if s.waits() {
			s.asks.whole = func() error { return s.Dry().changes(q.Model, builder.Conjunction{}, hook.Changing) }
		}
		if q.Scopes, err = s.Filters(q.Model, hook.Changing, true); err != nil {
			return err
		}
		// what the existing row takes from the new one is an assignment too
		sets := q.Conflict.Set[:len(q.Conflict.Set):len(q.Conflict.Set)]
		for _, f := range q.Conflict.FromRow {
			sets = append(sets, builder.Set{Field: f, Value: rows.Get(0, f)})
		}
		if err = s.assignments(q.Model, sets); err != nil {
			return err
		}
	}
	if _, sql := s.e.BoundTo(q.Model).(source.SQL); !sql {
		q.Reply = &builder.Reply{}
		if q.Reply.Scopes, err = s.Filters(q.Model, hook.Referring, true); err != nil {
			return err
		}
	}
	q.Scoped = true
	return nil
}
