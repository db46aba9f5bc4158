package related

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
)

// left is a row above that is deleted once the row below has let go of it: n says which, key is what led to it.
type left struct {
	n   *builder.Nested
	key []model.Value
}

// remove deletes the related rows that n names, or all that pass its condition.
func (f *family) remove(ctx context.Context, n *builder.Nested, key []model.Value) error {
	r := n.Relation
	if r.Through != nil {
		sets, err := f.reg.Delete(ctx, r.Target)
		if err != nil {
			return err
		}
		if len(sets) == 0 { // rows that are deleted softly keep their links, and have them again once they are restored
			return f.removeLinked(ctx, n, key)
		}
	}
	if n.Op == builder.NestedDeleteMany || !r.Many || namedRows(n) == 1 {
		return f.removeWhere(ctx, n, f.meant(n, key))
	}
	rows, err := f.doomed(ctx, n, key)
	if err != nil {
		return err
	}
	return f.removeRows(ctx, n, rows, f.related(r, key))
}

// namedRows counts the rows that n names, as far as the values tell.
func namedRows(n *builder.Nested) (count int) {
	for i := range n.Named {
		_, keys, _ := naming(n.Relation.Target, &n.Named[i])
		count += len(keys)
	}
	return count
}

// removeWhere deletes by one statement. None is ErrNotFound and several are ErrInvalid where n names one.
func (f *family) removeWhere(ctx context.Context, n *builder.Nested, where []builder.Expr) error {
	r := n.Relation
	var none writing.Absent
	if n.Op == builder.NestedDelete {
		none = func(context.Context) error { return unrelated(r, "delete") }
	}
	count, err := writing.EraseOr(ctx, f.s, f.name, &builder.Delete{Model: r.Target, Where: conjunction(where...)}, nil, none)
	if err == nil && none != nil && count > 1 {
		err = several(r)
	}
	return err
}

// doomed finds the related rows that n deletes, and locks them.
func (f *family) doomed(ctx context.Context, n *builder.Nested, key []model.Value) ([]unsafe.Pointer, error) {
	r := n.Relation
	if n.Op == builder.NestedDelete {
		return f.seek(ctx, n, r.Remote, seeking{hook.Removing, f.related(r, key), unrelated(r, "delete")})
	}
	columns := append(append([]*model.Field{}, r.Target.Key...), r.Remote...)
	rows, err := f.find(ctx, r.Target, conjunction(f.meant(n, key)...), columns, hook.Removing, builder.LivingRows)
	if err != nil {
		return nil, err
	}
	return pointers(rows), nil
}

// removeRows deletes rows that were found and locked, and that still pass where.
func (f *family) removeRows(ctx context.Context, n *builder.Nested, rows []unsafe.Pointer, where []builder.Expr) error {
	r := n.Relation
	keys, err := keysOfRows(r.Target.Key, rows)
	if err != nil {
		return err
	}
	for from := 0; from < len(keys); from += chunk {
		part := keys[from:min(from+chunk, len(keys))]
		c := conjunction(where...)
		c.Add(among(r.Target.Key, part))
		count, err := writing.Erase(ctx, f.s, f.name, &builder.Delete{Model: r.Target, Where: c}, nil)
		if err != nil {
			return err
		}
		if count < int64(len(part)) {
			return unrelated(r, "delete")
		}
	}
	return nil
}

// removeLinked deletes rows at the other side of a link table, their links to this row first, which a foreign key may
// hold them by. The links are locked before it is asked which rows they lead to, so that these are related to the end.
func (f *family) removeLinked(ctx context.Context, n *builder.Nested, key []model.Value) error {
	r := n.Relation
	ends := f.s.LinkEnds[r]
	if ends == nil || ends.Local == nil || ends.Remote == nil {
		return unlinkable(r)
	}
	if _, err := f.find(ctx, ends.Model, conjunction(holding(ends.Local, key)...), ends.Remote, hook.Removing, builder.LivingRows); err != nil {
		return err
	}
	rows, err := f.doomed(ctx, n, key)
	if err != nil || len(rows) == 0 {
		return err
	}
	keys, err := keysOfRows(r.Remote, rows)
	if err != nil {
		return err
	}
	for from := 0; from < len(keys); from += chunk {
		if err := f.unlink(ctx, r, ends, key, keys[from:min(from+chunk, len(keys))]); err != nil {
			return err
		}
	}
	return f.removeRows(ctx, n, rows, nil)
}
