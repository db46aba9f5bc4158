package model

import (
	"encoding/json"
	"reflect"
	"time"
	"unsafe"
)

// Load takes the column's value out of the row at row. Text, bytes and UUIDs are shared with the row.
// Kinds after UUID may fail to encode themselves.
func (f *Field) Load(row unsafe.Pointer) (Value, error) {
	p := f.locate(row)
	if p == nil {
		return Null(), nil
	}
	if f.nilIsEmpty {
		return f.loadEmpty(p)
	}
	if f.Kind < UUID && f.Decimal == nil {
		return loadScalar(f.Kind, f.Bits, p), nil
	}
	return f.LoadValue(p)
}

// loadEmpty is LoadValue of a list, bytes or a document that is never NULL: nil is empty there.
func (f *Field) loadEmpty(p unsafe.Pointer) (Value, error) {
	v, err := f.LoadValue(p)
	switch {
	case err != nil || !v.IsNull():
		return v, err
	case f.Kind == Bytes:
		return BytesOf([]byte{}), nil
	case f.Kind == Array:
		return ListOf(List{}), nil
	case f.Base.Kind() == reflect.Map:
		return AnyOf(JSONText("{}")), nil
	}
	return AnyOf(JSONText("[]")), nil
}

// emptied reports whether nil stands for an empty list, bytes or document.
func (f *Field) emptied() bool {
	switch f.Kind {
	case Bytes, Array:
		return true
	case JSON:
		raw := f.Base == reflect.TypeFor[json.RawMessage]()
		return !raw && (f.Base.Kind() == reflect.Map || f.Base.Kind() == reflect.Slice)
	}
	return false
}

// locate finds the Base value in a row, or gives nil for NULL.
func (f *Field) locate(row unsafe.Pointer) unsafe.Pointer {
	p := f.Peek(row)
	switch f.Nulls {
	case Pointer:
		return *(*unsafe.Pointer)(p)
	case SQLNull:
		if !*(*bool)(unsafe.Add(p, f.ValidOffset)) {
			return nil
		}
		return unsafe.Add(p, f.ValueOffset)
	}
	return p
}

// LoadBase reads the value of type Base at p, for the kinds Bool to UUID only. It allocates nothing,
// but for the copy of a UUID, and does not let p escape. LoadValue serves every kind.
func (f *Field) LoadBase(p unsafe.Pointer) Value { return loadScalar(f.Kind, f.Bits, p) }

func loadScalar(k Kind, bits int, p unsafe.Pointer) Value {
	switch k {
	case Bool:
		return BoolOf(*(*bool)(p))
	case Int:
		return IntOf(loadInt(bits, p))
	case Uint:
		return UintOf(loadUint(bits, p))
	case Float:
		if bits == 32 {
			return SingleOf(*(*float32)(p))
		}
		return FloatOf(*(*float64)(p))
	case String:
		return StringOf(*(*string)(p))
	case Bytes:
		return BytesOf(*(*[]byte)(p))
	case Time:
		return TimeOf(*(*time.Time)(p))
	case UUID:
		u := *(*[16]byte)(p)
		return UUIDOf(&u)
	}
	return AnyOf(unloadable{})
}

func loadInt(bits int, p unsafe.Pointer) int64 {
	switch bits {
	case 8:
		return int64(*(*int8)(p))
	case 16:
		return int64(*(*int16)(p))
	case 32:
		return int64(*(*int32)(p))
	}
	return *(*int64)(p)
}

func loadUint(bits int, p unsafe.Pointer) uint64 {
	switch bits {
	case 8:
		return uint64(*(*uint8)(p))
	case 16:
		return uint64(*(*uint16)(p))
	case 32:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}
