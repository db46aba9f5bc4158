package ormtest

import (
	"context"
	"reflect"
	"slices"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// write attacks by writing, as the first tenant. What it may do to its own rows it does last.
func (s *suite) write() {
	me, other := s.sides[0], s.sides[1]
	for _, x := range s.subjects {
		if x.model().Tenant != nil {
			s.mayDeny = s.unwritten(x)
			x.writes(s, me, other)
		}
	}
	s.raw(me, other)
	for _, x := range s.subjects {
		if x.model().Tenant != nil {
			s.mayDeny = s.unwritten(x)
			x.ends(s, me, other)
		}
	}
}

// unwritten reports whether x, or what hangs on it and is written with it, is for reading only.
func (s *suite) unwritten(x subject) bool {
	for _, y := range s.subjects {
		below := slices.ContainsFunc(x.model().Relations, func(r *model.Relation) bool { return r.Target == y.model() })
		if y.unwritten() && (x == y || below) {
			return true
		}
	}
	return false
}

// raw tries SQL text, which no scope can reach into.
func (s *suite) raw(me, other *side) {
	if s.session.Registry().HasSettings() {
		return // row policies of the database isolate it
	}
	for _, ctx := range []context.Context{me.ctx, orm.WithActor(context.Background(), orm.Actor{})} {
		s.try("Raw without a bypass", func() {
			_, err := orm.Raw[int64](ctx, s.db, "SELECT 1")
			s.refused(err, other, orm.ErrDenied)
		})
		s.try("Exec without a bypass", func() {
			_, err := s.db.Exec(ctx, "DELETE FROM nothing_at_all")
			s.refused(err, other, orm.ErrDenied)
		})
	}
}

func (k *kit[T]) writes(s *suite, me, other *side) {
	set, settable := k.assignment(me)
	for _, theirs := range other.rows[k.m] {
		if settable {
			k.updates(s, theirs, set, me, other)
		}
		k.saves(s, theirs, me, other)
		k.upserts(s, theirs, me, other)
		k.removes(s, theirs, me, other)
	}
	k.nested(s, me, other)
	k.moves(s, me, other)
	k.creates(s, me, other)
}

// assignment changes a column that anyone may change, to what a row of mine has.
func (k *kit[T]) assignment(me *side) (orm.Assign[T], bool) {
	f := assignable(k.m)
	if f == nil || len(me.rows[k.m]) == 0 {
		return orm.Assign[T]{}, false
	}
	return builder.AssignOf[T](builder.Set{Field: f, Value: load(me.rows[k.m][0].row, f)}), true
}

// assignable is a column that anyone may change, nil for none.
func assignable(m *model.Model) *model.Field {
	for _, f := range m.Fields {
		if f.Primary || f.ReadOnly || f.CreateOnly || f == m.Tenant || f == m.Owner || f == m.SoftDelete || f == m.Version || f.Update != model.NoFill {
			continue
		}
		if !inUnique(m, f) && f.Kind != model.JSON && f.Kind != model.Array {
			return f
		}
	}
	return nil
}

func inUnique(m *model.Model, f *model.Field) bool {
	for _, u := range m.Uniques {
		if holds(u.Fields, f) {
			return true
		}
	}
	return false
}

func (k *kit[T]) keys(row reflect.Value) (key, absent []any) {
	for _, f := range k.m.Key {
		key = append(key, load(row, f).Any())
		absent = append(absent, nowhere(f))
	}
	return key, absent
}

func (k *kit[T]) updates(s *suite, theirs planted, set orm.Assign[T], me, other *side) {
	repo := orm.Repo[T](s.db)
	key, absent := k.keys(theirs.row)
	named := equals[T](k.m, theirs.row)
	for what, q := range map[string]orm.Query[T]{
		"": repo.Query(), "WithDeleted.": repo.WithDeleted(),
	} {
		s.try(k.name(what+"Update"), func() {
			_, err := q.ByID(key...).Update(me.ctx, set)
			_, none := q.ByID(absent...).Update(me.ctx, set)
			s.alike(err, none)
			s.refused(err, other, orm.ErrNotFound, orm.ErrReference)
		})
		s.try(k.name(what+"UpdateMany"), func() {
			if n, err := q.Where(named).UpdateMany(me.ctx, set); s.calm(err, other, orm.ErrReference) && n != 0 {
				s.leak("changed a foreign row")
			}
		})
		s.try(k.name(what+"UpdateMany(Or)"), func() {
			never := builder.PredOf[T](builder.AllOf(builder.False(), builder.True()))
			if n, err := q.Where(orm.Or(named, never)).UpdateMany(me.ctx, set); s.calm(err, other, orm.ErrReference) && n != 0 {
				s.leak("changed a foreign row")
			}
		})
		s.try(k.name(what+"UpdateReturning"), func() {
			rows, err := q.Where(named).UpdateReturning(me.ctx, set)
			if s.calm(err, other, orm.ErrReference) && len(rows) != 0 {
				s.leak("changed and gave a foreign row")
			}
		})
	}
	s.try(k.name("Tx.UpdateMany"), func() {
		err := s.db.Tx(me.ctx, func(tx orm.DB) error {
			n, err := orm.Repo[T](tx).Where(named).UpdateMany(me.ctx, set)
			if err == nil && n != 0 {
				s.leak("changed a foreign row")
			}
			return err
		})
		s.calm(err, other, orm.ErrReference)
	})
}

// saves writes a whole foreign row: as it is, relabelled as mine, and with no tenant.
func (k *kit[T]) saves(s *suite, theirs planted, me, other *side) {
	repo := orm.Repo[T](s.db)
	for _, tenant := range []model.Value{s.tenant(k.m, other), s.tenant(k.m, me), model.Null()} {
		s.try(k.name("Save"), func() {
			row := new(T)
			v := reflect.ValueOf(row).Elem()
			v.Set(theirs.row)
			if !k.m.Tenant.Primary {
				k.m.Tenant.Clear(v.Addr().UnsafePointer())
				if !tenant.IsNull() {
					_ = k.m.Tenant.Store(v.Addr().UnsafePointer(), tenant)
				}
			}
			s.refused(repo.Save(me.ctx, row), other, orm.ErrNotFound, orm.ErrDenied, orm.ErrReference, orm.ErrInvalid, orm.ErrConflict)
		})
	}
}

// upserts meets a foreign row on its key and on every unique set.
func (k *kit[T]) upserts(s *suite, theirs planted, me, other *side) {
	sets := [][]*model.Field{k.m.Key}
	for _, u := range k.m.Uniques {
		sets = append(sets, u.Fields)
	}
	for _, set := range sets {
		for _, tenant := range []model.Value{s.tenant(k.m, me), s.tenant(k.m, other)} {
			if holds(set, k.m.Tenant) && equal(tenant, s.tenant(k.m, me)) {
				continue // that is another row, and mine to make
			}
			s.try(k.name("Upsert"), func() {
				row := new(T)
				v := reflect.ValueOf(row).Elem()
				v.Set(theirs.row)
				p := v.Addr().UnsafePointer()
				if !holds(set, k.m.Tenant) {
					_ = k.m.Tenant.Store(p, tenant)
				}
				for _, f := range k.m.Key {
					if f.Auto && !holds(set, f) {
						f.Clear(p)
					}
				}
				if k.m.Owner != nil {
					s.set(v, k.m.Owner, me.actor.ID)
				}
				var on []orm.Selectable[T]
				for _, f := range set {
					on = append(on, orm.Repo[T](s.db).F(f.Name))
				}
				err := orm.Repo[T](s.db).Upsert(me.ctx, orm.On(on...), row)
				if err == nil && theirs.what == "deleted" && !same(set, k.m.Key) {
					return // unique among the living: a new row of mine
				}
				s.refused(err, other, orm.ErrConflict, orm.ErrDenied, orm.ErrReference, orm.ErrInvalid, orm.ErrNotFound)
			})
		}
	}
}

func (k *kit[T]) removes(s *suite, theirs planted, me, other *side) {
	repo := orm.Repo[T](s.db)
	key, absent := k.keys(theirs.row)
	named := equals[T](k.m, theirs.row)
	s.try(k.name("Delete"), func() {
		_, err := repo.ByID(key...).Delete(me.ctx)
		_, none := repo.ByID(absent...).Delete(me.ctx)
		s.alike(err, none)
		s.refused(err, other, orm.ErrNotFound)
	})
	many := map[string]func(orm.Query[T]) (int64, error){
		"DeleteMany":  func(q orm.Query[T]) (int64, error) { return q.DeleteMany(me.ctx) },
		"ForceDelete": func(q orm.Query[T]) (int64, error) { return q.ForceDelete(me.ctx) },
	}
	if k.m.SoftDelete != nil {
		many["Restore"] = func(q orm.Query[T]) (int64, error) { return q.Restore(me.ctx) }
	}
	for what, fn := range many {
		for _, q := range []orm.Query[T]{repo.Where(named), repo.WithDeleted().Where(named), repo.Where(orm.Or(named, orm.Or[T](), named))} {
			s.try(k.name(what), func() {
				if n, err := fn(q); s.calm(err, other, orm.ErrInvalid) && n != 0 {
					s.leak("took a foreign row")
				}
			})
		}
	}
}

// moves tries to give a row of mine to the other tenant, and to hang it below a row of theirs.
func (k *kit[T]) moves(s *suite, me, other *side) {
	if len(me.rows[k.m]) == 0 || root(k.m) {
		return
	}
	repo := orm.Repo[T](s.db)
	mine := me.rows[k.m][0].row
	assign := func(f *model.Field, op builder.SetOp, v model.Value) orm.Assign[T] {
		return builder.AssignOf[T](builder.Set{Field: f, Op: op, Value: v})
	}
	tries := map[string]orm.Assign[T]{"Update(tenant)": assign(k.m.Tenant, builder.SetValue, s.tenant(k.m, other))}
	if k.m.Tenant.Kind == model.Int {
		tries["Update(tenant + 1)"] = assign(k.m.Tenant, builder.SetInc, model.IntOf(1))
	}
	for _, ref := range s.references(k.m) {
		if len(ref.fields) != 1 || ref.to.Tenant == nil || len(other.rows[ref.to]) == 0 {
			continue
		}
		tries["Update("+ref.fields[0].Name+")"] = assign(ref.fields[0], builder.SetValue, load(other.rows[ref.to][0].row, ref.remote[0]))
	}
	for what, set := range tries {
		s.try(k.name(what), func() {
			_, err := repo.Where(equals[T](k.m, mine)).UpdateMany(me.ctx, set)
			s.refused(err, other, orm.ErrDenied, orm.ErrReference, orm.ErrInvalid)
		})
	}
}

// creates tries to plant rows of the other tenant, and rows of mine below theirs.
func (k *kit[T]) creates(s *suite, me, other *side) {
	if root(k.m) {
		s.try(k.name("Create of a tenant"), func() {
			row := s.make(k, me)
			s.refused(k.create(me.ctx, s.db, row), other, orm.ErrDenied, orm.ErrConflict)
		})
		return
	}
	s.try(k.name("Create in the other's name"), func() {
		row := s.make(k, me)
		s.set(row, k.m.Tenant, other.actor.TenantID)
		s.refused(k.create(me.ctx, s.db, row), other, orm.ErrDenied)
	})
	if len(other.rows[k.m]) > 0 {
		s.try(k.name("Create with the other's key"), func() {
			row := s.make(k, me)
			for _, f := range k.m.Key {
				if f != k.m.Tenant {
					_ = f.Store(row.Addr().UnsafePointer(), load(other.rows[k.m][0].row, f))
				}
			}
			if holds(k.m.Key, k.m.Tenant) {
				return // another row, and mine to make
			}
			s.refused(k.create(me.ctx, s.db, row), other, orm.ErrConflict, orm.ErrReference)
		})
	}
	for _, ref := range s.references(k.m) {
		if ref.to.Tenant == nil || len(other.rows[ref.to]) == 0 || holds(ref.fields, k.m.Tenant) {
			continue
		}
		s.try(k.name("Create below the other's "+ref.to.Name), func() {
			row := s.make(k, me)
			tie(row, &ref, other.rows[ref.to][0].row)
			s.refused(k.create(me.ctx, s.db, row), other, orm.ErrReference, orm.ErrConflict)
		})
	}
	k.bulk(s, me, other)
}

// bulk inserts many rows of mine with one of theirs among them: none may be written.
func (k *kit[T]) bulk(s *suite, me, other *side) {
	many := func() []T {
		rows := make([]T, 5)
		for i := range rows {
			reflect.ValueOf(&rows[i]).Elem().Set(s.make(k, me))
		}
		s.set(reflect.ValueOf(&rows[3]).Elem(), k.m.Tenant, other.actor.TenantID)
		return rows
	}
	for what, opts := range map[string][]orm.BulkOption{"CreateMany": nil, "CreateMany(SkipDuplicates)": {orm.SkipDuplicates()}} {
		s.try(k.name(what), func() {
			before, _ := orm.Repo[T](s.db).WithDeleted().Count(me.ctx)
			_, err := orm.Repo[T](s.db).CreateMany(me.ctx, many(), opts...)
			s.refused(err, other, orm.ErrDenied)
			if after, _ := orm.Repo[T](s.db).WithDeleted().Count(me.ctx); after != before {
				s.leak("a refused bulk insert wrote %d rows", after-before)
			}
		})
	}
}

// ends changes and removes every row that I may: what is left must be the other tenant's, whole.
func (k *kit[T]) ends(s *suite, me, other *side) {
	repo := orm.Repo[T](s.db)
	if set, ok := k.assignment(me); ok {
		s.try(k.name("EveryRow.UpdateMany"), func() {
			_, err := repo.EveryRow().UpdateMany(me.ctx, set)
			s.calm(err, other, orm.ErrReference, orm.ErrConflict, orm.ErrDenied)
		})
		s.try(k.name("WithDeleted.EveryRow.UpdateReturning"), func() {
			rows, err := repo.WithDeleted().EveryRow().UpdateReturning(me.ctx, set)
			if s.calm(err, other, orm.ErrReference, orm.ErrConflict, orm.ErrDenied) {
				check(s, k, rows, me, other)
			}
		})
	}
	if k.m.SoftDelete != nil {
		s.try(k.name("EveryRow.Restore"), func() {
			_, err := repo.EveryRow().Restore(me.ctx)
			s.calm(err, other, orm.ErrConflict, orm.ErrInvalid, orm.ErrDenied)
		})
	}
	s.try(k.name("EveryRow.DeleteMany"), func() {
		_, err := repo.EveryRow().DeleteMany(me.ctx)
		s.calm(err, other, orm.ErrReference, orm.ErrDenied)
	})
	s.try(k.name("WithDeleted.EveryRow.ForceDelete"), func() {
		_, err := repo.WithDeleted().EveryRow().ForceDelete(me.ctx)
		s.calm(err, other, orm.ErrReference, orm.ErrDenied)
	})
}
