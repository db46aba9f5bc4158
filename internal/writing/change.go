package writing

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Update runs an Update over the caller's own copy of the statement. rows receives st.Returning, nil for none.
func Update(ctx context.Context, s *engine.Session, name string, st *builder.Update, rows *source.Rows) (int64, error) {
	if err := scoping.Names(s, st.Where.Named); err != nil {
		return 0, s.Located(err, name, st.Model)
	}
	return Change(ctx, s, name, st, rows)
}

// Change is Update of a statement whose conditions have been looked at, or are the library's own.
func Change(ctx context.Context, s *engine.Session, name string, st *builder.Update, rows *source.Rows) (int64, error) {
	for i := range st.Set {
		if err := CheckVersion(s.Engine, st.Model, &st.Set[i]); err != nil {
			return 0, s.Located(err, name, st.Model)
		}
	}
	return UpdateOr(ctx, s, name, st, rows, absentee(st.Model, st.Expect))
}

// UpdateOr is Update that fails with what none says where it changes no row.
func UpdateOr(ctx context.Context, s *engine.Session, name string, st *builder.Update, rows *source.Rows, none Absent) (int64, error) {
	s = s.Begin(ctx)
	defer s.End()
	err := prepareSets(s.Engine, st.Model, st)
	if err == nil {
		err = scoping.Copies(s, st.Set)
	}
	var n int64
	if err == nil {
		n, err = update(ctx, s, s.Registry(), name, hook.Update, hook.Changing, st, rows, none)
	}
	return n, s.Located(err, name, st.Model)
}

// prepareSets checks assignments and adds what every update carries: update= fills and the version.
func prepareSets(e *engine.Engine, m *model.Model, st *builder.Update) error {
	seen := make(map[*model.Field]bool, len(st.Set))
	for i := range st.Set {
		x := &st.Set[i]
		if err := CheckSet(m, x); err != nil {
			return err
		}
		if seen[x.Field] && !joins(st.Set[:i], x) {
			return fault.New(fault.ErrInvalid, m.Name, x.Field.Name, "the column is assigned twice")
		}
		seen[x.Field] = true
	}
	if len(st.Set) == 0 {
		return fault.New(fault.ErrInvalid, m.Name, "", "an update needs an assignment")
	}
	st.Set = builder.JoinEdits(st.Set)
	sets := st.Set[:len(st.Set):len(st.Set)]
	for _, f := range m.Fields {
		if f.Update != model.NoFill && !seen[f] {
			sets = append(sets, builder.Set{Field: f, Made: true, Value: Made(e, f, f.Update)})
		}
	}
	if v := m.Version; v != nil && !seen[v] {
		sets = append(sets, builder.Set{Field: v, Op: builder.SetInc, Value: model.IntOf(1)})
	}
	st.Set = sets
	return nil
}

// joins reports whether x and every assignment of its column before it change parts of one document.
func joins(before []builder.Set, x *builder.Set) bool {
	return x.Edits() && !slices.ContainsFunc(before, func(y builder.Set) bool { return y.Field == x.Field && !y.Edits() })
}

// CheckVersion refuses an assignment of the version, which counts the writes of a row: with a value of the caller's, somebody who read the row
// before would write over it. What an API makes of its version is its own business, and SQL of the caller's is theirs.
func CheckVersion(e *engine.Engine, m *model.Model, s *builder.Set) error {
	if s.Err != nil || s.Field == nil || s.Field != m.Version || s.Op == builder.SetText || s.Op == builder.SetInc && s.Value.Kind() == model.IntValue && s.Value.Int() == 1 {
		return nil
	}
	if _, sql := e.BoundTo(m).(source.SQL); !sql {
		return nil
	}
	return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the version counts the writes of a row and is not assigned: leave it out; Save changes a row as it was read, and so does Where("+s.Field.Name+".Eq(…)) before Update")
}

