package introspect

import (
	"context"
	"maps"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// ErrUnfiltered is orm.ErrUnboundedWrite: Change or Delete without a filter, where EveryRow was not said.
var ErrUnfiltered = fault.ErrUnboundedWrite

// Values are columns and what a write puts there; nil is NULL. Values are literals: a text never becomes SQL.
type Values map[string]any

func (r Rows) writing() (*engine.Session, error) {
	s, err := r.start()
	if err == nil && r.t.readOnly != "" {
		err = fault.New(fault.ErrUnsupported, r.t.name, "", "the table is not written: "+r.t.readOnly)
	}
	return s, err
}

// Create inserts rows, all or none, and gives them in the same order, with what the database and the scopes made of the columns
// that were not given. A column that has neither a value nor a default and takes no NULL is ErrInvalid.
//
// A table that a model maps fills what its tags say (default=now and the like). A column that has a default of the database
// cannot be given NULL on create: change the row after it.
func (r Rows) Create(ctx context.Context, values ...Values) ([]Record, error) {
	const name = "Create"
	s, err := r.writing()
	if err != nil {
		return nil, fault.Fill(err, name, "", "")
	}
	rows := source.NewSlab(r.t.model.Type)
	rows.Reserve(len(values))
	said := make([][]*model.Field, len(values))
	for i, v := range values {
		if said[i], err = r.t.fill(ctx, s, rows.Next(), v); err != nil {
			return nil, fault.Fill(err, name, "", "")
		}
	}
	if err := r.t.insert(ctx, s, &rows, said); err != nil {
		return nil, err
	}
	at := make([]unsafe.Pointer, rows.Len())
	for i := range at {
		at[i] = rows.At(i)
	}
	return (&plan{t: r.t}).records(ctx, s, name, at, 0)
}

// fill puts values into a new row, and gives the columns whose zero value is meant.
func (t *table) fill(ctx context.Context, s *engine.Session, row unsafe.Pointer, values Values) (said []*model.Field, err error) {
	given := map[*model.Field]bool{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		c, v, err := t.given(name, values[name])
		if err != nil {
			return nil, err
		}
		switch {
		case c.ReadOnly || c.UpdateOnly:
			return nil, fault.New(fault.ErrInvalid, t.name, name, "the column is not given to a new row")
		case c.Auto && v.IsNull():
			return nil, fault.New(fault.ErrInvalid, t.name, name, "the database fills the column of a new row, so NULL cannot be said: leave it out, or Change it after")
		case v.IsNull() && !c.Nullable:
			return nil, fault.New(fault.ErrInvalid, t.name, name, "the column is not nullable")
		}
		if err := c.Store(row, v); err != nil {
			return nil, err
		}
		if c.Auto && c.IsZero(row) {
			return nil, fault.New(fault.ErrInvalid, t.name, name, "the database makes the column of a new row: leave it out")
		}
		given[c] = true
		if c.Default != model.NoFill || c.Update != model.NoFill {
			said = append(said, c)
		}
	}
	for _, f := range t.model.Fields {
		if t.required[f] && !given[f] && !s.Fills(ctx, f) {
			return nil, fault.New(fault.ErrInvalid, t.name, f.Column, "a new row has to give the column")
		}
	}
	return said, nil
}

// given finds the column of a value, which may be a hidden one of a model.
func (t *table) given(name string, x any) (*model.Field, model.Value, error) {
	c := fieldAt(t, name)
	if c == nil {
		var err error
		if c, err = t.column(name); err != nil {
			return nil, model.Value{}, err
		}
	}
	v, err := t.value(c, x)
	return c, v, err
}

// insert writes rows in runs that mean the same zero values.
func (t *table) insert(ctx context.Context, s *engine.Session, rows *source.Slab, said [][]*model.Field) error {
	run := func(s *engine.Session, from, to int) error {
		part := source.SlabAt(t.model.Type, rows.At(from), to-from)
		for range to - from {
			part.Next()
		}
		_, err := writing.Create(ctx, s, "Create", t.model, part, writing.CreateOptions{Said: said[from]})
		return err
	}
	if len(said) == 0 {
		return nil
	}
	if !slices.ContainsFunc(said, func(fs []*model.Field) bool { return !slices.Equal(fs, said[0]) }) {
		return run(s, 0, len(said))
	}
	return s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
		for from := 0; from < len(said); {
			to := from + 1
			for to < len(said) && slices.Equal(said[to], said[from]) {
				to++
			}
			if err := run(tx, from, to); err != nil {
				return err
			}
			from = to
		}
		return nil
	})
}

// bounded refuses a mass write that nobody said was meant.
func (r Rows) bounded(where *builder.Conjunction) error {
	if r.every || where.Bounded() {
		return nil
	}
	return fault.New(ErrUnfiltered, r.t.name, "", "give a filter, or say EveryRow")
}

// Change writes values into every row that passes the filter, and gives the rows as they then are, also those that no longer
// pass, in no promised order. Without a filter it is ErrUnfiltered unless EveryRow is said.
func (r Rows) Change(ctx context.Context, f Filter, values Values) ([]Record, error) {
	const name = "Change"
	s, err := r.writing()
	if err != nil {
		return nil, fault.Fill(err, name, "", "")
	}
	st := &builder.Update{Model: r.t.model, Returning: slices.Clone(r.t.columns)}
	if st.Where, err = r.t.where(f); err == nil {
		err = r.bounded(&st.Where)
	}
	if err == nil && len(values) == 0 {
		err = fault.New(fault.ErrInvalid, r.t.name, "", "a change needs a value")
	}
	if err != nil {
		return nil, fault.Fill(err, name, "", "")
	}
	for _, column := range slices.Sorted(maps.Keys(values)) {
		c, v, err := r.t.given(column, values[column])
		if err == nil && v.IsNull() && !c.Nullable {
			err = fault.New(fault.ErrInvalid, r.t.name, column, "the column is not nullable")
		}
		if err != nil {
			return nil, fault.Fill(err, name, "", "")
		}
		st.Set = append(st.Set, builder.Set{Field: c, Value: v})
	}
	rows := source.Rows{Slab: source.NewSlab(r.t.model.Type)}
	if _, err := writing.Update(ctx, s, name, st, &rows); err != nil {
		return nil, err
	}
	at := make([]unsafe.Pointer, rows.Len())
	for i := range at {
		at[i] = rows.At(i)
	}
	return (&plan{t: r.t}).records(ctx, s, name, at, 0)
}

// Delete deletes every row that passes the filter, softly where hook.SoftDelete is registered and the table has such a column, and
// gives their number. Without a filter it is ErrUnfiltered unless EveryRow is said.
func (r Rows) Delete(ctx context.Context, f Filter) (int64, error) {
	const name = "Delete"
	s, err := r.writing()
	if err != nil {
		return 0, fault.Fill(err, name, "", "")
	}
	st := &builder.Delete{Model: r.t.model}
	if st.Where, err = r.t.where(f); err == nil {
		err = r.bounded(&st.Where)
	}
	if err != nil {
		return 0, fault.Fill(err, name, "", "")
	}
	return writing.Delete(ctx, s, name, st, nil)
}
