package builder

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Append adds vs, in this order, behind the elements that the row holds, in the database. NULL becomes the list of
// vs; Append() leaves the column as it is.
func (c Array[T, E]) Append(vs ...E) Assign[T] {
	if c.f == nil {
		return Assign[T]{Set{Err: c.unbound()}}
	}
	if c.f.Kind != model.Array {
		return Assign[T]{appendOf(c.f, nil)}
	}
	l := make(model.List, len(vs))
	for i := range vs {
		v, err := c.f.Elem.ValueOf(vs[i])
		if err != nil {
			return Assign[T]{Set{Field: c.f, Err: fault.Fill(err, "", c.f.Model.Name, "")}}
		}
		l[i] = v
	}
	return Assign[T]{appendOf(c.f, l)}
}

// Append adds vs behind the elements of the column, which must hold a list; a single slice is spread.
func (c Dynamic[T]) Append(vs ...any) Assign[T] {
	f, err := c.column()
	if err != nil {
		return Assign[T]{Set{Err: err}}
	}
	if f.Kind != model.Array {
		return Assign[T]{appendOf(f, nil)}
	}
	return Array[T, any]{Col[T, []any]{f: f}}.Append(spread(vs)...)
}

// appendOf makes the assignment. Nothing to append is the column itself, so that NULL stays NULL.
func appendOf(f *model.Field, l model.List) Set {
	s := Set{Field: f, Op: SetAppend, Value: model.ListOf(l)}
	switch {
	case f.Kind != model.Array || f.IsComputed:
		s.Err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "Append needs a column that holds a list")
	case len(l) == 0:
		return Set{Field: f, Op: SetCopy, Ext: &SetExt{From: f}}
	default:
		s.Err = appendable(f, l)
	}
	return s
}

func appendable(f *model.Field, l model.List) error {
	for i := range l {
		if l[i].IsNull() && !f.NullElements() {
			return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "an array column holds no nil element")
		}
	}
	return nil
}

// appends walks an Append.
func (s *shaper) appends(m *model.Model, x *Set) {
	if x.Field.Kind != model.Array || x.Value.Kind() != model.ListValue || len(x.Value.List()) == 0 {
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), x.Field.Name, "Append needs a column that holds a list, and elements"))
		return
	}
	s.arg(m, x.Field, x.Value)
}

// appended writes an Append.
func (c *compiler) appended(f *frag, m *model.Model, x *Set) string {
	text, ok := c.d.ArrayAppend(c.col(c.owner(m), x.Field), TypeOf(x.Field))
	if !ok {
		if c.err == nil {
			c.err = c.lacks(m, x.Field, "Append")
		}
		return ""
	}
	c.take(f)
	return text
}
