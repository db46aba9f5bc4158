package ormtest

import (
	"reflect"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// maxPaths bounds the include paths tried from one model.
const maxPaths = 40

// paths gives every chain of relations from m, three levels deep.
func paths(m *model.Model) [][]*model.Relation {
	var out [][]*model.Relation
	level := [][]*model.Relation{nil}
	for range 3 {
		var next [][]*model.Relation
		for _, p := range level {
			end := m
			if len(p) > 0 {
				end = p[len(p)-1].Target
			}
			for _, r := range end.Relations {
				next = append(next, append(p[:len(p):len(p)], r))
			}
		}
		out = append(out, next...)
		level = next
	}
	if len(out) > maxPaths {
		out = out[:maxPaths]
	}
	return out
}

func dotted(p []*model.Relation) string {
	names := make([]string, len(p))
	for i, r := range p {
		names[i] = r.Name
	}
	return strings.Join(names, ".")
}

// included follows every path, plainly and with a branch that asks for all it can get.
func (k *kit[T]) included(s *suite, me, other *side) {
	repo := orm.Repo[T](s.db)
	for _, p := range paths(k.m) {
		name := dotted(p)
		s.try(k.name("Include("+name+")"), func() {
			rows, err := repo.Include(name).All(me.ctx)
			if s.calm(err, other, orm.ErrLimit) {
				check(s, k, rows, me, other)
			}
		})
		s.try(k.name("Include("+name+").Rows"), func() {
			for row, err := range repo.WithDeleted().Include(name).Rows(me.ctx) {
				if s.calm(err, other, orm.ErrLimit) {
					check(s, k, []T{row}, me, other)
				}
			}
		})
		for _, way := range []func(*builder.Include){s.lookUp, s.join, s.page} {
			s.try(k.name("With("+name+")"), func() {
				rows := source.Rows{Slab: source.SlabOf[T](0)}
				st := &builder.Select{Model: k.m, Includes: []*builder.Include{branchOf(p, way)}, Deleted: builder.AllRows}
				if s.calm(reading.Read(me.ctx, s.session, "All", st, &rows), other, orm.ErrLimit) {
					check(s, k, source.Take[T](&rows.Slab), me, other)
				}
			})
		}
	}
}

// lookUp, join and page are the ways a relation is loaded.
func (*suite) lookUp(*builder.Include) {}

func (s *suite) join(inc *builder.Include) {
	near, _ := s.session.SourceOf(inc.Relation.Model)
	far, _ := s.session.SourceOf(inc.Relation.Target)
	if _, sql := near.(source.SQL); sql && near == far {
		inc.Strategy = new(model.Join)
	}
}

func (*suite) page(inc *builder.Include) {
	inc.Take, inc.HasTake = 50, true
	inc.Order = []builder.SortKey{{Field: inc.Relation.Target.Key[0], Desc: true}}
}

// branchOf includes deleted rows, and any that pass OR.
func branchOf(p []*model.Relation, way func(*builder.Include)) *builder.Include {
	r := p[0]
	inc := &builder.Include{Relation: r, Deleted: builder.AllRows, Where: []builder.Expr{builder.AnyOf(builder.True(), builder.Compare(builder.OpIsNull, r.Target.Key[0], model.Null()))}}
	way(inc)
	if len(p) > 1 {
		inc.Includes = []*builder.Include{branchOf(p[1:], way)}
	}
	return inc
}

// related filters by rows of the other tenant that hang below mine, or above: planted so, they must act as if
// they were not there.
func (k *kit[T]) related(s *suite, me, other *side) {
	for _, r := range k.m.Relations {
		k.filtered(s, r, me, other)
	}
}

func (k *kit[T]) filtered(s *suite, r *model.Relation, me, other *side) {
	if r.Target.Tenant == nil {
		return
	}
	repo := orm.Repo[T](s.db)
	pred := func(e builder.Expr) orm.Pred[T] { return builder.PredOf[T](e) }
	theirs := builder.Compare(builder.OpEq, r.Target.Tenant, s.tenant(r.Target, other))
	some := func(kids ...builder.Expr) builder.Expr { return builder.Related(builder.OpSome, r, kids...) }
	every := func(kids ...builder.Expr) builder.Expr { return builder.Related(builder.OpEvery, r, kids...) }
	count := func(path string, p orm.Pred[T]) (int64, bool) {
		var n int64
		ok := false
		s.try(k.name(r.Name+"."+path), func() {
			var err error
			n, err = repo.WithDeleted().Where(p).Count(me.ctx)
			ok = s.calm(err, other)
		})
		return n, ok
	}
	total, _ := count("All", pred(builder.True()))
	for path, p := range map[string]builder.Expr{
		"Some(theirs)":        some(theirs),
		"Some(Or(theirs))":    some(builder.AnyOf(theirs, builder.False())),
		"Not(Every(mine))":    builder.Negate(every(builder.Negate(theirs))),
		"Not(None(theirs))":   builder.Negate(builder.Negate(some(theirs))),
		"And(Some(theirs))":   builder.AllOf(builder.True(), some(theirs)),
		"Some scoped by hand": {Op: builder.OpSome, Ext: &builder.Ext{Rel: r, Kids: []builder.Expr{theirs}, Scoped: true}},
	} {
		if n, ok := count(path, pred(p)); ok && n != 0 {
			s.leak("a filter saw %d rows of the other tenant", n)
		}
	}
	for path, p := range map[string]builder.Expr{
		"None(theirs)":  builder.Negate(some(theirs)),
		"Every(mine)":   every(builder.Negate(theirs)),
		"IsNot(theirs)": builder.Negate(some(theirs)),
	} {
		if n, ok := count(path, pred(p)); ok && n != total {
			s.leak("a filter was swayed by rows of the other tenant: %d rows pass, want %d", n, total)
		}
	}
	for _, kid := range r.Target.Relations { // one level further down
		if kid.Target.Tenant == nil {
			continue
		}
		deep := builder.Compare(builder.OpEq, kid.Target.Tenant, s.tenant(kid.Target, other))
		if n, ok := count("Some("+kid.Name+".Some(theirs))", pred(some(builder.Related(builder.OpSome, kid, deep)))); ok && n != 0 {
			s.leak("a nested filter saw %d rows of the other tenant", n)
		}
	}
	k.linked(s, r, me, other)
	k.foreignLinks(s, r, me, other)
}

// foreignLinks asks for rows that only a link row of the other tenant ties to mine.
func (k *kit[T]) foreignLinks(s *suite, r *model.Relation, me, other *side) {
	repo := orm.Repo[T](s.db)
	for _, l := range s.loose {
		if l.me != me || l.relation != r {
			continue
		}
		mine := equals[T](k.m, l.row)
		s.try(k.name("Include("+r.Name+") through the other tenant's link row"), func() {
			rows, err := repo.Where(mine).Include(r.Name).All(me.ctx)
			if !s.calm(err, other) {
				return
			}
			for i := range rows {
				if n := reflect.ValueOf(&rows[i]).Elem().FieldByName(r.Name).Len(); n != 0 {
					s.leak("the include gave %d rows", n)
				}
			}
		})
		s.try(k.name(r.Name+".Some() through the other tenant's link row"), func() {
			n, err := repo.Where(mine, builder.PredOf[T](builder.Related(builder.OpSome, r))).Count(me.ctx)
			if s.calm(err, other) && n != 0 {
				s.leak("the filter found the row")
			}
		})
	}
}

// linked asks for exactly those of my rows whose only related row is the other tenant's.
func (k *kit[T]) linked(s *suite, r *model.Relation, me, other *side) {
	repo := orm.Repo[T](s.db)
	for _, p := range me.rows[k.m] {
		ref := p.crossed
		if ref == nil || r.Many || r.Through != nil || !same(r.Local, ref.fields) {
			continue
		}
		mine := equals[T](k.m, p.row)
		s.try(k.name(r.Name+".Is() of a row below the other tenant's"), func() {
			n, err := repo.Where(mine, builder.PredOf[T](builder.Related(builder.OpSome, r))).Count(me.ctx)
			if s.calm(err, other) && n != 0 {
				s.leak("a foreign parent is there")
			}
		})
		s.try(k.name("Include("+r.Name+") of a row below the other tenant's"), func() {
			rows, err := repo.Where(mine).Include(r.Name).All(me.ctx)
			if !s.calm(err, other) {
				return
			}
			for i := range rows {
				if f := reflect.ValueOf(&rows[i]).Elem().FieldByName(r.Name); f.Kind() == reflect.Pointer && !f.IsNil() {
					s.leak("a foreign parent was included")
				}
			}
		})
	}
}
