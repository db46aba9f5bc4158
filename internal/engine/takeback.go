package engine

import (
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// snapshot is structs of the caller's as they were given, so that a call that fails gives them back like that: what the
// library, scopes and hooks filled would else be taken for the caller's at the next try.
type snapshot struct{ at, was source.Slab }

func snapshotOf(rows source.Slab) snapshot {
	s := snapshot{rows, source.NewSlab(rows.Elem())}
	s.was.Reserve(rows.Len())
	for i := range rows.Len() {
		copyStruct(rows.Elem(), s.was.Next(), rows.At(i))
	}
	return s
}

// rowSnapshot is the snapshot of the struct of m at p.
func rowSnapshot(m *model.Model, p unsafe.Pointer) snapshot {
	slab := source.SlabAt(m.Type, p, 1)
	slab.Next()
	return snapshotOf(slab)
}

// restore does nothing to a snapshot that was never taken.
func (s *snapshot) restore() {
	for i := range s.was.Len() {
		copyStruct(s.at.Elem(), s.at.At(i), s.was.At(i))
	}
}

func copyStruct(t reflect.Type, dst, src unsafe.Pointer) {
	reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, src).Elem())
}

// fillsRows reports whether a create may change more of its rows than the columns that the source makes.
func fillsRows(reg *hook.Registry, m *model.Model) bool {
	if reg.Scoped(m) || len(reg.Events(m)) > 0 {
		return true
	}
	for _, f := range m.Fields {
		if f.Default != model.NoFill || f.Update != model.NoFill {
			return true
		}
	}
	return false
}
