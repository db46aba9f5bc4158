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

// Update runs an Update over the caller's own copy of the statement. rows receives st.Returning, nil for none.
func (s *Session) Update(ctx context.Context, name string, st *builder.Update, rows *source.Rows) (int64, error) {
	if err := s.names(st.Where.Named); err != nil {
		return 0, s.located(err, name, st.Model)
	}
	return s.change(ctx, name, st, rows)
}

// change is Update of a statement whose conditions have been looked at, or are the library's own.
func (s *Session) change(ctx context.Context, name string, st *builder.Update, rows *source.Rows) (int64, error) {
	return s.updateOr(ctx, name, st, rows, absentee(st.Model, st.Expect))
}

// updateOr is Update that fails with what none says where it changes no row.
func (s *Session) updateOr(ctx context.Context, name string, st *builder.Update, rows *source.Rows, none absent) (int64, error) {
	s = s.joined(ctx)
	err := s.prepareSets(st.Model, st)
	if err == nil {
		err = s.copies(st.Set)
	}
	var n int64
	if err == nil {
		n, err = s.update(ctx, s.Registry(), name, hook.Update, hook.Changing, st, rows, none)
	}
	return n, s.located(err, name, st.Model)
}

// located says where err happened.
func (s *Session) located(err error, name string, m *model.Model) error {
	if err == nil {
		return nil
	}
	src := ""
	if x, e := s.SourceOf(m); e == nil {
		src = x.Name()
	}
	return fault.Fill(err, name, m.Name, src)
}

// prepareSets checks assignments and adds what every update carries: update= fills and the version.
func (e *Engine) prepareSets(m *model.Model, st *builder.Update) error {
	seen := make(map[*model.Field]bool, len(st.Set))
	for i := range st.Set {
		x := &st.Set[i]
		if err := checkSet(m, x); err != nil {
			return err
		}
		if seen[x.Field] {
			return fault.New(fault.ErrInvalid, m.Name, x.Field.Name, "the column is assigned twice")
		}
		seen[x.Field] = true
	}
	if len(st.Set) == 0 {
		return fault.New(fault.ErrInvalid, m.Name, "", "an update needs an assignment")
	}
	sets := st.Set[:len(st.Set):len(st.Set)]
	for _, f := range m.Fields {
		if f.Update != model.NoFill && !seen[f] {
			sets = append(sets, builder.Set{Field: f, Made: true, Value: e.made(f, f.Update)})
		}
	}
	if v := m.Version; v != nil && !seen[v] {
		sets = append(sets, builder.Set{Field: v, Op: builder.SetInc, Value: model.IntOf(1)})
	}
	st.Set = sets
	return nil
}

func checkSet(m *model.Model, s *builder.Set) error {
	switch {
	case s.Err != nil:
		return s.Err
	case s.Op == builder.SetNested:
		return fault.New(fault.ErrInvalid, m.Name, "", "related rows are written below one row: use Create, or Update of one row")
	case s.Field == nil:
		return fault.New(fault.ErrInvalid, m.Name, "", "an assignment names no column")
	case s.Field.Model != m:
		return fault.New(fault.ErrInvalid, m.Name, "", "the column "+s.Field.Model.Name+"."+s.Field.Name+" belongs to another model")
	case isItself(s):
		return nil
	case s.Field.Primary:
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the primary key cannot be assigned")
	case s.Field.IsComputed, s.Field.ReadOnly, s.Field.CreateOnly:
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the field is read-only in updates")
	case s.Value.IsNull() && s.Op == builder.SetValue && !s.Field.Nullable:
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the column is not nullable")
	}
	if s.Op == builder.SetCopy || s.Op == builder.SetText { // checked when they were made
		return nil
	}
	if len(s.Field.Enum) > 0 {
		return s.Field.CheckEnum(s.Value)
	}
	return oversized(s.Field, s.Value)
}

