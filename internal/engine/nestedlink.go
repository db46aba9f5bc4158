package engine

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// linkEnds is the link table of a relation: its model, and the columns that hold either end.
type linkEnds struct {
	m             *model.Model
	local, remote []*model.Field
	made          bool            // no struct describes the table: its rows are links of the relation and nothing else
	back          *model.Relation // from a related row to its link rows
}

// bindLinkTables makes models of the link tables that no struct describes, so that link rows are written like others.
func (e *Engine) bindLinkTables() {
	e.linkEnds = map[*model.Relation]*linkEnds{}
	for _, m := range e.models {
		for _, r := range m.Relations {
			if r.Through == nil {
				continue
			}
			lm := e.linkModel(r)
			made := lm == nil
			if made {
				lm = model.LinkTable(r)
				e.bound[lm] = e.bound[m]
			}
			ends := &linkEnds{m: lm, local: byColumn(lm, r.Through.Local), remote: byColumn(lm, r.Through.Remote), made: made}
			ends.back = &model.Relation{Model: r.Target, Name: r.Name, Index: backIndex(r, made), Target: lm, Many: true, Local: r.Remote, Remote: ends.remote}
			e.linkEnds[r] = ends
		}
	}
}

// backIndex numbers the way from a related row to its link rows, behind the relations that the target has: statements are
// kept by what they hold, and the number tells relations of one model apart, in engines that share a source too.
func backIndex(r *model.Relation, made bool) int {
	n := (int(r.Model.ID)<<10 | r.Index) << 1
	if made {
		n++
	}
	return len(r.Target.Relations) + n
}

// linked writes the link rows of a many-to-many relation.
func (f *family) linked(ctx context.Context, n *builder.Nested, key []model.Value) error {
	r := n.Relation
	ends := f.s.linkEnds[r]
	if ends == nil || ends.local == nil || ends.remote == nil {
		return unlinkable(r)
	}
	switch n.Op {
	case builder.NestedCreate, builder.NestedCreateMany:
		return f.makeLinked(ctx, n, ends, key)
	case builder.NestedUpsert:
		if there, err := f.amendInto(ctx, n, key); there || err != nil {
			return err
		}
		return f.makeLinked(ctx, n, ends, key)
	case builder.NestedLinkOrCreate:
		row, err := f.visible(ctx, n, r.Remote)
		if err != nil {
			return err
		}
		if row == nil {
			return f.makeLinked(ctx, n, ends, key)
		}
		return f.join(ctx, r, ends, key, []unsafe.Pointer{row})
	case builder.NestedLink:
		rows, err := f.named(ctx, n, r.Remote)
		if err != nil {
			return err
		}
		return f.join(ctx, r, ends, key, rows)
	case builder.NestedUnlink:
		return f.part(ctx, r, ends, key, builder.AnyOf(n.Named...), nil)
	}
	rows, err := f.named(ctx, n, r.Remote)
	if err != nil {
		return err
	}
	stay, err := keySetOf(r.Remote, rows)
	if err != nil {
		return err
	}
	if err := f.part(ctx, r, ends, key, builder.True(), stay); err != nil {
		return err
	}
	return f.join(ctx, r, ends, key, rows)
}

// makeLinked creates rows and links this row to them.
func (f *family) makeLinked(ctx context.Context, n *builder.Nested, ends *linkEnds, key []model.Value) error {
	if len(n.Rows) == 0 {
		return nil
	}
	if n.Bulk.SkipDuplicates {
		added := &addedRows{fields: n.Relation.Remote}
		if _, err := f.make(ctx, n, nil, nil, added); err != nil {
			return err
		}
		return f.joinKeys(ctx, n.Relation, ends, key, added.keys)
	}
	made, err := f.make(ctx, n, nil, nil, nil)
	if err != nil {
		return err
	}
	rows := make([]unsafe.Pointer, made.Len())
	for i := range rows {
		rows[i] = made.At(i)
	}
	return f.join(ctx, n.Relation, ends, key, rows)
}

func keySetOf(fields []*model.Field, rows []unsafe.Pointer) (map[string]bool, error) {
	out := map[string]bool{}
	for _, p := range rows {
		k, err := rowKey(fields, p)
		if err != nil {
			return nil, err
		}
		out[k] = true
	}
	return out, nil
}

