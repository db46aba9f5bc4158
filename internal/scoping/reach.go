package scoping

import (
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// reach scopes what an expression of the model m reads of other rows by a computed value or a sub-select.
func (s Scoper) reach(m *model.Model, x *builder.Ext, depth int) (err error) {
	if x.Term != nil {
		if x.Term, err = s.term(x.Term, depth); err != nil {
			return err
		}
	}
	if x.Query != nil {
		x.Query, err = s.query(m, x.Query)
	}
	return err
}

// term gives a copy of t that holds the scopes of the models it reaches.
func (s Scoper) term(t *builder.Term, depth int) (*builder.Term, error) {
	if !t.Reads() {
		return t, nil
	}
	if depth > builder.MaxDepth {
		return nil, fault.New(fault.ErrLimit, "", "", "the predicate is nested too deeply")
	}
	r, out := t.Rel, *t
	if t.Op == builder.TermCase { // its conditions are about the row's own model
		var err error
		out.Kids, err = s.kids(t.Kids, depth+1)
		return &out, err
	}
	if s.e.Apart(r) {
		return nil, s.e.Unsupported(r.Model, r.Name, "rows in another source, or in one without SQL, cannot be counted or sorted by: include them, or ask that source")
	}
	in := s
	in.of = r.Target
	var err error
	if out.Kids, err = in.kids(t.Kids, depth+1); err != nil {
		return nil, err
	}
	if t.Inner != nil && t.Inner.Term != nil {
		inner := *t.Inner
		if inner.Term, err = in.term(inner.Term, depth+1); err != nil {
			return nil, err
		}
		out.Inner = &inner
	}
	if out.Scope, err = s.Filters(r.Target, hook.Reading, false); err != nil {
		return nil, err
	}
	if out.LinkScope, err = s.Link(r); err != nil {
		return nil, err
	}
	out.Scoped = true
	return &out, nil
}

// kids gives scoped copies of conditions.
func (s Scoper) kids(es []builder.Expr, depth int) ([]builder.Expr, error) {
	out := make([]builder.Expr, len(es))
	for i := range es {
		var err error
		if out[i], err = s.expr(es[i], depth); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// groups scopes what an aggregate groups by and the rows that single fields of it are about; q is the statement's own copy, its
// aggregation is not.
func (s Scoper) groups(q *builder.Select) error {
	a := q.Aggregate
	if a == nil || !a.Computes() {
		return nil
	}
	out := *a
	out.Groups = slices.Clone(a.Groups)
	s.of = q.Model
	for i := range out.Groups {
		g := &out.Groups[i]
		if g.Term != nil {
			var err error
			if g.Term, err = s.term(g.Term, 0); err != nil {
				return err
			}
		}
		if err := s.conjunction(q.Model, &g.Only); err != nil {
			return err
		}
	}
	q.Aggregate = &out
	return nil
}

// maxSubselects bounds sub-selects inside each other.
const maxSubselects = builder.MaxRelations

// query gives a scoped copy of a sub-select in a condition on rows of m.
func (s Scoper) query(m *model.Model, q *builder.Select) (*builder.Select, error) {
	if q.Model == nil || m == nil {
		return nil, fault.New(fault.ErrInvalid, "", "", "a sub-select needs a model, and a column to compare with")
	}
	if s.e.BoundTo(q.Model) == nil {
		return nil, fault.New(fault.ErrInvalid, q.Model.Name, "", "the model is not registered: give it to orm.Models at Open")
	}
	if _, sql := s.e.BoundTo(m).(source.SQL); !sql || s.e.BoundTo(q.Model) != s.e.BoundTo(m) {
		return nil, s.e.Unsupported(q.Model, "", "a sub-select must be in the source of "+m.Name+", which understands SQL: read its values first and use In")
	}
	if s.subselects++; s.subselects > maxSubselects {
		return nil, fault.New(fault.ErrLimit, q.Model.Name, "", "sub-selects nest too deeply")
	}
	out := *q
	inner := s
	inner.deleted, inner.access, inner.buf = q.Deleted, hook.Reading, nil
	out.Scoped = false
	if err := inner.Selects(&out, q.Deleted != builder.LivingRows); err != nil {
		return nil, err
	}
	return &out, nil
}

// computed scopes what q sorts by and reads beside its columns; q is the statement's own copy.
func (s Scoper) computed(q *builder.Select) error {
	if !q.Computes() {
		return nil
	}
	if !engine.Follows(s.e.BoundTo(q.Model)) {
		return s.e.Unsupported(q.Model, "", "the source does not compute: it sorts by columns, and counts no related rows")
	}
	for i := range q.Order.Len() {
		if t := q.Order.At(i).Term; t == nil || !t.Reads() {
			continue
		}
		var out builder.Sorting
		for j := range q.Order.Len() {
			k := *q.Order.At(j)
			if k.Term != nil {
				var err error
				if k.Term, err = s.term(k.Term, 0); err != nil {
					return err
				}
			}
			out.Add(k)
		}
		q.Order = out
		break
	}
	if q.Extra == nil {
		return nil
	}
	x, err := q.Extra.Map(func(t *builder.Term) (*builder.Term, error) { return s.term(t, 0) })
	q.Extra = x
	return err
}

// computedBy asks the scopes of what an include sorts by and reads beside its columns.
func (s Scoper) computedBy(inc *builder.Include) error {
	if inc.Extra == nil && len(inc.Order) == 0 {
		return nil
	}
	st := builder.Select{Model: inc.Relation.Target, Extra: inc.Extra}
	for _, k := range inc.Order {
		st.Order.Add(k)
	}
	return s.computed(&st)
}
