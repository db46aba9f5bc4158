package ormtest

import (
	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
)

// nested writes rows of the other tenant as if they were related to mine: it ties and unties them, changes and deletes
// them.
func (k *kit[T]) nested(s *suite, me, other *side) {
	if len(me.rows[k.m]) == 0 {
		return
	}
	repo := orm.Repo[T](s.db)
	key, _ := k.keys(me.rows[k.m][0].row)
	for _, r := range k.m.Relations {
		if r.Target.Tenant == nil {
			continue
		}
		for _, theirs := range other.rows[r.Target] {
			var named []builder.Expr
			for _, f := range r.Target.Key {
				named = append(named, builder.Compare(builder.OpEq, f, load(theirs.row, f)))
			}
			try := func(what string, n builder.Nested, judge func(error)) {
				n.Relation, n.Named = r, []builder.Expr{builder.AllOf(named...)}
				s.try(k.name(r.Name+"."+what+"(theirs)"), func() {
					_, err := repo.ByID(key...).Update(me.ctx, builder.AssignOf[T](builder.Set{Op: builder.SetNested, Ext: &builder.SetExt{Nested: &n}}))
					judge(err)
				})
			}
			refused := func(err error) {
				s.refused(err, other, orm.ErrNotFound, orm.ErrReference, orm.ErrInvalid, orm.ErrDenied)
			}
			calm := func(err error) { // what is theirs is compared at the end
				s.calm(err, other, orm.ErrInvalid, orm.ErrReference, orm.ErrDenied)
			}
			try("Link", builder.Nested{Op: builder.NestedLink}, refused)
			try("Set", builder.Nested{Op: builder.NestedSet}, refused)
			if !r.Many {
				continue // the others name no row
			}
			try("Unlink", builder.Nested{Op: builder.NestedUnlink}, calm)
			try("Delete", builder.Nested{Op: builder.NestedDelete}, refused)
			try("DeleteMany", builder.Nested{Op: builder.NestedDeleteMany}, calm)
			if f := assignable(r.Target); f != nil {
				sets := []builder.Set{{Field: f, Value: load(theirs.row, f)}}
				try("Update", builder.Nested{Op: builder.NestedUpdate, Sets: sets}, refused)
				try("UpdateMany", builder.Nested{Op: builder.NestedUpdateMany, Sets: sets}, calm)
			}
		}
	}
}
