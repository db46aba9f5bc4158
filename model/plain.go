package model

import (
	"database/sql/driver"
	"reflect"
	"time"
)

// scalarOf turns what a driver.Valuer gives into a Value; what it does not know is passed on as it is.
func scalarOf(v driver.Value) Value {
	switch x := v.(type) {
	case nil:
		return Null()
	case bool:
		return BoolOf(x)
	case int64:
		return IntOf(x)
	case uint64:
		return UintOf(x)
	case float64:
		return FloatOf(x)
	case string:
		return StringOf(x)
	case []byte:
		return BytesOf(x)
	case time.Time:
		return TimeOf(x)
	case [16]byte:
		return UUIDOf(&x)
	}
	if y, ok := plain(v); ok {
		return scalarOf(y)
	}
	return AnyOf(v)
}

// plain brings named types and other widths down to the types that drivers give. ok is false where src
// is such a type already or has no such form.
func plain(src any) (out any, ok bool) {
	switch src.(type) {
	case nil, bool, int64, uint64, float64, string, []byte, time.Time, [16]byte:
		return nil, false
	}
	rv := reflect.ValueOf(src)
	switch rv.Kind() {
	case reflect.Bool:
		return rv.Bool(), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return rv.Int(), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return rv.Uint(), true
	case reflect.Float32, reflect.Float64:
		return rv.Float(), true
	case reflect.String:
		return rv.String(), true
	case reflect.Slice:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return rv.Bytes(), true
		}
	case reflect.Array:
		if t := reflect.TypeFor[[16]byte](); rv.Type().ConvertibleTo(t) {
			return rv.Convert(t).Interface(), true
		}
	case reflect.Struct:
		if t := reflect.TypeFor[time.Time](); rv.Type().ConvertibleTo(t) {
			return rv.Convert(t).Interface(), true
		}
	}
	return nil, false
}
