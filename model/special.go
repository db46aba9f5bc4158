package model

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"reflect"
	"time"
)

// special finds the kinds that a type has by its identity or methods.
func special(t reflect.Type) Kind {
	if t == reflect.TypeFor[time.Time]() {
		return Time
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return JSON
	}
	if t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8 {
		return UUID
	}
	if _, _, ok := nullShape(t); ok {
		return Invalid
	}
	if implements[sql.Scanner](t) && valuer(t) {
		return Scanner
	}
	if t.Kind() == reflect.Struct && t.ConvertibleTo(reflect.TypeFor[time.Time]()) {
		return Time
	}
	if implements[encoding.TextMarshaler](t) && implements[encoding.TextUnmarshaler](t) {
		return Text
	}
	return Invalid
}

// implements asks the pointer type: its methods include those of the value.
func implements[I any](t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[I]())
}

func valuer(t reflect.Type) bool { return implements[driver.Valuer](t) }

// nullShape recognises sql.Null[T] and its like: two exported fields, one of them Valid bool.
func nullShape(t reflect.Type) (value, valid reflect.StructField, ok bool) {
	if t.Kind() != reflect.Struct || t.NumField() != 2 {
		return value, valid, false
	}
	value, valid = t.Field(0), t.Field(1)
	if value.Name == "Valid" && value.Type.Kind() == reflect.Bool {
		value, valid = valid, value
	}
	return value, valid, valid.Name == "Valid" && valid.Type.Kind() == reflect.Bool && value.IsExported()
}

func nilable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map, reflect.Slice, reflect.Interface, reflect.Pointer:
		return true
	}
	return false
}
