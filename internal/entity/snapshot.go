package entity

import (
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Snapshot is structs of the caller's as they were given, so that a call that fails gives them back like that: what the
// library, scopes and hooks filled would else be taken for the caller's at the next try.
type Snapshot struct {
	at, was  source.Slab
	pointees []pointee // what the structs embed by pointer
}

// pointee is a struct that a row points at, and a copy of it.
type pointee struct {
	typ     reflect.Type
	at, was unsafe.Pointer
}

// SnapshotOf takes note of rows of m.
func SnapshotOf(m *model.Model, rows source.Slab) Snapshot {
	s := Snapshot{at: rows, was: source.NewSlab(rows.Elem())}
	s.was.Reserve(rows.Len())
	for i := range rows.Len() {
		copyStruct(rows.Elem(), s.was.Next(), rows.At(i))
		s.pointees = appendPointees(s.pointees, m, rows.At(i))
	}
	return s
}

func appendPointees(to []pointee, m *model.Model, row unsafe.Pointer) []pointee {
	if !m.Indirect() {
		return to
	}
	m.Pointees(row, func(t reflect.Type, at unsafe.Pointer) {
		was := reflect.New(t).UnsafePointer()
		copyStruct(t, was, at)
		to = append(to, pointee{t, at, was})
	})
	return to
}

// RowSnapshot is the snapshot of the struct of m at p.
func RowSnapshot(m *model.Model, p unsafe.Pointer) Snapshot {
	slab := source.SlabAt(m.Type, p, 1)
	slab.Next()
	return SnapshotOf(m, slab)
}

// Restore gives the structs what they held. It does nothing to a snapshot that was never taken.
func (s *Snapshot) Restore() {
	for i := range s.was.Len() {
		copyStruct(s.at.Elem(), s.at.At(i), s.was.At(i))
	}
	for _, p := range s.pointees {
		copyStruct(p.typ, p.at, p.was)
	}
}

func copyStruct(t reflect.Type, dst, src unsafe.Pointer) {
	reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, src).Elem())
}

// Disjoint refuses rows that share a struct which they embed by pointer: what is filled into one would be the other's.
func Disjoint(m *model.Model, rows *source.Slab) error {
	if !m.Indirect() || rows.Len() < 2 {
		return nil
	}
	seen, twice := map[unsafe.Pointer]bool{}, false
	var typ reflect.Type
	for i := range rows.Len() {
		m.Pointees(rows.At(i), func(t reflect.Type, at unsafe.Pointer) {
			if seen[at] && t.Size() > 0 {
				twice, typ = true, t
			}
			seen[at] = true
		})
	}
	if !twice {
		return nil
	}
	return fault.New(fault.ErrInvalid, m.Name, "", "two of the rows embed the same *"+typ.Name()+": give each its own")
}
