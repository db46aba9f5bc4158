package model

import (
	"database/sql"
	"fmt"
	"reflect"
)

// classify fills Type, Base, Kind, Bits, Nulls and Elem from a Go type.
func (f *Field) classify(t reflect.Type, asJSON bool) error {
	f.Type, f.Base = t, t
	if asJSON {
		return f.classifyJSON(t)
	}
	if f.setBase(t) {
		return nil
	}
	if value, valid, ok := nullShape(t); ok && f.setBase(value.Type) {
		f.Nulls, f.ValueOffset, f.ValidOffset = SQLNull, value.Offset, valid.Offset
		return nil
	}
	if implements[sql.Scanner](t) && valuer(t) { // a null shape around something that is no column
		f.Base, f.Kind, f.Nulls = t, Scanner, Inside
		return nil
	}
	if t.Kind() == reflect.Pointer && f.setBase(t.Elem()) {
		f.Nulls = Pointer
		return nil
	}
	f.Kind = Invalid
	return noColumn(t)
}

func (f *Field) classifyJSON(t reflect.Type) error {
	f.Kind = JSON
	// Only database/sql's own: elsewhere a field named Valid is part of the document.
	if value, valid, ok := nullShape(t); ok && t.PkgPath() == "database/sql" {
		f.Base, f.Nulls, f.ValueOffset, f.ValidOffset = value.Type, SQLNull, value.Offset, valid.Offset
	} else if t.Kind() == reflect.Pointer {
		f.Base, f.Nulls = t.Elem(), Pointer
	} else if nilable(t) {
		f.Nulls = Inside
	}
	switch f.Base.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf(`type %s has no JSON form: skip it with "-"`, t)
	case reflect.Pointer:
		return fmt.Errorf("type %s is a pointer to a pointer: use %s", t, f.Base)
	}
	f.holdsAny = holdsAny(f.Base, map[reflect.Type]bool{})
	return nil
}

// setBase sets Base, Kind, Bits, Elem and Nulls for a type without pointer or sql.Null around it.
func (f *Field) setBase(t reflect.Type) bool {
	f.Base, f.Nulls, f.Bits = t, NotNull, 0
	if t.Kind() == reflect.Pointer {
		return false
	}
	if f.Kind = special(t); f.Kind != Invalid {
		if f.Kind == Scanner || nilable(t) {
			f.Nulls = Inside
		}
		return true
	}
	switch t.Kind() {
	case reflect.Bool:
		f.Kind = Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.Kind, f.Bits = Int, t.Bits()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		f.Kind, f.Bits = Uint, t.Bits()
	case reflect.Float32, reflect.Float64:
		f.Kind, f.Bits = Float, t.Bits()
	case reflect.String:
		f.Kind = String
	case reflect.Slice:
		f.Nulls = Inside
		if t.Elem().Kind() == reflect.Uint8 && special(t.Elem()) == Invalid {
			f.Kind = Bytes
			return true
		}
		e := &Field{Type: t.Elem()}
		if !e.setElement(t.Elem()) || e.Kind == JSON || e.Kind == Array || e.Kind == Scanner {
			return false
		}
		f.Kind, f.Elem = Array, e
	default:
		return false
	}
	return true
}

// setElement is setBase for an element of an array, which may be NULL where it is a pointer or a sql.Null.
func (f *Field) setElement(t reflect.Type) bool {
	if f.setBase(t) {
		return true
	}
	if value, valid, ok := nullShape(t); ok && f.setBase(value.Type) {
		f.Nulls, f.ValueOffset, f.ValidOffset = SQLNull, value.Offset, valid.Offset
		return true
	}
	if t.Kind() == reflect.Pointer && f.setBase(t.Elem()) {
		f.Nulls = Pointer
		return true
	}
	return false
}

// NullElements reports whether the elements of an array column may be NULL.
func (f *Field) NullElements() bool {
	return f.Elem != nil && (f.Elem.Nulls == Pointer || f.Elem.Nulls == SQLNull)
}

// noColumn says why t is no column and what to write instead.
func noColumn(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Pointer {
			return fmt.Errorf(`type %s is a pointer to a pointer: use %s, or skip it with "-"`, t, t.Elem())
		}
		if _, _, ok := nullShape(t.Elem()); ok {
			return fmt.Errorf("type %s can be NULL twice over: use %s", t, t.Elem())
		}
	case reflect.Map, reflect.Interface, reflect.Array:
		return fmt.Errorf(`type %s is no column: add "json" to store it as a document, or skip it with "-"`, t)
	case reflect.Struct:
		return fmt.Errorf(`type %s is no column: add "json" to store it as a document, "prefix=" to embed it, make it a pointer with "relation", or skip it with "-"`, t)
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Uintptr, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf(`type %s cannot be stored: skip it with "-"`, t)
	}
	if target, _, _ := relationTarget(t); target != nil {
		return fmt.Errorf(`type %s is no column: add "relation" for related rows, "json" to store it as a document, or skip it with "-"`, t)
	}
	return fmt.Errorf(`type %s is no column: add "json" to store it as a document, or skip it with "-"`, t)
}
