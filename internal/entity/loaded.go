package entity

import (
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// TellLoaded writes into rows which columns they were read with: asked, without those that were emptied again.
func TellLoaded(rows *source.Slab, m *model.Model, asked, hidden []*model.Field) {
	if asked == nil || rows.Len() == 0 || rows.Elem() != m.Type || m.Loaded(rows.At(0)) == nil {
		return
	}
	columns := make([]*model.Field, 0, len(asked))
	for _, f := range asked {
		if !slices.Contains(hidden, f) {
			columns = append(columns, f)
		}
	}
	told := model.LoadedWith(columns)
	for i := range rows.Len() {
		*m.Loaded(rows.At(i)) = told
	}
}

// Writable gives the columns that a Save of the row at p writes: only, or those that the row was read with; nil for
// every one. A field that was not read and is set all the same must be named, since the struct cannot tell its zero from
// what was never there.
func Writable(m *model.Model, p unsafe.Pointer, only []*model.Field) ([]*model.Field, error) {
	l := m.Loaded(p)
	if len(only) > 0 || l == nil || l.All() {
		return only, nil
	}
	var out []*model.Field
	for _, f := range m.Fields {
		switch read := slices.Contains(l.Fields(), f); {
		case f == m.Version && !read:
			return nil, fault.New(fault.ErrInvalid, m.Name, f.Name, "the row was read without its version: select it, or name the columns to save")
		case f.Primary, f.ReadOnly, f.CreateOnly, f == m.Version, f.Update != model.NoFill:
		case read:
			out = append(out, f)
		case !f.IsZero(p):
			return nil, fault.New(fault.ErrInvalid, m.Name, f.Name, "the row was read without this column: select it, or name the columns to save")
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.ErrInvalid, m.Name, "", "the row was read without a column that a Save writes: name the columns to save")
	}
	return out, nil
}

// Whole refuses to write a row as a whole that was read in part.
func Whole(m *model.Model, p unsafe.Pointer) error {
	if l := m.Loaded(p); l == nil || l.All() {
		return nil
	}
	return fault.New(fault.ErrInvalid, m.Name, "", "the row was read with some of its columns only: read it whole, or give assignments")
}

// Hide empties columns that were read for the library only, beside those that are shown.
func Hide(s *source.Slab, shown, hidden []*model.Field) {
	if len(hidden) == 0 {
		return
	}
	for i := range s.Len() {
		hidden[0].Model.Hide(s.At(i), shown, hidden)
	}
}
