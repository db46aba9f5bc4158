package related

import (
	"context"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// chunk is the number of keys that one statement of a nested write names.
const chunk = 500

// writeUnder runs the writes of rows that hold the key of this one.
func (f *family) writeUnder(ctx context.Context) error {
	for _, n := range inOrder(f.under) {
		key := make([]model.Value, len(n.Relation.Local))
		for i, x := range n.Relation.Local {
			key[i] = f.parent[x]
			if ties(n.Op) && (key[i].IsNull() || x.Auto && entity.IsZero(key[i])) {
				return fault.New(fault.ErrInvalid, f.m.Name, x.Name, "relation "+n.Relation.Name+" starts at this column, which is empty")
			}
		}
		run := f.owned
		if n.Relation.Through != nil {
			run = f.linked
		}
		switch n.Op {
		case builder.NestedUpdate, builder.NestedUpdateMany:
			run = func(ctx context.Context, n *builder.Nested, key []model.Value) error {
				_, err := f.amend(ctx, n, key, nil)
				return err
			}
		case builder.NestedDelete, builder.NestedDeleteMany:
			run = f.remove
		}
		if err := run(ctx, n, key); err != nil {
			return err
		}
	}
	return nil
}

// inOrder gives writes in the order in which they run: as they were given, but Set comes before what is made beside it,
// so that it does not untie that.
func inOrder(given []*builder.Nested) []*builder.Nested {
	out := make([]*builder.Nested, 0, len(given))
	for _, n := range given {
		at := len(out)
		if n.Op == builder.NestedSet {
			if i := slices.IndexFunc(out, func(o *builder.Nested) bool {
				return o.Relation == n.Relation && (o.Op == builder.NestedCreate || o.Op == builder.NestedCreateMany)
			}); i >= 0 {
				at = i
			}
		}
		out = slices.Insert(out, at, n)
	}
	return out
}

// ties reports whether op may tie or untie rows, rather than write those that are related.
func ties(op builder.NestedOp) bool {
	switch op {
	case builder.NestedUpdate, builder.NestedUpdateMany, builder.NestedDelete, builder.NestedDeleteMany:
		return false
	}
	return true
}

// target gives the key of the row that this one is to refer to: NULLs to refer to none, nil to go on referring to what it
// does.
func (f *family) target(ctx context.Context, n *builder.Nested) ([]model.Value, error) {
	r := n.Relation
	now := make([]model.Value, len(r.Local))
	for i, x := range r.Local {
		now[i] = f.parent[x]
	}
	switch n.Op {
	case builder.NestedCreate:
		return f.madeTarget(ctx, n)
	case builder.NestedUpdate:
		_, err := f.amend(ctx, n, now, nil)
		return nil, err
	case builder.NestedUpsert:
		if there, err := f.amendInto(ctx, n, now); there || err != nil {
			return nil, err
		}
		return f.madeTarget(ctx, n)
	case builder.NestedLinkOrCreate:
		row, err := f.visible(ctx, n, r.Remote)
		if err != nil {
			return nil, err
		}
		if row == nil {
			return f.madeTarget(ctx, n)
		}
		return entity.Values(r.Remote, row)
	case builder.NestedDelete:
		f.gone = append(f.gone, left{n, now})
		return nulls(len(r.Local)), nil
	}
	found, err := f.named(ctx, n, r.Remote)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		if f.fresh {
			return nulls(len(r.Local)), nil
		}
		return nulls(len(r.Local)), untieable(r)
	}
	return entity.Values(r.Remote, found[0])
}

