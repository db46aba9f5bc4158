package writing

import (
	"context"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Save writes every column of the row at p by its key, or only some. No row is ErrNotFound; a row whose version moved
// on since p was read is ErrStale. It moves the struct's version on.
func Save(ctx context.Context, s *engine.Session, m *model.Model, p unsafe.Pointer, only []*model.Field) error {
	const name = "Save"
	s = s.Begin(ctx)
	defer s.End()
	return s.Located(save(ctx, s, name, m, p, only, nil), name, m)
}

func save(ctx context.Context, s *engine.Session, name string, m *model.Model, p unsafe.Pointer, only []*model.Field, back *savedRow) error {
	st, err := saving(ctx, s, m, p, only)
	if err != nil {
		return err
	}
	bare, err := byKey(m, p)
	if err != nil {
		return err
	}
	var rows *source.Rows
	var generated []*model.Field
	if back != nil {
		st.Returning, rows = back.columns, back.rows
	} else if generated = readBack(s, m, p, only); len(generated) > 0 {
		st.Returning, rows = generated, &source.Rows{Slab: source.NewSlab(m.Type)}
	}
	sets := st.Set // hooks change a copy
	if _, err := UpdateOr(ctx, s, name, st, rows, func(ctx context.Context) error { return missing(ctx, s, name, m, bare) }); err != nil {
		return err
	}
	if len(generated) > 0 && rows.Len() == 1 {
		for _, f := range generated {
			f.Copy(p, rows.At(0))
		}
	}
	return saved(m, p, sets)
}

// readBack gives the columns that the row at p has anew after a Save: those that the source makes at every write, and those that no
// update may change, so that the struct does not go on saying what was not written. What it was read without stays out of it. An API
// that answers a write with nothing would have to be asked again, so structs of such sources keep what they say.
func readBack(s *engine.Session, m *model.Model, p unsafe.Pointer, only []*model.Field) (out []*model.Field) {
	l := m.Loaded(p)
	_, sql := s.BoundTo(m).(source.SQL)
	for _, f := range m.Fields {
		switch {
		case f.Generated:
			out = append(out, f)
		case f.Primary || !f.ReadOnly && !f.CreateOnly || f.Auto || len(only) > 0 || !sql:
		case l == nil || l.All() || slices.Contains(l.Fields(), f):
			out = append(out, f)
		}
	}
	return out
}

// savedRow is what is read back of a row that Save wrote.
type savedRow struct {
	columns []*model.Field
	rows    *source.Rows
}

// SaveReturning is Save that reads back columns as the database then holds them, and relations, into the struct at p.
func SaveReturning(ctx context.Context, s *engine.Session, q Returned, p unsafe.Pointer, only []*model.Field) error {
	m := q.Model
	s = s.Begin(ctx)
	defer s.End()
	before := entity.RowSnapshot(m, p)
	rows := &source.Rows{Slab: source.NewSlab(m.Type)}
	err := error(nil)
	if len(q.Includes) == 0 {
		err = s.Located(save(ctx, s, q.Name, m, p, only, &savedRow{q.Columns, rows}), q.Name, m)
	} else {
		ask := q
		if ask.Columns == nil {
			ask.Columns = m.Key // the relations start at what the database holds, whatever the struct does
		}
		err = Together(ctx, s, ask, &rows.Slab, func(tx *engine.Session, columns []*model.Field) error {
			return save(ctx, tx, q.Name, m, p, only, &savedRow{columns, rows})
		})
	}
	if err == nil && rows.Len() != 1 {
		err = s.Located(fault.New(fault.ErrUpstream, m.Name, "", "the source gave back another number of rows than it wrote"), q.Name, m)
	}
	if err != nil {
		before.Restore()
		return err
	}
	for _, c := range q.Columns {
		c.Copy(p, rows.At(0))
	}
	for _, inc := range q.Includes {
		entity.CopyRelation(inc.Relation, p, rows.At(0))
	}
	return nil
}

// saved gives the struct at p what sets made of its row beside what it says itself: update= fills and the version.
func saved(m *model.Model, p unsafe.Pointer, sets []builder.Set) error {
	for i := range sets {
		if f := sets[i].Field; f.Update != model.NoFill && sets[i].Op == builder.SetValue {
			if err := f.Store(p, sets[i].Value); err != nil {
				return err
			}
		}
	}
	return moveOn(m, p)
}

// moveOn gives the struct at p the version that its row now has.
func moveOn(m *model.Model, p unsafe.Pointer) error {
	if m.Version == nil {
		return nil
	}
	v, err := m.Version.Load(p)
	if err != nil {
		return err
	}
	return m.Version.Store(p, model.IntOf(v.Int()+1))
}

// byKey is the condition that names the row at p.
// A part of a composite key may be zero or empty, as it may when the row is made; what the source makes never is.
func byKey(m *model.Model, p unsafe.Pointer) (where builder.Conjunction, err error) {
	for _, f := range m.Key {
		if f.IsZero(p) && (len(m.Key) == 1 || f.Auto) {
			return where, fault.New(fault.ErrInvalid, m.Name, f.Name, "the key is zero: Save changes a row that exists, Create makes one")
		}
		v, err := f.Load(p)
		if err != nil {
			return where, err
		}
		where.Add(builder.Compare(builder.OpEq, f, v))
	}
	return where, nil
}

// saving makes the update that writes the row at p, with what every update makes; saved then tells the struct.
func saving(ctx context.Context, s *engine.Session, m *model.Model, p unsafe.Pointer, only []*model.Field) (*builder.Update, error) {
	where, err := byKey(m, p)
	if err != nil {
		return nil, err
	}
	if only, err = entity.Writable(m, p, only); err != nil {
		return nil, err
	}
	if err := settleTimes(s.Engine, m, p); err != nil {
		return nil, err
	}
	st := &builder.Update{Model: m, Where: where}
	for _, f := range only {
		if f.Model != m || f.Primary || f.ReadOnly || f.CreateOnly || f.IsComputed {
			return nil, fault.New(fault.ErrInvalid, m.Name, f.Name, "the field is read-only in updates")
		}
	}
	for _, f := range m.Fields {
		if f.Primary || f.ReadOnly || f.CreateOnly {
			continue
		}
		v, err := f.Load(p)
		if err != nil {
			return nil, err
		}
		switch {
		case f == m.Version:
			st.Where.Add(builder.Compare(builder.OpEq, f, v))
			st.Set = append(st.Set, builder.Set{Field: f, Value: model.IntOf(v.Int() + 1)})
			continue
		case scoping.Immovable(f) && s.Registry().Holds(f): // the tenant is the distribution key too
			if f.IsZero(p) {
				continue
			}
			if hook.BypassFrom(ctx) == nil {
				if err := s.Registry().Assign(ctx, m, []builder.Set{{Field: f, Value: v}}); err != nil {
					return nil, err
				}
			}
			st.Where.Add(builder.Compare(builder.OpEq, f, v))
			continue
		case f.Update != model.NoFill:
			v = Made(s.Engine, f, f.Update)
		case len(only) > 0 && !slices.Contains(only, f):
			continue
		}
		st.Set = append(st.Set, builder.Set{Field: f, Made: f.Update != model.NoFill, Value: v})
	}
	return st, nil
}

// missing tells a row that changed from one that is not there, as far as the scopes let the caller see.
func missing(ctx context.Context, s *engine.Session, name string, m *model.Model, where builder.Conjunction) error {
	if m.Version == nil {
		return fault.New(fault.ErrNotFound, m.Name, "", "")
	}
	found, err := reading.Exists(source.Writing(ctx, s.BoundTo(m)), s, name, &builder.Select{Model: m, Where: where, Want: builder.WantExists})
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.ErrStale, m.Name, m.Version.Name, "read the row again and repeat the change")
	}
	return fault.New(fault.ErrNotFound, m.Name, "", "")
}