func (s *Session) update(ctx context.Context, reg *hook.Registry, name string, kind hook.Kind, access hook.Access, st *builder.Update, rows *source.Rows, none absent) (n int64, err error) {
	m, asked := st.Model, st.Returning
	op := s.seen(ctx, reg, kind, name, m, nil)
	if op != nil {
		st.Detach()
		op.Update = st
	}
	err = s.write(ctx, reg, name, m, op, func(ctx context.Context, w *writing) error {
		up := st
		if w.op != nil {
			if up = w.op.Update; up == nil || up.Model != m {
				return fault.New(fault.ErrDenied, m.Name, "", otherKind)
			}
		}
		n, err = w.update(ctx, access, up, rows)
		if err == nil && n == 0 && none != nil {
			err = none(ctx)
		}
		return err
	})
	unasked(m, asked, rows)
	return n, err
}

const otherKind = "a hook replaced the statement by one of another kind"

// unasked empties the columns that were read back for hooks and scopes only.
func unasked(m *model.Model, asked []*model.Field, rows *source.Rows) {
	if rows == nil || len(asked) == len(m.Fields) {
		return
	}
	var hidden []*model.Field
	for _, f := range m.Fields {
		if !contains(asked, f) {
			hidden = append(hidden, f)
		}
	}
	hide(&rows.Slab, asked, hidden)
	tellLoaded(&rows.Slab, m, asked, nil)
}

func (w *writing) update(ctx context.Context, access hook.Access, st *builder.Update, rows *source.Rows) (int64, error) {
	if access == hook.Changing {
		if err := w.undoable(); err != nil {
			return 0, err
		}
	}
	st.Scoped = false
	if err := w.s.scoper(ctx, w.reg, st.Deleted).updates(st, access); err != nil {
		return 0, err
	}
	if err := w.counted(st.Set); err != nil {
		return 0, err
	}
	if err := w.referTo(ctx, 1, false, assignedValue(st.Set), w.heldBy(st)); err != nil {
		return 0, err
	}
	if st.From != nil {
		if err := w.referTo(ctx, st.From.Rows, true, st.From.Get, w.heldByKeys(st.From)); err != nil {
			return 0, err
		}
	}
	ex, err := w.executor(ctx)
	if err != nil {
		return 0, err
	}
	if w.wantsOld() {
		if err := w.old(ctx, st.Where, st.Scopes); err != nil {
			return 0, err
		}
	}
	back := w.back(&st.Returning, rows)
	n, err := w.s.timed(ctx, w.src, st, func(ctx context.Context) (int64, error) { return ex.Update(ctx, st, back) })
	if err != nil {
		return 0, err
	}
	if access == hook.Changing && back != nil {
		if err := w.verify(ctx, &back.Slab); err != nil {
			return 0, err
		}
	}
	w.done(n, back)
	return n, nil
}

// assignedValue reads assignments as if they were a row.
func assignedValue(sets []builder.Set) valueOf {
	return func(_ int, f *model.Field) (model.Value, bool) {
		for i := range sets {
			if sets[i].Field == f && sets[i].Op == builder.SetValue {
				return sets[i].Value, true
			}
		}
		return model.Null(), false
	}
}

// back widens what a write gives back when hooks or scopes want whole rows.
func (w *writing) back(returning *[]*model.Field, rows *source.Rows) *source.Rows {
	if !w.wantsRows() {
		if rows == nil {
			*returning = nil
		}
		return rows
	}
	*returning = w.m.Fields
	if rows == nil {
		rows = &source.Rows{Slab: source.NewSlab(w.m.Type)}
	}
	return rows
}

// done shows the result to the hooks.
func (w *writing) done(n int64, back *source.Rows) {
	if w.op == nil {
		return
	}
	w.op.Affected = n
	if back != nil {
		w.op.Rows = back.Slice()
	}
}

// Delete runs a Delete over the caller's own copy of the statement. rows receives st.Returning, nil for none.
func (s *Session) Delete(ctx context.Context, name string, st *builder.Delete, rows *source.Rows) (n int64, err error) {
	if err := s.names(st.Where.Named); err != nil {
		return 0, s.located(err, name, st.Model)
	}
	return s.erase(ctx, name, st, rows)
}

