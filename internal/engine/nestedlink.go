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
	made          bool // no struct describes the table: its rows are links of the relation and nothing else
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
			e.linkEnds[r] = &linkEnds{lm, byColumn(lm, r.Through.Local), byColumn(lm, r.Through.Remote), made}
		}
	}
}

// linked writes the link rows of a many-to-many relation.
func (f *family) linked(ctx context.Context, n *builder.Nested, key []model.Value) error {
	r := n.Relation
	ends := f.s.linkEnds[r]
	if ends == nil || ends.local == nil || ends.remote == nil {
		return invalid(fault.ErrInvalid, r, "the model of the link table has no fields for its columns")
	}
	switch n.Op {
	case builder.NestedCreate:
		if len(n.Rows) == 0 {
			return nil
		}
		made, err := f.make(ctx, n, nil, nil)
		if err != nil {
			return err
		}
		rows := make([]unsafe.Pointer, made.Len())
		for i := range rows {
			rows[i] = made.At(i)
		}
		return f.join(ctx, r, ends, key, rows)
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
		return f.s.Create(ctx, f.name, ends.m, slab, CreateOptions{SkipDuplicates: true})
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
		st := &builder.Delete{Model: ends.m, Where: conjunction(append(equalTo(ends.local, key), among(ends.remote, gone))...)}
		_, err = f.telling(ctx, hook.Unlink, r, ends, gone, func(ctx context.Context) (int64, error) {
			return f.s.erase(ctx, f.name, st, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
