package writing

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// keeps reports whether the rows that a write is about to change hold already what it gives them.
type keeps func(ctx context.Context, ref *engine.Reference, rows []int) (bool, error)

// heldBy tells for an update by condition: no row that it would change may hold another key. The statement then names
// the key as well, so that no row that comes to match in between is given it.
func (w *writing) heldBy(st *builder.Update) keeps {
	value := assignedValue(st.Set)
	return func(ctx context.Context, ref *engine.Reference, _ []int) (bool, error) {
		var same, other []builder.Expr
		for _, f := range ref.Fields {
			v, _ := value(0, f)
			same = append(same, builder.Compare(builder.OpEq, f, v))
			other = append(other, builder.Compare(builder.OpIsNull, f, model.Null()), builder.Compare(builder.OpNe, f, v))
		}
		where := st.Where
		where.Add(builder.AnyOf(other...))
		found, err := w.exists(ctx, &builder.Select{Where: where, Scopes: st.Scopes, Deleted: st.Deleted})
		if err == nil && !found {
			st.Where.AddAll(same)
		}
		return !found, err
	}
}

// heldByKeys tells for rows that are named one by one.
func (w *writing) heldByKeys(set *builder.RowSet) keeps {
	return func(ctx context.Context, ref *engine.Reference, rows []int) (bool, error) {
		columns := append(set.Match[:len(set.Match):len(set.Match)], ref.Fields...)
		keys := make([]model.List, len(columns))
		for _, i := range rows {
			for c, f := range set.Match {
				keys[c] = append(keys[c], set.Matched(i, f))
			}
			for c, f := range ref.Fields {
				v, _ := set.Get(i, f)
				keys[len(set.Match)+c] = append(keys[len(set.Match)+c], v)
			}
		}
		ex, err := w.executor(ctx)
		if err != nil {
			return false, err
		}
		there, err := countKeys(ctx, w.s, hook.Changing, w.reg, ex, w.src, w.m, set.Match, keys[:len(set.Match)], builder.LivingRows)
		if err != nil {
			return false, err
		}
		alike, err := countKeys(ctx, w.s, hook.Changing, w.reg, ex, w.src, w.m, columns, keys, builder.LivingRows)
		return alike == there, err
	}
}

// heldByExisting tells for an upsert: the row is there, so that none is made, and what it takes from the new one it has.
func (w *writing) heldByExisting(st *builder.Insert, rows *newRows) keeps {
	if st.Conflict == nil || st.Conflict.DoNothing {
		return nil
	}
	return func(ctx context.Context, ref *engine.Reference, _ []int) (bool, error) {
		look := &builder.Select{Where: existing(st, rows), Scopes: st.Scopes}
		for _, f := range ref.Fields {
			if slices.Contains(st.Conflict.FromRow, f) {
				look.Where.Add(builder.Compare(builder.OpEq, f, rows.Get(0, f)))
			}
		}
		return w.exists(ctx, look)
	}
}

// heldByConflict tells for what the row that an upsert finds is assigned.
func (w *writing) heldByConflict(st *builder.Insert, rows *newRows) keeps {
	value := assignedValue(st.Conflict.Set)
	return func(ctx context.Context, ref *engine.Reference, _ []int) (bool, error) {
		look := &builder.Select{Where: existing(st, rows), Scopes: st.Scopes}
		for _, f := range ref.Fields {
			v, _ := value(0, f)
			look.Where.Add(builder.Compare(builder.OpEq, f, v))
		}
		return w.exists(ctx, look)
	}
}

// existing is the condition that names the row that an upsert would change.
func existing(st *builder.Insert, rows *newRows) (where builder.Conjunction) {
	for _, f := range st.Conflict.Target {
		where.Add(builder.Compare(builder.OpEq, f, rows.Get(0, f)))
	}
	return where
}

// exists looks whether there is a row of the model that is written; the scopes of look are those of the write.
func (w *writing) exists(ctx context.Context, look *builder.Select) (bool, error) {
	look.Model, look.Want, look.Scoped = w.m, builder.WantExists, true
	ex, err := w.executor(ctx)
	if err != nil {
		return false, err
	}
	found := source.Rows{Slab: source.SlabOf[int64](1)}
	err = w.s.Execute(ctx, ex, w.src, look, &found)
	return found.Len() > 0, err
}