// erase is Delete of a statement whose conditions have been looked at, or are the library's own.
func (s *Session) erase(ctx context.Context, name string, st *builder.Delete, rows *source.Rows) (int64, error) {
	return s.eraseOr(ctx, name, st, rows, nil)
}

// eraseOr is Delete that fails with what none says where it removes no row; nil says what the statement expects.
func (s *Session) eraseOr(ctx context.Context, name string, st *builder.Delete, rows *source.Rows, none absent) (n int64, err error) {
	s = s.joined(ctx)
	m, reg := st.Model, s.Registry()
	sets, err := reg.Delete(ctx, m)
	switch {
	case err != nil:
	case len(sets) > 0:
		up := &builder.Update{Model: m, Where: st.Where, Set: sets, Returning: st.Returning, Deleted: st.Deleted}
		if none == nil {
			none = absentee(m, st.Expect)
		}
		n, err = s.update(ctx, reg, name, hook.Delete, hook.Removing, up, rows, none)
	default:
		asked := st.Returning
		op := s.seen(ctx, reg, hook.Delete, name, m, nil)
		if op != nil {
			st.Detach()
			op.Delete = st
		}
		err = s.write(ctx, reg, name, m, op, func(ctx context.Context, w *writing) error {
			del := st
			if w.op != nil {
				if del = w.op.Delete; del == nil || del.Model != m {
					return fault.New(fault.ErrDenied, m.Name, "", otherKind)
				}
			}
			n, err = w.remove(ctx, del, rows)
			switch {
			case err != nil || n > 0:
			case none != nil:
				err = none(ctx)
			default:
				err = Expected(m, st.Expect, 0)
			}
			return err
		})
		unasked(m, asked, rows)
	}
	return n, s.located(err, name, m)
}

func (w *writing) remove(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	st.Scoped = false
	if err := w.s.scoper(ctx, w.reg, st.Deleted).deletes(st); err != nil {
		return 0, err
	}
	ex, err := w.executor(ctx)
	if err != nil {
		return 0, err
	}
	if w.wantsOld() {
		if err := w.old(ctx, st.Where, st.Scopes); err != nil {
			return 0, err
		}
	}
	back := w.back(&st.Returning, rows)
	n, err := w.s.timed(ctx, w.src, st, func(ctx context.Context) (int64, error) { return ex.Delete(ctx, st, back) })
	if err == nil {
		w.done(n, back)
	}
	return n, err
}

func (s *Session) timed(ctx context.Context, src source.Source, st builder.Statement, run func(context.Context) (int64, error)) (int64, error) {
	if !s.observed(ctx) {
		return run(ctx)
	}
	return s.watch(ctx, src, st, run)
}

// Exists runs an existence test.
func (s *Session) Exists(ctx context.Context, name string, st *builder.Select) (bool, error) {
	rows := source.Rows{Slab: source.SlabOf[int64](1)}
	st.Want = builder.WantExists
	err := s.Read(ctx, name, st, &rows)
	return rows.Len() > 0, err
}

// Count runs a count.
func (s *Session) Count(ctx context.Context, name string, st *builder.Select) (int64, error) {
	rows := source.Rows{Slab: source.SlabOf[int64](1)}
	st.Want = builder.WantCount
	if err := s.Read(ctx, name, st, &rows); err != nil {
		return 0, err
	}
	if rows.Len() != 1 {
		return 0, fault.New(fault.ErrUpstream, st.Model.Name, "", "the source gave no count")
	}
	return *(*int64)(rows.At(0)), nil
}

// Upsert inserts the row at p, or changes the row that has the same target columns, and reads back what
// the database then holds.
func (s *Session) Upsert(ctx context.Context, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set) error {
	const name = "Upsert"
	s = s.joined(ctx)
	return s.located(s.upsert(ctx, name, m, target, p, sets, nil), name, m)
}

