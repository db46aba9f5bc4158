package ormtest

import (
	"reflect"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// computed looks at the other tenant's rows through sub-selects, and through numbers and sort keys that come from
// related rows.
func (k *kit[T]) computed(s *suite, me, other *side) {
	for _, x := range s.subjects {
		k.subselects(s, x.model(), me, other)
	}
	for _, r := range k.m.Relations {
		if r.Target.Tenant != nil {
			k.counted(s, r, me, other)
		}
	}
}

// subselects compares with the values of rows that are all the other tenant's: there are none to compare with.
func (k *kit[T]) subselects(s *suite, target *model.Model, me, other *side) {
	if target.Tenant == nil {
		return
	}
	repo := orm.Repo[T](s.db)
	key, values := k.m.Key[0], target.Key[0]
	if values.Kind != key.Kind {
		return
	}
	for _, scoped := range []bool{false, true} { // by hand: the mark is not the caller's to set
		sub := &builder.Select{Model: target, Columns: []*model.Field{values}, Deleted: builder.AllRows, Scoped: scoped}
		sub.Where.Add(builder.Compare(builder.OpEq, target.Tenant, s.tenant(target, other)))
		p := builder.PredOf[T](builder.Expr{Op: builder.OpInQuery, Field: key, Ext: &builder.Ext{Query: sub}})
		s.try(k.name("InQuery("+target.Name+")"), func() {
			n, err := repo.WithDeleted().Where(p).Count(me.ctx)
			if s.calm(err, other) && n != 0 {
				s.leak("a sub-select gave values of the other tenant")
			}
		})
	}
}

// counted counts related rows of the other tenant, and sorts by them.
func (k *kit[T]) counted(s *suite, r *model.Relation, me, other *side) {
	repo := orm.Repo[T](s.db)
	theirs := builder.Compare(builder.OpEq, r.Target.Tenant, s.tenant(r.Target, other))
	for _, scoped := range []bool{false, true} {
		count := &builder.Term{Op: builder.TermCount, Type: dialect.Type{Kind: dialect.Int, Bits: 64}, Rel: r, Kids: []builder.Expr{theirs}, Scoped: scoped}
		s.try(k.name(r.Name+".Count(theirs)"), func() {
			n, err := repo.WithDeleted().Where(builder.PredOf[T](builder.CompareTerm(builder.OpGt, count, model.IntOf(0)))).Count(me.ctx)
			if s.calm(err, other) && n != 0 {
				s.leak("rows of the other tenant were counted")
			}
		})
	}
	for _, f := range r.Target.Fields {
		if r.Many || f.Kind == model.JSON || f.Kind == model.Array {
			continue
		}
		by := builder.SortKey{Term: &builder.Term{Op: builder.TermRelated, Rel: r, Inner: &builder.SortKey{Field: f}}}
		s.try(k.name("OrderBy("+r.Name+"."+f.Name+")"), func() {
			rows, err := repo.OrderBy(builder.OrderOf[T](by)).Include(r.Name).All(me.ctx)
			if !s.calm(err, other) {
				return
			}
			check(s, k, rows, me, other)
			if !f.Nullable {
				k.sorted(s, r, rows)
			}
		})
	}
}

// sorted wants rows whose related row cannot be seen to stand last, with those that have none.
func (k *kit[T]) sorted(s *suite, r *model.Relation, rows []T) {
	none := false
	for i := range rows {
		seen := !reflect.ValueOf(&rows[i]).Elem().FieldByName(r.Name).IsNil()
		if seen && none {
			s.leak("a row was sorted by a parent that it does not show")
			return
		}
		none = none || !seen
	}
}
