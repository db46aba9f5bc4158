package ormtest

import (
	"context"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// read attacks by reading, as each tenant in turn, twice: the second round finds statements that the other
// tenant's round has warmed up.
func (s *suite) read() {
	for range 2 {
		for _, me := range s.sides {
			for _, x := range s.subjects {
				s.mayDeny = x.model().Tenant == nil // what belongs to nobody may be kept from the actors
				x.reads(s, me, s.other(me))
			}
		}
	}
}

func (k *kit[T]) reads(s *suite, me, other *side) {
	k.verbs(s, me, other)
	k.shapes(s, me, other)
	k.conditions(s, me, other)
	k.included(s, me, other)
	k.related(s, me, other)
	k.computed(s, me, other)
	k.nobody(s, other)
}

// name is how a path is told.
func (k *kit[T]) name(verb string) string { return k.m.Name + "." + verb }

// sees runs a query and looks through what it gives: rows, stream, first row, count and existence.
func (k *kit[T]) sees(s *suite, path string, q orm.Query[T], me, other *side, allowed ...error) {
	s.try(k.name(path), func() {
		rows, err := q.All(me.ctx)
		if s.calm(err, other, allowed...) {
			check(s, k, rows, me, other)
		}
		n, err := q.Count(me.ctx)
		if rows != nil && s.calm(err, other, allowed...) && !paged(path) && n > int64(len(rows)) {
			s.leak("counted %d rows and gave %d", n, len(rows))
		}
		if ok, err := q.Exists(me.ctx); rows != nil && s.calm(err, other, allowed...) && !paged(path) && ok && len(rows) == 0 {
			s.leak("a row exists that it does not give")
		}
	})
	s.try(k.name(path+".Rows"), func() {
		for row, err := range q.Rows(me.ctx) {
			if s.calm(err, other, allowed...) {
				check(s, k, []T{row}, me, other)
			}
		}
	})
	s.try(k.name(path+".First"), func() {
		row, err := q.First(me.ctx)
		if s.calm(err, other, append(allowed, orm.ErrNotFound)...) {
			check(s, k, []T{row}, me, other)
		}
	})
}

func (k *kit[T]) verbs(s *suite, me, other *side) {
	repo := orm.Repo[T](s.db)
	k.sees(s, "All", repo.Query(), me, other)
	k.sees(s, "WithDeleted", repo.WithDeleted(), me, other)
	if k.m.SoftDelete != nil {
		k.sees(s, "OnlyDeleted", repo.OnlyDeleted(), me, other, orm.ErrInvalid)
	}
	if k.m.Tenant == nil {
		return
	}
	s.try(k.name("All"), func() {
		rows, err := repo.All(me.ctx)
		if s.calm(err, other) && len(rows) == 0 && len(me.rows[k.m]) > 0 {
			s.leak("tenant %s does not see its own rows, so nothing is proved: give ormtest.Actors that may read", me.name)
		}
	})
	for _, theirs := range other.rows[k.m] {
		k.named(s, theirs, me, other)
	}
}

// named asks for a foreign row by its key, in every way there is.
func (k *kit[T]) named(s *suite, theirs planted, me, other *side) {
	repo := orm.Repo[T](s.db)
	key, absent := make([]any, len(k.m.Key)), make([]any, len(k.m.Key))
	for i, f := range k.m.Key {
		key[i] = load(theirs.row, f).Any()
		absent[i] = nowhere(f)
	}
	for what, q := range map[string]func(...any) orm.Query[T]{
		"ByID":                   repo.ByID,
		"WithDeleted.ByID":       repo.WithDeleted().ByID,
		"ByID of " + theirs.what: repo.ByID,
	} {
		s.try(k.name(what+".One"), func() {
			row, err := q(key...).One(me.ctx)
			if err == nil {
				check(s, k, []T{row}, me, other)
				s.leak("gave a row for another tenant's key")
				return
			}
			_, none := q(absent...).One(me.ctx)
			s.alike(err, none)
		})
		s.try(k.name(what+".Exists"), func() {
			if ok, err := q(key...).Exists(me.ctx); s.calm(err, other) && ok {
				s.leak("tells that another tenant's row exists")
			}
		})
		s.try(k.name(what+".Count"), func() {
			if n, err := q(key...).Count(me.ctx); s.calm(err, other) && n != 0 {
				s.leak("counts another tenant's row")
			}
		})
	}
	for _, f := range k.m.Fields {
		if f.Kind == model.JSON || f.Kind == model.Array {
			continue
		}
		v := load(theirs.row, f)
		if v.IsNull() {
			continue
		}
		q := repo.WithDeleted().Where(builder.PredOf[T](builder.Compare(builder.OpEq, f, v)))
		k.sees(s, "Where("+f.Name+")", q, me, other)
	}
}

// nowhere gives a key that no row has.
func nowhere(f *model.Field) any {
	switch f.Kind {
	case model.String:
		return "nowhere"
	case model.UUID:
		return [16]byte{1, 2, 3}
	case model.Bytes:
		return []byte("nowhere")
	}
	if f.Bits > 0 && f.Bits < 32 {
		return int64(99)
	}
	return int64(987_654_321)
}

// paged reports a path whose pages make counts and rows differ.
func paged(path string) bool { return path == "Skip" || path == "Take" || path == "Distinct" }

func (k *kit[T]) shapes(s *suite, me, other *side) {
	repo := orm.Repo[T](s.db)
	for _, f := range k.m.Fields {
		col := repo.F(f.Name)
		k.sees(s, "Select("+f.Name+")", repo.Select(col), me, other)
		if len(k.m.Fields) > 1 {
			k.sees(s, "Omit("+f.Name+")", repo.Omit(col), me, other)
		}
		if f.Kind == model.JSON || f.Kind == model.Array {
			continue
		}
		k.sees(s, "Sort("+f.Name+")", repo.Sort(f.Name), me, other)
		k.sees(s, "Sort(-"+f.Name+")", repo.Sort("-"+f.Name), me, other)
		k.sees(s, "Distinct", repo.Select(col).Distinct(), me, other)
	}
	k.sees(s, "Take", repo.Take(2), me, other)
	k.sees(s, "Skip", repo.Skip(1).Take(5), me, other)
	s.try(k.name("Explain"), func() {
		_, err := repo.Query().Explain(me.ctx)
		s.calm(err, other)
	})
	s.try(k.name("Tx"), func() {
		err := s.db.Tx(me.ctx, func(tx orm.DB) error {
			rows, err := orm.Repo[T](tx).All(me.ctx)
			if s.calm(err, other) {
				check(s, k, rows, me, other)
			}
			if k.m.Tenant == nil {
				return err
			}
			if _, err := orm.Repo[T](tx).All(other.ctx); err == nil {
				s.leak("another tenant's context was taken inside the transaction")
			}
			return err
		})
		s.calm(err, other, orm.ErrActorSwitch)
	})
}

// conditions try to widen a query: OR at the top, negation, constant SQL.
func (k *kit[T]) conditions(s *suite, me, other *side) {
	if k.m.Tenant == nil || len(other.rows[k.m]) == 0 {
		return
	}
	repo := orm.Repo[T](s.db)
	theirs := equals[T](k.m, other.rows[k.m][0].row)
	var keys []any
	for _, p := range other.rows[k.m] {
		keys = append(keys, load(p.row, k.m.Key[0]).Any())
	}
	tenant := builder.PredOf[T](builder.Compare(builder.OpEq, k.m.Tenant, s.tenant(k.m, other)))
	for what, p := range map[string]orm.Pred[T]{
		"And()":               orm.And[T](),
		"Or(theirs, all)":     orm.Or(theirs, orm.And[T]()),
		"Or(tenant, all)":     orm.Or(tenant, orm.And[T]()),
		"the other tenant":    tenant,
		"Not(none)":           orm.Not(orm.Or[T]()),
		"Not(mine)":           orm.Not(builder.PredOf[T](builder.Compare(builder.OpEq, k.m.Tenant, s.tenant(k.m, me)))),
		"Or(Not(theirs), it)": orm.Or(orm.Not(theirs), theirs),
		"In(keys)":            repo.F(k.m.Key[0].Name).In(keys...),
		"NotIn()":             repo.F(k.m.Key[0].Name).NotIn(),
		"SQL(1=1)":            orm.SQL[T]("1=1"),
		"SQL(1=1 OR 1=1)":     orm.SQL[T]("1=1 OR 1=1"),
		"Or(SQL)":             orm.Or(orm.SQL[T]("1=1 OR 1=1"), theirs),
		"hand-made":           builder.PredOf[T](builder.Expr{Op: builder.OpOr, Ext: &builder.Ext{Kids: []builder.Expr{builder.True(), theirs.Expr()}, Scoped: true}}),
	} {
		k.sees(s, "Where("+what+")", repo.Where(p), me, other)
		k.sees(s, "WithDeleted.Where("+what+")", repo.WithDeleted().Where(p), me, other)
	}
	s.try(k.name("Where(SQL sub-select)"), func() {
		_, err := repo.Where(orm.SQL[T]("EXISTS (SELECT 1)")).Count(me.ctx)
		s.refused(err, other, orm.ErrDenied)
	})
	for _, text := range []orm.Pred[T]{orm.SQL[T]("1=1) OR (1=1"), orm.SQL[T]("1=1 --"), orm.SQL[T]("1=1 /*"), orm.SQL[T]("1=1; SELECT 1")} {
		s.try(k.name("Where(SQL that leaves its parentheses)"), func() {
			_, err := repo.Where(text).All(me.ctx)
			s.refused(err, other, orm.ErrInvalid)
		})
	}
}

// nobody asks without an actor, from another goroutine.
func (k *kit[T]) nobody(s *suite, other *side) {
	if k.m.Tenant == nil {
		return
	}
	s.try(k.name("a fresh context"), func() {
		failed := make(chan error, 2)
		go func() {
			_, err := orm.Repo[T](s.db).All(context.Background())
			failed <- err
			_, err = orm.Repo[T](s.db).EveryRow().DeleteMany(context.Background())
			failed <- err
		}()
		s.refused(<-failed, other, orm.ErrNoActor)
		s.refused(<-failed, other, orm.ErrNoActor)
	})
	for what, id := range map[string]any{"nil": nil, "0": 0, "empty": "", "space": " ", "slice": []int64{1}, "nil pointer": (*int64)(nil)} {
		s.try(k.name("a tenant that is "+what), func() {
			a := s.sides[0].actor
			a.TenantID = id
			_, err := orm.Repo[T](s.db).Count(orm.WithActor(context.Background(), a))
			s.refused(err, other, orm.ErrNoActor)
		})
	}
}
