package writing

import (
	"context"
	"errors"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Over is a Create over a soft-deleted row.
type Over struct {
	Mode  builder.Existing
	Where builder.Conjunction // what the deleted row must pass

	Revived bool // the new row is the deleted one
}

// attempt is an insert that may meet a row: what it gave the columns that name one, as hooks and scopes left it.
type attempt struct {
	access hook.Access
	fields []*model.Field // those that the statement gave
	row    unsafe.Pointer // a copy, since what failed is taken back
	met    bool
}

// trying keeps the row at hand, once the scopes allow what would become of a row that it meets.
func (w *writing) trying(ctx context.Context, st *builder.Insert, part source.Slab, t *attempt) error {
	if _, err := scoping.For(ctx, w.s, w.reg, builder.DeletedRows).Filters(st.Model, t.access, true); err != nil {
		return err
	}
	kept := source.NewSlab(st.Model.Type)
	t.row, t.fields = kept.Next(), st.Fields
	c := entity.NewRowCopier(st.Model.Type)
	c.Copy(t.row, part.At(0))
	return nil
}

// createOver inserts the row of a slab, over a soft-deleted one where that is in its way. Only the insert tells whether one
// is, since hooks and scopes have a say in what names it: it is tried under a savepoint, and what it met is looked for after.
func createOver(ctx context.Context, s *engine.Session, name string, m *model.Model, rows source.Slab, o CreateOptions) (int64, error) {
	over, row := o.Over, rows.At(0)
	o.Over = nil
	over.Revived = false
	err := canReplace(s, m, row, over)
	if err == nil {
		x := overwrite{name: name, m: m, over: over, row: row, takes: given(m, row, o.Said), said: o.Said, key: givenKey(m, row, o.Said)}
		err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
			x.s = tx
			return x.create(ctx, rows, o)
		})
	}
	if err != nil {
		return 0, s.Located(err, name, m)
	}
	return 1, nil
}

// canReplace refuses what no row can be made over.
func canReplace(s *engine.Session, m *model.Model, row unsafe.Pointer, over *Over) error {
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	_, sql := src.(source.SQL)
	switch {
	case !sql:
		return fault.New(fault.ErrUnsupported, m.Name, "", "OnExisting needs a database: the source decides itself what becomes of a row that is there")
	case over.Mode > builder.Revive:
		return fault.New(fault.ErrInvalid, m.Name, "", "OnExisting takes orm.Replace or orm.Revive")
	case m.SoftDelete == nil:
		return fault.New(fault.ErrInvalid, m.Name, "", "OnExisting is about soft-deleted rows, and the model has no softdelete column")
	case !s.Registry().SoftDeletes(m):
		return fault.New(fault.ErrInvalid, m.Name, "", "OnExisting is about soft-deleted rows: register hook.SoftDelete")
	case over.Mode == builder.Revive && !m.SoftDelete.IsZero(row):
		return fault.New(fault.ErrInvalid, m.Name, m.SoftDelete.Name, "a row that is revived is not deleted: leave the field empty")
	}
	return scoping.Names(s, over.Where.Named)
}

// givenKey gives the columns of the key that the new row says itself. A zero is said of a part of a composite key that nobody
// makes.
func givenKey(m *model.Model, row unsafe.Pointer, said []*model.Field) (out []*model.Field) {
	for _, f := range m.Key {
		if !f.IsZero(row) || slices.Contains(said, f) || len(m.Key) > 1 && !f.Auto && f.Default == model.NoFill {
			out = append(out, f)
		}
	}
	return out
}

// overwrite is one createOver, in its transaction.
type overwrite struct {
	s     *engine.Session
	name  string
	m     *model.Model
	over  *Over
	row   unsafe.Pointer
	takes map[*model.Field]bool
	said  []*model.Field
	key   []*model.Field
	tried attempt
}

func (x *overwrite) create(ctx context.Context, rows source.Slab, o CreateOptions) error {
	x.tried.access = hook.Removing
	if x.over.Mode == builder.Revive {
		x.tried.access = hook.Changing
	}
	o.tried = &x.tried
	for { // each turn but the last removes a row
		met := x.s.Tx(ctx, engine.TxOptions{}, func(in *engine.Session) error {
			_, err := Create(ctx, in, x.name, x.m, rows, o)
			return err
		})
		if met == nil || !x.tried.met {
			return met
		}
		set := x.told(met)
		if set == nil {
			return met
		}
		if x.over.Mode == builder.Revive {
			return x.revive(ctx, set, met)
		}
		if err := x.remove(ctx, set, met); err != nil {
			return err
		}
	}
}

// told gives the key or the unique set that the database says the new row has in common with another, nil for none of
// the model's. Others are not asked about: a deleted row that shares one which holds among living rows only is in nobody's way.
func (x *overwrite) told(met error) []*model.Field {
	var e *fault.Error
	if !errors.As(met, &e) || e.Model != x.m.Name {
		return nil
	}
	names := e.Fields
	if len(names) == 0 {
		names = []string{e.Field}
	}
	same := func(set []*model.Field) bool {
		for _, f := range set {
			if !slices.Contains(names, f.Name) {
				return false
			}
		}
		return len(set) == len(names)
	}
	if same(x.m.Key) {
		return x.m.Key
	}
	for _, u := range x.m.Uniques {
		if same(u.Fields) {
			return u.Fields
		}
	}
	return nil
}

// remove removes the deleted row that is in the way.
func (x *overwrite) remove(ctx context.Context, set []*model.Field, met error) error {
	where, err := x.inTheWay(set, nil)
	if err != nil {
		return err
	}
	n, err := Delete(hook.HardDelete(ctx), x.s, x.name, &builder.Delete{Model: x.m, Where: where, Deleted: builder.DeletedRows}, nil)
	var told *fault.Error
	switch {
	case errors.Is(err, fault.ErrReference) && errors.As(err, &told):
		c := *told
		c.Detail = "rows refer to the soft-deleted row, so it cannot be replaced: orm.Revive keeps it and them"
		return &c
	case err != nil:
		return err
	case n == 0:
		return met
	}
	return nil
}

// revive makes the deleted row that is in the way the new one: an upsert that no other row is good for. One of another key
// than the new row says is not the one.
func (x *overwrite) revive(ctx context.Context, set []*model.Field, met error) error {
	where, err := x.inTheWay(set, x.key)
	if err != nil {
		return err
	}
	found, err := Find(ctx, x.s, x.s.Registry(), x.m, where, set, hook.Changing, builder.DeletedRows) // locked, so that it stays what it is
	switch {
	case err != nil:
		return err
	case found.Len() == 0:
		return met
	}
	x.over.Revived = true
	return upsertAs(ctx, x.s, x.name, x.m, x.row, upserting{target: set, takes: x.takes, said: x.said, deleted: builder.DeletedRows,
		sets: []builder.Set{{Field: x.m.SoftDelete, Value: model.Null()}}})
}

// inTheWay is the condition of the row that may be written over: it has the set, and these columns, of the new row, the
// caller's conditions let it pass, and it is of the new row's tenant, also under a bypass.
func (x *overwrite) inTheWay(set, also []*model.Field) (builder.Conjunction, error) {
	where := x.over.Where
	for _, f := range x.m.Fields {
		if !slices.Contains(set, f) && !slices.Contains(also, f) && !(scoping.Immovable(f) && slices.Contains(x.tried.fields, f)) {
			continue
		}
		v, err := f.Load(x.tried.row)
		if err != nil {
			return where, err
		}
		where.Add(builder.Compare(builder.OpEq, f, v))
	}
	return where, nil
}