// CheckSet tells why an update cannot assign as s says, if it cannot.
func CheckSet(m *model.Model, s *builder.Set) error {
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

func update(ctx context.Context, s *engine.Session, reg *hook.Registry, name string, kind hook.Kind, access hook.Access, st *builder.Update, rows *source.Rows, none Absent) (n int64, err error) {
	m, asked := st.Model, st.Returning
	op := seen(ctx, s, reg, kind, name, m, nil)
	if op != nil {
		st.Detach()
		op.Update = st
	}
	err = write(ctx, s, reg, name, m, op, func(ctx context.Context, w *writing) error {
		up := st
		if w.op != nil {
			if up = w.op.Update; up == nil || up.Model != m {
				return fault.New(fault.ErrDenied, m.Name, "", engine.OtherKind)
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

func (w *writing) update(ctx context.Context, access hook.Access, st *builder.Update, rows *source.Rows) (int64, error) {
	if access == hook.Changing {
		if err := w.undoable(); err != nil {
			return 0, err
		}
	}
	st.Scoped = false
	if err := scoping.For(ctx, w.s, w.reg, st.Deleted).Updates(st, access); err != nil {
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
	n, err := w.s.Timed(ctx, w.src, st, func(ctx context.Context) (int64, error) { return ex.Update(ctx, st, back) })
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
func Delete(ctx context.Context, s *engine.Session, name string, st *builder.Delete, rows *source.Rows) (n int64, err error) {
	if err := scoping.Names(s, st.Where.Named); err != nil {
		return 0, s.Located(err, name, st.Model)
	}
	return Erase(ctx, s, name, st, rows)
}

// Erase is Delete of a statement whose conditions have been looked at, or are the library's own.
func Erase(ctx context.Context, s *engine.Session, name string, st *builder.Delete, rows *source.Rows) (int64, error) {
	return EraseOr(ctx, s, name, st, rows, nil)
}

// EraseOr is Delete that fails with what none says where it removes no row; nil says what the statement expects.
func EraseOr(ctx context.Context, s *engine.Session, name string, st *builder.Delete, rows *source.Rows, none Absent) (n int64, err error) {
	s = s.Begin(ctx)
	defer s.End()
	m, reg := st.Model, s.Registry()
	sets, err := reg.Delete(ctx, m)
	switch {
	case err != nil:
	case len(sets) > 0:
		up := &builder.Update{Model: m, Where: st.Where, Set: sets, Returning: st.Returning, Deleted: st.Deleted}
		if none == nil {
			none = absentee(m, st.Expect)
		}
		n, err = update(ctx, s, reg, name, hook.Delete, hook.Removing, up, rows, none)
	default:
		asked := st.Returning
		op := seen(ctx, s, reg, hook.Delete, name, m, nil)
		if op != nil {
			st.Detach()
			op.Delete = st
		}
		err = write(ctx, s, reg, name, m, op, func(ctx context.Context, w *writing) error {
			del := st
			if w.op != nil {
				if del = w.op.Delete; del == nil || del.Model != m {
					return fault.New(fault.ErrDenied, m.Name, "", engine.OtherKind)
				}
			}
			n, err = w.remove(ctx, del, rows)
			switch {
			case err != nil || n > 0:
			case none != nil:
				err = none(ctx)
			default:
				err = reading.Expected(m, st.Expect, 0)
			}
			return err
		})
		unasked(m, asked, rows)
	}
	return n, s.Located(err, name, m)
}

func (w *writing) remove(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	st.Scoped = false
	if err := scoping.For(ctx, w.s, w.reg, st.Deleted).Deletes(st); err != nil {
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
	n, err := w.s.Timed(ctx, w.src, st, func(ctx context.Context) (int64, error) { return ex.Delete(ctx, st, back) })
	if err == nil {
		w.done(n, back)
	}
	return n, err
}

// Assigned reports whether one of the assignments is of f.
func Assigned(sets []builder.Set, f *model.Field) bool {
	for i := range sets {
		if sets[i].Field == f {
			return true
		}
	}
	return false
}

// Itself assigns a column what it holds.
func Itself(x *model.Field) builder.Set {
	return builder.Set{Field: x, Op: builder.SetCopy, Ext: &builder.SetExt{From: x, Keeps: true}}
}

// isItself reports whether an assignment is Itself's.
func isItself(s *builder.Set) bool {
	return s.Op == builder.SetCopy && s.Ext != nil && s.Ext.Keeps && s.Ext.From == s.Field
}