func (f *family) madeTarget(ctx context.Context, n *builder.Nested) ([]model.Value, error) {
	rows, err := f.make(ctx, n, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	return entity.Values(n.Relation.Remote, rows.At(0))
}

func nulls(n int) []model.Value {
	out := make([]model.Value, n)
	for i := range out {
		out[i] = model.Null()
	}
	return out
}

// make creates the rows of n, tied to key by fields, and gives them as they then are. added receives the keys of those
// that are not left out; nil when nobody asks.
func (f *family) make(ctx context.Context, n *builder.Nested, fields []*model.Field, key []model.Value, added *writing.AddedRows) (*source.Slab, error) {
	t := n.Relation.Target
	slab := source.NewSlab(t.Type)
	slab.Reserve(len(n.Rows))
	for _, p := range n.Rows {
		at := slab.Next()
		t.CopyRow(at, p)
		if err := tie(n.Relation.Name, at, fields, key); err != nil {
			return nil, err
		}
		for i := range n.Named {
			if err := complete(t, at, &n.Named[i]); err != nil {
				return nil, err
			}
		}
	}
	if _, err := writing.Create(ctx, f.s, f.name, t, slab, writing.CreateOptions{BulkOptions: n.Bulk, Said: n.Said, Added: added}); err != nil {
		return nil, err
	}
	if n.Bulk.SkipDuplicates {
		return &slab, nil
	}
	for i, p := range n.Rows {
		f.keep(t, p)
		t.CopyRow(p, slab.At(i))
	}
	return &slab, nil
}

// complete gives a new row what the condition that names it says, so that it is the row that the condition names. A key
// that the source makes is left to it.
func complete(m *model.Model, row unsafe.Pointer, e *builder.Expr) error {
	fields, keys, _ := naming(m, e)
	if err := agrees("the condition", row, fields, keys[0], nil); err != nil {
		return err
	}
	for i, x := range fields {
		if !x.IsZero(row) || x.Auto || x.Generated || x.ReadOnly || x.UpdateOnly {
			continue
		}
		if err := x.Store(row, keys[0][i]); err != nil {
			return err
		}
	}
	return nil
}

// visible finds the one row that n names, with its key and columns; nil where there is none that may be seen.
func (f *family) visible(ctx context.Context, n *builder.Nested, columns []*model.Field) (unsafe.Pointer, error) {
	t := n.Relation.Target
	columns = append(append([]*model.Field{}, t.Key...), columns...)
	rows, err := f.find(ctx, t, conjunction(n.Named...), columns, accessTo(t, n.Named...), builder.LivingRows)
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	return rows.At(0), nil
}

// named finds the rows that n names, each once, with their key and columns: one that is missing is ErrReference.
func (f *family) named(ctx context.Context, n *builder.Nested, columns []*model.Field) ([]unsafe.Pointer, error) {
	t := n.Relation.Target
	missing := invalid(fault.ErrReference, n.Relation, "a row of "+t.Name+" to link is not there")
	return f.seek(ctx, n, columns, seeking{accessTo(t, n.Named...), nil, missing})
}

// seeking says how named rows are looked for: for what, among which, and what to say where one is missing.
type seeking struct {
	access  hook.Access
	among   []builder.Expr
	missing error
}

func (k *seeking) where(es ...builder.Expr) builder.Conjunction {
	c := conjunction(k.among...)
	c.AddAll(es)
	return c
}

// seek finds the rows that n names, each once, with their key and columns.
func (f *family) seek(ctx context.Context, n *builder.Nested, columns []*model.Field, k seeking) ([]unsafe.Pointer, error) {
	t := n.Relation.Target
	columns = append(append([]*model.Field{}, t.Key...), columns...)
	var out []unsafe.Pointer
	have := map[string]bool{}
	for _, g := range groups(t, n.Named) {
		for from := 0; from < len(g.keys); from += chunk {
			part := g.keys[from:min(from+chunk, len(g.keys))]
			rows, err := f.find(ctx, t, k.where(among(g.fields, part)), columns, k.access, builder.LivingRows)
			if err != nil {
				return nil, err
			}
			if rows.Len() < len(part) {
				if err := f.allThere(ctx, t, g.fields, part, k); err != nil {
					return nil, err
				}
			}
			for i := range rows.Len() {
				key, err := entity.RowKey(t.Key, rows.At(i))
				if err != nil {
					return nil, err
				}
				if !have[key] {
					have[key] = true
					out = append(out, rows.At(i))
				}
			}
		}
	}
	return out, nil
}

// allThere looks for the row of each key where there are fewer rows than keys: the database may take some for the same.
func (f *family) allThere(ctx context.Context, t *model.Model, fields []*model.Field, keys [][]model.Value, k seeking) error {
	own, err := f.s.Collated(ctx, fields)
	for i := 0; own && err == nil && i < len(keys); i++ {
		var rows *source.Rows
		if rows, err = f.find(ctx, t, k.where(equalTo(fields, keys[i])...), t.Key, k.access, builder.LivingRows); err == nil {
			own = rows.Len() > 0
		}
	}
	if err == nil && !own {
		err = k.missing
	}
	return err
}

// group is keys of the same columns, each once.
type group struct {
	fields []*model.Field
	keys   [][]model.Value
}

func groups(m *model.Model, named []builder.Expr) []*group {
	var out []*group
	seen := map[string]bool{}
	for i := range named {
		fields, keys, _ := naming(m, &named[i])
		var g *group
		at := 0
		for ; at < len(out) && !slices.Equal(out[at].fields, fields); at++ {
		}
		if at == len(out) {
			out = append(out, &group{fields: fields})
		}
		g = out[at]
		for _, k := range keys {
			b := []byte{byte(at)}
			for _, v := range k {
				b = model.AppendKey(b, v)
			}
			if !seen[string(b)] {
				seen[string(b)] = true
				g.keys = append(g.keys, k)
			}
		}
	}
	return out
}

// owned writes rows of the target that hold the key of this row.
func (f *family) owned(ctx context.Context, n *builder.Nested, key []model.Value) error {
	r := n.Relation
	var rows []unsafe.Pointer
	var err error
	switch n.Op {
	case builder.NestedUnlink:
		which := builder.AnyOf(n.Named...)
		if err := f.mayName(ctx, r.Target, which); err != nil {
			return err
		}
		return f.untie(ctx, r, key, which)
	case builder.NestedCreate, builder.NestedCreateMany:
		return f.makeOwned(ctx, n, key)
	case builder.NestedUpsert:
		if there, err := f.amendInto(ctx, n, key); there || err != nil {
			return err
		}
		return f.makeOwned(ctx, n, key)
	case builder.NestedLinkOrCreate:
		row, err := f.visible(ctx, n, r.Remote)
		if err != nil {
			return err
		}
		if row == nil {
			return f.makeOwned(ctx, n, key)
		}
		rows = []unsafe.Pointer{row}
	default:
		if rows, err = f.named(ctx, n, r.Remote); err != nil {
			return err
		}
	}
	if !f.fresh && (n.Op == builder.NestedSet || !r.Many) {
		if err := f.untieOthers(ctx, r, key, rows); err != nil {
			return err
		}
	}
	return f.adopt(ctx, r, key, rows)
}

// makeOwned creates rows that hold the key of this row.
func (f *family) makeOwned(ctx context.Context, n *builder.Nested, key []model.Value) error {
	if len(n.Rows) == 0 {
		return nil
	}
	r := n.Relation
	if !r.Many && !f.fresh {
		if err := f.untieOthers(ctx, r, key, nil); err != nil {
			return err
		}
	}
	_, err := f.make(ctx, n, r.Remote, key, nil)
	return err
}

// untieOthers unties the related rows that are not among rows.
func (f *family) untieOthers(ctx context.Context, r *model.Relation, key []model.Value, rows []unsafe.Pointer) error {
	others := builder.True()
	if len(rows) > 0 {
		keys, err := keysOfRows(r.Target.Key, rows)
		if err != nil {
			return err
		}
		others = builder.Negate(among(r.Target.Key, keys))
	}
	if why := untieable(r); why != nil {
		found, err := f.find(ctx, r.Target, conjunction(append(equalTo(r.Remote, key), others)...), r.Target.Key, hook.Referring, builder.LivingRows)
		if err != nil || found.Len() == 0 {
			return err
		}
		return why
	}
	return f.untie(ctx, r, key, others)
}

func keysOfRows(fields []*model.Field, rows []unsafe.Pointer) ([][]model.Value, error) {
	keys := make([][]model.Value, len(rows))
	for i, p := range rows {
		k, err := entity.Values(fields, p)
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	return keys, nil
}

// untie empties the foreign key of the related rows that pass which.
func (f *family) untie(ctx context.Context, r *model.Relation, key []model.Value, which builder.Expr) error {
	st := &builder.Update{Model: r.Target, Where: conjunction(append(equalTo(r.Remote, key), which)...)}
	for _, x := range nullable(r.Target, r.Remote) {
		st.Set = append(st.Set, builder.Set{Field: x, Value: model.Null()})
	}
	_, err := writing.Change(ctx, f.s, f.name, st, nil)
	return err
}

// adopt gives rows the key of this row; those that have it stay as they are.
func (f *family) adopt(ctx context.Context, r *model.Relation, key []model.Value, rows []unsafe.Pointer) error {
	var moving []unsafe.Pointer
	for _, p := range rows {
		have, err := entity.Values(r.Remote, p)
		if err != nil {
			return err
		}
		if entity.KeyText(have) != entity.KeyText(key) {
			moving = append(moving, p)
		}
	}
	keys, err := keysOfRows(r.Target.Key, moving)
	if err != nil {
		return err
	}
	for from := 0; from < len(keys); from += chunk {
		part := keys[from:min(from+chunk, len(keys))]
		st := &builder.Update{Model: r.Target, Where: conjunction(among(r.Target.Key, part))}
		for i, x := range r.Remote {
			if scoping.Immovable(x) { // compared, never assigned
				st.Where.Add(builder.Compare(builder.OpEq, x, key[i]))
				continue
			}
			st.Set = append(st.Set, builder.Set{Field: x, Value: key[i]})
		}
		n, err := writing.Change(ctx, f.s, f.name, st, nil)
		if err != nil {
			return err
		}
		if n < int64(len(part)) {
			return invalid(fault.ErrReference, r, "a row of "+r.Target.Name+" to link is not there, or may not be changed")
		}
	}
	return nil
}
