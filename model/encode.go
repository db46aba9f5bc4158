package model

import (
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"unsafe"
)

// unloadable makes a value that was read by the wrong method fail at the driver instead of being NULL.
type unloadable struct{}

// Value implements driver.Valuer.
func (unloadable) Value() (driver.Value, error) {
	return nil, errors.New("orm: LoadBase was used for a kind after UUID")
}

// sliceHeader is the layout of every slice.
type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// LoadValue reads the value of type Base at p, whatever the kind. A UUID is shared.
func (f *Field) LoadValue(p unsafe.Pointer) (Value, error) {
	switch f.Kind {
	case UUID:
		return UUIDOf((*[16]byte)(p)), nil
	case Array:
		return f.loadArray(p)
	}
	if f.Kind < UUID && f.Kind != Invalid {
		return f.canonical(loadScalar(f.Kind, f.Bits, p)), nil
	}
	v, err := f.encode(reflect.NewAt(f.Base, p))
	if err != nil {
		return Value{}, f.invalid(encodeFault, err)
	}
	return f.canonical(v), nil
}

// encode turns *Base into a value by the type's own methods. Asking the pointer finds both kinds of receivers.
func (f *Field) encode(ptr reflect.Value) (Value, error) {
	if nilable(f.Base) && ptr.Elem().IsNil() && f.Kind != Scanner {
		return Null(), nil
	}
	switch f.Kind {
	case JSON:
		return encodeJSON(ptr)
	case Text:
		text, err := ptr.Interface().(encoding.TextMarshaler).MarshalText()
		return StringOf(string(text)), err
	case Scanner:
		v, err := ptr.Interface().(driver.Valuer).Value()
		if err != nil {
			return Value{}, err
		}
		return scalarOf(v), nil
	}
	return Value{}, errors.New("the field is computed, not stored")
}

func encodeJSON(ptr reflect.Value) (Value, error) {
	if raw, ok := ptr.Interface().(*json.RawMessage); ok {
		if !json.Valid(*raw) {
			return Value{}, errors.New("the text is not valid JSON")
		}
		if err := checkJSON(*raw); err != nil {
			return Value{}, err
		}
		return AnyOf(JSONText(*raw)), nil
	}
	return JSONOf(ptr.Interface())
}

func (f *Field) loadArray(p unsafe.Pointer) (Value, error) {
	h := (*sliceHeader)(p)
	if h.data == nil {
		return Null(), nil
	}
	l := make(List, h.len)
	size := f.Elem.Type.Size()
	for i := range l {
		at := f.Elem.locate(unsafe.Add(h.data, uintptr(i)*size))
		if at == nil {
			l[i] = Null()
			continue
		}
		v, err := f.Elem.LoadValue(at)
		if err != nil {
			return Value{}, err
		}
		l[i] = v
	}
	return ListOf(l), nil
}
