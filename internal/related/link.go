package related

import (
	"context"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// linked writes the link rows of a many-to-many relation.
func (f *family) linked(ctx context.Context, n *builder.Nested, key []model.Value) error {
	r := n.Relation
	ends := f.s.LinkEnds[r]
	if ends == nil || ends.Local == nil || ends.Remote == nil {
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
func (f *family) makeLinked(ctx context.Context, n *builder.Nested, ends *engine.LinkEnds, key []model.Value) error {
	if len(n.Rows) == 0 {
		return nil
	}
	if n.Bulk.SkipDuplicates {
		added := &writing.AddedRows{Fields: n.Relation.Remote}
		if _, err := f.make(ctx, n, nil, nil, added); err != nil {
			return err
		}
		return f.joinKeys(ctx, n.Relation, ends, key, added.Keys)
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
		k, err := entity.RowKey(fields, p)
		if err != nil {
			return nil, err
		}
		out[k] = true
	}
	return out, nil
}

// links gives the far ends that the link rows of this row hold, only those among keys when they are given.
func (f *family) links(ctx context.Context, ends *engine.LinkEnds, key []model.Value, keys [][]model.Value) ([][]model.Value, error) {
	where := equalTo(ends.Local, key)
	if keys != nil {
		where = append(where, among(ends.Remote, keys))
	}
	rows, err := f.find(ctx, ends.Model, conjunction(where...), ends.Remote, hook.Referring, builder.LivingRows)
	if err != nil {
		return nil, err
	}
	out := make([][]model.Value, rows.Len())
	for i := range out {
		if out[i], err = entity.Values(ends.Remote, rows.At(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// join links this row to rows; those that are linked already stay as they are.
func (f *family) join(ctx context.Context, r *model.Relation, ends *engine.LinkEnds, key []model.Value, rows []unsafe.Pointer) error {
	keys, err := keysOfRows(r.Remote, rows)
	if err != nil {
		return err
	}
	return f.joinKeys(ctx, r, ends, key, keys)
}

func (f *family) joinKeys(ctx context.Context, r *model.Relation, ends *engine.LinkEnds, key []model.Value, keys [][]model.Value) error {
	for from := 0; from < len(keys); from += chunk {
		if err := f.joinSome(ctx, r, ends, key, keys[from:min(from+chunk, len(keys))]); err != nil {
			return err
		}
	}
	return nil
}

func (f *family) joinSome(ctx context.Context, r *model.Relation, ends *engine.LinkEnds, key []model.Value, keys [][]model.Value) error {
	var have map[string]bool
	own, err := f.s.Collated(ctx, ends.Remote)
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
			have[entity.KeyText(k)] = true
		}
		for _, k := range keys {
			if have[entity.KeyText(k)] {
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
	slab := source.NewSlab(ends.Model.Type)
	slab.Reserve(len(add))
	for _, k := range add {
		row := slab.Next()
		if err := tie(r.Name, row, ends.Local, key); err != nil {
			return err
		}
		if err := shares(r, ends, key, k); err != nil {
			return err
		}
		if err := tie(r.Name, row, ends.Remote, k); err != nil {
			return err
		}
	}
	n, err := f.telling(ctx, hook.Link, r, ends, add, func(ctx context.Context) (int64, error) {
		return writing.Create(ctx, f.s, f.name, ends.Model, slab, writing.CreateOptions{BulkOptions: builder.BulkOptions{SkipDuplicates: true}})
	})
	if err != nil || n == int64(len(add)) {
		return err
	}
	// another transaction may have made the link meanwhile; a link row that the actor cannot see is no link
	left, err := missing()
	if err == nil && len(left) > 0 && f.reg.SoftDeletes(ends.Model) {
		if err = f.restoreLinks(ctx, ends, key, left); err == nil {
			left, err = missing()
		}
	}
	if err == nil && len(left) > 0 {
		err = invalid(fault.ErrConflict, r, "a link row with the same columns exists and cannot be seen")
	}
	return err
}

// shares refuses a link between rows that differ in a column which the link has of both, as their tenant's: it would be one between other rows.
func shares(r *model.Relation, ends *engine.LinkEnds, key, other []model.Value) error {
	for i, x := range ends.Remote {
		if at := slices.Index(ends.Local, x); at >= 0 && !entity.EqualKeys(key[at], other[i]) {
			return invalid(fault.ErrInvalid, r, "the row of "+r.Target.Name+" has another "+r.Remote[i].Name+" than this one, and a link has one for both")
		}
	}
	return nil
}

// restoreLinks brings back link rows that were deleted softly and keep new ones from being made.
func (f *family) restoreLinks(ctx context.Context, ends *engine.LinkEnds, key []model.Value, keys [][]model.Value) error {
	set, err := hook.Restoring(ends.Model)
	if err != nil {
		return err
	}
	st := &builder.Update{Model: ends.Model, Where: conjunction(append(equalTo(ends.Local, key), among(ends.Remote, keys))...), Set: []builder.Set{set}, Deleted: builder.DeletedRows}
	_, err = writing.Change(ctx, f.s, f.name, st, nil)
	return err
}

// part removes the link rows to related rows that pass which and are not to stay. Links to rows that the actor cannot
// see stay.
func (f *family) part(ctx context.Context, r *model.Relation, ends *engine.LinkEnds, key []model.Value, which builder.Expr, stay map[string]bool) error {
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
			k, err := entity.Values(r.Remote, seen.At(i))
			if err != nil {
				return err
			}
			if !stay[entity.KeyText(k)] {
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
func (f *family) unlink(ctx context.Context, r *model.Relation, ends *engine.LinkEnds, key []model.Value, gone [][]model.Value) error {
	st := &builder.Delete{Model: ends.Model, Where: conjunction(append(equalTo(ends.Local, key), among(ends.Remote, gone))...)}
	_, err := f.telling(ctx, hook.Unlink, r, ends, gone, func(ctx context.Context) (int64, error) {
		return writing.Erase(ctx, f.s, f.name, st, nil)
	})
	return err
}

// telling runs a write of link rows and tells the hooks of the relation's model of it, where no model of the link table
// has hooks that see it.
func (f *family) telling(ctx context.Context, kind hook.Kind, r *model.Relation, ends *engine.LinkEnds, keys [][]model.Value, write func(context.Context) (int64, error)) (n int64, err error) {
	if !ends.Made {
		return write(ctx)
	}
	hooks, plain := f.reg.Events(r.Model), write
	write = func(ctx context.Context) (int64, error) {
		n, err := plain(ctx)
		return n, ofRelation(err, r, ends.Model)
	}
	if len(hooks) == 0 {
		return write(ctx)
	}
	src, err := f.s.SourceOf(r.Model)
	if err != nil {
		return 0, err
	}
	links := &hook.Links{Relation: r, Linked: keys}
	for _, x := range r.Model.Key {
		links.Key = append(links.Key, f.parent[x])
	}
	op := f.s.Op(ctx, hooks, kind, f.name, src, r.Model)
	op.Links = links
	ctx = f.s.Carried(ctx)
	err = hook.Run(ctx, hooks, op, func() error {
		n, err = write(ctx)
		op.Affected = n
		return err
	})
	if err == nil {
		f.s.Effects(ctx, op)
	}
	return n, err
}

// ofRelation tells a refused write of link rows as one of the relation: nobody knows a model of theirs.
func ofRelation(err error, r *model.Relation, links *model.Model) error {
	e, ok := err.(*fault.Error) //nolint:errorlint // made by a write of this library, not wrapped yet
	if !ok || e.Model != links.Name {
		return err
	}
	c := *e
	c.Model, c.Field = r.Model.Name, r.Name
	return &c
}