// links gives the far ends that the link rows of this row hold, only those among keys when they are given.
func (f *family) links(ctx context.Context, ends *linkEnds, key []model.Value, keys [][]model.Value) ([][]model.Value, error) {
	where := equalTo(ends.local, key)
	if keys != nil {
		where = append(where, among(ends.remote, keys))
	}
	rows, err := f.find(ctx, ends.m, conjunction(where...), ends.remote, hook.Referring, builder.LivingRows)
	if err != nil {
		return nil, err
	}
	out := make([][]model.Value, rows.Len())
	for i := range out {
		if out[i], err = values(ends.remote, rows.At(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// join links this row to rows; those that are linked already stay as they are.
func (f *family) join(ctx context.Context, r *model.Relation, ends *linkEnds, key []model.Value, rows []unsafe.Pointer) error {
	keys, err := keysOfRows(r.Remote, rows)
	if err != nil {
		return err
	}
	return f.joinKeys(ctx, r, ends, key, keys)
}

func (f *family) joinKeys(ctx context.Context, r *model.Relation, ends *linkEnds, key []model.Value, keys [][]model.Value) error {
	for from := 0; from < len(keys); from += chunk {
		if err := f.joinSome(ctx, r, ends, key, keys[from:min(from+chunk, len(keys))]); err != nil {
			return err
		}
	}
	return nil
}

func (f *family) joinSome(ctx context.Context, r *model.Relation, ends *linkEnds, key []model.Value, keys [][]model.Value) error {
	var have map[string]bool
	own, err := f.s.collated(ctx, ends.remote)
	if err != nil {
		return err
	}
	missing := func() (out [][]model.Value, err error) {
		links, err := f.links(ctx, ends, key, keys)
		if err != nil {
			return nil, err
		}
		have = map[string]bool{}
		for _, k := range links {
			have[keyText(k)] = true
		}
		for _, k := range keys {
			if have[keyText(k)] {
				continue
			}
			if own { // the database alone knows whether it is there
				if links, err = f.links(ctx, ends, key, [][]model.Value{k}); err != nil {
					return nil, err
				}
				if len(links) > 0 {
					continue
				}
			}
			out = append(out, k)
		}
		return out, nil
	}
	add, err := missing()
	if err != nil || len(add) == 0 {
		return err
	}
	slab := source.NewSlab(ends.m.Type)
	slab.Reserve(len(add))
	for _, k := range add {
		row := slab.Next()
		if err := tie(r.Name, row, ends.local, key); err != nil {
			return err
		}
		if err := tie(r.Name, row, ends.remote, k); err != nil {
			return err
		}
	}
	n, err := f.telling(ctx, hook.Link, r, ends, add, func(ctx context.Context) (int64, error) {
		return f.s.Create(ctx, f.name, ends.m, slab, CreateOptions{BulkOptions: builder.BulkOptions{SkipDuplicates: true}})
	})
	if err != nil || n == int64(len(add)) {
		return err
	}
	// another transaction may have made the link meanwhile; a link row that the actor cannot see is no link
	left, err := missing()
	if err == nil && len(left) > 0 && f.reg.SoftDeletes(ends.m) {
		if err = f.restoreLinks(ctx, ends, key, left); err == nil {
			left, err = missing()
		}
	}
	if err == nil && len(left) > 0 {
		err = invalid(fault.ErrConflict, r, "a link row with the same columns exists and cannot be seen")
	}
	return err
}

// restoreLinks brings back link rows that were deleted softly and keep new ones from being made.
func (f *family) restoreLinks(ctx context.Context, ends *linkEnds, key []model.Value, keys [][]model.Value) error {
	set, err := hook.Restoring(ends.m)
	if err != nil {
		return err
	}
	st := &builder.Update{Model: ends.m, Where: conjunction(append(equalTo(ends.local, key), among(ends.remote, keys))...), Set: []builder.Set{set}, Deleted: builder.DeletedRows}
	_, err = f.s.change(ctx, f.name, st, nil)
	return err
}

// part removes the link rows to related rows that pass which and are not to stay. Links to rows that the actor cannot
// see stay.
func (f *family) part(ctx context.Context, r *model.Relation, ends *linkEnds, key []model.Value, which builder.Expr, stay map[string]bool) error {
	access := accessTo(r.Target, which)
	if err := f.mayName(ctx, r.Target, which); err != nil { // whether or not anything is linked
		return err
	}
	links, err := f.links(ctx, ends, key, nil)
	if err != nil {
		return err
	}
	for from := 0; from < len(links); from += chunk {
		seen, err := f.find(ctx, r.Target, conjunction(among(r.Remote, links[from:min(from+chunk, len(links))]), which), r.Remote, access, builder.LivingRows)
		if err != nil {
			return err
		}
		var gone [][]model.Value
		for i := range seen.Len() {
			k, err := values(r.Remote, seen.At(i))
			if err != nil {
				return err
			}
			if !stay[keyText(k)] {
				gone = append(gone, k)
			}
		}
		if len(gone) == 0 {
			continue
		}
		if err := f.unlink(ctx, r, ends, key, gone); err != nil {
			return err
		}
	}
	return nil
}

// unlink removes the link rows between this row and those that have one of the keys gone.
func (f *family) unlink(ctx context.Context, r *model.Relation, ends *linkEnds, key []model.Value, gone [][]model.Value) error {
	st := &builder.Delete{Model: ends.m, Where: conjunction(append(equalTo(ends.local, key), among(ends.remote, gone))...)}
	_, err := f.telling(ctx, hook.Unlink, r, ends, gone, func(ctx context.Context) (int64, error) {
		return f.s.erase(ctx, f.name, st, nil)
	})
	return err
}
