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

// chunk is the number of keys that one statement of a nested write names.
const chunk = 500

// writeUnder runs the writes of rows that hold the key of this one. Set is done first, so that it does not untie what
// Create beside it makes.
func (f *family) writeUnder(ctx context.Context) error {
	for _, op := range []builder.NestedOp{builder.NestedSet, builder.NestedUnlink, builder.NestedLink, builder.NestedCreate} {
		for _, n := range f.under {
			if n.Op != op {
				continue
			}
			key := make([]model.Value, len(n.Relation.Local))
			for i, x := range n.Relation.Local {
				key[i] = f.parent[x]
				if key[i].IsNull() || x.Auto && isZero(key[i]) {
					return fault.New(fault.ErrInvalid, f.m.Name, x.Name, "relation "+n.Relation.Name+" starts at this column, which is empty")
				}
			}
			run := f.owned
			if n.Relation.Through != nil {
				run = f.linked
			}
			if err := run(ctx, n, key); err != nil {
				return err
			}
		}
	}
	return nil
}

func isZero(v model.Value) bool {
	switch v.Kind() {
	case model.IntValue, model.UintValue:
		return v.Uint() == 0
	case model.UUIDValue:
		return *v.UUID() == [16]byte{}
	}
	return false
}

// target gives the key of the row that this one is to refer to; NULLs to refer to none.
func (f *family) target(ctx context.Context, n *builder.Nested) ([]model.Value, error) {
	r := n.Relation
	if n.Op == builder.NestedCreate {
		rows, err := f.make(ctx, n, nil, nil)
		if err != nil {
			return nil, err
		}
		return values(r.Remote, rows.At(0))
	}
	found, err := f.named(ctx, n, r.Remote)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		out := make([]model.Value, len(r.Local))
		for i := range out {
			out[i] = model.Null()
		}
		if f.fresh {
			return out, nil
		}
		return out, untieable(r)
	}
	return values(r.Remote, found[0])
}

// make creates the rows of n, tied to key by fields, and gives them as they then are.
func (f *family) make(ctx context.Context, n *builder.Nested, fields []*model.Field, key []model.Value) (*source.Slab, error) {
	t := n.Relation.Target
	slab := source.NewSlab(t.Type)
	slab.Reserve(len(n.Rows))
	for _, p := range n.Rows {
		at := slab.Next()
		copyStruct(t.Type, at, p)
		if err := tie(n.Relation.Name, at, fields, key); err != nil {
			return nil, err
		}
	}
	if _, err := f.s.Create(ctx, f.name, t, slab, CreateOptions{}); err != nil {
		return nil, err
	}
	for i, p := range n.Rows {
		f.keep(t, p)
		copyStruct(t.Type, p, slab.At(i))
	}
	return &slab, nil
}

// named finds the rows that n names, each once, with their key and columns: one that is missing is ErrReference.
func (f *family) named(ctx context.Context, n *builder.Nested, columns []*model.Field) ([]unsafe.Pointer, error) {
	t := n.Relation.Target
	columns = append(append([]*model.Field{}, t.Key...), columns...)
	var out []unsafe.Pointer
	have := map[string]bool{}
	for _, g := range groups(t, n.Named) {
		for from := 0; from < len(g.keys); from += chunk {
			part := g.keys[from:min(from+chunk, len(g.keys))]
			rows, err := f.find(ctx, t, conjunction(among(g.fields, part)), columns, accessTo(t, n.Named...), builder.LivingRows)
			if err != nil {
				return nil, err
			}
			if rows.Len() < len(part) {
				if err := f.allThere(ctx, n, g.fields, part); err != nil {
					return nil, err
				}
			}
			for i := range rows.Len() {
				k, err := rowKey(t.Key, rows.At(i))
				if err != nil {
					return nil, err
				}
				if !have[k] {
					have[k] = true
					out = append(out, rows.At(i))
				}
			}
		}
	}
	return out, nil
}

// allThere looks for the row of each key where there are fewer rows than keys: the database may take some for the same.
func (f *family) allThere(ctx context.Context, n *builder.Nested, fields []*model.Field, keys [][]model.Value) error {
	t := n.Relation.Target
	own, err := f.s.collated(ctx, fields)
	for i := 0; own && err == nil && i < len(keys); i++ {
		var rows *source.Rows
		if rows, err = f.find(ctx, t, conjunction(equalTo(fields, keys[i])...), t.Key, accessTo(t, n.Named...), builder.LivingRows); err == nil {
			own = rows.Len() > 0
		}
	}
	if err == nil && !own {
		err = invalid(fault.ErrReference, n.Relation, "a row of "+t.Name+" to link is not there")
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
		for ; at < len(out) && !sameFields(out[at].fields, fields); at++ {
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

func rowKey(fields []*model.Field, row unsafe.Pointer) (string, error) {
	vs, err := values(fields, row)
	return keyText(vs), err
}

func keyText(vs []model.Value) string {
	var b []byte
	for _, v := range vs {
		b = model.AppendKey(b, v)
	}
	return string(b)
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
	case builder.NestedCreate:
		if len(n.Rows) == 0 {
			return nil
		}
		if !r.Many && !f.fresh {
			if err := f.untieOthers(ctx, r, key, nil); err != nil {
				return err
			}
		}
		_, err = f.make(ctx, n, r.Remote, key)
		return err
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
		k, err := values(fields, p)
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
	_, err := f.s.change(ctx, f.name, st, nil)
	return err
}

// adopt gives rows the key of this row; those that have it stay as they are.
func (f *family) adopt(ctx context.Context, r *model.Relation, key []model.Value, rows []unsafe.Pointer) error {
	var moving []unsafe.Pointer
	for _, p := range rows {
		have, err := values(r.Remote, p)
		if err != nil {
			return err
		}
		if keyText(have) != keyText(key) {
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
			if x == r.Target.Tenant { // compared, never assigned
				st.Where.Add(builder.Compare(builder.OpEq, x, key[i]))
				continue
			}
			st.Set = append(st.Set, builder.Set{Field: x, Value: key[i]})
		}
		n, err := f.s.change(ctx, f.name, st, nil)
		if err != nil {
			return err
		}
		if n < int64(len(part)) {
			return invalid(fault.ErrReference, r, "a row of "+r.Target.Name+" to link is not there, or may not be changed")
		}
	}
	return nil
}
