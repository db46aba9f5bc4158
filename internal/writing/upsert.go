package writing

import (
	"context"
	"iter"
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

// Upsert inserts the row at p, or changes the row that has the same target columns, and reads back what
// the database then holds.
func Upsert(ctx context.Context, s *engine.Session, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set) error {
	const name = "Upsert"
	s = s.Begin(ctx)
	defer s.End()
	return s.Located(upsert(ctx, s, name, m, target, p, sets, nil), name, m)
}

func upsert(ctx context.Context, s *engine.Session, name string, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set, inserted *bool) error {
	// The new row has the column of its scope, so the row that it may meet is of the same one.
	target = append(target[:len(target):len(target)], HeldBeside(m, target)...)
	if !UniqueSet(m, target) {
		return fault.New(fault.ErrInvalid, m.Name, "", "On needs the columns of the key or of one unique set")
	}
	for _, f := range target {
		if err := scoping.Unaskable(builder.Naming{Field: f}); err != nil {
			return err
		}
	}
	if err := notGiven(m, p, true); err != nil {
		return err
	}
	for _, f := range target {
		if f.Generated && f.Primary {
			return fault.New(fault.ErrInvalid, m.Name, f.Name, "the database always makes the key, so no upsert can go by it: name a unique set")
		}
	}
	u := upserting{target: target, sets: sets, inserted: inserted}
	if len(sets) == 0 {
		if err := entity.Whole(m, p); err != nil {
			return err
		}
		u.takes = given(m, p, nil)
	}
	return upsertAs(ctx, s, name, m, p, u)
}

// given gives the columns that a new row says a value of: those whose zero a default does not fill, or is meant.
func given(m *model.Model, p unsafe.Pointer, said []*model.Field) map[*model.Field]bool {
	out := make(map[*model.Field]bool, len(m.Fields))
	for _, f := range m.Fields {
		out[f] = f.Default == model.NoFill || !f.IsZero(p) || slices.Contains(said, f)
	}
	return out
}

// upserting is what an upsert of one row does where the row is there.
type upserting struct {
	target   []*model.Field
	sets     []builder.Set
	takes    map[*model.Field]bool // columns that the row may take from the new one
	said     []*model.Field
	deleted  builder.Deleted // which rows it may be
	inserted *bool
}

// upsertAs runs an upsert of the row at p.
func upsertAs(ctx context.Context, s *engine.Session, name string, m *model.Model, p unsafe.Pointer, u upserting) (err error) {
	sets := u.sets
	before := entity.RowSnapshot(m, p)
	defer func() {
		if err != nil {
			before.Restore()
		}
	}()
	m.Complete(p)
	if err := fillNew(s.Engine, m, p, u.said); err != nil {
		return err
	}
	st := &builder.Insert{Model: m, Rows: 1, Returning: m.Fields, Inserted: u.inserted}
	k := &builder.Conflict{Target: u.target}
	for i := range sets {
		if err := CheckSet(m, &sets[i]); err != nil {
			return err
		}
		if err := CheckVersion(s.Engine, m, &sets[i]); err != nil {
			return err
		}
		if Assigned(sets[:i], sets[i].Field) && !joins(sets[:i], &sets[i]) {
			return fault.New(fault.ErrInvalid, m.Name, sets[i].Field.Name, "the column is assigned twice")
		}
	}
	if err := scoping.Copies(s, sets); err != nil {
		return err
	}
	sets = builder.JoinEdits(sets)
	k.Set = append(k.Set, sets...)
	for _, f := range m.Fields {
		if f.Generated || f.LeftOut(p) && !slices.Contains(u.said, f) {
			continue
		}
		st.Fields = append(st.Fields, f)
		switch {
		case Assigned(sets, f):
		case f == m.Version:
			k.Set = append(k.Set, builder.Set{Field: f, Op: builder.SetInc, Value: model.IntOf(1)})
		case f.Update != model.NoFill && f.UpdateOnly: // the new row holds none
			k.Set = append(k.Set, builder.Set{Field: f, Value: Made(s.Engine, f, f.Update)})
		case f.Update != model.NoFill:
			k.FromRow = append(k.FromRow, f)
		case !u.takes[f], f.Primary, f.Auto, f.CreateOnly, f.ReadOnly, f.UpdateOnly, scoping.Immovable(f), slices.Contains(u.target, f):
		default:
			k.FromRow = append(k.FromRow, f)
		}
	}
	st.Conflict = k
	n, err := insert(ctx, s, s.Registry(), name, hook.Upsert, st, source.SlabAt(m.Type, p, 1), inserting{deleted: u.deleted})
	if err == nil && n == 0 {
		err = fault.New(fault.ErrConflict, m.Name, "", "a row with the same unique columns exists")
	}
	return err
}

// uniqueSets gives the key and the unique sets of m.
func uniqueSets(m *model.Model) iter.Seq[[]*model.Field] {
	return func(yield func([]*model.Field) bool) {
		if !yield(m.Key) {
			return
		}
		for _, u := range m.Uniques {
			if !yield(u.Fields) {
				return
			}
		}
	}
}

// UniqueSet reports whether target is the key or a unique set of m, in any order.
func UniqueSet(m *model.Model, target []*model.Field) bool {
	for set := range uniqueSets(m) {
		if len(set) == len(target) && len(set) > 0 && contains(target, set) {
			return true
		}
	}
	return false
}

// HeldBeside gives the columns of scopes, such as the tenant's, that make a unique set of m of some of its columns; nil where these are
// one by themselves, and where none or several sets are made so.
func HeldBeside(m *model.Model, named []*model.Field) []*model.Field {
	if len(named) == 0 || UniqueSet(m, named) {
		return nil
	}
	var held []*model.Field
	for set := range uniqueSets(m) {
		rest := slices.DeleteFunc(slices.Clone(set), func(f *model.Field) bool { return slices.Contains(named, f) })
		if !contains(set, named) || slices.ContainsFunc(rest, func(f *model.Field) bool { return !scoping.Immovable(f) }) {
			continue
		}
		if held != nil {
			return nil
		}
		held = rest
	}
	return held
}

// contains reports whether every one of fields is in set.
func contains(set, fields []*model.Field) bool {
	return !slices.ContainsFunc(fields, func(f *model.Field) bool { return !slices.Contains(set, f) })
}

// UpsertTelling is Upsert that says whether the row was inserted.
func UpsertTelling(ctx context.Context, s *engine.Session, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set, inserted *bool) error {
	const name = "Upsert"
	s = s.Begin(ctx)
	defer s.End()
	src, err := s.SourceOf(m)
	if err != nil {
		return s.Located(err, name, m)
	}
	told := false
	if tells(src) {
		err = upsert(ctx, s, name, m, target, p, sets, &told)
	} else { // one look and one statement: the transaction keeps other writers out between them
		err = s.Atomically(ctx, m, func(tx *engine.Session) error { return upsert(ctx, tx, name, m, target, p, sets, &told) })
	}
	if err == nil {
		*inserted = told
	}
	return s.Located(err, name, m)
}

func tells(src source.Source) bool {
	sql, ok := src.(source.SQL)
	return ok && builder.TellsOutcome(sql.Dialect())
}

// lookAhead finds out before the statement what it will do, on sources that do not tell afterwards. They have one
// writer at a time.
func (w *writing) lookAhead(ctx context.Context, st *builder.Insert, rows *newRows) error {
	if tells(w.src) {
		return nil
	}
	found, err := w.exists(ctx, &builder.Select{Where: existing(st, rows), Scopes: st.Scopes})
	*st.Inserted = !found
	return err
}

// insertTelling runs an upsert that says what it did, if the source can.
func insertTelling(ctx context.Context, ex source.Executor, src source.Source, st *builder.Insert, part source.Slab) (int64, error) {
	if !tells(src) {
		plain := *st
		plain.Inserted = nil
		return ex.Insert(ctx, &plain, &source.Rows{Slab: part})
	}
	told := source.SlabOf[int64](1)
	n, err := ex.Insert(ctx, st, &source.Rows{Slab: part, Links: &told})
	if err == nil && told.Len() == 1 {
		*st.Inserted = *(*int64)(told.At(0)) == 1
	}
	return n, err
}
