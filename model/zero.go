package model

import (
	"reflect"
	"time"
	"unsafe"
)

// IsZero reports whether the field says nothing: NULL, or the zero value of a type that has no NULL.
// A pointer to zero, or a valid sql.Null of zero, says zero.
func (f *Field) IsZero(row unsafe.Pointer) bool {
	p := f.locate(row)
	if p == nil {
		return true
	}
	if f.Nulls == Pointer || f.Nulls == SQLNull {
		return false
	}
	switch f.Kind {
	case Bool:
		return !*(*bool)(p)
	case Int:
		return loadInt(f.Bits, p) == 0
	case Uint:
		return loadUint(f.Bits, p) == 0
	case String:
		return *(*string)(p) == ""
	case Bytes, Array:
		return (*sliceHeader)(p).data == nil
	case Time:
		return (*time.Time)(p).IsZero()
	case UUID:
		return *(*[16]byte)(p) == [16]byte{}
	}
	return reflect.NewAt(f.Base, p).Elem().IsZero()
}
