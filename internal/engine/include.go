package engine

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// includes loads every branch below parents: one statement per branch and chunk of keys, never per row.
func (r *reader) includes(ctx context.Context, parents *source.Slab, incs []*builder.Include, path string, depth int) error {
	if depth >= r.s.Limits.MaxIncludeDepth {
		return tooDeep(incs[0].Relation, r.s.Limits.MaxIncludeDepth)
	}
	for _, inc := range incs {
		at := inc.Relation.Name
		if path != "" {
			at = path + "." + at
		}
		if err := r.include(ctx, parents, inc, at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) include(ctx context.Context, parents *source.Slab, inc *builder.Include, path string, depth int) error {
	rel := inc.Relation
	if inc.Err != nil {
		return inc.Err
	}
	keys, err := keysOf(parents, rel)
	if err != nil {
		return err
	}
	children := source.Rows{Slab: source.NewSlab(rel.Target.Type)}
	if rel.Through != nil {
		links := source.NewSlab(r.s.linkRow(rel).typ)
		children.Links = &links
	}
	var hidden []*model.Field
	if keys.n > 0 && !(inc.HasTake && inc.Take == 0) {
		if hidden, err = r.children(ctx, &children, inc, keys, path, depth); err != nil {
			return fault.Fill(err, "include "+path, rel.Target.Name, "")
		}
	}
	if err := r.handOut(parents, &children, inc, keys); err != nil {
		return err
	}
	hide(&children.Slab, hidden)
	return nil
}

// children reads the related rows of all parents, in chunks of as many keys as one list holds.
func (r *reader) children(ctx context.Context, rows *source.Rows, inc *builder.Include, keys *keySet, path string, depth int) (hidden []*model.Field, err error) {
	rel := inc.Relation
	ex, src, err := r.s.included(ctx, rel.Target)
	if err != nil {
		return nil, err
	}
	chunk := keys.n
	if sql, ok := src.(source.SQL); ok {
		chunk = min(chunk, sql.Dialect().Limits().ListItems)
	}
	fanOut := int64(r.s.Limits.MaxFanOut)
	for from := 0; from < keys.n; from += chunk {
		to := min(from+chunk, keys.n)
		st := &builder.Select{Model: rel.Target, Includes: inc.Includes, Columns: inc.Columns, Deleted: inc.Deleted}
		for _, w := range inc.Where {
			st.Where.Add(w)
		}
		for _, k := range inc.Order {
			st.Order.Add(k)
		}
		st.Order.Stabilise(rel.Target)
		st.Group = &builder.Group{Columns: rel.Remote, Keys: keys.lists(from, to), Skip: inc.Skip, Take: inc.Take, HasTake: inc.HasTake}
		if rel.Through != nil {
			st.Group.Link = rel
		}
		if !inc.HasTake || inc.Take > fanOut {
			// one row more than may be, so that going over is seen and not cut off in silence
			st.Take, st.HasTake = int64(to-from)*fanOut+1, true
		}
		// includes of this level wait until every chunk is there
		st.Includes = nil
		if hidden, err = r.chunk(ctx, ex, src, st, inc, rows, path, depth); err != nil {
			return nil, err
		}
	}
	if len(inc.Includes) > 0 {
		return hidden, r.includes(ctx, &rows.Slab, inc.Includes, path, depth)
	}
	return hidden, nil
}

func (r *reader) chunk(ctx context.Context, ex source.Executor, src source.Source, st *builder.Select, inc *builder.Include, rows *source.Rows, path string, depth int) ([]*model.Field, error) {
	var hidden []*model.Field
	if st.Columns != nil {
		probe := *st
		probe.Includes = inc.Includes
		hidden = columnsForIncludes(&probe)
		st.Columns = probe.Columns
	}
	part := source.Rows{Slab: rows.Slab, Links: rows.Links}
	err := r.read(ctx, ex, src, st, &part, path, depth)
	rows.Slab = part.Slab
	return hidden, err
}
