package related

import (
	"context"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// related is the condition that a row of r's target is related to the row with this key. It is part of the statement that
// writes such rows, so that no row is written that is not related then.
func (f *family) related(r *model.Relation, key []model.Value) []builder.Expr {
	if r.Through == nil {
		return holding(r.Remote, key)
	}
	ends := f.s.LinkEnds[r]
	if ends == nil || ends.Local == nil || ends.Remote == nil {
		return []builder.Expr{builder.Fail(unlinkable(r))}
	}
	return []builder.Expr{builder.Related(builder.OpSome, ends.Back, holding(ends.Local, key)...)}
}

// meant is the condition that a row is one of the related rows that n is about.
func (f *family) meant(n *builder.Nested, key []model.Value) []builder.Expr {
	out := f.related(n.Relation, key)
	if len(n.Named) == 0 {
		return out
	}
	if e := builder.AnyOf(n.Named...); e.Op != builder.OpTrue {
		out = append(out, e)
	}
	return out
}

// amend gives the assignments of n to the related rows that it names, and the number of these. No row is ErrNotFound for
// NestedUpdate. back receives every column; nil for none.
func (f *family) amend(ctx context.Context, n *builder.Nested, key []model.Value, back *source.Rows) (int64, error) {
	r := n.Relation
	st := &builder.Update{Model: r.Target, Where: conjunction(f.meant(n, key)...), Set: slices.Clone(n.Sets)}
	if back != nil {
		st.Returning = r.Target.Fields
	}
	if n.Op == builder.NestedUpsert && len(n.Sets) == 0 {
		var err error
		if st.Set, err = said(n); err != nil {
			return 0, err
		}
	}
	var none writing.Absent
	if n.Op == builder.NestedUpdate {
		none = func(context.Context) error { return unrelated(r, "update") }
	}
	count, err := writing.UpdateOr(ctx, f.s, f.name, st, back, none)
	if err == nil && count > 1 && n.Op != builder.NestedUpdateMany {
		err = several(r)
	}
	return count, err
}

// amendInto changes the related row of an upsert, if there is one, and fills the struct with what the database then holds.
func (f *family) amendInto(ctx context.Context, n *builder.Nested, key []model.Value) (bool, error) {
	t := n.Relation.Target
	back := &source.Rows{Slab: source.NewSlab(t.Type)}
	count, err := f.amend(ctx, n, key, back)
	if err != nil || count == 0 {
		return false, err
	}
	if back.Len() != 1 {
		return false, fault.New(fault.ErrUpstream, t.Name, "", "the source gave back another number of rows than it wrote")
	}
	p := n.Rows[0]
	f.keep(t, p)
	for _, x := range t.Fields {
		x.Copy(p, back.At(0))
	}
	return true, nil
}

// said gives what the struct of an upsert says of the row that is there, as an upsert without assignments writes it.
func said(n *builder.Nested) ([]builder.Set, error) {
	t, p := n.Relation.Target, n.Rows[0]
	var out []builder.Set
	for _, x := range t.Fields {
		switch {
		case x.Primary, x.Auto, x.CreateOnly, x.ReadOnly, x.UpdateOnly, scoping.Immovable(x), x == t.Version, x.Update != model.NoFill:
		case slices.Contains(n.Relation.Remote, x), namedBy(n, x):
		case (x.Default != model.NoFill || x == t.Owner) && x.IsZero(p) && !slices.Contains(n.Said, x):
		default:
			v, err := x.Load(p)
			if err != nil {
				return nil, err
			}
			out = append(out, builder.Set{Field: x, Value: v})
		}
	}
	return out, nil
}

// namedBy reports whether the row of an upsert is named by x.
func namedBy(n *builder.Nested, x *model.Field) bool {
	for i := range n.Named {
		if fields, _, _ := naming(n.Relation.Target, &n.Named[i]); slices.Contains(fields, x) {
			return true
		}
	}
	return false
}

// unrelated is the error of a related row that is named and is not there. Nothing tells it from one that is another's.
func unrelated(r *model.Relation, verb string) error {
	return invalid(fault.ErrNotFound, r, "a row of "+r.Target.Name+" to "+verb+" is not there, or is not related")
}

func several(r *model.Relation) error {
	return invalid(fault.ErrInvalid, r, "more than one row of "+r.Target.Name+" is related where one is expected")
}

func unlinkable(r *model.Relation) error {
	return invalid(fault.ErrInvalid, r, "the model of the link table has no fields for its columns")
}

// pointers gives where the rows are.
func pointers(rows *source.Rows) []unsafe.Pointer {
	out := make([]unsafe.Pointer, rows.Len())
	for i := range out {
		out[i] = rows.At(i)
	}
	return out
}
