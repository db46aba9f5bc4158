package model

import (
	"reflect"
	"slices"
	"unsafe"
)

// pointer is a struct embedded by pointer: the step from a row, or from the struct that outer leads to, to its fields.
type pointer struct {
	outer  *pointer
	offset uintptr // of the pointer in the struct that holds it
	typ    reflect.Type
	zero   unsafe.Pointer // a zero struct that is never written to
}

func newPointer(outer *pointer, offset uintptr, to reflect.Type) *pointer {
	return &pointer{outer, offset, to, reflect.New(to).UnsafePointer()}
}

// find gives the struct of a row, nil where the pointer, or one on the way to it, is nil.
func (x *pointer) find(row unsafe.Pointer) unsafe.Pointer {
	if x.outer != nil {
		if row = x.outer.find(row); row == nil {
			return nil
		}
	}
	return *(*unsafe.Pointer)(unsafe.Add(row, x.offset))
}

// make is find that makes what is not there.
func (x *pointer) make(row unsafe.Pointer) unsafe.Pointer {
	if x.outer != nil {
		row = x.outer.make(row)
	}
	at := (*unsafe.Pointer)(unsafe.Add(row, x.offset))
	if *at == nil {
		*at = reflect.New(x.typ).UnsafePointer()
	}
	return *at
}

// within reports whether x is y or lies inside of it.
func (x *pointer) within(y *pointer) bool {
	for ; x != nil; x = x.outer {
		if x == y {
			return true
		}
	}
	return false
}

// Place gives the address of the field in the row at row, to be written. A struct embedded by a nil pointer is made.
func (f *Field) Place(row unsafe.Pointer) unsafe.Pointer {
	if f.via == nil {
		return unsafe.Add(row, f.offset)
	}
	return unsafe.Add(f.via.make(row), f.offset)
}

// Peek gives the address of the field in the row at row, to be read only: below a nil pointer, that of a zero value.
func (f *Field) Peek(row unsafe.Pointer) unsafe.Pointer {
	if f.via == nil {
		return unsafe.Add(row, f.offset)
	}
	return f.peek(row)
}

func (f *Field) peek(row unsafe.Pointer) unsafe.Pointer {
	p := f.via.find(row)
	switch {
	case p != nil:
	case f.Kind < UUID && f.Kind != Invalid:
		p = f.via.zero
	default: // its methods may write to what they are called on
		return reflect.New(f.Type).UnsafePointer()
	}
	return unsafe.Add(p, f.offset)
}

// Inline gives the offset of the field's value of type Base from the start of a row; ok is false where the value is
// behind a pointer, a flag or a struct embedded by pointer.
func (f *Field) Inline() (offset uintptr, ok bool) {
	return f.offset, f.via == nil && (f.Nulls == NotNull || f.Nulls == Inside)
}

// MoveTo makes f, a copy of a field, the field of another struct at an offset from its start.
func (f *Field) MoveTo(offset uintptr) { f.offset, f.via = offset, nil }

// Copy copies the field from the row at src to that at dst. What the field itself points at is shared.
func (f *Field) Copy(dst, src unsafe.Pointer) {
	reflect.NewAt(f.Type, f.Place(dst)).Elem().Set(reflect.NewAt(f.Type, f.Peek(src)).Elem())
}

// Clear sets the field of a row to its zero value.
func (f *Field) Clear(row unsafe.Pointer) {
	if f.via != nil && f.via.find(row) == nil {
		return
	}
	reflect.NewAt(f.Type, f.Place(row)).Elem().SetZero()
}

// Indirect reports whether structs are embedded by pointer in rows of m.
func (m *Model) Indirect() bool { return len(m.pointers) > 0 }

// NewRow makes a zero row with the structs that are embedded by pointer, and gives a pointer to it.
func (m *Model) NewRow() reflect.Value {
	v := reflect.New(m.Type)
	m.Complete(v.UnsafePointer())
	return v
}

// Complete makes the structs that the row at p embeds by nil pointers.
func (m *Model) Complete(p unsafe.Pointer) {
	for _, x := range m.pointers {
		x.make(p)
	}
}

// CopyRow copies the row at src to dst, with the structs embedded by pointer: those that dst has are written to, others
// are made. Everything else that fields point at is shared.
func (m *Model) CopyRow(dst, src unsafe.Pointer) {
	if dst == src {
		return
	}
	if len(m.pointers) == 0 {
		set(m.Type, dst, src)
		return
	}
	var few [8]unsafe.Pointer
	own := few[:0]
	for _, x := range m.pointers {
		own = append(own, x.find(dst))
	}
	set(m.Type, dst, src)
	for i, x := range m.pointers { // the outer ones first, which bring the inner ones of src along
		from := x.find(dst)
		if from == nil || from == own[i] {
			continue
		}
		if own[i] == nil {
			own[i] = reflect.New(x.typ).UnsafePointer()
		}
		set(x.typ, own[i], from)
		x.put(dst, own[i])
	}
}

// put sets the pointer in a row whose outer pointers are not nil.
func (x *pointer) put(row, p unsafe.Pointer) {
	if x.outer != nil {
		row = x.outer.find(row)
	}
	*(*unsafe.Pointer)(unsafe.Add(row, x.offset)) = p
}

func set(t reflect.Type, dst, src unsafe.Pointer) {
	reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, src).Elem())
}

// Pointees calls fn with the type and the address of each struct that the row at p embeds by pointer.
func (m *Model) Pointees(p unsafe.Pointer, fn func(t reflect.Type, at unsafe.Pointer)) {
	for _, x := range m.pointers {
		if at := x.find(p); at != nil {
			fn(x.typ, at)
		}
	}
}

// Hide empties the columns hidden of the row at p, where shown are those to be seen. A struct embedded by pointer of
// which no column is shown goes with them.
func (m *Model) Hide(p unsafe.Pointer, shown, hidden []*Field) {
	for _, f := range hidden {
		f.Clear(p)
	}
	if len(hidden) == 0 {
		return
	}
	for _, x := range slices.Backward(m.pointers) {
		if x.among(hidden, nil) && !x.among(shown, hidden) && x.find(p) != nil {
			x.put(p, nil)
		}
	}
}

// among reports whether fields has one of x that is not in but.
func (x *pointer) among(fields, but []*Field) bool {
	return slices.ContainsFunc(fields, func(f *Field) bool { return f.via.within(x) && !slices.Contains(but, f) })
}