func (s *Session) upsert(ctx context.Context, name string, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set, inserted *bool) error {
	if !uniqueSet(m, target) {
		return fault.New(fault.ErrInvalid, m.Name, "", "On needs the columns of the key or of one unique set")
	}
	for _, f := range target {
		if err := unaskable(builder.Naming{Field: f}); err != nil {
			return err
		}
	}
	if err := notGiven(m, p); err != nil {
		return err
	}
	u := upserting{target: target, sets: sets, inserted: inserted}
	if len(sets) == 0 {
		if err := whole(m, p); err != nil {
			return err
		}
		u.takes = given(m, p, nil)
	}
	return s.upsertAs(ctx, name, m, p, u)
}

// given gives the columns that a new row says a value of: those whose zero a default does not fill, or is meant.
func given(m *model.Model, p unsafe.Pointer, said []*model.Field) map[*model.Field]bool {
	out := make(map[*model.Field]bool, len(m.Fields))
	for _, f := range m.Fields {
		out[f] = f.Default == model.NoFill || !f.IsZero(p) || contains(said, f)
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
func (s *Session) upsertAs(ctx context.Context, name string, m *model.Model, p unsafe.Pointer, u upserting) (err error) {
	sets := u.sets
	before := rowSnapshot(m, p)
	defer func() {
		if err != nil {
			before.Restore()
		}
	}()
	m.Complete(p)
	if err := s.fillNew(m, p, u.said); err != nil {
		return err
	}
	st := &builder.Insert{Model: m, Rows: 1, Returning: m.Fields, Inserted: u.inserted}
	k := &builder.Conflict{Target: u.target}
	for i := range sets {
		if err := checkSet(m, &sets[i]); err != nil {
			return err
		}
		if assigned(sets[:i], sets[i].Field) {
			return fault.New(fault.ErrInvalid, m.Name, sets[i].Field.Name, "the column is assigned twice")
		}
	}
	if err := s.copies(sets); err != nil {
		return err
	}
	k.Set = append(k.Set, sets...)
	for _, f := range m.Fields {
		if f.Auto && (f.Generated || f.IsZero(p)) {
			continue
		}
		st.Fields = append(st.Fields, f)
		switch {
		case assigned(sets, f):
		case f == m.Version:
			k.Set = append(k.Set, builder.Set{Field: f, Op: builder.SetInc, Value: model.IntOf(1)})
		case f.Update != model.NoFill && f.UpdateOnly: // the new row holds none
			k.Set = append(k.Set, builder.Set{Field: f, Value: s.made(f, f.Update)})
		case f.Update != model.NoFill:
			k.FromRow = append(k.FromRow, f)
		case !u.takes[f], f.Primary, f.Auto, f.CreateOnly, f.ReadOnly, f.UpdateOnly, immovable(f), contains(u.target, f):
		default:
			k.FromRow = append(k.FromRow, f)
		}
	}
	st.Conflict = k
	n, err := s.insert(ctx, s.Registry(), name, hook.Upsert, st, source.SlabAt(m.Type, p, 1), inserting{deleted: u.deleted})
	if err == nil && n == 0 {
		err = fault.New(fault.ErrConflict, m.Name, "", "a row with the same unique columns exists")
	}
	return err
}

func assigned(sets []builder.Set, f *model.Field) bool {
	for i := range sets {
		if sets[i].Field == f {
			return true
		}
	}
	return false
}

// uniqueSet reports whether target is the key or a unique set of m, in any order.
func uniqueSet(m *model.Model, target []*model.Field) bool {
	same := func(set []*model.Field) bool {
		if len(set) != len(target) || len(set) == 0 {
			return false
		}
		for _, f := range set {
			if !contains(target, f) {
				return false
			}
		}
		return true
	}
	if same(m.Key) {
		return true
	}
	for _, u := range m.Uniques {
		if same(u.Fields) {
			return true
		}
	}
	return false
}
