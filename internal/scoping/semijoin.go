package scoping

import (
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// across says what the scoping step does with a filter by a relation into another source. No database can follow
// such a relation, so the keys of the related rows that pass are read first, and the filter becomes a list of them.
// The rows are read through the scopes of their models; event hooks see the statement that filters and not the keys
// that it filters by, as is so with EXISTS inside one source. Inside a transaction the keys of other sources are
// read outside of it.
type across uint8

const (
	joining  across = iota // read the keys
	asking                 // ask the scopes only, before anything runs
	planning               // note the statement in a plan, with an empty list in place of the keys
)

// semijoin gives what stands for e, a relation filter across sources whose kids x holds, scoped already: a predicate
// over the local columns that is never unknown, as EXISTS is not.
func (s Scoper) semijoin(e builder.Expr, x *builder.Ext) (builder.Expr, error) {
	if err := s.cross(); err != nil {
		return e, err
	}
	r := x.Rel
	some := e.Op == builder.OpSome
	where := builder.Conjunction{}
	if some {
		where.AddAll(x.Kids)
	} else {
		where.Add(builder.Untrue(x.Kids...))
	}
	scopes, err := s.Filters(r.Target, hook.Reading, false)
	if err != nil {
		return e, err
	}
	link, err := s.Link(r)
	if err != nil || s.across == asking {
		return e, err
	}
	if !some && len(x.Kids) == 0 {
		return builder.True(), nil
	}
	if err := s.bytewise(r); err != nil {
		return e, err
	}
	keys, err := s.keys(r, r.Target, r.Remote, where, scopes)
	if err != nil {
		return e, err
	}
	if r.Through != nil {
		m := s.e.LinkModel(r)
		local, remote := entity.ByColumn(m, r.Through.Local), entity.ByColumn(m, r.Through.Remote)
		where = builder.Conjunction{}
		where.Add(s.within(remote, keys))
		if s.across == joining && len(keys[0]) == 0 {
			keys = make([]model.List, len(local))
		} else if keys, err = s.keys(r, m, local, where, link); err != nil {
			return e, err
		}
	}
	p := s.within(r.Local, keys)
	if !some {
		p = builder.Negate(p)
	}
	return p, nil
}

// bytewise refuses to follow r by lists of keys where a database does not compare one of its columns byte by byte: the
// rows that are related are those that the database of the related rows says, and here another one would say it.
func (s Scoper) bytewise(r *model.Relation) error {
	ends := [][]*model.Field{r.Local, r.Remote}
	if r.Through != nil {
		m := s.e.LinkModel(r)
		ends = append(ends, entity.ByColumn(m, r.Through.Local), entity.ByColumn(m, r.Through.Remote))
	}
	for _, fields := range ends {
		for _, f := range fields {
			k, err := s.s.KeyType(s.ctx, f)
			if err != nil {
				return err
			}
			if !k.Exact && f.Decimal == nil {
				return s.e.Unsupported(f.Model, f.Name, "a filter by the relation "+r.Model.Name+"."+r.Name+" leads out of the source, and the column does not compare byte by byte, as the other source would: include the relation, or give the column a collation that does")
			}
		}
	}
	return nil
}

// keys reads the distinct keys that the columns of m hold where a row passes.
func (s Scoper) keys(r *model.Relation, m *model.Model, columns []*model.Field, where builder.Conjunction, scopes []builder.Scope) ([]model.List, error) {
	for _, f := range columns {
		if f.Nullable {
			where.Add(builder.Expr{Op: builder.OpIsNotNull, Field: f})
		}
	}
	st := &builder.Select{Model: m, Columns: columns, Where: where, Scopes: scopes, Scoped: true, HasTake: true}
	limit := s.e.Limits.PostFilterRows
	st.Take = int64(limit) + 1
	ex, src, err := s.beside(m)
	if err != nil {
		return nil, err
	}
	_, st.Distinct = src.(source.SQL) // others need not know it: the keys are made distinct here too
	keys := make([]model.List, len(columns))
	if s.across == planning {
		if s.planned == nil {
			return keys, nil
		}
		step := engine.Step{Path: "filter " + r.Name, Source: src.Name(), Model: m.Name}
		err := engine.Describe(&step, src, st)
		s.planned.Steps = append(s.planned.Steps, step)
		return keys, err
	}
	ctx := source.Strict(s.ctx) // keys that are missing would let rows pass, or not, that should not
	ctx = s.s.Step(ctx, "filter ", r.Name)
	rows := source.Rows{Slab: source.NewSlab(m.Type)}
	if err := s.s.Execute(ctx, ex, src, st, &rows); err != nil {
		return nil, fault.Fill(err, "filter "+r.Name, m.Name, src.Name())
	}
	if rows.Len() > limit {
		return nil, fault.New(fault.ErrLimit, r.Model.Name, r.Name,
			fmt.Sprintf("more than PostFilterRows (%d) rows of %s in source %s pass the filter: narrow it, or raise the limit", limit, m.Name, src.Name()))
	}
	seen := make(map[string]bool, rows.Len())
	var buf []byte
	row := make([]model.Value, len(columns))
next:
	for i := range rows.Len() {
		buf = buf[:0]
		for c, f := range columns {
			if row[c], err = f.Load(rows.At(i)); err != nil {
				return nil, err
			}
			if row[c].IsNull() {
				continue next
			}
			buf = model.AppendKey(buf, row[c])
		}
		if seen[string(buf)] {
			continue
		}
		seen[string(buf)] = true
		for c := range row {
			keys[c] = append(keys[c], row[c])
		}
	}
	return keys, nil
}

// beside gives what runs a statement about m beside the one that is scoped: its transaction on its own source.
func (s Scoper) beside(m *model.Model) (source.Executor, source.Source, error) {
	src, err := s.e.SourceOf(m)
	switch {
	case err != nil:
		return nil, nil, err
	case s.across == planning:
		return nil, src, nil
	case src == s.home && !s.s.Outside(src): // the include of another source is read outside the transaction
		return s.s.Executor(s.ctx, m)
	}
	return s.s.Included(s.ctx, m)
}

// within holds where the columns have one of the keys, and is false where one of them is NULL.
func (s Scoper) within(columns []*model.Field, keys []model.List) builder.Expr {
	return oneOf(s.e, columns, keys, s.across == joining)
}

// Within holds where the columns have one of the keys that were read, and is false where one of them is NULL.
func Within(e *engine.Engine, columns []*model.Field, keys []model.List) builder.Expr {
	return oneOf(e, columns, keys, true)
}

func oneOf(e *engine.Engine, columns []*model.Field, keys []model.List, known bool) builder.Expr {
	var kids []builder.Expr
	for _, f := range columns {
		if !f.Primary {
			kids = append(kids, builder.Expr{Op: builder.OpIsNotNull, Field: f})
		}
	}
	keys = entity.Fitting(columns, keys)
	n := len(keys[0])
	if n == 0 && known {
		return builder.False()
	}
	chunk := max(n, 1)
	sql, ok := e.BoundTo(columns[0].Model).(source.SQL)
	if ok {
		chunk = min(chunk, sql.Dialect().Limits().ListItems)
	}
	var parts []builder.Expr
	for from := 0; from == 0 || from < n; from += chunk {
		part := make([]model.List, len(keys))
		for c := range keys {
			part[c] = keys[c][from:min(from+chunk, n)]
		}
		parts = append(parts, Keyed(columns, part, ok))
	}
	return builder.AllOf(append(kids, builder.AnyOf(parts...))...)
}

// Keyed holds where the columns have one of the keys.
func Keyed(columns []*model.Field, keys []model.List, sql bool) builder.Expr {
	switch {
	case len(columns) == 1:
		return inList(columns[0], keys[0])
	case sql || len(keys[0]) != 1:
		return builder.WithinTuples(columns, keys)
	}
	var all []builder.Expr // which a source without SQL may be able to send
	for c, f := range columns {
		all = append(all, builder.Compare(builder.OpEq, f, keys[c][0]))
	}
	return builder.AllOf(all...)
}

func inList(f *model.Field, keys model.List) builder.Expr {
	return builder.Expr{Op: builder.OpIn, Field: f, Value: model.ListOf(keys)}
}
