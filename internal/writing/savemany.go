package writing

import (
	"context"
	"sort"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// SaveMany is Save of many rows, all or none. The rows are written in the order of their keys, so that two calls at
// once wait for each other instead of locking each other out. Without hooks, which see each row as an update, a
// statement writes as many rows as the source takes.
func SaveMany(ctx context.Context, s *engine.Session, m *model.Model, rows source.Slab, only []*model.Field) error {
	const name = "SaveMany"
	s = s.Begin(ctx)
	defer s.End()
	var before entity.Snapshot
	order, err := byKeyOrder(m, &rows)
	if err == nil {
		err = entity.Disjoint(m, &rows)
	}
	if err == nil {
		before = entity.SnapshotOf(m, rows)
		err = s.Atomically(ctx, m, func(tx *engine.Session) error {
			own, err := tx.Collated(ctx, m.Key)
			if err != nil {
				return err
			}
			if own {
				return saveApart(ctx, tx, name, m, &rows, order, only)
			}
			if b, ok := together(ctx, tx, name, m, &rows, only); ok && len(order) > 1 {
				return b.saveAll(order)
			}
			for _, i := range order {
				if err := save(ctx, tx, name, m, rows.At(i), only, nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		before.Restore()
	}
	return s.Located(err, name, m)
}

// saveApart saves rows one by one and asks for the keys that the database holds: two of the rows may be the same one there
// though their keys differ here.
func saveApart(ctx context.Context, s *engine.Session, name string, m *model.Model, rows *source.Slab, order []int, only []*model.Field) error {
	seen := map[string]bool{}
	for _, i := range order {
		generated := readBack(s, m, rows.At(i), only)
		back := source.Rows{Slab: source.NewSlab(m.Type)}
		if err := save(ctx, s, name, m, rows.At(i), only, &savedRow{entity.Union(m.Key, generated), &back}); err != nil {
			return err
		}
		if back.Len() != 1 {
			return fault.New(fault.ErrUpstream, m.Name, m.Key[0].Name, "the source gave back another number of rows than it wrote")
		}
		k, err := entity.RowKey(m.Key, back.At(0))
		if err != nil {
			return err
		}
		if seen[k] {
			return sameKey(m)
		}
		seen[k] = true
		for _, f := range generated {
			f.Copy(rows.At(i), back.At(0))
		}
	}
	return nil
}

func sameKey(m *model.Model) error {
	return fault.New(fault.ErrInvalid, m.Name, m.Key[0].Name, "two of the rows have the same key")
}

// byKeyOrder sorts rows by their keys; two of the same key are refused, since the one would undo the other.
func byKeyOrder(m *model.Model, rows *source.Slab) ([]int, error) {
	keys := make([]string, rows.Len())
	order := make([]int, rows.Len())
	for i := range order {
		order[i] = i
		k, err := entity.RowKey(m.Key, rows.At(i))
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	sort.SliceStable(order, func(a, b int) bool { return keys[order[a]] < keys[order[b]] })
	for i := 1; i < len(order); i++ {
		if keys[order[i]] == keys[order[i-1]] {
			return nil, sameKey(m)
		}
	}
	return order, nil
}
