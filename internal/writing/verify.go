package writing

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// verify reads written rows again through the scopes, in the write's transaction: a row that does not pass
// has left the actor's reach, and the write is undone.
func (w *writing) verify(ctx context.Context, rows *source.Slab) error {
	if !w.reg.Verified(w.m) || rows.Len() == 0 {
		return nil
	}
	keys := make([]model.List, len(w.m.Key))
	for i := range rows.Len() {
		for c, f := range w.m.Key {
			v, err := f.Load(rows.At(i))
			if err != nil {
				return err
			}
			keys[c] = append(keys[c], v)
		}
	}
	ex, err := w.executor(ctx)
	if err != nil {
		return err
	}
	n, err := countKeys(ctx, w.s, hook.Referring, w.reg, ex, w.src, w.m, w.m.Key, keys, builder.AllRows)
	if err != nil {
		return err
	}
	if n < int64(rows.Len()) {
		return fault.New(fault.ErrDenied, w.m.Name, "", "a row that is written must stay within the policies")
	}
	return nil
}

// countKeys counts the distinct keys among those given that the actor can see for a.
func countKeys(ctx context.Context, s *engine.Session, a hook.Access, reg *hook.Registry, ex source.Executor, src source.Source, m *model.Model, columns []*model.Field, keys []model.List, d builder.Deleted) (int64, error) {
	ctx = source.Writing(ctx, src)
	var total int64
	chunk := len(keys[0])
	if sql, ok := src.(source.SQL); ok {
		chunk = min(chunk, sql.Dialect().Limits().ListItems)
	}
	for from := 0; from < len(keys[0]); from += chunk {
		to := min(from+chunk, len(keys[0]))
		part := make([]model.List, len(keys))
		for c := range keys {
			part[c] = keys[c][from:to]
		}
		st := &builder.Select{Model: m, Want: builder.WantCount, Distinct: true, Columns: columns, Group: &builder.Group{Columns: columns, Keys: part}, Deleted: d}
		if err := scoping.For(ctx, s, reg, d).Wanting(a).Selects(st, true); err != nil {
			return 0, err
		}
		rows := source.Rows{Slab: source.SlabOf[int64](1)}
		if err := s.Execute(ctx, ex, src, st, &rows); err != nil {
			return 0, err
		}
		if rows.Len() == 1 {
			total += *(*int64)(rows.At(0))
		}
	}
	return total, nil
}
