package rawsql

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// cell takes a value as the source gives it.
type cell struct{ v any }

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) error {
	if list, ok := src.([]any); ok { // its bytes are the driver's
		for i, x := range list {
			if b, ok := x.([]byte); ok {
				list[i] = bytes.Clone(b)
			}
		}
	}
	c.v = src
	return nil
}

// Value implements driver.Valuer.
func (c cell) Value() (driver.Value, error) { return c.v, nil }

// mapType is the type of rows that are maps.
func mapType() reflect.Type { return reflect.TypeFor[map[string]any]() }

// mapped reads rows that are maps by column name. They are read as arrays of cells, and made maps after.
type mapped struct{ names []string }

// resolve makes a field for each column, and gives rows the memory for them.
func (m *mapped) resolve(rows *source.Rows) func([]string) ([]builder.Column, error) {
	return func(names []string) ([]builder.Column, error) {
		shape, err := model.RowOf(reflect.TypeFor[cell]())
		if err != nil {
			return nil, err
		}
		m.names = slices.Clone(names)
		columns, seen := make([]builder.Column, len(names)), map[string]bool{}
		for i, n := range names {
			if seen[n] {
				return nil, fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("two columns are called %q: a map holds one of them only, so give one another name with AS", n))
			}
			seen[n] = true
			f := *shape.Scalar
			f.Name, f.Column = n, n
			f.MoveTo(uintptr(i) * reflect.TypeFor[cell]().Size())
			f.Model = &model.Model{Name: mapType().String()}
			columns[i] = builder.Column{Field: &f}
		}
		rows.Slab = source.NewSlab(reflect.ArrayOf(len(names), reflect.TypeFor[cell]()))
		return columns, nil
	}
}

// maps makes maps of cells.
func (m *mapped) maps(cells *source.Slab) source.Slab {
	out := source.SlabOf[map[string]any](cells.Len())
	for i := range cells.Len() {
		row := make(map[string]any, len(m.names))
		for c, at := range unsafe.Slice((*cell)(cells.At(i)), len(m.names)) {
			row[m.names[c]] = at.v
		}
		*(*map[string]any)(out.Next()) = row
	}
	return out
}
